"""All accounts side by side: the columns of the table, and an account's row."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

import pandas as pd

from reporting.analysis.account import Account
from reporting.present.words import NAME, cut, plain, sentence
from reporting.reports.account_pages.verdict import STANCES, action, owner, reason, stance
from reporting.reports.telling.book import Book

Kind = Literal["text", "money", "count", "score", "share", "days", "date"]


@dataclass(frozen=True)
class Column:
    """A column of the table.

    Attributes:
        kind: How a value is shown and sorted; money is in minor units.
        shown: Whether it is there before the reader chooses.
        filter: Whether the table can be narrowed to one of its values.
    """

    id: str
    label: str
    kind: Kind
    value: Callable[[Book, Account], Any]
    shown: bool = False
    filter: bool = False


def _now(key: str) -> Callable[[Book, Account], Any]:
    return lambda _, account: account.now.get(key)


def _verdict(key: str) -> Callable[[Book, Account], Any]:
    return lambda _, account: account.verdict.get(key)


def _text(id: str, label: str, *, shown: bool = False, filter: bool = False) -> Column:
    return Column(id, label, "text", _now(id), shown, filter)


COLUMNS = (
    Column("name", "Account", "text", lambda _, account: cut(account.name, NAME), shown=True),
    Column("id", "Id", "text", lambda _, account: account.id),
    Column("stance", "Stance", "text", lambda _, a: STANCES[stance(a)], shown=True, filter=True),
    Column("pays", "Pays", "text", lambda _, a: "yes" if a.verdict else "no", filter=True),
    Column("owner", "Owner", "text", lambda _, account: owner(account), shown=True, filter=True),
    Column("mrr", "MRR", "money", _now("mrr_cents"), shown=True),
    Column("band", "Band", "text", _verdict("band"), shown=True, filter=True),
    Column("score", "Score", "score", _verdict("score"), shown=True),
    Column("probability", "Likely to leave", "share", _verdict("probability"), shown=True),
    Column("loss", "MRR expected to be lost in three months", "money", _verdict("expected_loss_cents")),
    Column("renewal", "Renewal", "date", _verdict("renewal_at"), shown=True),
    Column("to_renewal", "Days to renewal", "days", _verdict("days_to_renewal")),
    Column("contract", "Contract value", "money", _verdict("contract_value_cents")),
    Column("action", "Next step", "text", action, shown=True),
    Column("due", "Due", "date", _verdict("due"), shown=True),
    Column("reason", "Reason", "text", reason),
    _text("plan", "Plan", filter=True),
    _text("industry", "Industry", filter=True),
    _text("region", "Region", filter=True),
    _text("company_size", "Size", filter=True),
    Column("events", "Events", "count", _now("events")),
    Column("trend", "Use in 30 days", "share", _now("usage_trend_30")),
    Column("users", "Active users", "count", _now("active_users")),
    Column("seats", "Seats in use", "share", _now("licence_utilisation")),
    Column("silence", "Days since last use", "days", _now("last_active_days")),
    Column("flags", "Flags", "count", _now("risk_flags")),
    Column("tickets", "Open tickets", "count", _now("tickets_open")),
    Column("tenure", "Days since sign-up", "days", _now("tenure_days")),
)
DIGITS = {"share": 4, "score": 1, "count": 0, "money": 0, "days": 0}


def columns(book: Book) -> tuple[Column, ...]:
    """`COLUMNS`, the score by its name in this product, and the company's own, which narrow the table too."""
    named = {"score": sentence(book.score_name)}
    told = tuple(replace(column, label=named.get(column.id, column.label)) for column in COLUMNS)
    return (*told, *_own(book))


def _own(book: Book) -> tuple[Column, ...]:
    return tuple(
        Column(f"own_{name}", sentence(plain(name)), "text", _now(name), filter=True)
        for name in book.own_columns
    )


def row(book: Book, account: Account) -> list[Any]:
    """The values of `columns` as JSON knows them; None where one is not known."""
    return [_plain(column.kind, column.value(book, account)) for column in (*COLUMNS, *_own(book))]


def _plain(kind: Kind, value: Any) -> Any:
    if value is None or value == "":
        return None
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    if kind == "text":
        return str(value)
    number = round(float(value), DIGITS[kind])
    if not math.isfinite(number):
        return None
    return int(number) if number == int(number) else number
