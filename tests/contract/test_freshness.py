"""Data that end before the close, and events that are missing for a while: at the day, and by how many."""

from __future__ import annotations

import datetime as dt

import pytest

from reporting.contract.check import check
from reporting.contract.freshness import BEFORE, EXPECTED, SILENT_DAYS, freshness

CLOSE = dt.datetime(2026, 11, 1)
DAY = dt.timedelta(days=1)
ONE = {dt.date(2026, 1, 1): 1}


def days(first: str, last: str, events: int = 40) -> dict[dt.date, int]:
    """`events` on each day from `first` to `last`."""
    start, end = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
    return {start + n * DAY: events for n in range((end - start).days + 1)}


def told(by_day, declared=False, timezone="UTC", tables=None):
    """The findings by check."""
    return {f.check: f for f in freshness(tables or {}, by_day, CLOSE, timezone, declared)}


def test_an_extract_that_ended_two_years_ago_is_no_company_that_lost_nobody():
    stale = told(days("2024-01-01", "2024-10-30"))["stale_extract"]
    assert (stale.severity, stale.count) == ("error", 24)
    assert stale.message.startswith(
        "The data end on 2024-10-30 and the report is on 2026-10: 24 months have nothing at all"
    )
    assert stale.examples == [{"table": "events", "last day": "2024-10-30"}]
    assert 'closed_through: "2024-10"' in stale.remedy


@pytest.mark.parametrize(("last", "stale"), [("2026-09-30", True), ("2026-10-01", False)])
def test_one_row_of_the_month_is_enough(canonical, last, stale):
    tables = {"accounts": canonical("accounts", [{"account_id": "A", "signed_up_at": last}])}
    assert ("stale_extract" in told(ONE, tables=tables)) == stale


def test_an_end_counts_as_well_as_a_beginning_and_what_is_to_come_does_not(canonical):
    row = {"valid_from": "2026-01-01", "valid_to": "2026-10-05"}
    assert told(ONE, tables={"subscriptions": canonical("subscriptions", [row])}) == {}
    row |= {"valid_to": "2027-01-01"}
    assert set(told(ONE, tables={"subscriptions": canonical("subscriptions", [row])})) == {"stale_extract"}


def test_targets_are_set_for_months_ahead_and_show_no_life(canonical):
    targets = canonical("targets", [{"month": "2026-10-01", "metric": "mrr", "target": 1.0}])
    done = canonical("activities", [{"account_id": "A", "done_at": "2026-09-30", "kind": "call"}])
    stale = told(ONE, tables={"targets": targets, "activities": done})["stale_extract"]
    assert stale.examples == [
        {"table": "activities", "last day": "2026-09-30"}, {"table": "events", "last day": "2026-01-01"},
    ]  # fmt: skip


def test_a_source_that_names_its_last_month_is_warned_and_not_stopped():
    stale = told(days("2024-01-01", "2024-10-30"), declared=True)["stale_extract"]
    assert stale.severity == "warning"
    assert stale.remedy == "Correct `closed_through`: the last month with data is 2024-10."


def test_nothing_at_all_is_not_called_stale():
    assert told({}) == {}


def test_events_that_end_on_the_ninth():
    end = told(days("2026-01-01", "2026-10-09"))["events_end"]
    assert (end.severity, end.count) == ("error", 22)
    assert end.message.startswith("The events end on 2026-10-09, 22 days before the close, where the 90 days")
    assert "have 40 a day" in end.message
    assert told(days("2026-01-01", "2026-10-09"), declared=True)["events_end"].severity == "warning"


@pytest.mark.parametrize(("last", "ended"), [("2026-10-22", False), ("2026-10-21", True)])
def test_ten_days_of_silence_are_no_holiday(last, ended):
    """Of October, 9 days are left after the 22nd and 10 after the 21st."""
    assert ("events_end" in told(days("2026-01-01", last))) == ended


@pytest.mark.parametrize(("events", "ended"), [(EXPECTED // SILENT_DAYS, True), (9, False)])
def test_few_events_may_be_missing_by_chance(events, ended):
    """Ten days at ten a day are a hundred events, at nine ninety."""
    assert ("events_end" in told(days("2026-01-01", "2026-10-21", events))) == ended


def test_a_company_that_pauses_often_is_left_alone():
    """Used in the first week of every month: three weeks of silence are usual."""
    used = {day: n for day, n in days("2026-01-01", "2026-10-07").items() if day.day <= 7}
    assert told(used) == {}


def test_a_month_without_events_in_the_past_is_told_with_what_came_before():
    used = days("2026-01-01", "2026-10-31")
    missing = told({day: n for day, n in used.items() if day.month != 4})
    assert set(missing) == {"events_missing"}
    finding = missing["events_missing"]
    assert (finding.severity, finding.count, finding.total) == ("warning", 30, 304)
    assert finding.examples == [{"from": "2026-04-01", "to": "2026-04-30", "events a day before": "40"}]


def test_the_rate_before_counts_whole_days_only():
    """A company of 30 days at 300 events: 100 a day over the ninety."""
    finding = told(days("2026-09-01", "2026-09-30", 300) | {dt.date(2026, 10, 31): 1})["events_missing"]
    assert finding.examples[0]["events a day before"] == f"{30 * 300 / BEFORE:.0f}"


def test_days_are_those_of_the_company(canonical):
    """At half past eleven UTC the next day has begun in Auckland; October closes there at eleven."""
    events = [
        {"account_id": "A", "event_name": "x", "occurred_at": f"2026-09-{day:02}T11:30:00"}
        for day in range(20, 30)
        for _ in range(40)
    ]
    tables = {
        "accounts": canonical("accounts", [{"account_id": "A", "signed_up_at": "2026-10-20"}]),
        "events": canonical("events", events),
    }
    given = {"close": dt.datetime(2026, 10, 31, 11), "timezone": "Pacific/Auckland"}
    found = {f.check: f.message for f in check(tables, **given, declared=False)}
    assert found["events_end"].startswith("The events end on 2026-09-30, 31 days before the close")
    assert "events_end" not in {f.check for f in check(tables, **given)}, "not asked for"
