"""Discounts that are shares and prices in minor units: at the bounds, beside other rows."""

from __future__ import annotations

import pytest

from reporting.contract.prices import discounts, units

TERMS = {"plan": "Pro", "amount": "50", "amount_period": "month", "currency": "USD", "is_trial": False}


def table(canonical, rows):
    return canonical(
        "subscriptions", [TERMS | row | {"subscription_id": f"{n:02}"} for n, row in enumerate(rows)]
    )


@pytest.mark.parametrize(
    ("given", "severity", "count", "total"),
    [
        ([0.2, 0.15, 1.0, None, 0.0], "error", 2, 3),
        ([0.2, 15.0], "warning", 1, 2),
        ([0.01, 0.99], "error", 2, 2),
        ([0.009], None, 0, 0),  # left over from rounding
        ([1.0, 20.0, None, 0.0], None, 0, 0),
    ],
)
def test_a_discount_of_a_fifth_of_a_percent_is_none(canonical, given, severity, count, total):
    found = discounts(table(canonical, [{"discount_percent": value} for value in given]))
    assert [f.severity for f in found] == ([severity] if severity else [])
    for finding in found:
        assert (finding.check, finding.count, finding.total) == ("discount_share", count, total)
        assert "100 * discount AS discount_percent" in finding.remedy
        assert finding.examples[0] == {
            "subscription_id": "00", "plan": "Pro", "discount_percent": str(given[0]),
        }  # fmt: skip


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"amount": "2500"}, True),
        ({"amount": "2499.99"}, False),
        ({"amount": "1"}, True),
        ({"amount": "1.01"}, False),
        ({"amount": "30000", "amount_period": "year"}, True),  # 2,500 a month
        ({"amount": "5000", "plan": "Team"}, False),  # the only price of its plan
        ({"amount": "5000", "currency": "EUR"}, False),
        ({"amount": "5000", "is_trial": True}, False),
        ({"amount": "5000", "seats": 100}, False),  # the only price of a seat
    ],
)
def test_a_price_fifty_times_the_usual_one_of_its_plan(canonical, row, told):
    found = units(table(canonical, [{}] * 5 + [row]))
    assert [(f.check, f.severity, f.count) for f in found] == [("amount_scale", "warning", 1)] * told
    for finding in found:
        assert finding.examples[0]["usual a month and account"] == "50.00"
        assert "amount / 100.0 AS amount" in finding.remedy


def test_prices_are_compared_by_the_seat_where_seats_are_sold(canonical):
    """A hundred seats at 50 each beside one at 50 are of one price, one seat for 5,000 isn't."""
    seats = [{"seats": n, "amount": str(50 * n)} for n in (1, 100, 3, 10, 2)]
    assert units(table(canonical, seats)) == []
    (finding,) = units(table(canonical, [*seats, {"seats": 1, "amount": "5000"}]))
    assert (finding.count, finding.total) == (1, 6)
    assert finding.examples[0]["usual a month and seat"] == "50.00"


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([{"amount": "10000"}] * 5, True),
        ([{"amount": "9999"}] * 5, False),
        ([{"amount": "120000", "amount_period": "year"}] * 5, True),
        ([{"amount": "10000"}] * 4, False),  # too few to be usual
        ([{"amount": "10000"}] * 5 + [{"amount": "10000.50"}], False),  # units have decimals
        ([{"amount": "10000", "currency": "JPY"}] * 5, False),
        ([{"amount": "10000", "seats": 10}] * 5, True),  # 1,000 a seat
        ([{"amount": "9990", "seats": 10}] * 5, False),
    ],
)
def test_whole_numbers_too_large_for_software_may_be_cents(canonical, rows, told):
    found = units(table(canonical, rows))
    assert [f.check for f in found] == ["minor_units"] * told
    for finding in found:
        per = "seat" if "seats" in rows[0] else "account"
        assert finding.message.startswith("5 of 5 prices are whole numbers, and usually as large as 1")
        assert f"USD a month and {per}: they may be minor units" in finding.message
