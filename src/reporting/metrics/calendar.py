"""Months as a table: every month-by-month expression joins to it."""

from __future__ import annotations

import datetime as dt

import ibis
import ibis.expr.types as ir

from reporting.month import Month

SCHEMA = {
    "month": "timestamp(6)",
    "close": "timestamp(6)",
    "previous": "timestamp(6)",
    "month_index": "int64",
    "days": "int64",
}


def months_between(first: Month, last: Month) -> list[Month]:
    """Every month from `first` to `last`, both included."""
    count = (last.year - first.year) * 12 + last.number - first.number + 1
    return [first.shift(i) for i in range(count)]


def month_table(months: list[Month]) -> ir.Table:
    """One row a month: `month` (first day), `close` (first instant after it), `previous` (first day of the
    month before), `month_index` (consecutive integers), `days` (length)."""
    rows = [
        {
            "month": month.start,
            "close": month.close,
            "previous": month.shift(-1).start,
            "month_index": month.year * 12 + month.number,
            "days": (month.close - month.start).days,
        }
        for month in months
    ]
    return ibis.memtable(rows, schema=SCHEMA)


def weeks_between(first: dt.datetime, last: dt.datetime) -> list[dt.datetime]:
    """Mondays of the weeks that touch `[first, last)`."""
    monday = dt.datetime.combine(first.date() - dt.timedelta(days=first.weekday()), dt.time())
    weeks = []
    while monday < last:
        weeks.append(monday)
        monday += dt.timedelta(days=7)
    return weeks
