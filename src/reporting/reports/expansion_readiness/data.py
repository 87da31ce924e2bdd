"""What the expansion report is told from."""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from reporting.analysis.intervals import ratio
from reporting.analysis.validity import followed_scores
from reporting.reports.telling.book import Book
from reporting.reports.telling.trust import Trust
from reporting.survival.estimate import UNKNOWN, Estimate

from ..telling import verdicts

OVER = "seats_over_limit"
"""The rule for accounts that use more than they bought."""
# Below this many past cases no rate is given.
FEWEST = 20


class Data:
    """The expansion report's figures.

    Args:
        snapshot: Folder of the frozen snapshot.
        top_accounts: Rows of each list.
        horizon_months: How far ahead past accounts are followed to an expansion or contraction.
    """

    def __init__(self, snapshot: str, top_accounts: int, horizon_months: int) -> None:
        self.book = Book(snapshot)
        self.trust = Trust(self.book)
        self.top_accounts = top_accounts
        self.horizon = horizon_months

    @cached_property
    def listed(self) -> pd.DataFrame:
        """Accounts to make an offer to: those over their licence first, then by what may come of it.

        One past rate serves all reasons, so the largest MRR promises the most. Columns of
        `verdicts.listed`, with plan, commercial_reason, expansion_readiness, over (the licence), and there
        seats_over and over_cents: those seats at the account's own MRR per seat bought.
        """
        rows = verdicts.listed(self.book, "grow")
        columns = ["plan", "commercial_reason", "expansion_readiness", "seats_purchased", "seats_used"]
        rows = rows.join(self.book.now[columns])
        rows["over"] = rows["rule"] == OVER
        rows["seats_over"] = (rows["seats_used"] - rows["seats_purchased"]).where(rows["over"])
        rows["over_cents"] = rows["seats_over"] * rows["mrr_cents"] / rows["seats_purchased"]
        order = ["over", "mrr_cents", "account_id"]
        return rows.sort_values(order, ascending=[False, False, True])

    @cached_property
    def blocked(self) -> pd.DataFrame:
        """Accounts with a commercial reason whose stance stands before an offer, largest MRR first."""
        rows = verdicts.listed(self.book)
        rows = rows[rows["offer_blocked_by"].notna()]
        return rows.sort_values(["mrr_cents", "account_id"], ascending=[False, True])

    @cached_property
    def past(self) -> pd.DataFrame:
        """Past closes of paying accounts with their signals, and whether MRR expanded within the horizon."""
        columns = [
            "expansion_readiness",
            "commercial_reason",
            "licence_utilisation",
            "cross_team_usage",
            "usage_growth",
            "premium_share",
            "plan_limit_proximity",
            "integration_count",
        ]
        return followed_scores(self.book, columns, "expansion_cents", self.horizon)

    @cached_property
    def added_share(self) -> Estimate:
        """Expansion within the horizon as a share of MRR, of past accounts with a commercial reason."""
        rows = self.past[self.past["commercial_reason"].notna()]
        if len(rows) < FEWEST:
            return UNKNOWN
        by_account = rows.groupby("account_id")[["amount_cents", "mrr_cents"]].sum()
        return ratio(by_account["amount_cents"], by_account["mrr_cents"])


def load(snapshot: str, *, top_accounts: int = 10, horizon_months: int = 3) -> Data:
    """Open the snapshot for the expansion report.

    Args:
        snapshot: Folder of the frozen snapshot.
        top_accounts: Rows of each list.
        horizon_months: How far ahead past accounts are followed to an expansion or contraction.
    """
    return Data(snapshot, top_accounts, horizon_months)
