"""Do the data reach the close? An extract that ends before it gives a month in which nobody left or acted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from itertools import pairwise
from zoneinfo import ZoneInfo

import ibis.expr.types as ir

from reporting.contract.asof import BORN
from reporting.contract.findings import EXAMPLES, Finding
from reporting.contract.rules import rows
from reporting.month import Month

SILENT_DAYS = 10
"""A shorter time without any event may be a holiday."""
EXPECTED = 100
"""So many events at least are missing from a time without any, by the rate before."""
BEFORE = 90
"""Days before a silence that say what is usual."""


def freshness(
    tables: Mapping[str, ir.Table],
    by_day: Mapping[dt.date, int],
    close: dt.datetime,
    timezone: str,
    declared: bool,
) -> list[Finding]:
    """Findings on data that end before the close, or on events that are missing for a while.

    Args:
        tables: Canonical tables as of the close.
        by_day: Local day -> events.
        close: The month's close.
        timezone: The company's zone.
        declared: The source says itself which month is its last complete one. What is missing is then told;
            else it stops the run, as an extract can't be told from a quiet company.
    """
    end = _local(close, timezone)
    month = Month.of(end).shift(-1)
    if max(by_day, default=end) >= month.start.date():  # the other tables need not be asked
        return _silent(by_day, end, declared)
    last = {
        name: day
        for name, table in tables.items()
        if name not in ("events", "targets") and (day := _last_day(name, table, close, timezone))
    } | {"events": max(by_day)}
    newest = max(last.values())
    if newest < month.start.date():
        return [_stale(last, newest, month, declared)]
    return _silent(by_day, end, declared)


def _local(instant: dt.datetime, timezone: str) -> dt.date:
    return instant.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(timezone)).date()


def _last_day(name: str, table: ir.Table, close: dt.datetime, timezone: str) -> dt.date | None:
    """The day of the last thing that a table tells of."""
    if name == "acquisition":
        return table.month.max().to_pyarrow().as_py()
    told = [table[BORN.get(name, "signed_up_at")]]
    told += [table.valid_to] if name == "subscriptions" else []
    found = rows(
        table.aggregate(**{f"last_{n}": time.max(where=time < close) for n, time in enumerate(told)})
    )
    instants = [instant for instant in found[0].values() if instant is not None]
    return _local(max(instants), timezone) if instants else None


def _stale(last: Mapping[str, dt.date], newest: dt.date, month: Month, declared: bool) -> Finding:
    months = (month.year - newest.year) * 12 + month.number - newest.month
    whole = Month.of(newest)
    quiet = "no table has anything of the month" if months == 1 else f"{months} months have nothing at all"
    return Finding(
        "stale_extract", "warning" if declared else "error", "events", "occurred_at", months, months,
        f"The data end on {newest} and the report is on {month}: {quiet}, and whoever paid then "
        "seems to stay for ever.",
        [
            {"table": name, "last day": str(day)}
            for name, day in sorted(last.items(), key=lambda item: item[1], reverse=True)[:EXAMPLES]
        ],
        f'Correct `closed_through`: the last month with data is {whole}.' if declared
        else "Read newer data; or, of an extract that no longer changes, write its last complete month into "
        f'the source file, for example `closed_through: "{whole}"`.',
    )  # fmt: skip


def _silent(by_day: Mapping[dt.date, int], end: dt.date, declared: bool) -> list[Finding]:
    """Times without any event, longer than is usual for this company."""
    found = [silence for silence in _silences(sorted(by_day), end) if _is_odd(silence, by_day)]
    at_close = [silence for silence in found if silence[1] == end]
    others = [silence for silence in found if silence[1] < end]
    total = sum(by_day.values())
    findings = []
    if at_close:
        ((first, _),) = at_close
        days, usual = (end - first).days, _rate(by_day, first)
        findings.append(
            Finding(
                "events_end", "warning" if declared else "error", "events", "occurred_at",
                days, BEFORE + days,
                f"The events end on {first - dt.timedelta(days=1)}, {days} days before the close, where the "
                f"{BEFORE} days before have {usual:,.0f} a day: use falls and health with it, as if the "
                "customers had stopped.",
                [],
                "Read the missing events and run again."
                + ("" if declared else " If nothing was done in the product, write the month into the source "
                   f'file: `closed_through: "{Month.of(end).shift(-1)}"`.'),
            )
        )  # fmt: skip
    if others:
        days = sum((until - first).days for first, until in others)
        count = "once" if len(others) == 1 else f"{len(others)} times"
        findings.append(
            Finding(
                "events_missing", "warning", "events", "occurred_at", days, (end - min(by_day)).days,
                f"The {total:,} events break off {count} for {SILENT_DAYS} days or more, {days} days in all. "
                "In these months use is counted too low, and the month after seems to recover.",
                [
                    {
                        "from": str(first),
                        "to": str(until - dt.timedelta(days=1)),
                        "events a day before": f"{_rate(by_day, first):,.0f}",
                    }
                    for first, until in others[-EXAMPLES:]
                ],
                "Look in the source for the missing events; trends across these days say nothing.",
            )
        )  # fmt: skip
    return findings


def _silences(days: list[dt.date], end: dt.date) -> list[tuple[dt.date, dt.date]]:
    """Runs of `SILENT_DAYS` or more without events: first day, and the day after the last."""
    one = dt.timedelta(days=1)
    return [(day + one, after) for day, after in pairwise([*days, end]) if (after - day).days > SILENT_DAYS]


def _is_odd(silence: tuple[dt.date, dt.date], by_day: Mapping[dt.date, int]) -> bool:
    """Whether many events are missing and no silence half as long came shortly before."""
    first, until = silence
    length = (until - first).days
    recent = sorted(day for day in by_day if 0 < (first - day).days <= BEFORE)
    usual = max(((later - day).days - 1 for day, later in pairwise(recent)), default=0)
    return _rate(by_day, first) * length >= EXPECTED and length > 2 * usual


def _rate(by_day: Mapping[dt.date, int], first: dt.date) -> float:
    """Events a day in the `BEFORE` days before `first`."""
    return sum(by_day.get(first - dt.timedelta(days=n), 0) for n in range(1, BEFORE + 1)) / BEFORE
