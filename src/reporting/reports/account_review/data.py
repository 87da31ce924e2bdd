"""What a review is told from: one account of a month; the month is read once a process."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from functools import cache, cached_property
from pathlib import Path

from reporting.analysis.account import Account, Accounts
from reporting.errors import ConfigError
from reporting.present.words import cut
from reporting.reports.account_pages.page import Page, told
from reporting.reports.account_pages.verdict import owner, stance

from ..telling.book import Book

NAME = 60
"""Letters of an account's name that are told."""


class Month:
    """The accounts of a month, by their id.

    Args:
        snapshot: Folder of the frozen snapshot.
    """

    def __init__(self, snapshot: Path) -> None:
        self.book = Book(snapshot)
        self.accounts = {account.id: account for account in Accounts(self.book, self.book.judgement)}

    def account(self, id: str) -> Account:
        """The account with this id.

        Raises:
            ConfigError: There is none; the nearest are named.
        """
        if id in self.accounts:
            return self.accounts[id]
        near = self._near(id)
        named = [f"{account.id} ({cut(account.name)})" for account in near]
        raise ConfigError(
            f"there is no account '{cut(id)}' in {self.book.label}."
            + (f" Did you mean {' or '.join(named)}?" if named else ""),
            remedy="Give an id as in the table of all accounts, accounts/index.html of the month.",
        )

    def _near(self, id: str) -> Iterable[Account]:
        """Those with that name, or part of it, else with the nearest ids; three at most."""
        text = id.casefold()
        by_name = [account for account in self.accounts.values() if text and text in account.name.casefold()]
        ids = {known.casefold(): known for known in self.accounts}
        near = difflib.get_close_matches(text, list(ids), n=3, cutoff=0.6)
        return by_name[:3] or [self.accounts[ids[found]] for found in near]

    def chosen(self, stance_is: str | None, owner_is: str | None) -> list[Account]:
        """Those of a stance, of an owner, or of both; in the order in which to act."""
        return [
            account
            for account in self.accounts.values()
            if stance_is in (None, stance(account)) and owner_is in (None, owner(account))
        ]

    @property
    def owners(self) -> set[str]:
        """The owners' names; accounts without one have `verdicts.NO_OWNER`."""
        return {owner(account) for account in self.accounts.values()}


class Data:
    """One account's review.

    Args:
        month: The month it is told at.
        account: The account.
        most_questions: Questions to raise, at most.
    """

    def __init__(self, month: Month, account: Account, most_questions: int) -> None:
        self.book, self.account, self.most_questions = month.book, account, most_questions

    @cached_property
    def page(self) -> Page:
        """What its page says, as plain text."""
        return told(self.book, self.account)


def load(snapshot: str, account: str, *, most_questions: int = 6) -> Data:
    """Open the snapshot for the review of one account.

    Args:
        snapshot: Folder of the frozen snapshot.
        account: The account's id.
        most_questions: Questions to raise, at most.

    Raises:
        ConfigError: There is no such account.
    """
    month = month_of(Path(snapshot).resolve())
    return Data(month, month.account(account), most_questions)


@cache
def month_of(snapshot: Path) -> Month:
    """The month frozen in a folder. A frozen snapshot doesn't change, so it is read once a process."""
    return Month(snapshot)


def prepare(snapshot: str) -> None:
    """Read the month, and draw a chart as the first one takes longest: for a process that kernels are forked
    from."""
    from .charts import course

    month = month_of(Path(snapshot).resolve())
    for account in list(month.accounts.values())[:1]:
        course(Data(month, account, most_questions=0))
