"""Thriving or teetering? A verdict that lists the signs it rests on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from reporting.analysis import scores
from reporting.analysis.intervals import share
from reporting.analysis.retention import followed, nrr
from reporting.present.formats import NOT_AVAILABLE, change, percent
from reporting.present.words import listing, moved_points, plain, plural, uncapitalised, with_interval
from reporting.reports.common.book import Book
from reporting.reports.common.trust import UNRELIABLE, Trust

GOOD, BAD, OPEN = "good", "bad", "open"
# A verdict needs so many signs that are not open.
FEWEST_SIGNS = 3
# Growth and usage are read over a quarter: one month is noise.
QUARTER = 3


@dataclass(frozen=True)
class Sign:
    """One observation the verdict rests on.

    Attributes:
        name: What is looked at.
        value: Its figure in words.
        versus: Its change, and against what.
        reading: `good`, `bad`, `open`, or why it doesn't count.
    """

    name: str
    value: str
    versus: str
    reading: str


def signs(book: Book, trust: Trust) -> list[Sign]:
    """Growth, retention, churn, health and value delivered, each read against its threshold."""
    return [_growth(book, trust), _nrr(book, trust), _churn(book, trust), _health(book), _value(book)]


def word(found: Sequence[Sign], trust: Trust) -> str:
    """`Thriving`, `Teetering`, `Shrinking`, `Mixed`, or `Can't be told`.

    Thriving needs three good signs and no bad one; teetering is two bad signs, or more bad ones than good
    ones; shrinking is teetering with MRR falling. Where the sources contradict each other on who left, no
    good verdict is given.
    """
    good = sum(sign.reading == GOOD for sign in found)
    bad = sum(sign.reading == BAD for sign in found)
    if bad > good or bad >= 2:
        return "Shrinking" if found[0].reading == BAD else "Teetering"
    if not trust.reliable or good + bad < FEWEST_SIGNS:
        return "Can't be told"
    return "Thriving" if bad == 0 and good >= FEWEST_SIGNS else "Mixed"


def reasons(found: Sequence[Sign]) -> str:
    """The verdict's grounds as a clause: which signs are good, which bad, which don't count."""
    parts = []
    for reading, verb in ((GOOD, "good"), (BAD, "bad"), (OPEN, "neither")):
        names = [sign.name for sign in found if sign.reading == reading]
        if names:
            parts.append(
                f"{plural(len(names), 'sign')} {'is' if len(names) == 1 else 'are'} {verb} ({listing(names)})"
            )
    uncounted = [sign.name for sign in found if sign.reading not in (GOOD, BAD, OPEN)]
    if uncounted:
        parts.append(f"{plural(len(uncounted), 'sign')} can't be counted ({listing(uncounted)})")
    return listing(parts)


def _moved(step: float, steady: float) -> str:
    """A step of `steady` or more is good or bad by its sign; a smaller one, or none at all, is neither."""
    if step == 0 or abs(step) < steady:
        return OPEN
    return GOOD if step > 0 else BAD


def _growth(book: Book, trust: Trust) -> Sign:
    total = book.panel.groupby("month")["mrr_cents"].sum()
    now, before = total.get(book.month, 0), total.get(book.month - pd.DateOffset(months=QUARTER), 0)
    if not before:
        return Sign("MRR growth", NOT_AVAILABLE, f"{book.money(now)} now, no figure a quarter ago", OPEN)
    reading = _moved(now / before - 1, book.product.verdict.steady_growth)
    if reading == GOOD and not trust.reliable:
        reading = UNRELIABLE  # growth that counts lost customers as kept is no growth
    against = f"{book.money(before)} {QUARTER} months ago, {book.money(now)} now"
    return Sign("MRR growth", f"{change(now, before)} in {QUARTER} months", against, reading)


def _nrr(book: Book, trust: Trust) -> Sign:
    rows = followed(book.panel, book.month - pd.DateOffset(months=12), book.month)
    name = "net revenue retention over twelve months"
    if rows.empty:
        return Sign(name, NOT_AVAILABLE, "no account paid twelve months ago", "too early")
    estimate = nrr(rows)
    if not trust.reliable:
        return Sign(name, with_interval(estimate), "", UNRELIABLE)
    reading = GOOD if estimate.low > 1 else BAD if estimate.high < 1 else OPEN
    return Sign(name, with_interval(estimate), "100% keeps the revenue", reading)


def _churn(book: Book, trust: Trust) -> Sign:
    limits = book.product.revenue
    name = "monthly logo churn"
    months = [book.month - pd.DateOffset(months=back) for back in range(QUARTER)]
    followings = [followed(book.panel, month - pd.DateOffset(months=1), month) for month in months]
    rows = pd.concat(followings)
    if rows.empty:
        return Sign(name, NOT_AVAILABLE, "no account paid before", "too early")
    gone = share(int((~rows["stayed"]).sum()), len(rows))
    lost, low, high = gone.value, gone.low, gone.high
    value = f"{percent(lost)} a month (95% interval {percent(low)} to {percent(high)}, last {QUARTER} months)"
    against = (
        f"below {percent(limits.churn_good)} is good, above {percent(limits.churn_attention)} needs attention"
    )
    if not trust.reliable:
        return Sign(name, value, "", UNRELIABLE)
    reading = GOOD if lost < limits.churn_good else BAD if lost > limits.churn_attention else OPEN
    return Sign(name, value, against, reading)


def healthy_share(book: Book, month: pd.Timestamp) -> float:
    """Share of all the month's MRR that accounts in the healthy band pay; NaN where no score exists."""
    rows = book.at(month)
    rows = rows[rows["paying"].astype(bool) & rows[book.product.band_column].notna()]
    if rows.empty:
        return math.nan
    return book.share_of_mrr(rows.loc[rows[book.product.band_column] == "healthy", "mrr_cents"].sum(), month)


def _health(book: Book) -> Sign:
    name = "MRR in healthy accounts"
    now, before = (
        healthy_share(book, book.month),
        healthy_share(book, book.month - pd.DateOffset(months=QUARTER)),
    )
    if math.isnan(now):
        return Sign(name, NOT_AVAILABLE, f"no {plain(book.product.band_score)}", "not available")
    known = scores.coverage(book, book.product.band_score)
    if known < scores.THIN:
        return Sign(
            name, percent(now), f"{percent(known, 0)} of the score's weight is known", "too thin a score"
        )
    if math.isnan(before):
        return Sign(name, percent(now), "no figure a quarter ago", OPEN)
    reading = _moved(now - before, book.product.verdict.steady_health)
    return Sign(name, percent(now), f"{moved_points(now, before)} in {QUARTER} months", reading)


def _value(book: Book) -> Sign:
    star = book.product.north_star
    series = book.series("north_star")
    now, before = (
        series.get(book.month, math.nan),
        series.get(book.month - pd.DateOffset(months=QUARTER), math.nan),
    )
    name = f"{uncapitalised(star.label)} in the month"
    if not math.isfinite(now):
        return Sign(name, NOT_AVAILABLE, book.missing("north_star"), "not available")
    if not math.isfinite(before) or before == 0:
        return Sign(name, f"{now:,.0f}", "no figure a quarter ago", OPEN)
    reading = _moved(now / before - 1, book.product.verdict.steady_value)
    return Sign(name, f"{now:,.0f}", f"{change(now, before)} in {QUARTER} months", reading)
