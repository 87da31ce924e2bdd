"""The revenue ledger: worked examples. What must hold for any ledger is in `test_ledger_properties`."""

from __future__ import annotations

import pandas as pd
import pytest
from tests.metrics.conftest import canonical, rates

from reporting.metrics.calendar import month_table, months_between
from reporting.metrics.panel import grid
from reporting.metrics.revenue import ledger, movements, running, terms
from reporting.month import Month

# Ibis 12 asks DuckDB 2 for a table's columns in a way that DuckDB is about to give up.
pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")

MONTHS = months_between(Month(2026, 1), Month(2026, 6))
EUR = ["1.10", "1.10", "1.20", "1.20", "1.00", "1.00"]
USD = ["1"] * 6


def sub(id: str, account: str, start: str, end: str | None, amount: str, **more) -> dict:
    row = {
        "subscription_id": id,
        "account_id": account,
        "valid_from": start,
        "valid_to": end,
        "amount": amount,
    }
    return row | {"plan": "Team", "amount_period": "month", "currency": "USD", "is_trial": False} | more


def bridge(run, rows: list[dict], months: list[Month] = MONTHS) -> pd.DataFrame:
    """The movements of every account, indexed by account and month number."""
    subscriptions = canonical("subscriptions", rows)
    accounts = canonical(
        "accounts",
        [
            {"account_id": a, "account_name": a, "signed_up_at": "2026-01-01"}
            for a in sorted({r["account_id"] for r in rows})
        ],
    )
    all_months = month_table(months)
    table = terms(running(subscriptions, all_months, rates(months, USD=USD, EUR=EUR)))
    frame = run(movements(grid(accounts, subscriptions, all_months), table))
    frame["m"] = frame["month"].dt.month
    return frame.set_index(["account_id", "m"]).sort_index()


def moved(frame: pd.DataFrame, account: str, month: int) -> dict[str, int]:
    """The movements that are not zero."""
    row = frame.loc[(account, month)]
    names = ("new", "expansion", "contraction", "churned", "reactivation", "fx")
    return {name: int(row[f"{name}_cents"]) for name in names if row[f"{name}_cents"]}


def test_a_life_of_new_expansion_contraction_churn_and_reactivation(run):
    rows = [
        sub("1", "A", "2026-01-10", "2026-02-15", "100"),
        sub("2", "A", "2026-02-15", "2026-03-20", "150"),
        sub("3", "A", "2026-03-20", "2026-04-05", "120"),
        sub("4", "A", "2026-05-20", None, "80"),
    ]
    frame = bridge(run, rows)
    assert moved(frame, "A", 1) == {"new": 10_000}
    assert moved(frame, "A", 2) == {"expansion": 5_000}
    assert moved(frame, "A", 3) == {"contraction": 3_000}
    assert moved(frame, "A", 4) == {"churned": 12_000}
    assert moved(frame, "A", 5) == {"reactivation": 8_000}
    assert moved(frame, "A", 6) == {}
    assert frame.loc[("A", 6), "first_paid_month"] == pd.Timestamp(
        "2026-01-01"
    )  # the first cohort, not the second
    assert frame.loc[("A", 6), "spell_start"] == pd.Timestamp("2026-05-01")
    assert frame["paid_months"].tolist()[:3] == [0, 1, 2]
    assert pd.isna(frame.loc[("A", 4), "paid_months"])
    assert frame.loc[("A", 6), "paid_months"] == 1


def test_cancelling_one_of_two_overlapping_subscriptions_is_contraction(run):
    rows = [sub("1", "A", "2026-01-01", None, "100"), sub("2", "A", "2026-01-15", "2026-03-10", "40")]
    frame = bridge(run, rows)
    assert frame.loc[("A", 1), "mrr_cents"] == 14_000
    assert moved(frame, "A", 3) == {"contraction": 4_000}


def test_annual_quarterly_weekly_and_discounted_prices_are_per_month(run):
    rows = [
        sub("1", "A", "2026-01-01", None, "1200", amount_period="year"),
        sub("2", "B", "2026-01-01", None, "300", amount_period="quarter", discount_percent=10.0),
        sub("3", "C", "2026-01-01", None, "30", amount_period="week"),
    ]
    frame = bridge(run, rows)
    assert [int(frame.loc[(a, 1), "mrr_cents"]) for a in "ABC"] == [10_000, 9_000, 13_000]


def test_trials_and_free_plans_pay_nothing(run):
    rows = [
        sub("1", "A", "2026-01-05", "2026-02-10", "100", is_trial=True),
        sub("2", "A", "2026-02-10", None, "100"),
        sub("3", "B", "2026-01-05", None, "0"),
    ]
    frame = bridge(run, rows)
    assert moved(frame, "A", 1) == {}
    assert moved(frame, "A", 2) == {"new": 10_000}
    assert not frame.loc["B", "paying"].any()


def test_service_that_ends_at_the_close_pays_at_it(run):
    frame = bridge(run, [sub("1", "A", "2026-01-01", "2026-02-01", "100")])
    assert frame.loc[("A", 1), "paying"]
    assert moved(frame, "A", 2) == {"churned": 10_000}


def test_new_and_churned_between_two_closes_is_no_movement(run):
    frame = bridge(run, [sub("1", "A", "2026-02-05", "2026-02-25", "100")])
    assert all(moved(frame, "A", month) == {} for month in range(1, 7))


def test_exchange_rates_move_the_fx_line_and_nothing_else(run):
    # 100 EUR: 110 at 1.10, 120 at 1.20 from March on, 100 at 1.00 from May on; upgraded to 150 EUR in May.
    rows = [
        sub("1", "A", "2026-01-01", "2026-05-10", "100", currency="EUR"),
        sub("2", "A", "2026-05-10", None, "150", currency="EUR"),
    ]
    frame = bridge(run, rows)
    assert moved(frame, "A", 3) == {"fx": 1_000}
    # 50 EUR more at the rate before (1.20) is 60; the rest of 150 - 120 is -30.
    assert moved(frame, "A", 5) == {"expansion": 6_000, "fx": -3_000}
    assert moved(frame, "A", 6) == {}


def test_two_currencies_of_one_account_are_summed_before_the_movement_is_named(run):
    # March: 100 EUR cancelled (110 at the rate before), 200 USD added: one expansion of 90, no FX line.
    rows = [
        sub("1", "A", "2026-01-01", "2026-03-10", "100", currency="EUR"),
        sub("2", "A", "2026-03-10", None, "200"),
    ]
    assert moved(bridge(run, rows), "A", 3) == {"expansion": 9_000}


def test_terms_come_from_the_largest_subscription_and_seats_are_summed(run):
    rows = [
        sub("1", "A", "2026-01-01", None, "100", plan="Team", seats=5, renewal_at="2026-09-01"),
        sub("2", "A", "2026-01-01", None, "300", plan="Business", seats=20, renewal_at="2026-12-01"),
        sub(
            "3", "A", "2026-01-01", None, "0", plan="Trial", seats=99, is_trial=True, renewal_at="2026-02-15"
        ),
        sub("4", "B", "2026-01-01", None, "0", plan="Trial", seats=3, is_trial=True),
    ]
    months = month_table(MONTHS[:1])
    frame = run(terms(running(canonical("subscriptions", rows), months, rates(MONTHS[:1], USD=["1"]))))
    frame = frame.set_index("account_id")
    assert (frame.loc["A", "plan"], frame.loc["A", "seats_purchased"]) == ("Business", 25)
    assert frame.loc["A", "renewal_at"] == pd.Timestamp("2026-09-01")
    assert (frame.loc["B", "plan"], frame.loc["B", "seats_purchased"], frame.loc["B", "trials"]) == (
        "Trial",
        3,
        1,
    )


def test_the_ledger_lists_movements_with_their_sign(run):
    rows = [sub("1", "A", "2026-01-10", "2026-03-20", "100"), sub("2", "A", "2026-02-10", "2026-03-20", "20")]
    subscriptions = canonical("subscriptions", rows)
    accounts = canonical("accounts", [{"account_id": "A", "account_name": "A", "signed_up_at": "2026-01-01"}])
    months = month_table(MONTHS)
    moves = movements(
        grid(accounts, subscriptions, months), terms(running(subscriptions, months, rates(MONTHS, USD=USD)))
    )
    frame = run(ledger(moves).order_by("month"))
    listed = list(zip(frame.movement, frame.amount_cents, strict=True))
    assert listed == [("new", 10_000), ("expansion", 2_000), ("churn", -12_000)]
