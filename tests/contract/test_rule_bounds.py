"""Every bound of the contract's rules: at it, just below and just above; many rows, one query."""

from __future__ import annotations

import datetime as dt
from itertools import count

import pytest

from reporting.contract import TABLES
from reporting.contract.check import _with_sign_up, check
from reporting.contract.money import money_rules
from reporting.contract.relations import relation_rules
from reporting.contract.rules import Rule, apply, duplicate_keys, general_rules, rows

SIGNED_UP = "2025-01-10"
SUBSCRIPTION = {
    "account_id": "A", "valid_from": "2025-02-01", "plan": "p", "amount": "10", "amount_period": "month",
    "currency": "USD", "is_trial": False,
}  # fmt: skip
USER = {"account_id": "A", "created_at": "2025-02-01"}
INTEGRATION = {"account_id": "A", "name": "CRM", "connected_at": "2025-02-01"}
TICKET = {"account_id": "A", "opened_at": "2025-02-01", "satisfaction": 3.0}
SURVEY = {"account_id": "A", "kind": "nps", "score": 5.0, "answered_at": "2025-02-01"}
CANCELLATION = {"account_id": "A", "requested_at": "2025-02-01"}
ACQUISITION = {"month": "2025-02-01", "channel": "ads", "cost": "5", "currency": "USD"}
INFINITE = float("inf")


def broken(canonical, name, base, cases):
    """`[(changed values, checks they should break)]` -> the same, as the rules find it; one query."""
    key, number = TABLES[name].key[0], count()
    given = [base | ({key: f"{next(number):03}"} if key not in base else {}) | row for row, _ in cases]
    table = canonical(name, given)
    if "account_id" in table.columns:
        table = _with_sign_up(table, canonical("accounts", [{"account_id": "A", "signed_up_at": SIGNED_UP}]))
    spec = TABLES[name]
    rules = general_rules(table, spec) + money_rules(table, spec) + relation_rules(table, spec)
    said = rows(table.select(key, **{f"{n} {rule.check}": rule.broken for n, rule in enumerate(rules)}))
    found = {
        str(row[key]): {name.split()[1] for name, value in row.items() if name != key and value}
        for row in said
    }
    return [(row, found[full[key]]) for full, (row, _) in zip(given, cases, strict=True)]


SUBSCRIPTIONS = [
    ({}, set()),
    # a row is a price: not negative; nothing = free
    ({"amount": "-0.0001"}, {"negative_amount"}),
    ({"amount": "0"}, {"free_subscription"}),
    ({"amount": "0.0001"}, set()),
    # the largest amounts that exact money can hold, by period
    ({"amount_period": "day", "amount": "2400000"}, set()),
    ({"amount_period": "day", "amount": "2400000.0001"}, {"amount_too_large"}),
    ({"amount_period": "week", "amount": "17000000"}, set()),
    ({"amount_period": "week", "amount": "17000000.0001"}, {"amount_too_large"}),
    *[
        case
        for period in ("month", "quarter", "year")
        for case in (
            ({"amount_period": period, "amount": "900000000"}, set()),
            ({"amount_period": period, "amount": "900000000.0001"}, {"amount_too_large"}),
        )
    ],
    ({"amount_period": "monthly"}, {"unknown_amount_period"}),
    ({"amount_period": "Month"}, {"unknown_amount_period"}),
    # three capital letters
    ({"currency": "EUR"}, set()),
    ({"currency": "eur"}, {"unknown_currency"}),
    ({"currency": "EU"}, {"unknown_currency"}),
    ({"currency": "EURO"}, {"unknown_currency"}),
    ({"currency": "E1R"}, {"unknown_currency"}),
    # 0 to 100 percent; all of it = free
    ({"discount_percent": -0.01}, {"discount_range"}),
    ({"discount_percent": 0.0}, set()),
    ({"discount_percent": 99.99}, set()),
    ({"discount_percent": 100.0}, {"free_subscription"}),
    ({"discount_percent": 100.01}, {"discount_range"}),
    ({"discount_percent": INFINITE}, {"discount_range", "infinite_number"}),
    ({"discount_percent": -INFINITE}, {"discount_range", "infinite_number"}),
    # half-open intervals
    ({"valid_to": "2025-01-31T23:59:59.999999"}, {"end_before_start"}),
    ({"valid_to": "2025-02-01"}, {"ends_at_start"}),
    ({"valid_to": "2025-02-01T00:00:00.000001"}, set()),
    # trials are never revenue, so a price is doubtful and a missing one is not
    ({"is_trial": True, "amount": "0"}, set()),
    ({"is_trial": True, "amount": "0.0001"}, {"trial_with_amount"}),
    ({"is_trial": True, "amount": "0", "discount_percent": 100.0}, set()),
    ({"seats": -1}, {"no_seats"}),
    ({"seats": 0}, {"no_seats"}),
    ({"seats": 1}, set()),
    # the account and its sign-up
    ({"account_id": "B"}, {"unknown_account"}),
    ({"valid_from": "2025-01-09T23:59:59.999999"}, {"before_sign_up"}),
    ({"valid_from": SIGNED_UP}, set()),
    # required and empty
    *[({column: None}, {"empty_value"}) for column in TABLES["subscriptions"].required_names[1:]],
    *[({column: ""}, {"empty_value"}) for column in ("plan",)],
    ({"currency": ""}, {"empty_value", "unknown_currency"}),
    ({"account_id": ""}, {"empty_value", "unknown_account"}),
    # optional and empty
    ({"seats": None, "discount_percent": None, "valid_to": None}, set()),
]  # fmt: skip

OTHERS = [
    ("users", USER, [
        ({"deactivated_at": "2025-01-31T23:59:59.999999"}, {"end_before_start"}),
        ({"deactivated_at": "2025-02-01"}, set()),
        ({"created_at": "2025-01-09T23:59:59.999999"}, {"before_sign_up"}),
        ({"created_at": SIGNED_UP}, set()),
        ({"account_id": "B"}, {"unknown_account"}),
    ]),
    ("integrations", INTEGRATION, [
        ({"disconnected_at": "2025-01-31T23:59:59.999999"}, {"end_before_start"}),
        ({"disconnected_at": "2025-02-01"}, set()),
        ({"connected_at": "2025-01-09T23:59:59.999999"}, {"before_sign_up"}),
        ({"connected_at": SIGNED_UP}, set()),
        ({"name": ""}, {"empty_value"}),
    ]),
    ("tickets", TICKET, [
        ({"closed_at": "2025-01-31T23:59:59.999999"}, {"end_before_start"}),
        ({"closed_at": "2025-02-01"}, set()),
        ({"satisfaction": None}, {"satisfaction_empty"}),
        ({"satisfaction": 0.99}, {"off_scale"}),
        ({"satisfaction": 1.0}, set()),
        ({"satisfaction": 5.0}, set()),
        ({"satisfaction": 5.01}, {"off_scale"}),
        ({"first_response_minutes": INFINITE}, {"infinite_number"}),
        ({"opened_at": "2025-01-09"}, {"before_sign_up"}),
    ]),
    ("surveys", SURVEY, [
        ({"score": -0.01}, {"off_scale"}),
        ({"score": 0.0}, set()),
        ({"score": 10.0}, set()),
        ({"score": 10.01}, {"off_scale"}),
        ({"kind": "csat", "score": 0.99}, {"off_scale"}),
        ({"kind": "csat", "score": 1.0}, set()),
        ({"kind": "csat", "score": 5.0}, set()),
        ({"kind": "csat", "score": 5.01}, {"off_scale"}),
        ({"kind": "ces"}, {"unknown_kind"}),
        ({"answered_at": "2025-01-09"}, {"before_sign_up"}),
    ]),
    ("cancellations", CANCELLATION, [
        ({}, set()),
        ({"requested_at": "2025-01-09"}, {"before_sign_up"}),
        ({"account_id": "B"}, {"unknown_account"}),
    ]),
    ("acquisition", ACQUISITION, [
        ({"month": "2025-02-01", "cost": "-0.0001"}, {"negative_amount"}),
        ({"month": "2025-03-01", "cost": "0"}, set()),
        ({"month": "2025-04-01", "currency": "usd"}, {"unknown_currency"}),
        ({"month": "2025-05-01", "channel": ""}, {"empty_value"}),
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "base", "cases"), [("subscriptions", SUBSCRIPTION, SUBSCRIPTIONS), *OTHERS])
def test_rules_hold_at_their_bounds(canonical, name, base, cases):
    assert broken(canonical, name, base, cases) == cases


@pytest.mark.parametrize(("empty", "told"), [(1, 0), (2, 1)])
def test_one_in_ten_tickets_without_a_score_is_not_worth_a_word(canonical, empty, told):
    table = canonical(
        "tickets",
        [TICKET | {"ticket_id": str(n), "satisfaction": None if n < empty else 3.0} for n in range(10)],
    )
    found = apply(relation_rules(table, TABLES["tickets"]), table, TABLES["tickets"])
    assert [f.check for f in found] == ["satisfaction_empty"] * told


ERRORS = {
    "negative_amount", "amount_too_large", "unknown_currency", "discount_range", "empty_value",
    "unknown_amount_period", "infinite_number",
}  # fmt: skip
WARNINGS = {"ends_at_start", "trial_with_amount", "free_subscription", "no_seats", "before_sign_up"}


def test_what_stops_a_run_and_what_is_only_counted(canonical):
    """An unknown account and an end before the start are errors for subscriptions, warnings elsewhere."""
    spec = TABLES["subscriptions"]
    table = canonical("subscriptions", [{}])
    table = _with_sign_up(table, canonical("accounts", [{"account_id": "A"}]))
    rules = general_rules(table, spec) + money_rules(table, spec) + relation_rules(table, spec)
    severity = {rule.check: rule.severity for rule in rules}
    assert severity == (
        dict.fromkeys(ERRORS, "error")
        | dict.fromkeys(WARNINGS, "warning")
        | {"unknown_account": "error", "end_before_start": "error"}
    )
    for name in ("users", "integrations", "tickets", "surveys", "cancellations"):
        table = _with_sign_up(canonical(name, [{}]), canonical("accounts", [{"account_id": "A"}]))
        assert {rule.severity for rule in relation_rules(table, TABLES[name])} == {"warning"}, name
    acquisition = canonical("acquisition", [{}])
    assert [rule.severity for rule in money_rules(acquisition, TABLES["acquisition"])] == ["error"] * 2


def test_an_unknown_account_is_mended_in_accounts_or_by_leaving_the_subscription_out(canonical):
    told = {}
    for name in ("subscriptions", "users", "integrations", "tickets", "surveys", "cancellations"):
        table = _with_sign_up(canonical(name, [{}]), canonical("accounts", [{"account_id": "A"}]))
        rules = {rule.check: rule for rule in relation_rules(table, TABLES[name])}
        told[name] = rules["unknown_account"].remedy
    assert all("accounts.sql" in remedy for remedy in told.values())
    assert "leave the subscription out in subscriptions.sql" in told.pop("subscriptions")
    assert all(remedy.startswith("These rows count for no account") for remedy in told.values())


def test_a_rule_is_told_with_its_number_and_five_examples_in_order(canonical):
    table = canonical(
        "subscriptions",
        [SUBSCRIPTION | {"subscription_id": f"S{n}", "seats": 0 if n else 5} for n in range(7, -1, -1)],
    )
    rule = Rule("no_seats", "warning", "seats", table.seats <= 0, "Nobody sits", "Sit.", shown=("plan",))
    (finding,) = apply([rule], table, TABLES["subscriptions"])
    assert (finding.check, finding.severity, finding.table, finding.column) == (
        "no_seats", "warning", "subscriptions", "seats",
    )  # fmt: skip
    assert (finding.count, finding.total) == (7, 8)
    assert (finding.message, finding.remedy) == ("Nobody sits in 7 of 8 subscriptions.", "Sit.")
    assert finding.examples == [
        {"subscription_id": f"S{n}", "plan": "p", "seats": "0"} for n in (1, 2, 3, 4, 5)
    ]  # fmt: skip


def test_every_rule_says_what_its_example_shows(canonical):
    """Examples name the row, the value that is wrong and what it is held against."""
    shown = {
        "amount_too_large": {"amount_period", "amount"},
        "end_before_start": {"valid_from", "valid_to"},
        "ends_at_start": {"valid_from", "valid_to"},
        "trial_with_amount": {"amount", "is_trial"},
        "free_subscription": {"plan", "amount"},
        "before_sign_up": {"account_id", "account_signed_up_at", "valid_from"},
    }
    broken = [
        {"subscription_id": "1", "amount": "900000001", "valid_to": "2025-01-01"},
        {"subscription_id": "2", "valid_to": "2025-02-01", "amount": "0"},
        {"subscription_id": "3", "is_trial": True, "valid_from": "2025-01-01"},
    ]
    accounts = canonical("accounts", [{"account_id": "A", "account_name": "a", "signed_up_at": SIGNED_UP}])
    tables = {
        "accounts": accounts,
        "subscriptions": canonical("subscriptions", [SUBSCRIPTION | b for b in broken]),
    }
    found = {f.check: set(f.examples[0]) for f in check(tables) if f.check in shown}
    assert found == {name: {"subscription_id", *columns} for name, columns in shown.items()}


def test_keys_that_stand_more_than_once(canonical):
    """Empty keys are another fault; events may be delivered twice, other rows may not."""
    ids = ["d"] * 2 + ["b"] * 3 + ["a"] + [None] * 2 + [letter for letter in "fghij" for _ in range(2)]
    table = canonical("users", [USER | {"user_id": key} for key in ids])
    (finding,) = duplicate_keys(table, TABLES["users"], len(ids))
    assert (finding.check, finding.severity, finding.table, finding.column) == (
        "duplicate_key", "error", "users", "user_id",
    )  # fmt: skip
    assert (finding.count, finding.total) == (7, 18)
    assert finding.message == "The key user_id stands more than once in 15 of 18 users (different keys: 7)."
    assert finding.examples == [
        {"user_id": key, "times": times} for key, times in zip("bdfgh", "32222", strict=True)
    ]
    assert "its own key" in finding.remedy
    events = canonical("events", [{"event_id": key} for key in ids])
    (repeated,) = duplicate_keys(events, TABLES["events"], len(ids))
    assert repeated.severity == "warning" and "event of its own" in repeated.remedy
    assert duplicate_keys(canonical("users", [USER | {"user_id": "a"}]), TABLES["users"], 1) == []


def test_a_key_of_two_columns_repeats_only_as_a_whole(canonical):
    months = [("2025-01-01", "ads"), ("2025-02-01", "ads"), ("2025-02-01", "fair")]
    table = canonical("acquisition", [ACQUISITION | {"month": m, "channel": c} for m, c in months])
    assert duplicate_keys(table, TABLES["acquisition"], 3) == []
    again = [*months, months[0], (None, "ads"), (None, "ads")]
    table = canonical("acquisition", [ACQUISITION | {"month": m, "channel": c} for m, c in again])
    (finding,) = duplicate_keys(table, TABLES["acquisition"], 6)
    assert finding.message == (
        "The key month and channel stands more than once in 2 of 6 acquisition rows (different keys: 1)."
    )
    assert finding.examples == [{"month": "2025-01-01", "channel": "ads", "times": "2"}]


def test_the_first_sign_up_of_an_account_named_twice_counts(canonical):
    accounts = canonical(
        "accounts", [{"account_id": "A", "signed_up_at": day} for day in ("2025-03-01", "2025-01-10")]
    )
    found = rows(_with_sign_up(canonical("users", [USER | {"user_id": "U"}]), accounts))
    assert [row["account_signed_up_at"] for row in found] == [dt.datetime(2025, 1, 10)]
