"""Wall-clock time without an engine's time zones: equal to zoneinfo's, transitions included."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import ibis
import pytest

from reporting.errors import ConfigError
from reporting.metrics.localtime import to_local, to_utc, zone

FIRST, LAST = dt.datetime(2023, 1, 1), dt.datetime(2026, 1, 1)


@pytest.mark.parametrize(
    "name", ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]
)
def test_local_time_is_that_of_the_zone(run, name):
    hours = [FIRST + dt.timedelta(hours=h, seconds=-1) for h in range(1, 26_000, 7)]
    around = [
        moment + dt.timedelta(seconds=s)
        for moment in (dt.datetime(2024, 3, 31, 1), dt.datetime(2024, 10, 27, 1), dt.datetime(2024, 11, 3, 6))
        for s in (-1, 0, 1)
    ]
    moments = hours + around
    table = ibis.memtable({"at": moments}, schema={"at": "timestamp(6)"})
    found = run(table.select(at=to_local(table["at"], name, FIRST, LAST)))["at"].tolist()
    tz = ZoneInfo(name)
    expected = [m.replace(tzinfo=dt.UTC).astimezone(tz).replace(tzinfo=None) for m in moments]
    assert [f.to_pydatetime() for f in found] == expected


def test_the_month_of_a_zone_begins_at_its_own_midnight():
    assert to_utc(dt.datetime(2026, 11, 1), "Europe/Berlin") == dt.datetime(2026, 10, 31, 23)
    assert to_utc(dt.datetime(2026, 11, 1), "America/New_York") == dt.datetime(2026, 11, 1, 4)


def test_an_unknown_zone_is_refused():
    with pytest.raises(ConfigError, match="Mars/Olympus"):
        zone("Mars/Olympus")
