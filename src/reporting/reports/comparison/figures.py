"""The portfolio's figures of two closes, each in its unit, with the step between them."""

from __future__ import annotations

import math
from dataclasses import dataclass

from reporting.metrics.registry import METRICS
from reporting.present.formats import number
from reporting.present.words import plain
from reporting.reports.telling import measures
from reporting.reports.telling.book import Book


@dataclass(frozen=True)
class Figure:
    """A figure of the portfolio, or of one of its slices.

    Attributes:
        id: As `reporting explain` takes it.
        chapter: A key of `metrics.metric.CHAPTERS`.
        differs: Whether it does, be it by less than is shown.
    """

    id: str
    chapter: str
    label: str
    before: str
    after: str
    change: str
    differs: bool

    @property
    def shows(self) -> bool:
        """Whether it differs by as much as is shown."""
        return self.before != self.after


def figures(before: Book, after: Book) -> list[Figure]:
    """Every figure that either close has, in the registry's order, slices after their figure."""
    held = {*before.snapshot.portfolio_month["metric"], *after.snapshot.portfolio_month["metric"]}
    known = sorted(name for name in held if name.partition(":")[0] in METRICS)
    order = list(METRICS)
    known.sort(key=lambda name: order.index(name.partition(":")[0]))
    told = [_figure(name, before, after) for name in known]
    return [figure for figure in told if figure is not None]


def _figure(name: str, before: Book, after: Book) -> Figure | None:
    id, _, slice = name.partition(":")
    metric, then, now = METRICS[id], before.metric(name), after.metric(name)
    if slice:
        if not (math.isfinite(then) or math.isfinite(now)):
            return None  # of a slice that neither has
        then, now = (0.0 if math.isnan(x) else x for x in (then, now))
    differs = then != now and not (math.isnan(then) and math.isnan(now))
    both = math.isfinite(then) and math.isfinite(now)
    change = step(after, name, now - then) if differs and both else ""
    return Figure(
        name,
        metric.chapter,
        f"{metric.label}: {plain(slice)}" if slice else metric.label,
        shown(before, name, then),
        shown(after, name, now),
        change,
        differs,
    )


def shown(book: Book, name: str, value: float) -> str:
    """A value of a figure, or of one of its slices, in its unit; NaN says why there is none."""
    return number(value) if counts(name) else measures.show(book, name.partition(":")[0], value)


def step(book: Book, name: str, difference: float) -> str:
    """A difference of two values in the figure's unit, signed."""
    if counts(name):
        return number(difference, sign=True)
    return measures.difference(book, name.partition(":")[0], difference)


def counts(name: str) -> bool:
    """Whether a figure is a slice that counts accounts; other slices are shares, as their figure is."""
    id, _, slice = name.partition(":")
    return bool(slice) and METRICS[id].portfolio_unit != "share"
