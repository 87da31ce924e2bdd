"""Wall-clock time in the company's zone, without any engine's time zone functions.

A zone's offset from UTC changes a few times a year at instants Python knows; between them local time is UTC
plus a constant. That gives the same expression on every engine.
"""

from __future__ import annotations

import datetime as dt
import functools
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import ibis
import ibis.expr.types as ir

from reporting.errors import ConfigError


def zone(name: str) -> ZoneInfo:
    """The zone called `name`.

    Raises:
        ConfigError: There is no such zone.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ConfigError(
            f"'{name}' is not a time zone.",
            remedy="Use a name of the IANA database, for example Europe/Berlin.",
        ) from None


def to_utc(local: dt.datetime, name: str) -> dt.datetime:
    """The naive UTC instant at which the zone's clocks first show `local`."""
    return local.replace(tzinfo=zone(name)).astimezone(dt.UTC).replace(tzinfo=None)


def to_local(
    moment: ir.TimestampColumn, name: str, first: dt.datetime, last: dt.datetime
) -> ir.TimestampColumn:
    """Naive UTC timestamps as naive wall-clock time of the zone, exact between `first` and `last`.

    Args:
        moment: Naive UTC timestamps.
        name: The zone.
        first: No transition before this UTC instant matters.
        last: No transition after it matters.
    """
    spans = _offsets(zone(name), first, last)
    if len(spans) == 1 and not spans[0][1]:
        return moment
    shifted = [(moment < end, moment + ibis.interval(seconds=seconds)) for end, seconds in spans[:-1]]
    rest = moment + ibis.interval(seconds=spans[-1][1])
    return ibis.cases(*shifted, else_=rest) if shifted else rest


@functools.cache  # the same for every column of times; of a century it takes a second
def _offsets(tz: ZoneInfo, first: dt.datetime, last: dt.datetime) -> list[tuple[dt.datetime, int]]:
    """Spans `(end, offset in seconds)` in order; the last span has no end that matters."""

    def offset(moment: dt.datetime) -> int:
        there = moment.replace(tzinfo=dt.UTC).astimezone(tz).utcoffset()
        assert there is not None, "a time in a zone has an offset"
        return int(there.total_seconds())

    spans: list[tuple[dt.datetime, int]] = []
    day = dt.timedelta(days=1)
    moment = first.replace(hour=0, minute=0, second=0, microsecond=0)
    while moment <= last:
        if offset(moment) != offset(moment + day):
            spans.append((_transition(offset, moment, moment + day), offset(moment)))
        moment += day
    return [*spans, (last, offset(moment))]


def _transition(offset, low: dt.datetime, high: dt.datetime) -> dt.datetime:
    """The instant between `low` and `high` from which `high`'s offset holds, to the second."""
    before = offset(low)
    while high - low > dt.timedelta(seconds=1):
        middle = low + (high - low) // 2
        middle = middle.replace(microsecond=0)
        low, high = (middle, high) if offset(middle) == before else (low, middle)
    return high
