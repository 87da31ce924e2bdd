"""Events held against dates and keys: at the instant, just before, across; who is named first."""

from __future__ import annotations

import datetime as dt

import pytest

from reporting.contract import events as event_checks
from reporting.contract.events import event_findings
from reporting.contract.rules import rows
from reporting.contract.usage import Usage, blank, odd

CLOSE = dt.datetime(2025, 4, 1)
STARTS = "2025-02-10"
BEFORE, AFTER = "2025-02-09T23:59:59.999999", "2025-02-10T00:00:00.000001"


def found(canonical, events, accounts=(), subscriptions=None, close=CLOSE):
    """The findings on events by check."""
    tables = {"accounts": canonical("accounts", list(accounts)), "events": canonical("events", events)}
    if subscriptions is not None:
        tables["subscriptions"] = canonical("subscriptions", subscriptions)
    findings = event_findings(tables, close)
    return None if findings is None else {finding.check: finding for finding in findings}


def event(account, time="2025-03-01", **other):
    return {"account_id": account, "event_name": "login", "occurred_at": time} | other


BEGINNINGS = [
    ([STARTS], 0),
    ([AFTER], 0),
    ([BEFORE], 1),
    ([BEFORE, BEFORE], 2),
    ([BEFORE, STARTS], 1),  # a group across the date is counted event by event
    ([BEFORE, BEFORE, STARTS, AFTER], 2),
]


@pytest.mark.parametrize(("times", "early"), BEGINNINGS)
def test_usage_before_the_sign_up_or_the_subscription(canonical, times, early):
    other = "2025-01-01"
    told = found(
        canonical,
        [event("A", time, subscription_id="S") for time in times] + [event("B", subscription_id="T")],
        [{"account_id": "A", "signed_up_at": STARTS}, {"account_id": "B", "signed_up_at": other}],
        [{"subscription_id": "S", "valid_from": STARTS}, {"subscription_id": "T", "valid_from": other}],
    )
    if not early:
        assert told == {}
        return
    sign_up, subscription = told["before_sign_up"], told["before_subscription"]
    for finding, key, value in ((sign_up, "account_id", "A"), (subscription, "subscription_id", "S")):
        assert (finding.count, finding.total) == (early, len(times) + 1)
        assert finding.examples == [
            {key: value, "starts": dt.datetime(2025, 2, 10), "first_event": dt.datetime.fromisoformat(BEFORE)}
        ]
        assert (finding.severity, finding.table, finding.column) == ("warning", "events", "occurred_at")
        assert finding.remedy
    total = len(times) + 1
    assert sign_up.message == (
        f"{early} of {total} events lie before the sign-up of their account (1 accounts)."
    )
    assert subscription.message == (
        f"{early} of {total} events lie before the start of their subscription (1 subscriptions)."
    )


def test_the_earliest_start_of_a_key_named_twice_counts(canonical):
    told = found(
        canonical,
        [event("A", "2025-02-10", subscription_id="S")],
        [{"account_id": "A", "signed_up_at": day} for day in ("2025-03-01", STARTS)],
        [{"subscription_id": "S", "valid_from": day} for day in ("2025-03-01", STARTS)],
    )
    assert told == {}


def test_groups_before_and_groups_across_are_added_up_once_each(canonical):
    """A's events lie in groups by user: before, across and after; B's before; C's before and after."""
    groups = {"u": [BEFORE, BEFORE], "v": [BEFORE, AFTER], "w": [AFTER]}
    events = [event("A", time, user_id=user) for user, times in groups.items() for time in times]
    events += [event("B", BEFORE), event("B", BEFORE)]
    events += [
        event("C", BEFORE, user_id="u"),
        event("C", AFTER, user_id="v"),
        event("C", AFTER, user_id="v"),
    ]
    accounts = [{"account_id": key, "signed_up_at": STARTS} for key in "ABC"]
    told = found(canonical, events, accounts)
    assert set(told) == {"before_sign_up"}
    assert (told["before_sign_up"].count, told["before_sign_up"].total) == (6, 10)
    assert "(3 accounts)" in told["before_sign_up"].message


def test_five_examples_of_early_usage_in_order_of_the_accounts(canonical):
    names = "QJCAGPEBNFDLOHKMI"
    told = found(
        canonical,
        [event(name, BEFORE) for name in names],
        [{"account_id": name, "signed_up_at": STARTS} for name in names],
    )
    assert [example["account_id"] for example in told["before_sign_up"].examples] == list("ABCDE")
    assert "(17 accounts)" in told["before_sign_up"].message


def test_unknown_accounts_are_named_by_the_most_events_then_by_key(canonical):
    number = dict.fromkeys("QJCGPEBNFDLOHKMI", 1) | {"E": 2}
    events = [event(name) for name, times in number.items() for _ in range(times)]
    told = found(canonical, [*events, event("A"), event(None)], [{"account_id": "A"}])
    unknown = told["unknown_account"]
    assert unknown.examples == [
        {"account_id": name, "events": str(number[name])} for name in ("E", "B", "C", "D", "F")
    ]
    assert (unknown.count, unknown.total) == (17, 19)
    assert unknown.message == (
        "17 of 19 events name an unknown account_id (16 different). They count for no account."
    )
    assert (unknown.severity, unknown.table, unknown.column) == ("warning", "events", "account_id")
    assert "accounts.sql" in unknown.remedy


def test_users_and_subscriptions_are_unknown_only_beside_their_tables(canonical):
    events = [event("A", user_id="U", subscription_id="S"), event("A", user_id="V", subscription_id="S")]
    accounts = [{"account_id": "A"}]
    assert found(canonical, events, accounts) == {}
    told = found(canonical, events, accounts, [{"subscription_id": "T", "valid_from": "2025-01-01"}])
    assert {name: (f.count, f.examples) for name, f in told.items()} == {
        "unknown_subscription": (2, [{"subscription_id": "S", "events": "2"}])
    }
    tables = {
        "accounts": canonical("accounts", accounts),
        "events": canonical("events", events),
        "users": canonical("users", [{"user_id": "U"}]),
    }
    (finding,) = event_findings(tables, CLOSE)
    assert (finding.check, finding.count, finding.column) == ("unknown_user", 1, "user_id")
    assert "no known user" in finding.message and "users.sql" in finding.remedy


QUANTITIES = [(None, False), (-0.0001, True), (0.0, False), (0.5, False), (float("inf"), True), (-1.0, True)]
TEXTS = [(None, True), ("", True), ("x", False), ("0", False)]


def test_a_quantity_that_makes_no_sense_and_a_text_that_is_missing(canonical):
    table = canonical(
        "events", [{"quantity": value, "event_id": str(n)} for n, (value, _) in enumerate(QUANTITIES)]
    )
    said = rows(table.select("event_id", odd=odd(table.quantity)).order_by("event_id"))
    assert [(value, bool(row["odd"])) for (value, _), row in zip(QUANTITIES, said, strict=True)] == QUANTITIES
    table = canonical(
        "events", [{"event_name": text, "event_id": str(n)} for n, (text, _) in enumerate(TEXTS)]
    )
    said = rows(table.select("event_id", blank=blank(table.event_name)).order_by("event_id"))
    assert [(text, row["blank"]) for (text, _), row in zip(TEXTS, said, strict=True)] == TEXTS


def test_faulty_values_of_events_stop_the_run_and_are_shown(canonical):
    faults = {
        "empty_value account_id": [{"account_id": None}, {"account_id": ""}],
        "empty_value event_name": [{"event_name": None}, {"event_name": ""}, {"event_name": ""}],
        "empty_value occurred_at": [{"occurred_at": None}],
        "odd_quantity quantity": [{"quantity": -1.0}] * 6,
    }
    given = [event("A") | fault for all in faults.values() for fault in all] + [event("A", quantity=0.0)]
    events = [row | {"event_id": f"{n:02}"} for n, row in enumerate(given)]
    tables = {"accounts": canonical("accounts", [{"account_id": "A"}, {"account_id": ""}])}
    findings = event_findings(tables | {"events": canonical("events", events[::-1])}, CLOSE)
    told = {f"{finding.check} {finding.column}": finding for finding in findings}
    assert {name: finding.count for name, finding in told.items()} == {k: len(v) for k, v in faults.items()}
    assert {(f.severity, f.table, f.total) for f in findings} == {("error", "events", 13)}
    shown = {name: [example["event_id"] for example in f.examples] for name, f in told.items()}
    assert shown == {
        "empty_value account_id": ["00", "01"],
        "empty_value event_name": ["02", "03", "04"],
        "empty_value occurred_at": ["05"],
        "odd_quantity quantity": ["06", "07", "08", "09", "10"],
    }
    assert told["empty_value event_name"].message == "The required event_name is empty in 3 of 13 events."
    assert told["odd_quantity quantity"].message == "The quantity is negative or infinite in 6 of 13 events."
    assert set(told["odd_quantity quantity"].examples[0]) == {
        "event_id",
        "account_id",
        "occurred_at",
        "quantity",
    }
    assert all(finding.remedy for finding in findings)


def test_sums_that_name_no_fault_are_without_it(canonical):
    tables = {"accounts": canonical("accounts", []), "events": canonical("events", [event("A", None)])}
    (finding,) = event_findings(tables, CLOSE, Usage(1, {"no_time": 1}, None, None))
    assert (finding.check, finding.column, finding.count, finding.total) == (
        "empty_value",
        "occurred_at",
        1,
        1,
    )


def test_no_events_are_no_findings_but_nothing(canonical):
    assert found(canonical, []) is None


@pytest.mark.parametrize(("most", "repeated"), [(3, ["new"]), (4, ["new", "old"]), (5, ["new", "old"])])
def test_up_to_so_many_events_repeated_ids_are_looked_for_in_all(canonical, monkeypatch, most, repeated):
    """Above that number only among those of the month that closes, from its first instant on."""
    monkeypatch.setattr(event_checks, "MANY", most)
    events = [event("A", "2025-02-28T23:59:59.999999", event_id="old")] * 2
    events += [event("A", "2025-03-01", event_id="new")] * 2
    told = found(canonical, events, [{"account_id": "A"}])["duplicate_key"]
    assert [example["event_id"] for example in told.examples] == repeated
    assert told.total == (2 if most == 3 else 4)
    whole = found(canonical, events, [{"account_id": "A"}], close=None)["duplicate_key"]
    assert whole.total == 4
