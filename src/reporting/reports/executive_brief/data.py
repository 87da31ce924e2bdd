"""What the brief is told from: the book, the bridge, the movements, the verdict."""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from reporting.analysis.bridge import bridge
from reporting.reports.common.book import Book
from reporting.reports.common.trust import Trust

from ..common import verdicts, why
from .verdict import Sign, signs, word


class Data:
    """The executive brief's figures.

    Args:
        snapshot: Folder of the frozen snapshot.
        top_accounts: Rows of each account table.
        trend_months: Months in the trend chart.
    """

    def __init__(self, snapshot: str, top_accounts: int, trend_months: int) -> None:
        self.book = Book(snapshot)
        self.trust = Trust(self.book)
        self.top_accounts = top_accounts
        self.trend_months = trend_months

    @cached_property
    def bridge(self) -> pd.DataFrame:
        """The MRR bridge of every month on record."""
        return bridge(self.book.panel).loc[self.book.observed_from :]

    @cached_property
    def movements(self) -> pd.DataFrame:
        """The report month's movements by account, with their causes."""
        return why.movements(self.book)

    @property
    def risk(self) -> pd.DataFrame:
        """Modelled churn risk by account; empty where no model holds."""
        return self.book.judgement.risk

    @cached_property
    def save(self) -> pd.DataFrame:
        """Accounts to rescue and to protect, in the order in which to act."""
        return verdicts.listed(self.book, *verdicts.TO_SAVE)

    @cached_property
    def grow(self) -> pd.DataFrame:
        """Accounts to make an offer to, largest MRR first."""
        rows = verdicts.listed(self.book, "grow")
        return rows.sort_values(["mrr_cents", "account_id"], ascending=[False, True])

    @cached_property
    def signs(self) -> list[Sign]:
        """What the verdict rests on."""
        return signs(self.book, self.trust)

    @cached_property
    def verdict(self) -> str:
        """The verdict in a word or two."""
        return word(self.signs, self.trust)


def load(snapshot: str, *, top_accounts: int = 10, trend_months: int = 24) -> Data:
    """Open the snapshot for the executive brief.

    Args:
        snapshot: Folder of the frozen snapshot.
        top_accounts: Rows of each account table.
        trend_months: Months in the trend chart.
    """
    return Data(snapshot, top_accounts, trend_months)
