"""What is decided of an account, as its page and the lists say it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from reporting.analysis.account import Account
from reporting.present.formats import date, days, interval, missing, month, percent
from reporting.present.words import plain, sentence
from reporting.reports.telling import verdicts
from reporting.reports.telling.book import Book
from reporting.reports.telling.verdicts import NO_OWNER

STANCES = {
    "rescue": "To rescue",
    "protect": "To protect",
    "onboard": "To help on board",
    "grow": "To grow",
    "steady": "Steady",
    "left": "Left",
    "trial": "On trial",
    "none": "Never paid",
}
"""Stance, or standing of an account that doesn't pay -> what it is called."""


@dataclass(frozen=True)
class Verdict:
    """State, reason and next step; all plain text, empty where nothing is to say.

    Attributes:
        stance: One of `STANCES`.
        state: Band with score, probability of leaving, expected loss: label and value.
    """

    stance: str
    reason: str
    action: str = ""
    owner: str = NO_OWNER
    due: str = ""
    state: tuple[tuple[str, str], ...] = ()

    @property
    def title(self) -> str:
        return STANCES[self.stance]

    @property
    def whose(self) -> str:
        """`Owner: Kim`, or that there is none."""
        return "It has no owner" if self.owner == NO_OWNER else f"Owner: {self.owner}"


def stance(account: Account) -> str:
    """One of `STANCES`."""
    standing = {"left": "left", "on trial": "trial"}.get(account.standing, "none")
    return account.verdict.get("stance", standing)


def owner(account: Account) -> str:
    """Its owner's name, or `NO_OWNER`."""
    return str(account.owner or NO_OWNER)


def verdict(book: Book, account: Account) -> Verdict:
    """The account's verdict in words."""
    row = account.verdict
    if not row:
        return Verdict(stance(account), _without(account), owner=owner(account))
    return Verdict(
        row["stance"],
        sentence(reason(book, account)),
        action(book, account),
        owner(account),
        date(row.get("due")),
        _state(book, row),
    )


def reason(book: Book, account: Account) -> str:
    """Why it has its stance; empty unless it pays."""
    if not account.verdict:
        return ""
    return verdicts.reason(book, pd.Series(dict(account.verdict), name=account.verdict["account_id"]))


def action(book: Book, account: Account) -> str:
    """The next step; empty unless it pays."""
    if not account.verdict:
        return ""
    return verdicts.action(book, pd.Series(dict(account.verdict)), account.now.get("plan"))


def _without(account: Account) -> str:
    if account.standing == "on trial":
        return "On trial; it pays nothing yet."
    if account.left is None:
        return "It has not paid on record."
    text = f"It stopped paying in {month(account.left)}."
    said = account.cancellation
    if why := said.get("reason"):
        text += f" It said: {plain(why)}."
    if words := said.get("feedback"):
        text += f" In its words: {words}"
    return text


def _state(book: Book, row: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    band, score = row.get("band"), row.get("score")
    chance = percent(row.get("probability"), 0)
    if not missing(row.get("lower")):
        chance += f" (95% interval {interval(100 * row['lower'], 100 * row['upper'], 0)})"
    return (
        (sentence(book.score_name), f"{book.score(score)}, {band}" if band else book.score(score)),
        ("Likely to leave", chance),
        ("MRR expected to be lost in three months", book.money(row.get("expected_loss_cents"))),
        ("Contract renews in", days(row.get("days_to_renewal"))),
    )
