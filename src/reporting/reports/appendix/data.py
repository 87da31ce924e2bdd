"""What the appendix is told from."""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from reporting.reports.telling.book import Book
from reporting.reports.telling.trust import Trust

from ..telling import movements


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
        return movements.movements(self.book)


def load(snapshot: str, *, top_accounts: int = 20) -> Data:
    """Open the snapshot for the appendix.

    Args:
        snapshot: Folder of the frozen snapshot.
        top_accounts: Rows of the largest movements.
    """
    return Data(snapshot, top_accounts)
