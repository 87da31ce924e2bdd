"""What the brief is told from: the judgement, the bridge, the movements."""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from reporting.analysis.bridge import bridge
from reporting.params.playbook import TO_SAVE
from reporting.reports.telling.book import Book
from reporting.reports.telling.trust import Trust

from ..telling import movements, verdicts

REASONS = 2
"""Reasons told of one account; all of them stand in account_verdicts.csv."""


class Data:
    """The executive brief's figures.

    Args:
        snapshot: Folder of the frozen snapshot.
        top_accounts: Accounts to save that are named.
        top_offers: Accounts to make an offer to that are named.
    """

    def __init__(self, snapshot: str, top_accounts: int, top_offers: int) -> None:
        self.book = Book(snapshot)
        self.trust = Trust(self.book)
        self.top_accounts = top_accounts
        self.top_offers = top_offers

    @cached_property
    def bridge(self) -> pd.DataFrame:
        """The MRR bridge of every month on record."""
        return bridge(self.book.panel).loc[self.book.observed_from :]

    @cached_property
    def movements(self) -> pd.DataFrame:
        """The report month's movements by account, with their causes."""
        return movements.movements(self.book)

    @cached_property
    def save(self) -> pd.DataFrame:
        """Accounts to rescue and to protect, in the order in which to act."""
        return verdicts.listed(self.book, *TO_SAVE, reasons=REASONS)

    @cached_property
    def grow(self) -> pd.DataFrame:
        """Accounts to make an offer to, largest MRR first."""
        rows = verdicts.listed(self.book, "grow", reasons=REASONS)
        return rows.sort_values(["mrr_cents", "account_id"], ascending=[False, True])


def load(snapshot: str, *, top_accounts: int = 5, top_offers: int = 3) -> Data:
    """Open the snapshot for the executive brief.

    Args:
        snapshot: Folder of the frozen snapshot.
        top_accounts: Accounts to save that are named.
        top_offers: Accounts to make an offer to that are named.
    """
    return Data(snapshot, top_accounts, top_offers)
