"""Who can grow: seats over the licence, what such accounts did before, and which signal came before it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reporting.analysis.frames import is_true, numbers
from reporting.analysis.intervals import differ, ratio, share
from reporting.analysis.validity import followed_scores
from reporting.analysis.view import View
from reporting.params.product import Product
from reporting.survival.estimate import UNKNOWN, Estimate

OVER = "seats_over_limit"
"""The playbook's rule for accounts that use more than they bought."""
FEWEST = 20
"""Past cases, below which no rate is given."""
INTEGRATIONS = 2
LICENCE_EDGES = (0, 0.2, 0.4, 0.6, 0.8, 1.0, np.inf)
SIGNALS = (
    *("licence_utilisation", "cross_team_usage", "usage_growth"),
    *("premium_share", "plan_limit_proximity", "integration_count"),
)
"""Columns of the panel that may foretell an expansion."""


def over_licence(view: View, accounts: pd.Index) -> pd.DataFrame:
    """Seats over the licence, and what they are worth at the account's own MRR per seat bought.

    Args:
        view: The month.
        accounts: Those whose verdict is `OVER`.

    Returns:
        Indexed by `account_id`: seats_over, over_cents.
    """
    rows = view.now.loc[accounts]
    seats = (rows["seats_used"] - rows["seats_purchased"]).rename("seats_over")
    return seats.to_frame().assign(over_cents=seats * rows["mrr_cents"] / rows["seats_purchased"])


def by_licence_use(use: np.ndarray) -> np.ndarray:
    """Accounts in each class of `LICENCE_EDGES`; a share exactly at an upper edge is below it."""
    where = np.searchsorted(LICENCE_EDGES, use, side="left") - 1
    classes = len(LICENCE_EDGES) - 1
    return np.bincount(np.clip(where, 0, classes - 1), minlength=classes)


def across_teams(view: View) -> Estimate:
    """Share of the paying accounts used by `expansion.spread_teams` teams or more, where teams are known."""
    spread = view.paying["cross_team_usage"]
    return share(int(is_true(spread).sum()), int(spread.notna().sum()))


def ready_without_reason(view: View) -> int:
    """Paying accounts whose readiness is above the healthy edge and that have no commercial reason."""
    ready = view.paying["expansion_readiness"] > view.product.bands.healthy
    return int((ready & view.paying["commercial_reason"].isna()).sum())


def past_accounts(view: View, horizon: int) -> pd.DataFrame:
    """Past closes of paying accounts with their signals, and whether MRR expanded within `horizon` months."""
    columns = ["expansion_readiness", "commercial_reason", *SIGNALS]
    return followed_scores(view, columns, "expansion_cents", horizon)


def added_share(past: pd.DataFrame) -> Estimate:
    """Expansion as a share of MRR, of past accounts with a commercial reason; unknown of under `FEWEST`."""
    rows = past[past["commercial_reason"].notna()]
    if len(rows) < FEWEST:
        return UNKNOWN
    by_account = rows.groupby("account_id")[["amount_cents", "mrr_cents"]].sum()
    return ratio(by_account["amount_cents"], by_account["mrr_cents"])


def rates(past: pd.DataFrame, product: Product) -> dict[str, Estimate]:
    """Share of past accounts that expanded by their readiness then: `high`, `middle` and `low`, split at the
    edges of the product's bands."""
    score, limits = past["expansion_readiness"].astype(float), product.bands
    happened = past["happened"].astype(bool)
    bands = {
        "high": score > limits.healthy,
        "middle": score.between(limits.at_risk, limits.healthy),
        "low": score < limits.at_risk,
    }
    return {name: share(int(happened[rows].sum()), int(rows.sum())) for name, rows in bands.items()}


@dataclass(frozen=True)
class Signal:
    """How often accounts with a signal expanded, and those without.

    Attributes:
        column: The panel's column it is read from.
        having: Share of those that showed it.
        lacking: Share of the others.
    """

    column: str
    having: Estimate
    lacking: Estimate

    @property
    def testable(self) -> bool:
        """Whether there are `FEWEST` past cases on either side."""
        return min(self.having.n, self.lacking.n) >= FEWEST

    @property
    def ahead(self) -> float:
        """By how much more often those with it expanded."""
        return self.having.value - self.lacking.value

    @property
    def apart(self) -> bool:
        """Whether the two differ beyond chance."""
        return differ(self.having, self.lacking)


def signals(past: pd.DataFrame, product: Product) -> list[Signal]:
    """Every signal of `SIGNALS` beside its absence, where it is known of an account."""
    shown = _shown(product)
    found = []
    for column in SIGNALS:
        known = past[past[column].notna()]
        holds = shown[column](known[column]).fillna(False).astype(bool)
        happened = known["happened"].astype(bool)
        sides = (share(int(happened[rows].sum()), int(rows.sum())) for rows in (holds, ~holds))
        found.append(Signal(column, *sides))
    return found


def _shown(product: Product) -> dict[str, Callable[[pd.Series], pd.Series]]:
    """Signal -> where its column shows it."""
    limits, steady = product.expansion, product.engagement.trend_steady
    return {
        "licence_utilisation": lambda x: x > limits.offer_seats,
        "cross_team_usage": is_true,
        "usage_growth": lambda x: x > steady,
        "premium_share": lambda x: x >= limits.premium_share,
        "plan_limit_proximity": lambda x: x > limits.plan_limit,
        "integration_count": lambda x: x >= INTEGRATIONS,
    }


def lacking(view: View) -> list[str]:
    """Of what a commercial reason is read from, the columns that this source has nothing of."""
    read = ("licence_utilisation", "plan_limit_proximity", "premium_share")
    return [column for column in read if not numbers(view.paying[column]).size]
