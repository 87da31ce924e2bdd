"""The verdicts on accounts in words: why an account is listed and what to do about it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from reporting.analysis.renewals import WINDOWS
from reporting.metrics.registry import METRICS
from reporting.params.playbook import STANCES, TO_SAVE
from reporting.present.formats import date, days, missing, number, percent
from reporting.present.words import listing, plain, plural, uncapitalised

from .book import Book

Values = Mapping[str, Any]
STANCE_WORDS = {
    "rescue": "to rescue",
    "protect": "to protect",
    "onboard": "to help on board",
    "grow": "to grow",
    "steady": "with nothing that calls",
}
NO_OWNER = "no owner"
OFFERS = {
    "more_seats": "seats",
    "seats_over_limit": "seats over the licence",
    "more_volume": "volume",
    "higher_plan": "higher plan",
}
"""Rule that makes an offer -> what is offered."""


def listed(book: Book, *stances: str, reasons: int | None = None) -> pd.DataFrame:
    """The accounts with one of these stances (default: all), in the order in which to act.

    Args:
        book: The month.
        stances: Which; all where none is named.
        reasons: How many reasons are told of an account; all by default.

    Returns:
        The columns of `verdict.COLUMNS`; `reason` and `action` are in words.
    """
    rows = book.judgement.accounts
    rows = rows[rows["stance"].isin(stances or STANCES)].copy()
    plans = book.now["plan"] if "plan" in book.now else pd.Series(dtype=object)
    rows["reason"] = [reason(book, row, reasons) for _, row in rows.iterrows()]
    rows["action"] = [action(book, row, plans.get(account)) for account, row in rows.iterrows()]
    return rows


def reason(book: Book, row: pd.Series, most: int | None = None) -> str:
    """Why the account has its stance, with its numbers; at most so many of them."""
    values = json.loads(row["reason"])
    told: list[str] = []
    for column in values:
        if column.endswith("_before") or (values[column] is None and column not in _ALONE):
            continue
        if column in _SCORES:
            text = f"{_SCORES[column]} {book.score(values[column])}"
        else:
            text = _TELL[column](values) if column in _TELL else _plainly(column, values[column])
        if column == "probability" and book.judgement.risk.at[row.name, "at_renewal"]:
            when = row["renewal_at"]
            text += " at the renewal" + ("" if missing(when) else f" on {date(when)}")
        told += [text] if text else []
    told = told[:most]
    ahead = row.get("days_to_renewal")
    soon = not missing(ahead) and ahead <= WINDOWS[-1] and "days_to_renewal" not in values
    if soon and row["stance"] in TO_SAVE:
        told.append(f"renewal on {date(row['renewal_at'])}")
    return listing(told) or "nothing that calls"


def action(book: Book, row: pd.Series, plan: str | None) -> str:
    """What to do; an offer of a higher plan names it."""
    if row["rule"] == "higher_plan" and (above := _higher_plan(book, plan)):
        return f"Show the {above} plan"
    return row["action"]


def counted(book: Book, *stances: str) -> str:
    """`19 accounts to rescue and 116 to protect`; stances that nobody has are left out."""
    counts = book.judgement.accounts["stance"].value_counts()
    met = [stance for stance in stances or STANCES if counts.get(stance)]
    many = [plural(counts[s], "account") if s == met[0] else number(counts[s]) for s in met]
    return listing([f"{n} {STANCE_WORDS[s]}" for n, s in zip(many, met, strict=True)])


def unowned(rows: pd.DataFrame) -> str:
    """` 20 of 58 have no owner.`; empty where all have one."""
    n = int(rows["owner"].isna().sum())
    if not n:
        return ""
    if n == len(rows):
        return " None of them has an owner." if n > 1 else " It has no owner."
    return f" {number(n)} of {number(len(rows))} {'has' if n == 1 else 'have'} no owner."


def _higher_plan(book: Book, plan: str | None) -> str | None:
    """The plan above, by the product definition's order; None at the top or where the plan isn't in it."""
    order = list(book.product.plan_order)
    above = order[order.index(plan) + 1 :] if plan in order else []
    return above[0] if above else None


def _plainly(column: str, value: Any) -> str:
    name = uncapitalised(METRICS[column].label) if column in METRICS else plain(column)
    if isinstance(value, bool):
        return name if value else f"not {name}"
    if isinstance(value, (int, float)):
        return f"{name} {number(value, 0 if float(value).is_integer() else 2)}"
    return f"{name} {value}"


def _frequency(v: Values) -> str:
    now, before = v["session_frequency"], v["session_frequency_before"]
    if now is None or before is None:
        return ""
    return f"sessions per user and week fell from {number(before, 1)} to {number(now, 1)}"


def _events(v: Values) -> str:
    if v.get("session_frequency") is not None or v["events"] is None or v["events_before"] is None:
        return ""
    return f"events fell from {number(v['events_before'])} to {number(v['events'])} within a month"


def _trend(v: Values) -> str:
    trend = v["usage_trend_30"]
    return f"use {'down' if trend < 0 else 'up'} {percent(abs(trend), 0)} in 30 days"


def _seats(v: Values) -> str:
    return f"{number(v['seats_used'])} of {number(v['seats_purchased'])} seats in use"


_TELL: dict[str, Callable[[Values], str]] = {
    "last_active_days": lambda v: f"no use for {days(v['last_active_days'])}",
    "probability": lambda v: f"{percent(v['probability'], 0)} likely to leave",
    "session_frequency": _frequency,
    "events": _events,
    "usage_trend_30": _trend,
    "days_to_renewal": lambda v: f"renewal in {days(v['days_to_renewal'])}",
    "adoption_recent": lambda v: (
        f"core features in use fell from {percent(v['adoption_recent_before'], 0)} to "
        f"{percent(v['adoption_recent'], 0)} within a month"
    ),
    "feature_breadth": lambda v: (
        f"only {percent(v['feature_breadth'], 0)} of the core features in use"
        if v["feature_breadth"]
        else "no core feature in use"
    ),
    "risk_flags": lambda v: plural(v["risk_flags"], "warning flag"),
    "escalated": lambda v: "an escalated ticket is open",
    "tenure_days": lambda v: f"{days(v['tenure_days'])} since sign-up",
    "activated": lambda v: "activated" if v["activated"] else "not activated",
    "seats_used": _seats,
    "seats_purchased": lambda v: "",
    "plan_limit_proximity": lambda v: f"{percent(v['plan_limit_proximity'], 0)} of the included volume used",
    "premium_share": lambda v: (
        f"{percent(v['premium_share'], 0)} of use on premium features" if v["premium_share"] else ""
    ),
    "licence_utilisation": lambda v: f"{percent(v['licence_utilisation'], 0)} of the seats in use",
}
"""Column -> what its value says."""
_SCORES = {"engagement_score": "an engagement score of", "score": "a score of"}
_ALONE = ("session_frequency", "events")
