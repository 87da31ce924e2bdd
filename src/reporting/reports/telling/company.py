"""The company's verdict in words: what its key figures are called, what they say, which sign is worst."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from reporting.analysis.company import (
    ABSENT,
    BAD,
    EARLY,
    GOOD,
    OPEN,
    QUARTER,
    THIN,
    Reading,
    worst_first,
)
from reporting.analysis.company import UNRELIABLE as DOUBTED
from reporting.analysis.concentration import LARGEST
from reporting.analysis.signals import WIDTH
from reporting.metrics.registry import METRICS
from reporting.present.blocks import Blocks, Table, Text
from reporting.present.formats import NOT_AVAILABLE, change, count, percent
from reporting.present.markdown import escape
from reporting.present.words import (
    SMALLEST_STEP,
    cut,
    interval,
    listing,
    moved_points,
    plural,
    sentence,
    uncapitalised,
)
from reporting.survival.estimate import Estimate

from . import measures
from .book import Book
from .trust import UNRELIABLE

WORDS = {
    "thriving": "Thriving",
    "teetering": "Teetering",
    "shrinking": "Shrinking",
    "mixed": "Mixed",
    "unknown": "Can't be told",
}
_NAMES = {
    "mrr": "MRR",
    "nrr_12": "NRR over 12 months",
    "grr_12": "GRR over 12 months",
    "monthly_churn_rate": "monthly logo churn",
    "healthy_mrr": "MRR in healthy accounts",
    "declining": "accounts in decline",
    "worsened": "accounts whose band fell",
    "risk_flags": "accounts with a warning flag",
}
_OF_REVENUE = ("nrr_12", "grr_12", "healthy_mrr")
"""Shares of revenue."""
_WHY_NOT = {DOUBTED: UNRELIABLE, EARLY: EARLY, ABSENT: ABSENT, THIN: "too thin a score"}


def name(book: Book, figure: str) -> str:
    """What a key figure is called in a sentence."""
    if figure == "north_star":
        return uncapitalised(book.product.north_star.label)
    return _NAMES.get(figure) or uncapitalised(METRICS[figure].label)


def shown(book: Book, figure: str, value: float) -> str:
    """A key figure's value in its unit."""
    if not math.isfinite(value):
        return NOT_AVAILABLE
    return measures.show(book, figure, value) if figure in METRICS else percent(value)


def moved(figure: str, now: float, before: float) -> str:
    """Its change: points for shares, relative for everything else; empty with nothing to compare."""
    if not (math.isfinite(now) and math.isfinite(before)):
        return ""
    if figure not in METRICS or METRICS[figure].portfolio_unit == "share":
        return moved_points(now, before)
    return change(now, before) if before else ""


def better(reading: Reading | None) -> bool | None:
    """Whether the month's move is a signal for the better; None where it is no signal."""
    if reading is None:
        return None
    return reading.beyond > 0 if reading.signal and reading.threshold != DOUBTED else None


def estimate(reading: Reading) -> Estimate:
    """The figure with its interval."""
    return Estimate(reading.value, reading.low, reading.high, reading.n)


def usual(book: Book, reading: Reading) -> str:
    """`$903,519 to $956,974`; empty where no usual range can be told."""
    if not math.isfinite(reading.lower):
        return ""
    return f"{shown(book, reading.figure, reading.lower)} to {shown(book, reading.figure, reading.upper)}"


def signals(book: Book, found: Sequence[Reading]) -> str:
    """How many key figures moved more than they usually do, and which."""
    judged = [reading for reading in found if math.isfinite(reading.beyond)]
    if not judged:
        return "There are too few months to tell what is usual."
    out = [reading for reading in judged if reading.signal]
    if not out:
        return f"Of {plural(len(judged), 'key figure')}, none left its usual range."
    told = listing([_signal(book, reading) for reading in out])
    many = f"{count(len(out))} left {'its' if len(out) == 1 else 'their'} usual range"
    return f"Of {plural(len(judged), 'key figure')}, {many}: {told}."


def signals_in_short(book: Book, found: Sequence[Reading]) -> str:
    """The same for a cell of a table: `1 of 10: MRR (better)`, `none of 10`."""
    judged = [reading for reading in found if math.isfinite(reading.beyond)]
    out = [reading for reading in judged if reading.signal]
    if not judged:
        return "too few months"
    told = listing([_signal(book, reading) for reading in out])
    return f"{count(len(out))} of {count(len(judged))}: {told}" if out else f"none of {count(len(judged))}"


def _signal(book: Book, reading: Reading) -> str:
    return f"{name(book, reading.figure)} ({'better' if reading.beyond > 0 else 'worse'})"


def worst(book: Book, found: Sequence[Reading]) -> str:
    """The worst sign as a sentence; without one, what stands well, and what is lower than a year ago."""
    bad = worst_first(found)
    if not bad:
        good = [name(book, reading.figure) for reading in found if reading.reading == GOOD]
        verb = "is" if len(good) == 1 else "are"
        stand = f"{count(len(good))} {verb} good ({listing(good)})" if good else "none is good"
        if any(reading.reading == DOUBTED for reading in found):
            return f"Of the signs that don't hang on who left, none is bad.{_slipped(book, found)}"
        return f"By the thresholds in the appendix no sign is bad, {stand}.{_slipped(book, found)}"
    others = listing([name(book, reading.figure) for reading in bad[1:]])
    more = f" Also bad: {others}." if others else ""
    return f"The worst sign: {name(book, bad[0].figure)} {_bad(book, bad[0])}.{more}"


def _slipped(book: Book, found: Sequence[Reading]) -> str:
    """Shares of revenue that stand lower than a year ago: no month need be a signal for that."""
    least = book.product.verdict.steady_health
    told = [
        f"{name(book, r.figure)} is {moved(r.figure, r.latest, r.year_ago)}"
        for r in found
        if r.figure in _OF_REVENUE and r.reading != DOUBTED and r.year_ago - r.latest >= least
    ]
    return f" Against a year ago, {listing(told)}." if told else ""


def _bad(book: Book, reading: Reading) -> str:
    """Why a sign is bad: outside its usual range, or beyond its threshold."""
    value = shown(book, reading.figure, reading.value)
    if reading.signal and reading.beyond < 0:
        value = shown(book, reading.figure, reading.latest)
        return f"{_verb(reading)} {value}, outside its usual range of {usual(book, reading)}"
    limits = book.product.revenue
    if reading.figure == "nrr_12":
        return f"is {value} ({interval(estimate(reading))}), less than it takes to keep the revenue"
    if reading.figure == "monthly_churn_rate":
        return f"is {value} over {QUARTER} months, above {percent(limits.churn_attention)}"
    return f"fell to {value} from {shown(book, reading.figure, reading.quarter_ago)} {QUARTER} months ago"


def _verb(reading: Reading) -> str:
    step = reading.latest - reading.before
    if not math.isfinite(step) or abs(step) < SMALLEST_STEP * max(1.0, abs(reading.before)):
        return "stands at"
    return "rose to" if step > 0 else "fell to"


def signs(book: Book) -> Blocks:
    """Every key figure with its usual range and its threshold: what the verdict rests on."""
    found = book.judgement.readings
    rows = [
        (
            sentence(name(book, reading.figure)),
            shown(book, reading.figure, reading.latest),
            moved(reading.figure, reading.latest, reading.before) or NOT_AVAILABLE,
            usual(book, reading) or "too few months",
            moved(reading.figure, reading.latest, reading.year_ago) or NOT_AVAILABLE,
            _told(reading),
        )
        for reading in found
    ]
    columns = {
        "figure": "Figure",
        "value": "Value",
        "step": "On last month",
        "usual": "Usual this month",
        "year": "In 12 months",
        "reading": "Reading",
    }
    caption = f"What the verdict rests on at the close of {book.label}"
    text = (
        "A figure is good or bad by its threshold in the product definition, and bad as well where it moved "
        "for the worse by more than it usually does: beyond the mean change of the twelve months before plus "
        f"or minus {WIDTH} times their mean moving range (@tbl-signs)."
    )
    frame = pd.DataFrame(rows, columns=list(columns))
    return Blocks([Text(text), Table.of(frame, columns, label="tbl-signs", caption=caption)])


def _told(reading: Reading) -> str:
    if reading.reading in _WHY_NOT:
        return _WHY_NOT[reading.reading]
    text = {GOOD: "good", BAD: "bad", OPEN: "neither"}[reading.reading]
    return f"{text} (signal)" if reading.signal else text


def concentrated(book: Book) -> str:
    """What hangs on the largest account and the ten largest; empty where nobody pays."""
    found = book.judgement.concentration
    if found is None or found.accounts < 2:
        return ""
    largest = escape(cut(book.paying.loc[found.largest, "account_name"]))
    text = f"{largest} pays {percent(found.share_of_largest)} of MRR"
    step = found.nrr - found.nrr_without
    if math.isfinite(step) and abs(step) >= SMALLEST_STEP:
        text += f"; without it, NRR is {percent(found.nrr_without)} and GRR {percent(found.grr_without)}"
    if found.accounts <= LARGEST:
        return f"{text}."
    accounts = plural(found.accounts, "account")
    return f"{text}. The ten largest of {accounts} pay {percent(found.share_of_ten)}."
