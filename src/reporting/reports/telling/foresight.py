"""The month looks back and forward: what came of past lists, and what renews soon."""

from __future__ import annotations

import math

import pandas as pd

from reporting.analysis import renewals as ahead
from reporting.analysis.follow_up import FollowUp
from reporting.analysis.intervals import differ
from reporting.present.blocks import Blocks, Column, Table, Text
from reporting.present.formats import count, date, money, percent
from reporting.present.words import interval, listing, plural
from reporting.survival.estimate import Estimate

from .book import Book

FEW = 30
"""A share of fewer accounts is told as a count: `3 of 5`."""
AGO = {1: "a month ago", 3: "three months ago"}
_BECAME = {
    "left": ("left", "left"),
    "shrank": ("pays less", "pay less"),
    "recovered": ("recovered", "recovered"),
    "unchanged": ("is still on it", "are still on it"),
}
"""Outcome -> what became of one, of several."""
_HEADS = ("List of", "Accounts", "Left", "Pay less", "Recovered", "Still on it")


def followed_up(book: Book) -> Blocks:
    """What came of the accounts that were to save, a month and three months ago."""
    found = {months: one for months, one in book.judgement.followed.items() if len(one.listed)}
    if not found:
        return Blocks([Text("There is no earlier list of accounts to save to follow up.")])
    first = next(iter(found.values()))
    head = (*_HEADS, "Listed that left", "Others that left", "Lost that were listed")
    columns = [Column(name, "right" if place else "left") for place, name in enumerate(head)]
    rows = [
        [
            AGO[months],
            count(len(one.listed)),
            *map(count, one.outcomes["accounts"]),
            *map(_share, (one.left_listed, one.left_unlisted, one.caught)),
        ]
        for months, one in found.items()
    ]
    caption = f"What became of the accounts that were to save (rescue, protect), by the close of {book.label}"
    text = f"{_followed(book, first)}{_contacts(first)}"
    return Blocks([Text(text), Table(columns, rows, "tbl-followed-up", caption)])


def became(book: Book, one: FollowUp) -> str:
    """What became of one list of accounts to save, and how many of the lost had stood on it."""
    told = one.outcomes
    parts = {outcome: f"{count(n)} {_BECAME[outcome][n > 1]}" for outcome, n in told["accounts"].items() if n}
    if "left" in parts:
        parts["left"] += f" (with {book.money(told.at['left', 'mrr_cents'])} of MRR then)"
    text = (
        f"Of the {plural(len(one.listed), 'account')} to save {AGO[one.months]}, {listing([*parts.values()])}"
    )
    if one.caught.known:
        text += f"; of {plural(one.caught.n, 'account')} lost since, {_hits(one.caught)} stood on the list"
    return f"{text}."


def _followed(book: Book, one: FollowUp) -> str:
    text, listed, others = became(book, one), one.left_listed, one.left_unlisted
    if not others.known:
        return text
    doubt = "" if differ(listed, others) else "; the difference may be chance"
    return f"{text} {_told(listed)} of those listed left, {_told(others)} of the others{doubt}."


def _contacts(one: FollowUp) -> str:
    met, others = one.left_contacted, one.left_uncontacted
    if not (met.known and others.known):
        return ""
    return (
        f" Of the {plural(met.n, 'listed account')} contacted since, {_hits(met)} left; of the "
        f"{count(others.n)} not contacted, {_hits(others)}. Whom to contact was chosen, so this does "
        "not show whether contact helps."
    )


def renewals(book: Book, rows: int = 5) -> Blocks:
    """The contracts that renew within 30, 60 and 90 days, and the accounts with most at stake.

    Args:
        book: The month.
        rows: Rows of the table of accounts.
    """
    accounts = book.judgement.accounts
    if accounts["days_to_renewal"].isna().all():
        return Blocks([Text("This source has no dates of renewal.")])
    due, windows = ahead.renewals(accounts), ahead.by_window(accounts)
    if due.empty:
        return Blocks([Text(f"Nothing renews within {ahead.WINDOWS[-1]} days.")])
    text = f"{_windows(book, windows)}; {_at_stake(book, windows.iloc[-1])}."
    stake = (due["contract_value_cents"] * due["probability"]).fillna(0)
    first = due.loc[stake.sort_values(ascending=False, kind="stable").index].head(rows)
    if len(first) < len(due):
        text += (
            f" The table has {count(len(first))} with most at stake, `renewals.csv` all {count(len(due))}."
        )
    columns = {
        "account_name": "Account",
        "renewal_at": ("Renews", date),
        "contract_value_cents": (f"Contract ({book.currency})", money),
        "band": "Band",
        "probability": ("Likely to leave", lambda p: percent(p, 0)),
        "stance": "Stance",
        "owner": "Owner",
    }
    caption = f"Renewals within {windows.index[-1]} days of the close of {book.label}, most at stake first"
    table = Table.of(first, columns, label="tbl-renewals", caption=caption)
    return Blocks([Text(text), table])


def _windows(book: Book, windows: pd.DataFrame) -> str:
    told = [
        f"{count(row['accounts'])} worth {money(row['contract_value_cents'], book.currency, short=True)} "
        f"within {window} days"
        for window, row in windows[windows["accounts"] > 0].iterrows()
    ]
    each = ", each holding those before" if len(told) > 1 else ""
    return f"Contracts that renew: {listing(told)}{each}"


def _at_stake(book: Book, row: pd.Series) -> str:
    are = "is an account" if row["to_save"] == 1 else "are accounts"
    told = f"{count(row['to_save'])} of {count(row['accounts'])} {are} to save"
    if not math.isnan(row["expected_loss_cents"]):
        lost = money(row["expected_loss_cents"], book.currency, short=True)
        told += f", {lost} of contract value is expected to be lost"
    if row["unowned"]:
        told += f", {count(row['unowned'])} {'has' if row['unowned'] == 1 else 'have'} no owner"
    return told


def _hits(share: Estimate) -> str:
    return count(round(share.value * share.n))


def _share(share: Estimate) -> str:
    """`12.3%`, of few `3 of 5`."""
    if not share.known:
        return "n/a"
    return f"{_hits(share)} of {count(share.n)}" if share.n < FEW else percent(share.value)


def _told(share: Estimate) -> str:
    """A share with its interval."""
    return f"{_share(share)} ({interval(share)})"
