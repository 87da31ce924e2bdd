"""Portfolio figures as a table: value, change, threshold, and the accounts that moved it.

Which there are is written in the registry, so none can be promised there and left out here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import pandas as pd

from reporting.metrics.registry import METRICS
from reporting.present.blocks import Table
from reporting.present.formats import NOT_AVAILABLE, change, count, money, number, percent, points
from reporting.present.words import cut, listing, moved_points
from reporting.reports.telling.book import Book
from reporting.reports.telling.trust import UNRELIABLE, Trust

from .readings import reading

NO_FIGURE = "no figure"
# Accounts named beside a change.
MOVERS = 2


def of_chapter(chapter: str) -> list[str]:
    """Ids of a chapter's portfolio figures, in the registry's order.

    Without those counted by slice, and those that are no single figure.
    """
    return [
        metric.id
        for metric in METRICS.values()
        if metric.chapter == chapter
        and "portfolio" in metric.levels
        and not metric.by_slice
        and not metric.place.startswith("computed")
    ]


def of_churn(figure: str) -> bool:
    """Whether a figure rests on who is taken to have left."""
    return figure in METRICS and METRICS[figure].of_churn


def show(book: Book, metric: str, value: float) -> str:
    """A value in the metric's unit; NaN says why there is none."""
    if not math.isfinite(value):
        if metric in book.unavailable:
            return f"{NOT_AVAILABLE}: needs {', '.join(book.unavailable[metric])}"
        return METRICS[metric].undefined or "none this month"
    unit = METRICS[metric].portfolio_unit
    if unit == "share":
        return percent(value)
    if unit == "net share":
        return number(100 * value, 1)
    if unit == "minor units":
        return book.money(value)
    if unit == "count" and float(value).is_integer():
        return count(value)
    suffix = f" {unit}" if unit in ("days", "months") else ""
    return number(value, 1) + suffix


def step(book: Book, metric: str) -> str:
    """The change on last month: points for shares and scores, relative for everything else."""
    now, before = book.metric(metric), book.metric(metric, book.previous)
    if not (math.isfinite(now) and math.isfinite(before)):
        return "no earlier figure"
    unit = METRICS[metric].portfolio_unit
    if unit == "share":
        return moved_points(now, before)
    if unit == "net share":
        return number(100 * (now - before), 1, sign=True)
    if unit == "score 0-100":
        return number(now - before, 1, sign=True)
    return change(now, before) if before else "from zero"


def movers(book: Book, metric: str) -> str:
    """The accounts that moved the figure most since last month, each with its part of the change."""
    if not all(math.isfinite(book.metric(metric, month)) for month in (book.month, book.previous)):
        return "no earlier figure"
    parts = book.judgement.moved(metric)
    named = parts[parts["account_id"].notna()].head(MOVERS)
    return (
        listing([f"{name} {difference(book, metric, x)}" for name, x in zip(*_columns(named), strict=True)])
        or "no account"
    )


def _columns(parts: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    return parts["account_name"].fillna(parts["account_id"]).map(cut), parts["contribution"]


def difference(book: Book, metric: str, x: float) -> str:
    """A difference of two values in the metric's unit, signed."""
    unit = METRICS[metric].portfolio_unit
    if unit == "share":
        return points(x, 2)
    if unit == "net share":
        return number(100 * x, 2, sign=True)
    if unit == "minor units":
        return money(x, book.currency, sign=True)
    return number(x, 0 if float(x).is_integer() else 2, sign=True)


def table(book: Book, trust: Trust, metrics: Iterable[str], *, label: str, caption: str) -> Table:
    """One row a metric; those that hang on churn are marked where the sources contradict each other."""
    rows = []
    for metric in metrics:
        value, name = book.metric(metric), METRICS[metric].label
        known, doubtful = math.isfinite(value), of_churn(metric) and not trust.reliable
        against = UNRELIABLE if doubtful else reading(book.product, metric, value)
        rows.append(
            (
                trust.label(name) if doubtful else name,
                show(book, metric, value),
                step(book, metric) if known else NO_FIGURE,
                against if known else NO_FIGURE,
                movers(book, metric) if known else NO_FIGURE,
            )
        )
    columns = {
        "label": "Figure",
        "value": "Value",
        "step": "On last month",
        "reading": "Against its threshold",
        "movers": "Moved most by",
    }
    return Table.of(pd.DataFrame(rows, columns=list(columns)), columns, label=label, caption=caption)


def explained(book: Book, top: int = 20) -> pd.DataFrame:
    """The change of every portfolio figure on last month, shared out to the accounts that moved it.

    Args:
        book: The month.
        top: Accounts listed by figure; one row sums up the others, so that the rows add up to the change.

    Returns:
        Columns metric, account_id, account_name, contribution (in the registry's unit).
    """
    parts = []
    for metric, found in book.judgement.changes.groupby("metric"):
        rest = found.iloc[top:]
        others = pd.DataFrame(
            {"account_name": [f"{len(rest)} others"], "contribution": [rest["contribution"].sum()]}
        )
        shown = pd.concat([found.head(top), others if len(rest) else others.iloc[:0]])
        parts.append(shown.assign(metric=metric))
    columns = ["metric", "account_id", "account_name", "contribution"]
    return pd.concat(parts)[columns] if parts else pd.DataFrame(columns=columns)


def by_month(book: Book) -> pd.DataFrame:
    """Every figure of the portfolio in every month that has one, in the registry's order.

    Returns:
        Columns metric, slice (empty for the figure as a whole), label, unit (money: the currency), month
        (`YYYY-MM`) and value (money in units of the currency).
    """
    rows = book.snapshot.portfolio_month.dropna(subset="value")
    named = rows["metric"].str.partition(":")
    rows = rows.assign(metric=named[0], slice=named[2])[lambda found: found["metric"].isin(METRICS)]
    units = rows["metric"].map(lambda id: METRICS[id].portfolio_unit)
    units = units.mask((rows["slice"] != "") & rows["denominator"].isna(), "count")
    money = units == "minor units"
    value = rows["value"].where(~money, rows["value"] / 100)
    rows = rows.assign(
        label=rows["metric"].map(lambda id: METRICS[id].label),
        unit=units.where(~money, book.currency),
        value=value.round(4),
        place=rows["metric"].map(list(METRICS).index),
        month=rows["month"].dt.strftime("%Y-%m"),
    )
    rows = rows.sort_values(["place", "slice", "month"], ignore_index=True)
    return rows[["metric", "slice", "label", "unit", "month", "value"]]
