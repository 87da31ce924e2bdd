"""Dates written as text: read by the declared format, and hints for those that can't be read."""

from __future__ import annotations

import datetime as dt
import re

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir

from reporting.contract.tables import TIME
from reporting.errors import ConfigError

_CLOCK = r"[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?( ?(Z|[-+][0-9]{2}(:?[0-9]{2})?))?"
_ISO = rf"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}([T ]{_CLOCK})?$"
_OFFSET = r":[0-9]{2}.*(Z|[-+][0-9]{2}(:?[0-9]{2})?)$"
_EARLIEST = 1900
_DAY_FIRST, _MONTH_FIRST = ("%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y"), ("%m/%d/%Y", "%m-%d-%Y")
_COMMON = (*_DAY_FIRST, *_MONTH_FIRST, "%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%d %b %Y", "%d %B %Y", "%b %d, %Y")
_CLOCKS = ("", " %H:%M:%S", " %H:%M", "T%H:%M:%S", " %I:%M %p", " %I:%M:%S %p")


@ibis.udf.scalar.builtin(name="try_strptime", signature=(("string", "string"), TIME))
def _try_strptime(text, format): ...


@ibis.udf.scalar.builtin(name="try_strptime", signature=(("string", "string"), "timestamp('UTC')"))
def _try_strptime_zoned(text, format): ...


@ibis.udf.scalar.builtin(name="timezone", signature=(("string", TIME), "timestamp('UTC')"))
def _timezone(zone, local): ...


@ibis.udf.scalar.builtin(name="to_utc_timestamp", signature=((TIME, "string"), TIME))
def _to_utc_timestamp(local, zone): ...


def read_time(text: ir.StringValue, format: str | None, timezone: str) -> ir.TimestampValue:
    """`text` as naive UTC, NULL where it can't be read.

    Args:
        format: Declared strftime format; None = ISO 8601: a day, a day and time, or a month (its first day).
        timezone: Zone in which a day without a time begins.
    """
    text = text.strip()
    time = _read_iso(text, timezone) if format is None else _read_declared(text, format, timezone)
    return (time.year() >= _EARLIEST).ifelse(time, ibis.null(TIME))


def midnight(day: ir.TimestampValue, timezone: str) -> ir.TimestampValue:
    """The UTC instant at which the day that `day` names begins in `timezone`.

    Raises:
        ConfigError: The engine can't convert between zones.
    """
    if timezone == "UTC":
        return day
    name = ibis.get_backend(day).name
    if name in ("duckdb", "postgres"):
        return _timezone(ibis.literal(timezone), day).cast(TIME)
    if name in ("pyspark", "databricks"):
        return _to_utc_timestamp(day, ibis.literal(timezone))
    raise ConfigError(
        f"dates can't be taken as midnight in {timezone} on {name}.",
        remedy="Return timestamps instead of dates from the SELECTs, or remove `timezone:`.",
    )


def _read_iso(text: ir.StringValue, timezone: str) -> ir.TimestampValue:
    full = (text.length() == 7).ifelse(text + "-01", text)
    full = full.re_search(_ISO).ifelse(full, ibis.null("string"))
    naive, zoned = _cast(full, TIME), _cast(full, "timestamp('UTC')").cast(TIME)
    return ibis.cases(
        (full.length() == 10, midnight(naive, timezone)), (full.re_search(_OFFSET), zoned), else_=naive
    )


def _read_declared(text: ir.StringValue, format: str, timezone: str) -> ir.TimestampValue:
    if ibis.get_backend(text).name != "duckdb":
        time = text.as_timestamp(format).cast(TIME)
    elif "%z" in format:
        time = _try_strptime_zoned(text, format).cast(TIME)
    else:
        time = _try_strptime(text, format)
    has_clock = any(code in format for code in ("%H", "%I", "%-H", "%-I", "%c", "%X"))
    return time if has_clock else midnight(time, timezone)


def _cast(text: ir.StringValue, type: str) -> ir.Value:
    """A cast that gives NULL where it fails, on engines that have one."""
    return text.try_cast(type) if ibis.get_backend(text).has_operation(ops.TryCast) else text.cast(type)


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
    fit = sum(_fits(value.strip(), first) for value in values)
    which = "The values fit" if fit == len(values) else f"{fit} of {len(values)} looked at fit"
    return (
        f"{expected} {which} {first}{order}.",
        f'If they are meant so, declare it in the source file under `formats:` `{place}: "{first}"`.',
    )


def _fitting(values: list[str]) -> list[str]:
    """The common formats that fit most values, if they fit half of them."""
    formats = [day + clock for day in _COMMON for clock in _CLOCKS]
    counts = {format: sum(_fits(value.strip(), format) for value in values) for format in formats}
    best = max(counts.values(), default=0)
    return [format for format, count in counts.items() if count == best and 2 * count >= len(values) > 0]


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
