"""What might go with leaving: each driver with its scale and the columns it may read.

A driver's value is computed from its `needs` and nothing else, on rows as of the close before the month at
risk.
One unit of the value is a step a person understands: a halving, ten points, one more. NaN means "not known".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reporting.analysis.churn.risk_set import OUTCOMES
from reporting.params.product import Product

Values = Callable[[pd.DataFrame], pd.Series]


@dataclass(frozen=True)
class Driver:
    """One candidate.

    Attributes:
        name: Column name in the design and in the exported data.
        group: behaviour, activation, revenue or support.
        needs: Panel columns the value is computed from.
        value: Rows with exactly these columns -> the driver in steps.
        binary: Whether the value is 0 or 1.
    """

    name: str
    group: str
    needs: tuple[str, ...]
    value: Values
    binary: bool = False

    def __post_init__(self) -> None:
        if forbidden := sorted(OUTCOMES.intersection(self.needs)):
            raise ValueError(
                f"driver {self.name} reads {', '.join(forbidden)}: an outcome can't be its own driver"
            )


def values(rows: pd.DataFrame, drivers: Sequence[Driver]) -> pd.DataFrame:
    """Every driver's value (rows x drivers); a driver only sees the columns it names."""
    columns = {driver.name: driver.value(rows[list(driver.needs)]).astype(float) for driver in drivers}
    return pd.DataFrame(columns, index=rows.index)


def available(rows: pd.DataFrame, drivers: Sequence[Driver]) -> list[Driver]:
    """The drivers whose columns exist and hold at least one value."""
    return [d for d in drivers if all(c in rows and rows[c].notna().any() for c in d.needs)]


def catalogue(product: Product, observed_from: pd.Timestamp, committed: bool) -> list[Driver]:
    """The drivers in the order in which they enter a model, the most telling for customer success first.

    Args:
        product: Thresholds and windows.
        observed_from: First month with events; whether an account that signed up earlier was activated in
            time can't be known.
        committed: Whether accounts can leave only when their term ends; if not, the term's end is a driver.
    """
    return [
        Driver("usage_halvings", "behaviour", ("usage_trend_30", "events"), _halvings),
        _tens("active_user_share", "behaviour"),
        _activated_early(product.activation.value_days, observed_from),
        *([] if committed else [_TERM_ENDS]),
        _billed("year", "yearly"),
        _billed("quarter", "quarterly"),
        _tens("feature_breadth", "behaviour"),
        _count("escalations", "support"),
        _admin_inactive(product.churn.admin_days),
        _single_champion(product.engagement.champion_share),
        _invites(product.adoption.many_users),
        _count("integration_count", "activation"),
        _session_frequency(),
        Driver("mrr_doublings", "revenue", ("mrr_cents",), lambda f: _log2(f["mrr_cents"], 100)),
        Driver("seat_doublings", "revenue", ("seats_purchased",), lambda f: _log2(f["seats_purchased"], 1)),
        _count("tickets", "support", "tickets_opened"),
    ]


_TERM_ENDS = Driver(
    "term_ends", "revenue", ("due_in",), lambda f: (f["due_in"] == 1).astype(float), binary=True
)


def _count(name: str, group: str, column: str = "") -> Driver:
    """One more."""
    column = column or name
    return Driver(name, group, (column,), lambda f: f[column])


def _tens(column: str, group: str) -> Driver:
    """Ten points more of a share."""
    return Driver(column, group, (column,), lambda f: f[column] * 10)


def _billed(frequency: str, word: str) -> Driver:
    def value(f: pd.DataFrame) -> pd.Series:
        return (f["billing_frequency"] == frequency).astype(float).where(f["billing_frequency"].notna())

    return Driver(f"billed_{word}", "revenue", ("billing_frequency",), value, binary=True)


def _activated_early(days: int, observed_from: pd.Timestamp) -> Driver:
    def value(f: pd.DataFrame) -> pd.Series:
        in_time = f["activated_at"] <= f["signed_up_at"] + pd.Timedelta(days=days)
        return in_time.fillna(False).astype(float).where(f["signed_up_at"] >= observed_from)

    return Driver("activated_early", "activation", ("activated_at", "signed_up_at"), value, binary=True)


def _admin_inactive(days: int) -> Driver:
    def value(f: pd.DataFrame) -> pd.Series:
        # An admin never seen is an inactive one, as long as the source knows who the admins are.
        return (f["last_admin_active_days"].fillna(np.inf) > days).astype(float)

    needs = ("last_admin_active_days", "last_active_days", "events")
    return Driver("admin_inactive", "behaviour", needs, value, binary=True)


def _single_champion(most: float) -> Driver:
    def value(f: pd.DataFrame) -> pd.Series:
        return _idle_is_nil(f["top1_share"] > most, f, known=f["top1_share"].notna())

    return Driver("single_champion", "behaviour", ("top1_share", "events"), value, binary=True)


def _invites(many: int) -> Driver:
    def value(f: pd.DataFrame) -> pd.Series:
        return (f["onboarding_invites"] >= many).astype(float).where(f["onboarding_invites"].notna())

    return Driver("invites", "activation", ("onboarding_invites",), value, binary=True)


def _session_frequency() -> Driver:
    def value(f: pd.DataFrame) -> pd.Series:
        return _idle_is_nil(f["session_frequency"], f, known=f["session_frequency"].notna())

    return Driver("session_frequency", "behaviour", ("session_frequency", "events"), value)


def _log2(column: pd.Series, least: float) -> pd.Series:
    """Doublings above the least that is told apart."""
    return pd.Series(np.log2(column.astype(float).clip(lower=least) / least), index=column.index)


def _halvings(f: pd.DataFrame) -> pd.Series:
    trend = f["usage_trend_30"].astype(float)
    with np.errstate(divide="ignore"):
        halvings = -np.log2(1 + trend.clip(lower=-1))
    # Without use in both windows there is no trend; an account just begun has none either.
    return halvings.clip(-2, 2).fillna(0.0) + 0.0


def _idle_is_nil(value: pd.Series, f: pd.DataFrame, known: pd.Series) -> pd.Series:
    """An account without any use has 0, not an unknown value."""
    idle = f["events"].fillna(0) == 0
    return value.astype(float).where(known).mask(idle & ~known, 0.0)
