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
_BEFORE_MONDAY = {"monday": 0, "sunday": 1, "saturday": 2}  # days by which such a week begins earlier


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


def day_of_week(day: dt.date, week_starts: str = "monday") -> int:
    """0 on the first day of the working week, of which 0 to 4 are the working days, to 6 on its last."""
    return (day.weekday() + _BEFORE_MONDAY[week_starts]) % 7


def weeks_between(first: dt.datetime, last: dt.datetime, week_starts: str = "monday") -> list[dt.datetime]:
    """First days of the weeks that touch `[first, last)`."""
    day = dt.datetime.combine(first.date() - dt.timedelta(days=day_of_week(first, week_starts)), dt.time())
    weeks = []
    while day < last:
        weeks.append(day)
        day += dt.timedelta(days=7)
    return weeks
