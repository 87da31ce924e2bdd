"""What might go with leaving: each driver with its scale, its words, and the columns it may read.

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
from reporting.present.formats import number, percent

Values = Callable[[pd.DataFrame], pd.Series]


@dataclass(frozen=True)
class Driver:
    """One candidate.

    Attributes:
        name: Column name in the design and in the exported data.
        group: behaviour, activation, revenue or support.
        label: Row label of the forest plot, with the step.
        subject: What the step means, to stand before "churns 1.8 times as often".
        needs: Panel columns the value is computed from.
        value: Rows with exactly these columns -> the driver in steps.
        state: Value -> what can be said of an account with it.
        action: What to do about an account on which it weighs.
        binary: Whether the value is 0 or 1.
    """

    name: str
    group: str
    label: str
    subject: str
    needs: tuple[str, ...]
    value: Values
    state: Callable[[float], str]
    action: str
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
    early = product.activation.value_days
    admin = product.churn.admin_days
    champion = product.engagement.champion_share
    many, invite = product.adoption.many_users, product.activation.invite_days
    return [
        Driver(
            "usage_halvings",
            "behaviour",
            "Usage halved (30 days)",
            "an account whose usage halved within 30 days",
            ("usage_trend_30", "events"),
            _halvings,
            lambda x: _usage(x),
            "Re-engagement mail or personal support",
        ),
        Driver(
            "active_user_share",
            "behaviour",
            "10 points more of the seats active",
            "an account with 10 points more of its seats active",
            ("active_user_share",),
            lambda f: f["active_user_share"] * 10,
            lambda x: f"{percent(x / 10, 0)} of the seats active",
            "Bring idle seats in: invite and train",
        ),
        Driver(
            "activated_early",
            "activation",
            f"Activated within {early} days",
            f"an account activated within {early} days of its sign-up",
            ("activated_at", "signed_up_at"),
            lambda f: _activated(f, early, observed_from),
            lambda x: f"activated within {early} days" if x else f"not activated within {early} days",
            "Onboarding help: finish the set-up together",
            binary=True,
        ),
        *([] if committed else [_term_ends()]),
        _billing("year", "yearly", committed),
        _billing("quarter", "quarterly", committed),
        Driver(
            "feature_breadth",
            "behaviour",
            "10 points more of the core features",
            "an account that uses 10 points more of the core features",
            ("feature_breadth",),
            lambda f: f["feature_breadth"] * 10,
            lambda x: f"{percent(x / 10, 0)} of the core features in use",
            "Training or walkthrough",
        ),
        Driver(
            "escalations",
            "support",
            "One more escalated ticket",
            "an account with one more escalated ticket in the month",
            ("escalations",),
            lambda f: f["escalations"],
            lambda x: (
                "no escalated ticket"
                if x == 0
                else f"{number(x)} escalated {'ticket' if x == 1 else 'tickets'} in the month"
            ),
            "Settle the escalation with a named owner",
        ),
        Driver(
            "admin_inactive",
            "behaviour",
            f"No admin active for {admin} days",
            f"an account whose admins were not seen for {admin} days",
            ("last_admin_active_days", "last_active_days", "events"),
            lambda f: _admin_inactive(f, admin),
            lambda x: f"no admin seen for {admin} days" if x else "an admin is active",
            "Reach the admin, or find the new one",
            binary=True,
        ),
        Driver(
            "single_champion",
            "behaviour",
            f"One user makes over {percent(champion, 0)} of the use",
            f"an account in which one user makes over {percent(champion, 0)} of the use",
            ("top1_share", "events"),
            lambda f: _idle_is_nil(f["top1_share"] > champion, f, known=f["top1_share"].notna()),
            lambda x: "leans on one user" if x else "use spread over several users",
            "Win a second user before the champion leaves",
            binary=True,
        ),
        Driver(
            "invites",
            "activation",
            f"{many} users invited within {invite} days",
            f"an account that invited {many} or more users within {invite} days of its sign-up",
            ("onboarding_invites",),
            lambda f: (f["onboarding_invites"] >= many).astype(float).where(f["onboarding_invites"].notna()),
            lambda x: (
                f"{many} or more users invited early" if x else f"fewer than {many} users invited early"
            ),
            "Help the team to invite its colleagues",
            binary=True,
        ),
        Driver(
            "integration_count",
            "activation",
            "One more integration",
            "an account with one more integration connected",
            ("integration_count",),
            lambda f: f["integration_count"],
            lambda x: (
                "no integration connected"
                if x == 0
                else f"{number(x)} {'integration' if x == 1 else 'integrations'} connected"
            ),
            "Connect a first integration together",
        ),
        Driver(
            "session_frequency",
            "behaviour",
            "Sessions per user and week, one more",
            "an account with one session more per user and week",
            ("session_frequency", "events"),
            lambda f: _idle_is_nil(f["session_frequency"], f, known=f["session_frequency"].notna()),
            lambda x: f"{number(x, 1)} sessions per user and week",
            "Re-engagement mail or personal support",
        ),
        Driver(
            "mrr_doublings",
            "revenue",
            "MRR, per doubling",
            "an account that pays twice as much",
            ("mrr_cents",),
            lambda f: np.log2(f["mrr_cents"].astype(float).clip(lower=100) / 100),
            lambda x: f"MRR of {number(2**x)}",
            "Review price or need with the buyer",
        ),
        Driver(
            "seat_doublings",
            "revenue",
            "Seats bought, per doubling",
            "an account with twice the seats",
            ("seats_purchased",),
            lambda f: np.log2(f["seats_purchased"].astype(float).clip(lower=1)),
            lambda x: f"{number(2**x)} seats bought",
            "Review the number of seats with the buyer",
        ),
        Driver(
            "tickets",
            "support",
            "One more ticket",
            "an account with one more ticket in the month",
            ("tickets_opened",),
            lambda f: f["tickets_opened"],
            lambda x: (
                "no ticket" if x == 0 else f"{number(x)} {'ticket' if x == 1 else 'tickets'} in the month"
            ),
            "Go through the open tickets with the team",
        ),
    ]


def _term_ends() -> Driver:
    return Driver(
        "term_ends",
        "revenue",
        "Term ends this month",
        "an account whose term ends in the month",
        ("due_in",),
        lambda f: (f["due_in"] == 1).astype(float),
        lambda x: "its term ends now" if x else "no term ends now",
        "Talk about the renewal now",
        binary=True,
    )


def _billing(frequency: str, word: str, committed: bool) -> Driver:
    end = ", in the month its term ends" if committed else ""
    return Driver(
        f"billed_{word}",
        "revenue",
        f"Billed {word}{' (term ends)' if committed else ''}, against monthly",
        f"an account billed {word}{end}, against a monthly one in any month,",
        ("billing_frequency",),
        lambda f: (f["billing_frequency"] == frequency).astype(float).where(f["billing_frequency"].notna()),
        lambda x: f"billed {word}" if x else f"not billed {word}",
        "Talk about the renewal now",
        binary=True,
    )


def _halvings(f: pd.DataFrame) -> pd.Series:
    trend = f["usage_trend_30"].astype(float)
    with np.errstate(divide="ignore"):
        halvings = -np.log2(1 + trend.clip(lower=-1))
    # Without use in both windows there is no trend; an account just begun has none either.
    return halvings.clip(-2, 2).fillna(0.0) + 0.0


def _usage(halvings: float) -> str:
    change = 2.0**-halvings - 1
    if abs(change) < 0.1:
        return "usage steady over 30 days"
    bound = "at least " if abs(halvings) >= 2 and change < 0 else ""
    return f"usage {'down' if change < 0 else 'up'} {bound}{percent(abs(change), 0)} in 30 days"


def _activated(f: pd.DataFrame, days: int, observed_from: pd.Timestamp) -> pd.Series:
    in_time = f["activated_at"] <= f["signed_up_at"] + pd.Timedelta(days=days)
    return in_time.fillna(False).astype(float).where(f["signed_up_at"] >= observed_from)


def _admin_inactive(f: pd.DataFrame, days: int) -> pd.Series:
    # An admin never seen is an inactive one, as long as the source knows who the admins are.
    return (f["last_admin_active_days"].fillna(np.inf) > days).astype(float)


def _idle_is_nil(value: pd.Series, f: pd.DataFrame, known: pd.Series) -> pd.Series:
    """An account without any use has 0, not an unknown value."""
    idle = f["events"].fillna(0) == 0
    return value.astype(float).where(known).mask(idle & ~known, 0.0)
