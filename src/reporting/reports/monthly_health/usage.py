"""How much, how often, how deep: the paying accounts' use against the product's thresholds."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd

from reporting.analysis.frames import by_value, numbers, quantile, segments
from reporting.analysis.intervals import share
from reporting.analysis.usage import limits, spread
from reporting.present.blocks import Block, Blocks, Table, Text
from reporting.present.formats import count, number, percent
from reporting.present.words import listing, plain, sentence, short

from .data import Data

BY_SEGMENT = ("value_events", "session_frequency", "active_days", "feature_breadth", "active_user_share")
FEWEST = 5


class Measure(NamedTuple):
    """A usage figure of the panel: its question and its words."""

    column: str
    question: str
    label: str
    show: Callable[[float], str]


def _measures(data: Data) -> list[Measure]:
    recent = data.book.product.adoption.recent_months
    one = partial(number, digits=1)
    return [
        Measure("value_events", "How much", "value events in the month", count),
        Measure("active_days", "How often", "days with use in the month", count),
        Measure("session_frequency", "How often", "sessions per user and week", one),
        Measure("feature_breadth", "How deep", "of the core features in use", percent),
        Measure("adoption_recent", "How deep", f"of the core features, last {recent} months", percent),
        Measure("time_to_first_value", "How far from value", "days to first value", count),
        Measure("active_users", "How many users", "active users", count),
        Measure("active_user_share", "How many users", "active users / seats", percent),
        Measure("last_active_days", "Last active", "days since last use", count),
        Measure("tenure_days", "How long with us", "days since sign-up", count),
    ]


def engagement(data: Data) -> Blocks:
    """How much, how often, how deep: median, middle half, the share beyond the threshold; by segment."""
    rows, lines, lacking = data.book.paying, [], []
    limited = limits(data.book.product)
    for measure in _measures(data):
        limit = limited.get(measure.column)
        found = spread(rows[measure.column], limit)
        if found is None:
            lacking.append(measure.label)
            continue
        low, middle, high = (measure.show(x) for x in (found.low, found.middle, found.high))
        beyond = (
            f"{percent(found.beyond)} {limit.side} {measure.show(limit.value)}" if limit else "no threshold"
        )
        lines.append((measure.question, measure.label, middle, f"{low} to {high}", beyond, found.n))
    blocks: list[Block] = []
    if lines:
        columns = {
            "question": "Question",
            "label": "Measure",
            "median": "Median",
            "middle": "Middle half",
            "beyond": "Beyond the threshold",
            "n": ("Accounts", count),
        }
        caption = f"Use of the paying accounts at the close of {data.book.label}"
        table = pd.DataFrame(lines, columns=list(columns))
        blocks.append(Text(f"{_sentence(data)} (@tbl-engagement)."))
        blocks.append(Table.of(table, columns, label="tbl-engagement", caption=caption))
    if lacking:
        blocks.append(Text(f"Not available from this source: {listing(lacking)}."))
    return Blocks(blocks)


def _sentence(data: Data) -> str:
    rows = data.book.paying
    known = {m.column: m for m in _measures(data) if numbers(rows[m.column]).size}
    named = [known[c] for c in ("active_days", "session_frequency", "feature_breadth") if c in known]
    parts = [f"{m.show(quantile(rows[m.column], 0.5))} {m.label}" for m in named]
    first = f"The median paying account shows {listing(parts)}" if parts else "Use is not available"
    rhythm = data.book.metric("product_rhythm")
    if not np.isfinite(rhythm):
        return first
    return f"{first}; {percent(rhythm)} keep the product's {data.book.product.rhythm} rhythm"


def by_segment(data: Data) -> Blocks:
    """Averages hide segments: medians by plan, region and the next segment."""
    rows, band = data.book.paying, data.book.product.band_column
    shown = [m for m in _measures(data) if m.column in BY_SEGMENT and numbers(rows[m.column]).size][:4]
    found = segments(rows, FEWEST, data.book.own_columns)
    if not found or not shown:
        return Blocks([Text("No two segments have accounts enough to compare.")])
    lines = []
    for column in found[:3]:
        for value, group in by_value(rows, column, FEWEST):
            medians = [m.show(quantile(group[m.column], 0.5)) for m in shown]
            lines.append(
                [
                    f"{plain(column)}: {value}",
                    len(group),
                    *medians,
                    _healthy(group[band]),
                ]
            )
    table = pd.DataFrame(lines, columns=["segment", "accounts", *[m.column for m in shown], "healthy"])
    columns = {
        "segment": "Segment",
        "accounts": ("Accounts", count),
        **{m.column: sentence(m.label) for m in shown},
        "healthy": "Healthy",
    }
    caption = (
        f"Medians by segment, segments of {FEWEST} accounts and more; the share of healthy accounts with its "
        "95% interval"
    )
    text = Text("Medians hide what segments do; @tbl-segments shows the use of each.")
    return Blocks([text, Table.of(table, columns, label="tbl-segments", caption=caption)])


def _healthy(band: pd.Series) -> str:
    band = band.dropna()
    return short(share(int((band == "healthy").sum()), len(band)))
