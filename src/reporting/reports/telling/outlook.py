"""Where the company is heading: the forecast with its record, the targets with the chance of each."""

from __future__ import annotations

import pandas as pd

from reporting.analysis.forecast import METRICS, Forecast
from reporting.metrics.registry import METRICS as CATALOGUE
from reporting.metrics.registry import MONEY, SHARE
from reporting.present.blocks import Blocks, Column, Table, Text
from reporting.present.formats import count, missing, money, month, number, percent, points
from reporting.present.words import listing, uncapitalised

from .book import Book

_NAMES = {"mrr": "MRR", "nrr_12": "NRR of twelve months", "churned_accounts": "Accounts lost in three months"}


def forecast(book: Book) -> Blocks:
    """MRR, NRR and lost accounts three months ahead, and what such forecasts were worth."""
    found = book.judgement.forecast
    if found is None:
        return Blocks([Text("No forecast can be made: there are too few months to draw from.")])
    told = [metric for metric in METRICS if not missing(found.ahead.at[metric, "value"])]
    mrr = found.told("mrr")
    text = (
        f"MRR at the close of {month(found.month)} is foretold at {_told(book, 'mrr', mrr.value)} "
        f"(80% interval {_told(book, 'mrr', mrr.low)} to {_told(book, 'mrr', mrr.high)})."
        f"{_record(found, told)}"
    )
    head = (
        "",
        "Now",
        month(found.month),
        "80% interval",
        "Naive",
        "Held before",
        "Mean error",
        "Naive error",
    )
    columns = [Column(name, "right" if place else "left") for place, name in enumerate(head)]
    rows = [_row(book, found, metric) for metric in told]
    caption = f"Forecast for {month(found.month)}, and how the forecasts of the last closes came out"
    return Blocks([Text(text), Table(columns, rows, "tbl-forecast", caption)])


def _row(book: Book, found: Forecast, metric: str) -> list[str]:
    row, best = found.ahead.loc[metric], found.told(metric)
    interval = f"{_told(book, metric, best.low)} to {_told(book, metric, best.high)}"
    cells = [_NAMES[metric], _told(book, metric, row["now"]), _told(book, metric, best.value), interval]
    cells.append(_told(book, metric, row["naive"]))
    if metric not in found.score.index:
        return [*cells, "n/a", "n/a", "n/a"]
    score = found.score.loc[metric]
    held = f"{count(round(score['coverage'].value * score['n']))} of {count(score['n'])}"
    return [*cells, held, *(_error(book, metric, score[name]) for name in ("error", "naive_error"))]


def _record(found: Forecast, told: list[str]) -> str:
    if found.score.empty:
        return " No forecast of the past can be held against what came yet."
    naive = [uncapitalised(_NAMES[metric]) for metric in told if found.best(metric) == "naive"]
    if not naive:
        return " On the record it came closer than the naive forecast, that the last quarter goes on."
    return f" For {listing(naive)} the naive forecast, that the last quarter goes on, was closer and is told."


def targets(book: Book) -> Blocks:
    """Actual against target, and the chance of reaching the year's; nothing without the table."""
    rows = book.judgement.targets
    if rows.empty:
        return Blocks()
    head = ("", "Actual", "Target", "Distance", "Target of the year", "Chance")
    columns = [Column(name, "right" if place else "left") for place, name in enumerate(head)]
    cells = [_target(book, str(metric), row) for metric, row in rows.iterrows()]
    first = cells[0]
    text = f"{first[0]} is {first[1]}, the target {first[2]} ({first[3]})."
    if first[5] != "n/a":
        by = month(rows["year_end"].iloc[0])
        text += f" The chance of {first[4]} by the close of {by} is {first[5]}."
    return Blocks([Text(text), Table(columns, cells, "tbl-targets", f"Targets at the close of {book.label}")])


def _target(book: Book, metric: str, row: pd.Series) -> list[str]:
    return [
        CATALOGUE[metric].label,
        *(_told(book, metric, row[name]) for name in ("actual", "target")),
        _distance(metric, row["distance"]),
        _told(book, metric, row["year_target"]),
        "n/a" if missing(row["chance"]) else percent(row["chance"], 0),
    ]


def _distance(metric: str, value: float) -> str:
    return points(value) if CATALOGUE[metric].portfolio_unit == SHARE else percent(value, sign=True)


def _told(book: Book, metric: str, value: float) -> str:
    if missing(value):
        return "n/a"
    unit = CATALOGUE[metric].portfolio_unit
    if unit == MONEY:
        return money(value, book.currency, short=True)
    return percent(value) if unit == SHARE else number(value)


def _error(book: Book, metric: str, value: float) -> str:
    """A mean error; of counts with a decimal, or two that differ would look alike."""
    unit = CATALOGUE[metric].portfolio_unit
    if unit == SHARE:
        return points(value).lstrip("+")
    return _told(book, metric, value) if unit == MONEY else number(value, 1)
