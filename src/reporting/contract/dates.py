"""Dates written as text: read by the declared format, and hints for those that can't be read."""

from __future__ import annotations

import datetime as dt
import re

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir

from reporting.contract.tables import TIME

_ISO = r"^[0-9]{4}-[0-9]{2}(-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?( ?(Z|[-+][0-9]{2}(:?[0-9]{2})?))?)?)?$"
_OFFSET = r":[0-9]{2}.*(Z|[-+][0-9]{2}(:?[0-9]{2})?)$"
_EARLIEST = 1900
_DAY_FIRST, _MONTH_FIRST = ("%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y"), ("%m/%d/%Y", "%m-%d-%Y")
_COMMON = (*_DAY_FIRST, *_MONTH_FIRST, "%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%d %b %Y", "%d %B %Y", "%b %d, %Y")
_CLOCKS = ("", " %H:%M:%S", " %H:%M", "T%H:%M:%S", " %I:%M %p", " %I:%M:%S %p")


@ibis.udf.scalar.builtin(name="try_strptime", signature=(("string", "string"), TIME))
def _try_strptime(text, format): ...


@ibis.udf.scalar.builtin(name="try_strptime", signature=(("string", "string"), "timestamp('UTC')"))
def _try_strptime_zoned(text, format): ...


def read_time(text: ir.StringValue, format: str | None) -> ir.TimestampValue:
    """`text` as a naive timestamp in the session's time zone, NULL where it can't be read.

    Args:
        format: Declared strftime format; None = ISO 8601: a day, a day and time, or a month (its first day).
    """
    text = text.strip()
    time = _read_iso(text) if format is None else _read_declared(text, format)
    return (time.year() >= _EARLIEST).ifelse(time, ibis.null(TIME))


def _read_iso(text: ir.StringValue) -> ir.TimestampValue:
    full = (text.length() == 7).ifelse(text + "-01", text)
    full = full.re_search(_ISO).ifelse(full, ibis.null("string"))
    zoned = full.re_search(_OFFSET)
    return zoned.ifelse(_cast(full, "timestamp('UTC')").cast(TIME), _cast(full, TIME))


def _read_declared(text: ir.StringValue, format: str) -> ir.TimestampValue:
    if not _is_duckdb(text):
        return text.as_timestamp(format).cast(TIME)
    if "%z" in format:
        return _try_strptime_zoned(text, format).cast(TIME)
    return _try_strptime(text, format)


def _cast(text: ir.StringValue, type: str) -> ir.Value:
    """A cast that gives NULL where it fails, on engines that have one."""
    (backend,), _ = text._find_backends()
    return text.try_cast(type) if backend.has_operation(ops.TryCast) else text.cast(type)


def _is_duckdb(text: ir.StringValue) -> bool:
    (backend,), _ = text._find_backends()
    return backend.name == "duckdb"


def ambiguous(format: str | None) -> bool:
    """Whether day and month in the format could be swapped unnoticed, as in 03/04/2024."""
    return format is not None and "%m" in format and "%d" in format and not format.startswith("%Y-%m")


def hint(values: list[str], declared: str | None, place: str) -> tuple[str, str]:
    """What was expected, and what to do about dates that can't be read.

    Args:
        values: Some of them.
        declared: Declared format of the column.
        place: `table.column`.
    """
    expected = (
        f"The declared format is {declared}."
        if declared
        else "No format is declared, so ISO 8601 is expected, for example 2024-12-31 or 2024-12-31 18:30:00."
    )
    fitting = _fitting(values)
    if not fitting:
        return expected, f'Correct the values, or declare their format under `formats:` as `{place}: "..."`.'
    first = fitting[0]
    if len({_day_first(format) for format in fitting}) > 1:
        choices = " or ".join(f'"{format}"' for format in fitting[:2])
        return expected, f"Declare under `formats:` whether day or month comes first: `{place}:` {choices}."
    order = {True: " with the day first", False: " with the month first", None: ""}[_day_first(first)]
    return (
        f"{expected} The values fit {first}{order}.",
        f'If they are meant so, declare it in the source file under `formats:` `{place}: "{first}"`.',
    )


def _fitting(values: list[str]) -> list[str]:
    """Common formats that fit most of the values; those that fit all come first, else the ones for most."""
    counts = {
        day + clock: sum(_fits(value.strip(), day + clock) for value in values)
        for day in _COMMON
        for clock in _CLOCKS
    }
    best = max(counts.values(), default=0)
    return [format for format, count in counts.items() if count == best and 2 * count > len(values)]


def _fits(value: str, format: str) -> bool:
    if not re.search(r"\d{4}", value):
        return False
    try:
        dt.datetime.strptime(value, format)
    except ValueError:
        return False
    return True


def _day_first(format: str) -> bool | None:
    return True if format.startswith(_DAY_FIRST) else False if format.startswith(_MONTH_FIRST) else None
