"""Ends that are written as the last day of service: a day apart, by zone and by share."""

from __future__ import annotations

import pytest

from reporting.contract.ends import inclusive_ends

MONTHS = [("2026-01-01", "2026-01-31"), ("2026-02-01", "2026-02-28"), ("2026-03-01", "2026-03-31")]
EXACT = [("2026-01-01", "2026-02-01"), ("2026-02-01", "2026-03-01"), ("2026-03-01", "2026-04-01")]


def found(canonical, accounts, timezone="UTC"):
    """The finding on accounts given as lists of `(valid_from, valid_to)`."""
    rows = [
        {"subscription_id": f"{account}{n}", "account_id": account, "valid_from": start, "valid_to": end}
        for account, spans in accounts.items()
        for n, (start, end) in enumerate(spans)
    ]
    findings = inclusive_ends(canonical("subscriptions", rows), timezone)
    return findings[0] if findings else None


def test_a_company_whose_rows_follow_each_other_a_day_apart_is_refused(canonical):
    """Two accounts of three months: of their six rows four are followed by another."""
    finding = found(canonical, {"A": MONTHS, "B": MONTHS})
    assert (finding.check, finding.severity, finding.count, finding.total) == ("inclusive_end", "error", 4, 4)
    assert [(e["subscription_id"], str(e["next_from"])[:10]) for e in finding.examples] == [
        ("A0", "2026-02-01"), ("A1", "2026-03-01"), ("B0", "2026-02-01"), ("B1", "2026-03-01"),
    ]  # fmt: skip
    assert finding.message.startswith("In 4 of 4 subscriptions that are followed by another of the account")
    assert "CAST(until AS DATE) + INTERVAL 1 DAY AS valid_to" in finding.remedy


def test_ends_that_touch_the_next_beginning_are_right(canonical):
    assert found(canonical, {"A": EXACT, "B": EXACT, "C": [*EXACT[:2], ("2026-03-01", None)]}) is None


@pytest.mark.parametrize(
    ("zone", "end", "start"),
    [
        # midnight in Berlin is 23:00 UTC in winter and 22:00 in summer; clocks change on 29 March
        ("Europe/Berlin", "2026-01-30T23:00", "2026-01-31T23:00"),
        ("Europe/Berlin", "2026-03-28T23:00", "2026-03-29T22:00"),
        ("Europe/Berlin", "2026-10-24T22:00", "2026-10-25T23:00"),
        ("America/New_York", "2026-01-31T05:00", "2026-02-01T05:00"),
        ("Pacific/Auckland", "2026-01-30T11:00", "2026-01-31T11:00"),
        ("UTC", "2026-01-31T23:59:59", "2026-02-01"),
        ("UTC", "2026-01-31T23:59:59.999999", "2026-02-01"),
    ],
)
def test_a_day_is_that_of_the_company_and_the_last_second_is_one(canonical, zone, end, start):
    spans = [("2025-12-05", end), (start, None)]
    finding = found(canonical, {"A": spans, "B": spans, "C": spans}, zone)
    assert (finding.severity, finding.count) == ("error", 3)


@pytest.mark.parametrize("start", ["2026-02-02", "2026-02-01T01:00:00.000001", "2026-01-31T22:59:59"])
def test_other_gaps_say_nothing(canonical, start):
    spans = [("2025-12-05", "2026-01-31"), (start, None)]
    assert found(canonical, {"A": spans, "B": spans, "C": spans}) is None


@pytest.mark.parametrize(("apart", "severity"), [(2, None), (3, "warning"), (14, "warning"), (15, "error")])
def test_the_share_decides_whether_it_is_a_doubt_or_an_error(canonical, apart, severity):
    """Of thirty rows followed by another: three are one in ten, fifteen are half; two may be chance."""
    touching = {f"T{n}": EXACT[:2] for n in range(30 - apart)}
    finding = found(canonical, touching | {f"A{n}": MONTHS[:2] for n in range(apart)})
    assert (finding and finding.severity) == severity


def test_less_than_one_in_ten_is_chance(canonical):
    touching = {f"T{n}": EXACT[:2] for n in range(28)}
    assert found(canonical, touching | {f"A{n}": MONTHS[:2] for n in range(3)}) is None


@pytest.mark.parametrize(("number", "told"), [(4, False), (5, True)])
def test_years_that_end_a_day_early_without_a_next_one(canonical, number, told):
    """From 15 March to 14 March is a year with its last day; half as many others don't change that."""
    accounts = {f"A{n}": [("2025-03-15", "2026-03-14")] for n in range(number)}
    accounts |= {f"B{n}": [("2025-03-15", f"2026-03-2{n}")] for n in range(2)}
    finding = found(canonical, accounts)
    assert (finding is not None) == told
    if finding:
        assert (finding.severity, finding.count, finding.total) == ("warning", 5, 7)
        assert finding.message.startswith("5 of 7 subscriptions that have ended end a day before")


def test_short_rows_and_rows_that_end_as_they_should_are_no_evidence(canonical):
    short = {f"A{n}": [("2026-03-15", "2026-04-10")] for n in range(6)}
    exact = {f"B{n}": [("2025-03-15", "2026-03-15")] for n in range(6)}
    assert found(canonical, short) is None
    assert found(canonical, exact | {f"C{n}": [("2025-03-15", "2026-03-14")] for n in range(5)}) is None
