"""What is known at a close, and who pays there: at the instant, a microsecond before and after."""

from __future__ import annotations

import datetime as dt

import pytest

from reporting.contract.asof import BORN, as_of
from reporting.contract.churn_sources import standing, story
from reporting.contract.rules import rows
from reporting.contract.tables import TABLES

CLOSE = dt.datetime(2025, 3, 1)
BEFORE, AT, AFTER = "2025-02-28T23:59:59.999999", "2025-03-01", "2025-03-01T00:00:00.000001"
TERMS = {"plan": "p", "amount": "10", "amount_period": "month", "currency": "USD", "is_trial": False}


def test_every_table_but_accounts_and_targets_is_cut_by_a_column_of_its_own():
    assert set(BORN) == set(TABLES) - {"accounts", "targets"}
    assert all(column in TABLES[name].required_names for name, column in BORN.items())


@pytest.mark.parametrize("name", sorted(set(BORN) - {"acquisition"}))
def test_a_row_that_begins_at_the_close_is_not_yet_known(canonical, name):
    given = [{"account_id": label, BORN[name]: label} for label in (BEFORE, AT, AFTER)]
    cut = as_of({name: canonical(name, given)}, CLOSE)[name]
    assert [row["account_id"] for row in rows(cut.select("account_id"))] == [BEFORE]


ENDS = [
    ("subscriptions", "valid_to"),
    ("users", "invited_at"),
    ("users", "deactivated_at"),
    ("integrations", "disconnected_at"),
    ("tickets", "closed_at"),
]


@pytest.mark.parametrize(("name", "end"), ENDS)
def test_an_end_at_the_close_is_not_yet_known(canonical, name, end):
    begins = {BORN[name]: "2025-01-01"}
    given = [begins | {"account_id": label, end: label} for label in (BEFORE, AT, AFTER)]
    cut = as_of({name: canonical(name, given)}, CLOSE)[name]
    found = {row["account_id"]: row[end] for row in rows(cut.select("account_id", end))}
    assert found == {BEFORE: dt.datetime.fromisoformat(BEFORE), AT: None, AFTER: None}


def test_a_ticket_is_scored_when_it_is_closed_and_answered_when_the_minutes_have_passed(canonical):
    opened = {"opened_at": "2025-02-28T23:00:00", "satisfaction": 4.0}
    given = [
        opened | {"ticket_id": "closed before", "closed_at": BEFORE, "first_response_minutes": 59.0},
        opened | {"ticket_id": "closed at", "closed_at": AT, "first_response_minutes": 60.0},
        opened | {"ticket_id": "open", "first_response_minutes": 61.0},
    ]
    cut = rows(as_of({"tickets": canonical("tickets", given)}, CLOSE)["tickets"])
    found = {row["ticket_id"]: (row["satisfaction"], row["first_response_minutes"]) for row in cut}
    assert found == {"closed before": (4.0, 59.0), "closed at": (None, None), "open": (4.0, None)}


def test_an_account_that_signs_up_at_the_close_is_known_only_if_it_pays_before(canonical):
    accounts = [
        {"account_id": "before", "signed_up_at": BEFORE},
        {"account_id": "at", "signed_up_at": AT},
        {"account_id": "undated"},
        {"account_id": "pays before", "signed_up_at": AT},
        {"account_id": "pays at", "signed_up_at": AT},
        {"account_id": "pays undated", "signed_up_at": AT},
    ]
    paid = {"pays before": BEFORE, "pays at": AT, "pays undated": None}
    tables = {
        "accounts": canonical("accounts", accounts),
        "subscriptions": canonical(
            "subscriptions", [{"account_id": key, "valid_from": start} for key, start in paid.items()]
        ),
    }
    known = {row["account_id"] for row in rows(as_of(tables, CLOSE)["accounts"])}
    assert known == {"before", "undated", "pays before"}
    alone = as_of({"accounts": tables["accounts"]}, CLOSE)["accounts"]
    assert alone.count().to_pyarrow().as_py() == 6


LATE_JANUARY = "2025-01-31T23:59:59.999999"
NEVER, PAYS, GONE, BACK = "never paid", "pays", "gone", "came back"
# What an account is called -> its periods (from, to, terms that differ) -> where it stands on 1 March.
STANDING = {
    # paying at close: valid_from < close <= valid_to, or no end
    "begins before the close": ([(BEFORE, None, {})], PAYS),
    "begins at the close": ([(AT, None, {})], NEVER),
    "ends just before the close": ([("2025-01-10", BEFORE, {})], GONE),
    "ends at the close": ([("2025-01-10", AT, {})], PAYS),
    "ends after the close": ([("2025-01-10", AFTER, {})], PAYS),
    # not a trial, MRR above nothing
    "trial": ([("2025-01-10", None, {"is_trial": True})], NEVER),
    "free": ([("2025-01-10", None, {"amount": "0"})], NEVER),
    "next to nothing": ([("2025-01-10", None, {"amount": "0.0001"})], PAYS),
    "wholly discounted": ([("2025-01-10", None, {"discount_percent": 100.0})], NEVER),
    "nearly discounted": ([("2025-01-10", None, {"discount_percent": 99.9})], PAYS),
    # service between two closes pays at none of them
    "within a month": ([("2025-01-01", "2025-01-31T23:59:59.999999", {})], NEVER),
    "to the close of its month": ([("2025-01-01", "2025-02-01", {})], GONE),
    # two periods
    "one after the other": ([("2025-01-10", "2025-02-01", {}), ("2025-02-01", None, {})], PAYS),
    "a gap within a month": ([("2025-01-02", "2025-02-10", {}), ("2025-02-20", None, {})], PAYS),
    "a gap from a close on": ([("2025-01-02", "2025-02-01", {}), ("2025-02-28", None, {})], PAYS),
    "a gap over its first close": ([("2025-01-02", LATE_JANUARY, {}), ("2025-02-01", None, {})], PAYS),
    "a gap over a later close": ([("2024-12-02", LATE_JANUARY, {}), ("2025-02-01", None, {})], BACK),
    "a gap bridged by another": (
        [("2024-11-02", "2024-12-15", {}), ("2024-11-01", "2025-02-10", {}), ("2025-02-20", None, {})],
        PAYS,
    ),
    "a gap bridged by a trial": (
        [
            ("2024-11-02", "2024-12-15", {}),
            ("2024-12-15", "2025-02-10", {"is_trial": True}),
            ("2025-02-10", None, {}),
        ],
        BACK,
    ),
    "came back and left": ([("2024-11-02", "2024-12-15", {}), ("2025-01-20", "2025-02-10", {})], GONE),
    "one of two ended": ([("2024-11-02", None, {}), ("2024-12-01", "2025-01-15", {})], PAYS),
}  # fmt: skip
MEANS = {
    NEVER: {"ever_paid": False, "pays": False, "gone": False, "stopped": False},
    PAYS: {"ever_paid": True, "pays": True, "gone": False, "stopped": False},
    GONE: {"ever_paid": True, "pays": False, "gone": True, "stopped": True},
    BACK: {"ever_paid": True, "pays": True, "gone": False, "stopped": True},
}


@pytest.fixture
def company(canonical):
    """Accounts, and subscriptions of `STANDING`."""
    return {
        "accounts": canonical("accounts", [{"account_id": key, "account_name": key} for key in STANDING]),
        "subscriptions": canonical(
            "subscriptions",
            [
                TERMS
                | terms
                | {"account_id": key, "subscription_id": f"{key} {n}", "valid_from": a, "valid_to": b}
                for key, (periods, _) in STANDING.items()
                for n, (a, b, terms) in enumerate(periods)
            ],
        ),
    }


def test_where_every_account_stands_at_the_close(company):
    found = {row["account_id"]: row for row in rows(standing(as_of(company, CLOSE), CLOSE))}
    told = {key: {name: row[name] for name in MEANS[PAYS]} for key, row in found.items()}
    assert told == {key: MEANS[state] for key, (_, state) in STANDING.items()}


def test_without_a_close_only_what_is_open_pays(company):
    found = {row["account_id"]: row["pays"] for row in rows(standing(company, None))}
    assert found["begins at the close"] and found["one of two ended"]
    assert not found["ends at the close"] and not found["ends after the close"]
    assert not found["trial"]


def flagged(canonical, **flags):
    """Where accounts with those flags stand; one letter an account, `None` = not said."""
    accounts = [{"account_id": key, "churned_flag": flag} for key, all in flags.items() for flag in all]
    tables = {"accounts": canonical("accounts", accounts), "subscriptions": canonical("subscriptions", [])}
    return {row["account_id"]: (row["has_flag"], row["flagged"]) for row in rows(standing(tables, CLOSE))}


def test_a_flag_is_one_where_any_row_of_the_account_has_it(canonical):
    assert flagged(canonical, a=[True], b=[False], c=[None], d=[False, True], e=[None, False]) == {
        "a": (True, True), "b": (True, False), "c": (False, False), "d": (True, True), "e": (True, False),
    }  # fmt: skip


CANCELLED = {
    "in effect before": ([{"requested_at": "2025-02-01", "effective_at": BEFORE}], BEFORE),
    "in effect at": ([{"requested_at": "2025-02-01", "effective_at": AT}], None),
    "no date of effect": ([{"requested_at": BEFORE}], BEFORE),
    "asked for at": ([{"requested_at": AT}], None),
    "one subscription": ([{"requested_at": "2025-02-01", "subscription_id": "S"}], None),
    "twice": ([{"requested_at": "2025-02-02"}, {"requested_at": "2025-02-01"}], "2025-02-02"),
    "none": ([], None),
}


def test_a_cancellation_counts_from_the_day_it_takes_effect(canonical):
    given = [row | {"account_id": key} for key, (rows, _) in CANCELLED.items() for row in rows]
    tables = {
        "accounts": canonical("accounts", [{"account_id": key} for key in CANCELLED]),
        "subscriptions": canonical("subscriptions", []),
        "cancellations": canonical("cancellations", given),
    }
    found = {row["account_id"]: row for row in rows(standing(tables, CLOSE))}
    assert {key: row["last_cancelled_at"] for key, row in found.items()} == {
        key: day and dt.datetime.fromisoformat(day) for key, (_, day) in CANCELLED.items()
    }
    assert {key for key, row in found.items() if row["cancelled"]} == {
        key for key, (_, day) in CANCELLED.items() if day
    }
    assert rows(standing(tables, None).filter(lambda t: t.account_id == "in effect at"))[0]["cancelled"]


ROW = {
    "account_id": "A", "account_name": None, "flagged": True, "cancelled": True,
    "last_cancelled_at": CLOSE, "ever_paid": True, "pays": True, "last_end": CLOSE,
}  # fmt: skip


@pytest.mark.parametrize(
    ("row", "flags", "cancellations", "told"),
    [
        ({}, True, True, {"churn flag": "yes", "last cancellation": CLOSE, "subscriptions": "paying"}),
        (
            {"flagged": False, "cancelled": False, "pays": False},
            True,
            True,
            {"churn flag": "no", "last cancellation": "none", "subscriptions": "ended", "end": CLOSE},
        ),
        ({"pays": False, "ever_paid": False}, False, False, {"subscriptions": "never paid"}),
    ],
)
def test_an_example_tells_what_each_source_says(row, flags, cancellations, told):
    assert story(ROW | row, flags, cancellations) == {"account_id": "A", "account_name": ""} | told
