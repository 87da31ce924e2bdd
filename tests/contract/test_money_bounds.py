"""Periods that overlap or touch, and months that need an exchange rate: at the edge and beside it."""

from __future__ import annotations

import datetime as dt

import ibis
import pytest

from reporting.contract.money import missing_rates, overlaps, with_previous_end
from reporting.contract.rules import rows

FEBRUARY = "2025-02-01"

PERIODS = {
    "one": ([("2025-01-01", None)], 0),
    "adjacent": ([("2025-01-01", FEBRUARY), (FEBRUARY, None)], 0),
    "apart": ([("2025-01-01", "2025-01-31"), (FEBRUARY, None)], 0),
    "an instant over": ([("2025-01-01", "2025-02-01T00:00:00.000001"), (FEBRUARY, None)], 1),
    "open under open": ([("2025-01-01", None), (FEBRUARY, None)], 1),
    "same start": ([("2025-01-01", "2025-01-31"), ("2025-01-01", "2025-01-20")], 1),
    "a long one under two": ([("2025-01-01", None), (FEBRUARY, "2025-03-01"), ("2025-04-01", None)], 2),
    "adjacent and then over": ([("2025-01-01", FEBRUARY), (FEBRUARY, None), ("2025-05-01", None)], 1),
    "nothing within": ([("2025-01-01", None), (FEBRUARY, FEBRUARY)], 0),
    "backwards within": ([("2025-01-01", None), (FEBRUARY, "2025-01-20")], 0),
    "beyond all time": ([("2025-01-01", "2999-01-01"), (FEBRUARY, None)], 1),
}


def subscriptions(canonical, periods):
    return canonical(
        "subscriptions",
        [
            {"account_id": name, "subscription_id": f"{name} {n}", "valid_from": start, "valid_to": end}
            for name, (given, _) in periods.items()
            for n, (start, end) in enumerate(given)
        ],
    )


def test_which_periods_overlap(canonical):
    """Six accounts hold fourteen periods that last; the most overlapping are named first, five at most."""
    (finding,) = overlaps(subscriptions(canonical, PERIODS))
    assert (finding.check, finding.severity) == ("overlapping_subscriptions", "warning")
    assert (finding.table, finding.column) == ("subscriptions", "valid_from")
    assert (finding.count, finding.total) == (6, 11)
    assert finding.message == (
        "6 of 11 accounts hold several subscriptions at the same time, 2.3 subscriptions each on average; "
        "MRR is their sum."
    )
    over = {name: (str(len(given)), str(number)) for name, (given, number) in PERIODS.items() if number}
    named = ["a long one under two", *sorted(set(over) - {"a long one under two"})[:4]]
    assert finding.examples == [
        {"account_id": name, "subscriptions": over[name][0], "overlapping": over[name][1]} for name in named
    ]
    assert finding.remedy


@pytest.mark.parametrize("name", [name for name, (_, number) in PERIODS.items() if not number])
def test_periods_that_touch_or_take_no_time_do_not_overlap(canonical, name):
    assert overlaps(subscriptions(canonical, {name: PERIODS[name]})) == []


def test_the_end_before_a_period_is_the_latest_of_those_that_start_earlier(canonical):
    given = {"A": ([("2025-01-01", "2025-06-01"), (FEBRUARY, "2025-03-01"), ("2025-05-01", None)], 0)}
    table = with_previous_end(subscriptions(canonical, given))
    found = rows(table.select("subscription_id", "ends", "previous_end").order_by("subscription_id"))
    june, forever = dt.datetime(2025, 6, 1), dt.datetime(2200, 1, 1)
    assert [row["previous_end"] for row in found] == [None, june, june]
    assert [row["ends"] for row in found] == [june, dt.datetime(2025, 3, 1), forever]


CLOSE = dt.datetime(2025, 4, 1)
RATES = {  # what runs in euros, the close -> months that need a rate
    "to the month that closes": ([("2025-02-28", None)], CLOSE, ["2025-02", "2025-03"]),
    "in the month that closes": ([("2025-03-01", None)], CLOSE, ["2025-03"]),
    "to its end": ([("2025-01-31", "2025-02-10")], CLOSE, ["2025-01", "2025-02"]),
    "from the first start to the last end": (
        [("2025-01-05", "2025-01-20"), ("2025-03-05", "2025-03-20")],
        CLOSE,
        ["2025-01", "2025-02", "2025-03"],
    ),
    "over the turn of a year": ([("2024-12-31", None)], dt.datetime(2025, 2, 1), ["2024-12", "2025-01"]),
    "to the last start where no month closes": (
        [("2025-01-05", None), ("2025-03-05", None)],
        None,
        ["2025-01", "2025-02", "2025-03"],
    ),
    "midnight east of Greenwich": ([("2025-03-05", None)], dt.datetime(2025, 3, 31, 10), ["2025-03"]),
    "midnight west of Greenwich": ([("2025-03-05", None)], dt.datetime(2025, 4, 1, 12), ["2025-03"]),
    "without a start": ([(None, None)], CLOSE, []),
}


def missing(canonical, given, close, known=()):
    rates = ibis.memtable(
        [{"month": dt.date.fromisoformat(m), "currency": c} for m, c in known],
        schema={"month": "date", "currency": "string"},
    )
    tables = {name: canonical(name, found) for name, found in given.items()}
    return missing_rates(tables, close, "USD", rates)


@pytest.mark.parametrize("name", RATES)
def test_months_in_which_a_currency_is_used_need_a_rate(canonical, name):
    periods, close, months = RATES[name]
    given = [{"valid_from": start, "valid_to": end, "currency": "EUR"} for start, end in periods]
    given.append({"valid_from": "2020-01-01", "currency": "USD"})
    found = missing(canonical, {"subscriptions": given}, close)
    assert [example["month"] for finding in found for example in finding.examples] == months
    assert [finding.count for finding in found] == ([len(months)] if months else [])


def test_missing_rates_are_told_by_currency_and_month(canonical):
    given = {
        "subscriptions": [
            {"valid_from": "2025-01-05", "currency": "GBP"},
            {"valid_from": "2025-01-05", "currency": "EUR"},
        ],
        "acquisition": [{"month": "2025-02-01", "channel": "a", "currency": "EUR"}],
    }
    subscriptions, acquisition = missing(
        canonical, given, CLOSE, [("2025-02-01", "GBP"), ("2025-01-01", "USD")]
    )
    assert subscriptions.examples == [
        {"currency": currency, "month": month}
        for currency, months in (("EUR", ("2025-01", "2025-02", "2025-03")), ("GBP", ("2025-01", "2025-03")))
        for month in months
    ]
    assert (subscriptions.check, subscriptions.severity) == ("missing_exchange_rate", "error")
    assert (subscriptions.table, subscriptions.column) == ("subscriptions", "currency")
    assert (subscriptions.count, subscriptions.total) == (5, 7)
    assert subscriptions.message == "Missing exchange rates to USD: 5 (EUR, GBP)."
    assert (acquisition.table, acquisition.count) == ("acquisition", 1)
    assert acquisition.examples == [{"currency": "EUR", "month": "2025-02"}]
    assert "exchange_rates" in subscriptions.remedy


def test_six_missing_rates_have_five_examples_and_none_missing_is_no_finding(canonical):
    given = {"acquisition": [{"month": day, "currency": "EUR"} for day in ("2025-01-01", "2025-06-01")]}
    (finding,) = missing(canonical, given, CLOSE)
    assert (finding.count, len(finding.examples)) == (6, 5)
    known = [(f"2025-0{number}-01", "EUR") for number in range(1, 7)]
    assert missing(canonical, given, CLOSE, known) == []
