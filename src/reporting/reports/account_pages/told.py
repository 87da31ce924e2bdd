"""Everything that the pages beside a month's reports tell, from its snapshot."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from reporting.analysis.account import Account, Accounts
from reporting.reports.account_pages.books import Book as OwnersBook
from reporting.reports.account_pages.books import books
from reporting.reports.account_pages.lists import List, lists
from reporting.reports.account_pages.page import Page, told
from reporting.reports.account_pages.rows import Column, columns, row
from reporting.reports.telling.book import Book


class Told:
    """A month's accounts in words.

    Args:
        snapshot: Folder of the frozen snapshot; its judgement lies beside it.
    """

    def __init__(self, snapshot: Path) -> None:
        self._book = Book(snapshot)

    @property
    def currency(self) -> str:
        """ISO code of the reporting currency."""
        return self._book.currency

    @cached_property
    def accounts(self) -> list[Account]:
        """Every account on record: those that pay in the order in which to act, then the others."""
        return list(Accounts(self._book, self._book.judgement))

    def pages(self) -> Iterator[Page]:
        """The page of each account."""
        return (told(self._book, account) for account in self.accounts)

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of the table of all accounts, see `rows.COLUMNS`."""
        return columns(self._book)

    def rows(self) -> Iterator[list[Any]]:
        """The row of each account in the table of all, see `rows.COLUMNS`."""
        return (row(self._book, account) for account in self.accounts)

    @cached_property
    def books(self) -> list[OwnersBook]:
        """A book for each owner."""
        return books(self._book, self.accounts)

    @cached_property
    def lists(self) -> list[List]:
        """The lists that the front page leads to."""
        return lists(self._book, self.accounts)
