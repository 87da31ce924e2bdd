"""What the appendix is told from."""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from reporting.reports.common.book import Book
from reporting.reports.common.trust import Trust

from ..common import why


class Data:
    """The appendix's figures.

    Args:
        snapshot: Folder of the frozen snapshot.
        top_accounts: Rows of the largest movements.
    """

    def __init__(self, snapshot: str, top_accounts: int) -> None:
        self.book = Book(snapshot)
        self.trust = Trust(self.book)
        self.top_accounts = top_accounts

    @cached_property
    def movements(self) -> pd.DataFrame:
        """The report month's movements by account, with their causes."""
        return why.movements(self.book)


def load(snapshot: str, *, top_accounts: int = 20) -> Data:
    """Open the snapshot for the appendix.

    Args:
        snapshot: Folder of the frozen snapshot.
        top_accounts: Rows of the largest movements.
    """
    return Data(snapshot, top_accounts)
