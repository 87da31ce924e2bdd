"""The lists that the front page leads to, with how many accounts each holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reporting.analysis.account import Account
from reporting.analysis.renewals import WINDOWS, renewals
from reporting.params.playbook import STANCES as PAYING
from reporting.reports.account_pages.verdict import STANCES, owner, stance
from reporting.reports.telling.book import Book
from reporting.reports.telling.verdicts import NO_OWNER


@dataclass(frozen=True)
class List:
    """A view of the table of all accounts.

    Attributes:
        view: What the table is narrowed to: filter -> value.
    """

    title: str
    accounts: int
    mrr: str
    view: tuple[tuple[str, str], ...]


def lists(book: Book, accounts: Iterable[Account]) -> list[List]:
    """By stance, then renewals ahead, then those to save that have no owner; empty ones are left out."""
    rows = [account for account in accounts if account.verdict]
    found = [
        _list(book, STANCES[one], [a for a in rows if stance(a) == one], ("stance", STANCES[one]))
        for one in PAYING
    ]
    renews = set(renewals(book.judgement.accounts).index)
    soon = [account for account in rows if account.id in renews]
    found.append(_list(book, f"Renewal within {WINDOWS[-1]} days", soon, ("renewal", str(WINDOWS[-1]))))
    alone = [a for a in rows if owner(a) == NO_OWNER]
    found.append(_list(book, "Without an owner", alone, ("owner", NO_OWNER), ("pays", "yes")))
    return [one for one in found if one.accounts]


def _list(book: Book, title: str, rows: list[Account], *view: tuple[str, str]) -> List:
    return List(title, len(rows), book.money(sum(a.now.get("mrr_cents", 0) for a in rows)), view)
