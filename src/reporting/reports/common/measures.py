"""Portfolio metrics of the registry as a table: value, change on last month, or why there is none."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from reporting.metrics.registry import METRICS
from reporting.present.blocks import Table
from reporting.present.formats import NOT_AVAILABLE, change, count, number, percent

from .book import Book
from .trust import Trust
from .words import moved_points

# Metrics that rest on who is taken to have left.
OF_CHURN = {
    *("grr", "nrr", "grr_12", "nrr_12", "logo_retention", "logo_retention_12", "monthly_churn_rate"),
    *("quick_ratio", "ltv", "retention_90d"),
}
# Units told in per cent; a yes or no is a share of the accounts here.
SHARES = ("share", "yes/no")
# What a null means where it isn't a missing table: the ratio has nothing below the line.
UNDEFINED = {"ltv": "not estimable: no churn in the month", "quick_ratio": "not defined: nothing was lost"}


def show(book: Book, metric: str, value: float) -> str:
    """A value in the metric's unit; NaN says why there is none."""
    if not math.isfinite(value):
        if metric in book.unavailable:
            return book.missing(metric).replace("`", "")
        return UNDEFINED.get(metric, "none this month")
    unit = METRICS[metric].unit
    if unit in SHARES:
        return percent(value)
    if unit == "minor units":
        return book.money(value)
    if unit == "count":
        return count(value)
    suffix = f" {unit}" if unit in ("days", "months") else ""
    return number(value, 1) + suffix


def step(book: Book, metric: str) -> str:
    """The change on last month: points for shares and scores, relative for everything else."""
    now, before = book.metric(metric), book.metric(metric, book.previous)
    if not (math.isfinite(now) and math.isfinite(before)):
        return "no earlier figure"
    unit = METRICS[metric].unit
    if unit in SHARES:
        return moved_points(now, before)
    if unit == "score 0-100":
        return number(now - before, 1, sign=True)
    return change(now, before) if before else "from zero"


def table(book: Book, trust: Trust, metrics: Sequence[str], *, label: str, caption: str) -> Table:
    """One row a metric; those that hang on churn are marked where the sources contradict each other."""
    rows = pd.DataFrame(
        [
            (
                trust.label(METRICS[metric].label) if metric in OF_CHURN else METRICS[metric].label,
                show(book, metric, book.metric(metric)),
                step(book, metric) if math.isfinite(book.metric(metric)) else NOT_AVAILABLE,
                METRICS[metric].definition,
            )
            for metric in metrics
        ],
        columns=["label", "value", "step", "meaning"],
    )
    columns = {"label": "Figure", "value": "Value", "step": "On last month", "meaning": "Meaning"}
    return Table.of(rows, columns, label=label, caption=caption)
