"""What the expansion report is told from."""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from reporting.analysis import expansion
from reporting.reports.telling.book import Book
from reporting.reports.telling.trust import Trust
from reporting.survival.estimate import Estimate

from ..telling import verdicts


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
        `verdicts.listed`, with plan, commercial_reason, expansion_readiness, over (the licence), and of
        those that are the columns of `expansion.over_licence`.
        """
        rows = verdicts.listed(self.book, "grow")
        rows = rows.join(self.book.now[["plan", "commercial_reason", "expansion_readiness"]])
        rows["over"] = rows["rule"] == expansion.OVER
        rows = rows.join(expansion.over_licence(self.book, rows.index[rows["over"]]))
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
        """Past accounts with their signals, and whether they expanded; see `expansion.past_accounts`."""
        return expansion.past_accounts(self.book, self.horizon)

    @cached_property
    def added_share(self) -> Estimate:
        """Expansion within the horizon as a share of MRR, of past accounts with a commercial reason."""
        return expansion.added_share(self.past)


def load(snapshot: str, *, top_accounts: int = 10, horizon_months: int = 3) -> Data:
    """Open the snapshot for the expansion report.

    Args:
        snapshot: Folder of the frozen snapshot.
        top_accounts: Rows of each list.
        horizon_months: How far ahead past accounts are followed to an expansion or contraction.
    """
    return Data(snapshot, top_accounts, horizon_months)
