"""The whole check: what is said of missing and empty tables, and in which order."""

from __future__ import annotations

import datetime as dt

import ibis
import pytest

from reporting.contract import TABLES
from reporting.contract.check import check
from reporting.contract.findings import EXAMPLES, Finding, as_text, refuse, shorten, when
from reporting.errors import ContractError

CLOSE = dt.datetime(2025, 3, 1)
ACCOUNT = {"account_id": "A", "account_name": "a", "signed_up_at": "2025-01-10"}
SUBSCRIPTION = {
    "subscription_id": "S", "account_id": "A", "valid_from": "2025-02-01", "plan": "p", "amount": "10",
    "amount_period": "month", "currency": "USD", "is_trial": False,
}  # fmt: skip
EVENT = {"event_id": "E", "account_id": "A", "event_name": "login", "occurred_at": "2025-02-01"}
OPTIONAL = [name for name, table in TABLES.items() if not table.required]


@pytest.fixture
def sound(canonical):
    return {
        "accounts": canonical("accounts", [ACCOUNT]),
        "subscriptions": canonical("subscriptions", [SUBSCRIPTION]),
        "events": canonical("events", [EVENT]),
    }


def test_required_tables_that_are_not_mapped_are_errors_and_optional_ones_say_what_is_missing():
    found = check({})
    assert [(f.check, f.severity, f.table) for f in found] == [
        *[("missing_table", "error", name) for name in ("accounts", "subscriptions", "events")],
        *[("missing_table", "warning", name) for name in OPTIONAL],
    ]
    assert {(f.column, f.count, f.total, tuple(f.examples)) for f in found} == {(None, 0, 0, ())}
    told = {finding.table: finding for finding in found}
    assert told["accounts"].message == "This required table is not mapped."
    assert told["accounts"].remedy == "Write accounts.sql beside the other SELECTs of the source."
    assert told["acquisition"].message == "Not mapped, so not available: CAC payback."
    assert (
        told["surveys"].remedy == "Write surveys.sql beside the other SELECTs of the source if you have it."
    )


def test_a_sound_source_lacks_optional_tables_only(sound):
    assert [f.table for f in check(sound, close=CLOSE)] == OPTIONAL
    assert [f.table for f in check(sound)] == OPTIONAL


@pytest.mark.parametrize("name", ["accounts", "subscriptions", "events"])
def test_a_required_table_without_rows_before_the_close_is_an_error(canonical, sound, name):
    tables = sound | {name: canonical(name, [])}
    (finding,) = [f for f in check(tables, close=CLOSE) if f.check == "empty_table"]
    assert (finding.severity, finding.table, finding.column) == ("error", name, None)
    assert (finding.count, finding.total) == (0, 0)
    assert finding.message == f"The table holds no {name} before 2025-03-01."
    assert finding.remedy == f"Check {name}.sql and what it reads."
    (open_end,) = [f for f in check(tables) if f.check == "empty_table"]
    assert open_end.message == f"The table holds no {name}."
    (local,) = [
        f for f in check(tables, close=CLOSE, timezone="America/New_York") if f.check == "empty_table"
    ]
    assert local.message == f"The table holds no {name} before 2025-02-28 19:00:00."


def test_an_optional_table_may_be_empty(canonical, sound):
    found = check(sound | {"users": canonical("users", []), "tickets": canonical("tickets", [])}, close=CLOSE)
    assert [f.table for f in found] == [name for name in OPTIONAL if name not in ("users", "tickets")]


def test_errors_come_first_and_then_the_tables_in_their_order(canonical, sound):
    odd = {
        "users": canonical("users", [{"user_id": "U", "account_id": "B", "created_at": "2025-01-01"}]),
        "events": canonical("events", [EVENT, EVENT | {"event_id": "F", "quantity": -1.0}, EVENT]),
        "subscriptions": canonical("subscriptions", [SUBSCRIPTION | {"seats": 0, "currency": "usd"}]),
    }
    found = [(f.severity, f.table, f.check) for f in check(sound | odd, close=CLOSE)]
    assert [line for line in found if line[2] != "missing_table"] == [
        ("error", "subscriptions", "unknown_currency"),
        ("error", "events", "odd_quantity"),
        ("warning", "subscriptions", "no_seats"),
        ("warning", "events", "duplicate_key"),
        ("warning", "users", "unknown_account"),
    ]  # fmt: skip


def test_rates_are_checked_where_a_currency_of_the_reports_is_given(canonical, sound):
    tables = sound | {"subscriptions": canonical("subscriptions", [SUBSCRIPTION | {"currency": "EUR"}])}
    rates = ibis.memtable([], schema={"month": "date", "currency": "string"})

    def told(**given) -> list[str]:
        return [f.message for f in check(tables, close=CLOSE, **given) if f.check == "missing_exchange_rate"]

    assert told(currency="USD", exchange_rates=rates) == ["Missing exchange rates to USD: 1 (EUR)."]
    assert told(currency="EUR", exchange_rates=rates) == told(currency="USD") == told() == []


def test_flags_are_compared_unless_they_are_said_not_to_speak_of_this_close(canonical, sound):
    tables = sound | {"accounts": canonical("accounts", [ACCOUNT | {"churned_flag": True}])}
    checks = {f.check for f in check(tables, close=CLOSE)}
    assert {"flagged_but_paying", "churn_sources_contradict"} <= checks
    assert {f.check for f in check(tables, close=CLOSE, flags=False)} == {"missing_table"}


def test_periods_that_overlap_are_told_by_the_whole_check(canonical, sound):
    two = canonical("subscriptions", [SUBSCRIPTION, SUBSCRIPTION | {"subscription_id": "T"}])
    assert "overlapping_subscriptions" in {f.check for f in check(sound | {"subscriptions": two})}


@pytest.mark.parametrize(
    ("instant", "timezone", "told"),
    [
        ("2025-01-01", "UTC", "2025-01-01"),
        ("2025-01-01T00:00:01", "UTC", "2025-01-01 00:00:01"),
        ("2024-12-31T23:00:00", "Europe/Berlin", "2025-01-01"),
        ("2025-01-01", "Europe/Berlin", "2025-01-01 01:00:00"),
        ("2025-07-01T04:00:00", "America/New_York", "2025-07-01"),
        ("2025-01-01T00:00:00.5", "UTC", "2025-01-01 00:00:00.500000"),
    ],
)
def test_a_time_is_told_as_the_clocks_showed_it(instant, timezone, told):
    assert when(dt.datetime.fromisoformat(instant), timezone) == told


def test_examples_are_told_in_the_zone_and_everything_else_stays(sound):
    row = {"id": "x", "at": dt.datetime(2024, 12, 31, 23)}
    finding = Finding("c", "warning", "events", "quantity", 2, 3, "Two.", [row], "Do.")
    local = finding.in_zone("Europe/Berlin")
    assert local.examples == [{"id": "x", "at": "2025-01-01"}]
    assert (local.check, local.count, local.total, local.message, local.remedy) == ("c", 2, 3, "Two.", "Do.")


@pytest.mark.parametrize(("length", "shown"), [(59, 59), (60, 60), (61, 59)])
def test_values_are_cut_above_sixty_characters(length, shown):
    assert shorten("x" * length) == "'" + "x" * shown + ("…" if length > 60 else "") + "'"
    assert shorten("abcd", 3) == "'ab…'"


def test_an_example_is_text_but_for_its_times():
    moment = dt.datetime(2025, 1, 1)
    given = {"t": moment, "d": dt.date(2025, 1, 1), "n": 1.5, "b": False, "z": 0, "e": "", "m": None}
    assert as_text(given) == {
        "t": moment, "d": "2025-01-01", "n": "1.5", "b": "False", "z": "0", "e": "", "m": "(empty)",
    }  # fmt: skip


def test_a_finding_in_print_names_its_place_its_examples_and_the_remedy():
    rows = [{"id": "1", "plan": "a"}, {"id": "2", "plan": "b"}]
    whole = Finding("c", "warning", "events", None, 1, 2, "Said.")
    assert whole.describe() == "events: Said."
    column = Finding("c", "warning", "events", "plan", 1, 2, "Said.", rows, "Do it.")
    assert column.describe() == (
        "events.plan: Said.\n    id '1', plan 'a'\n    id '2', plan 'b'\n  -> Do it."
    )


def test_one_error_is_told_in_the_singular():
    error = Finding("e", "error", "accounts", None, 1, 2, "Wrong.")
    with pytest.raises(ContractError, match="one error in the data:\n  accounts: Wrong") as caught:
        refuse([error], "x.yml")
    assert caught.value.where == "x.yml"
    refuse([], "x.yml")


def test_up_to_five_examples_are_kept():
    assert EXAMPLES == 5
