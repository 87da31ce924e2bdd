"""The accounts of two closes by band, by stance and by list: how many, who came, who went."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pandas as pd

from reporting.analysis.key_figures import BANDS
from reporting.analysis.renewals import WINDOWS, renewals
from reporting.params.playbook import STANCES
from reporting.present.formats import number
from reporting.present.words import sentence
from reporting.reports.telling.book import Book
from reporting.reports.telling.verdicts import STANCE_WORDS, reason

NO_BAND, NOT_PAYING = "can't be judged", "doesn't pay"


@dataclass(frozen=True)
class Group:
    """What one name held at both closes.

    Attributes:
        before: Accounts and their MRR, told; `after` likewise.
        came: Names of those that are in it now and weren't; `went` of those that were.
        stayed: How many are in it at both.
    """

    title: str
    before: tuple[str, str]
    after: tuple[str, str]
    came: list[str]
    went: list[str]
    stayed: int

    @property
    def holds(self) -> bool:
        """Whether it held anybody at either close."""
        return bool(self.stayed or self.came or self.went)


@dataclass(frozen=True)
class Mover:
    """An account whose band or stance differs: each as it was and as it is, and the reason of what it is.
    Of an account that doesn't pay there is no score and no reason."""

    name: str
    band: tuple[str, str]
    stance: tuple[str, str]
    score: tuple[str, str]
    mrr: tuple[str, str]
    reason: str


def bands(before: Book, after: Book) -> list[Group]:
    """By band, the best first, then those that can't be judged."""
    found = [_group(sentence(band), before, after, _in("band", band)) for band in (*BANDS, NO_BAND)]
    return found if found[-1].holds else found[:-1]


def stances(before: Book, after: Book) -> list[Group]:
    """By stance, the most urgent first."""
    return [_group(sentence(STANCE_WORDS[one]), before, after, _in("stance", one)) for one in STANCES]


def lists(before: Book, after: Book) -> list[Group]:
    """What stands beside the stances: renewals ahead, accounts without an owner."""
    soon = f"Renewal within {WINDOWS[-1]} days"
    return [
        _group(soon, before, after, renewals),
        _group("Without an owner", before, after, lambda rows: rows[rows["owner"].isna()]),
    ]


def movers(before: Book, after: Book) -> list[Mover]:
    """Those whose band or stance differs: in the order in which to act now, then those that pay no more."""
    was, now = _judged(before), _judged(after)
    names = [*now.index, *sorted(set(was.index) - set(now.index))]
    sides = [rows.reindex(names)[["band", "stance"]].fillna(NOT_PAYING) for rows in (was, now)]
    differ = (sides[0] != sides[1]).any(axis="columns")
    return [_mover(account, (before, after), (was, now)) for account in differ.index[differ]]


def _mover(account: str, books: tuple[Book, Book], rows: tuple[pd.DataFrame, pd.DataFrame]) -> Mover:
    sides = [side.loc[account] if account in side.index else None for side in rows]
    last = sides[1] if sides[1] is not None else sides[0]
    assert last is not None

    def both(tell: Callable[[Book, pd.Series], str], otherwise: str) -> tuple[str, str]:
        first, second = (
            otherwise if row is None else tell(book, row) for book, row in zip(books, sides, strict=True)
        )
        return first, second

    return Mover(
        str(last["account_name"]),
        both(lambda _, row: row["band"], NOT_PAYING),
        both(lambda _, row: STANCE_WORDS[row["stance"]], NOT_PAYING),
        both(lambda _, row: number(row["score"]), ""),
        both(lambda book, row: book.money(row["mrr_cents"]), books[1].money(0)),
        "" if sides[1] is None else reason(books[1], sides[1], 2),
    )


def _judged(book: Book) -> pd.DataFrame:
    rows = book.judgement.accounts
    return rows.assign(band=rows["band"].fillna(NO_BAND))


def _in(column: str, value: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    return lambda rows: rows[rows[column] == value]


def _group(title: str, before: Book, after: Book, of: Callable[[pd.DataFrame], pd.DataFrame]) -> Group:
    was, now = of(_judged(before)), of(_judged(after))
    return Group(
        title,
        _size(before, was),
        _size(after, now),
        _names(now, set(now.index) - set(was.index)),
        _names(was, set(was.index) - set(now.index)),
        len(set(was.index) & set(now.index)),
    )


def _size(book: Book, rows: pd.DataFrame) -> tuple[str, str]:
    return number(len(rows)), book.money(int(rows["mrr_cents"].sum()))


def _names(rows: pd.DataFrame, chosen: Iterable[str]) -> list[str]:
    """By name: in the order in which to act it would be hard to find one."""
    found = rows.loc[rows.index.isin(list(chosen)), "account_name"].astype(str)
    return sorted(found, key=lambda name: (name.casefold(), name))
