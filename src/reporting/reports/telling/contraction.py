"""Does falling use come before contraction?"""

from __future__ import annotations

from reporting.analysis.contraction import after_trend
from reporting.analysis.intervals import differ
from reporting.present.blocks import Blocks, Figure, Text
from reporting.present.formats import percent
from reporting.present.words import interval, plural, sentence, with_interval
from reporting.reports.telling.book import Book

from . import charts

FEWEST = 10
"""Contractions, below which nothing is told."""


def after_falling_use(book: Book, horizon: int) -> Blocks:
    """Contraction of past accounts by the trend of their use, as a sentence and dots with intervals.

    Args:
        book: The month.
        horizon: Months ahead in which a contraction counts.
    """
    fall, steady = book.product.churn.fall, book.product.engagement.trend_steady
    found = after_trend(book, horizon)
    groups = {
        f"use fell by more than {percent(fall, 0)}": found.fell,
        "between": found.between,
        f"use rose by more than {percent(steady, 0)}": found.rose,
    }
    known = {name: e for name, e in groups.items() if e.known}
    if found.contracted < FEWEST or len(known) < 2:
        return Blocks(
            [
                Text(
                    "Whether falling use comes before contraction can't be told: "
                    f"{plural(found.contracted, 'contraction')} in "
                    f"{plural(found.windows, 'followed account-window')}."
                )
            ]
        )
    names = list(known)
    a, b = known[names[0]], known[names[-1]]
    apart = differ(a, b)
    finding = (
        f"{percent(a.value)} contracted within {horizon} months where {names[0]}, {percent(b.value)} "
        f"where {names[-1]}"
    )
    fig = charts.intervals(
        names, list(known.values()), finding, f"share that contracted within {horizon} months"
    )
    caption = f"Contraction within {horizon} months by use over the 90 days before, 95% Wilson intervals"
    alt = (
        "Dots with intervals: "
        + ", ".join(f"{n} {percent(e.value)} of {e.n}" for n, e in known.items())
        + "."
    )
    says = f"the difference {'is beyond chance' if apart else 'may be chance'}"
    text = (
        f"{with_interval(a, 'case')} of accounts where {names[0]} contracted within {horizon} months, "
        f"{percent(b.value)} ({interval(b)}) where {names[-1]}; {says} (@fig-contraction)."
    )
    return Blocks([Text(sentence(text)), Figure(fig, "fig-contraction", caption, alt)])
