"""Days of the synthetic company's fixed calendar, counted from 1 November 2023.

A day is an int64 (negative before the events begin), an instant an int64 of seconds from the same midnight.
"""

from __future__ import annotations

import numpy as np

from reporting.month import Month

FIRST_MONTH = Month(2023, 11)
MONTHS = 36
DAY = 86_400
NEVER = np.int64(10**6)  # a day beyond any calendar: "has not happened"

_ORIGIN = np.datetime64(FIRST_MONTH.start, "D")
_WEEKDAY = np.array([1.0, 1.08, 1.06, 1.02, 0.85, 0.14, 0.10])  # Monday first
_SEASON = np.array([1.03, 1.05, 1.05, 1.0, 1.0, 0.98, 0.93, 0.85, 1.02, 1.05, 1.04, 0.96])  # January first


def month_starts(months: int) -> np.ndarray:
    """First days of `months` months and of the month after them, from `FIRST_MONTH` on."""
    first = _ORIGIN.astype("datetime64[M]")
    return _days((first + np.arange(months + 1)).astype("datetime64[D]"))


def add_months(days: np.ndarray, months: np.ndarray | int, anchor: np.ndarray) -> np.ndarray:
    """The billing day `anchor` (1 to 31, cut to the month's length) `months` calendar months after `days`."""
    target = (_ORIGIN + days).astype("datetime64[M]") + np.asarray(months, "timedelta64[M]")
    first = _days(target.astype("datetime64[D]"))
    length = _days((target + np.timedelta64(1, "M")).astype("datetime64[D]")) - first
    return first + np.minimum(anchor, length) - 1


def day_of_month(days: np.ndarray) -> np.ndarray:
    """Day of the month, 1 to 31."""
    dates = _ORIGIN + days
    return (dates - dates.astype("datetime64[M]").astype("datetime64[D]")).astype(np.int64) + 1


def months_since_first(days: np.ndarray) -> np.ndarray:
    """Index of each day's month, 0 for `FIRST_MONTH`."""
    return ((_ORIGIN + days).astype("datetime64[M]") - _ORIGIN.astype("datetime64[M]")).astype(np.int64)


def rhythm(days: np.ndarray) -> np.ndarray:
    """How busy a day is against an ordinary Monday: week, season, and the quiet days around New Year."""
    dates = _ORIGIN + days
    weekday = (dates.astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday
    month = dates.astype("datetime64[M]").astype(np.int64) % 12
    day = day_of_month(days)
    holiday = ((month == 11) & (day >= 22)) | ((month == 0) & (day <= 2))
    return _WEEKDAY[weekday] * _SEASON[month] * np.where(holiday, 0.4, 1.0)


def timestamps(seconds: np.ndarray) -> np.ndarray:
    """Instants as `datetime64[us]`."""
    return (_ORIGIN.astype("datetime64[s]") + seconds).astype("datetime64[us]")


def working_hours(seconds: np.ndarray) -> np.ndarray:
    """Squeeze each instant into 08:00 to 18:00 of its own day; the order of instants is kept."""
    day, second = np.divmod(seconds, DAY)
    return day * DAY + 8 * 3600 + second * 10 // 24


def _days(dates: np.ndarray) -> np.ndarray:
    return (dates - _ORIGIN).astype(np.int64)
