"""Counts over the windows of days that end at each month's close.

The windows of all closes cut time into segments. Days are added up by segment first, and each window is a sum
of segments: a day is looked at once, not once for each of the months whose windows reach it.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right

import ibis
import ibis.expr.types as ir

from reporting.month import Month

TRENDS = (7, 30, 60, 90)
_KINDS = ("value", "core", "key", "api")


def windows(account_day: ir.Table, months: list[Month]) -> ir.Table:
    """Counts over the windows that end at each close, per account.

    Args:
        account_day: The roll-up, all months so far.
        months: Months whose closes end the windows.

    Returns:
        `events_7`, `events_30`, ... and `events_7_before`, ... (the window of equal length before), the same
        over 30 days for value, core, key-action and API events, and `active_days_7`.
    """
    edges = _edges(months)
    counts = ("events", *(f"{kind}_events" for kind in _KINDS))
    by_segment = (
        account_day.join(_days(edges), "day")
        .group_by("account_id", "segment")
        .aggregate(**{name: ibis._[name].sum().cast("int64") for name in counts}, days=ibis._.count())
    )
    rows = by_segment.join(_reach(edges, months), "segment")
    spans = {name: rows[name] for name in rows.columns if name.startswith("in_")}
    figures = {"active_days_7": rows.days * spans["in_7"]}
    for days in TRENDS:
        figures[f"events_{days}"] = rows.events * spans[f"in_{days}"]
        figures[f"events_{days}_before"] = rows.events * spans[f"in_{days}_before"]
    for kind in _KINDS:
        figures[f"{kind}_30"] = rows[f"{kind}_events"] * spans["in_30"]
        figures[f"{kind}_30_before"] = rows[f"{kind}_events"] * spans["in_30_before"]
    return rows.group_by("account_id", "month").aggregate(
        **{name: figure.sum() for name, figure in figures.items()}
    )


def _edges(months: list[Month]) -> list[dt.datetime]:
    """Every instant at which a window begins or ends, in order."""
    steps = sorted({0, *TRENDS, *(2 * days for days in TRENDS)})
    return sorted({month.close - dt.timedelta(days=step) for month in months for step in steps})


def _days(edges: list[dt.datetime]) -> ir.Table:
    """`day` and the `segment` it lies in."""
    count = (edges[-1] - edges[0]).days
    days = [edges[0] + dt.timedelta(days=i) for i in range(count)]
    rows = [{"day": day, "segment": bisect_right(edges, day) - 1} for day in days]
    return ibis.memtable(rows, schema={"day": "timestamp(6)", "segment": "int64"})


def _reach(edges: list[dt.datetime], months: list[Month]) -> ir.Table:
    """`segment`, `month` and, 1 or 0, whether the segment lies in each of the month's windows."""
    names = {f"in_{days}{end}": (days, end) for days in TRENDS for end in ("", "_before")}
    rows = []
    longest = dt.timedelta(days=2 * max(TRENDS))
    for month in months:
        close = month.close
        for segment in range(bisect_left(edges, close - longest), bisect_left(edges, close)):
            age = (close - edges[segment]).days  # from the segment's start to the close
            inside = {
                name: int(age <= days if not end else days < age <= 2 * days)
                for name, (days, end) in names.items()
            }
            rows.append({"segment": segment, "month": month.start, **inside})
    schema = {"segment": "int64", "month": "timestamp(6)"} | dict.fromkeys(names, "int64")
    return ibis.memtable(rows, schema=schema)
