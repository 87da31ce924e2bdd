"""Texts that stand for nothing, ids that differ in case or spaces only, amounts with too many decimals."""

from __future__ import annotations

from decimal import Decimal

import ibis
import pytest

from reporting.contract import TABLES
from reporting.contract.check import check
from reporting.contract.conform import conform
from reporting.contract.nothing import text_rules, with_their_words
from reporting.contract.rules import apply
from reporting.contract.spelling import misspelled_accounts, twins


def for_nothing(accounts):
    spec = TABLES["accounts"]
    return with_their_words(apply(text_rules(accounts, spec), accounts, spec))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        *[(text, True) for text in ("NULL", "null", " Null ", "N/A", "#N/A", "nan", "undefined", "\\N")],
        *[(text, True) for text in ("0000-00-00", "(null)", "<null>")],
        *[(text, False) for text in ("NA", "none", "Nullarbor", "", None, "-", "n.a.d.")],
    ],
)
def test_a_text_for_nothing_is_a_value_like_any_other(canonical, text, told):
    table = canonical("accounts", [{"account_id": "A", "industry": text}, {"account_id": "B"}])
    found = for_nothing(table)
    assert [(f.check, f.severity, f.column, f.count, f.total) for f in found] == [
        ("text_for_nothing", "warning", "industry", 1, 2)
    ] * told


def test_the_nullif_to_write_names_every_text_among_the_examples(canonical):
    industries = ["NULL", "N/A", "NULL", "Retail", None]
    rows = [{"account_id": str(n), "industry": text} for n, text in enumerate(industries)]
    (finding,) = for_nothing(canonical("accounts", rows))
    assert finding.message == (
        "The industry is a text that stands for nothing, but counts as a value in 3 of 5 accounts."
    )
    assert finding.examples[1] == {"account_id": "1", "industry": "N/A"}
    assert finding.remedy == ("Write nullif(nullif(industry, 'NULL'), 'N/A') AS industry in accounts.sql.")


def test_a_company_may_be_called_null(canonical):
    table = canonical("accounts", [{"account_id": "A", "account_name": "NULL"}])
    assert for_nothing(table) == []


def test_events_of_a_user_called_null_are_told_and_counted(canonical):
    event = {"account_id": "A", "event_name": "x", "occurred_at": "2025-01-01"}
    tables = {
        "accounts": canonical("accounts", [{"account_id": "A"}]),
        "events": canonical("events", [event | {"user_id": user} for user in ("NULL", "NULL", "U", None)]),
    }
    (finding,) = [f for f in check(tables) if f.check == "text_for_nothing"]
    assert (finding.table, finding.column, finding.count, finding.total) == ("events", "user_id", 2, 4)
    assert finding.remedy == "Write nullif(user_id, 'NULL') AS user_id in events.sql."


def test_plans_that_differ_in_case_or_spaces_only(canonical):
    plans = ["Pro", "pro ", "Pro", "Basic", "PRO", None]
    table = canonical("subscriptions", [{"plan": plan} for plan in plans])
    (finding,) = twins(table, "subscriptions", "plan")
    assert (finding.check, finding.count, finding.total) == ("spelled_twice", 1, 4)
    assert finding.message.startswith("One of the plans is written in several ways")
    assert finding.examples == [{"one": "PRO", "other": "pro "}]
    assert finding.remedy.endswith("for example lower(trim(plan)) AS plan.")
    assert (
        twins(canonical("subscriptions", [{"plan": "Pro"}, {"plan": "Pro 2"}]), "subscriptions", "plan") == []
    )


def test_ids_that_find_no_account_because_of_case_or_spaces(canonical):
    accounts = canonical("accounts", [{"account_id": name} for name in ("A1", "B2", "C3")])
    users = canonical("users", [{"account_id": name} for name in ("a1", " B2", "B2", "C3", "D4", None)])
    (finding,) = misspelled_accounts(users, "users", accounts)
    assert (finding.table, finding.count, finding.total) == ("users", 2, 5)
    assert finding.examples == [
        {"account_id": " B2", "in accounts": "B2"}, {"account_id": "a1", "in accounts": "A1"},
    ]  # fmt: skip
    assert "2 of 5 account ids in users differ" in finding.message


def test_the_whole_check_looks_at_accounts_and_events_as_well(canonical):
    event = {"event_name": "Login", "occurred_at": "2025-01-01"}
    tables = {
        "accounts": canonical("accounts", [{"account_id": "A"}, {"account_id": "a"}, {"account_id": "B"}]),
        "users": canonical("users", [{"user_id": "U", "account_id": "b"}]),
        "events": canonical("events", [event | {"account_id": "b"}, event | {"event_name": "login"}]),
    }
    told = {(f.check, f.table, f.column) for f in check(tables)}
    assert {
        ("spelled_twice", "accounts", "account_id"), ("spelled_twice", "events", "event_name"),
        ("misspelled_account", "events", "account_id"), ("misspelled_account", "users", "account_id"),
    } <= told  # fmt: skip


def amounts(values, type="string"):
    con = ibis.duckdb.connect()
    raw = con.create_table("raw", ibis.memtable({"amount": values}, schema={"amount": type}))
    found = [f for f in conform(raw, TABLES["subscriptions"], "plans.csv").findings if f.column == "amount"]
    con.disconnect()
    return found


@pytest.mark.parametrize(
    ("value", "type", "told"),
    [
        ("33.3333", "string", False),
        ("33.33333", "string", True),
        ("33.33330", "string", False),
        ("3333333333", "string", False),
        (33.3333, "float64", False),
        (33.33333, "float64", True),
        (0.1 + 0.2, "float64", False),  # 0.30000000000000004
        (900_000_000.1234, "float64", False),
        (Decimal("33.33333"), "decimal(18, 5)", True),
        (Decimal("33.33330"), "decimal(18, 5)", False),
        (Decimal("33.3333"), "decimal(18, 4)", False),
        (33, "int64", False),
    ],
)
def test_a_fifth_decimal_is_told(value, type, told):
    found = amounts([value], type)
    assert [(f.check, f.severity, f.count, f.total) for f in found] == [
        ("rounded_amount", "warning", 1, 1)
    ] * told


def test_rounded_amounts_are_shown_as_the_source_has_them():
    (finding,) = amounts(["33.33333", "10"])
    assert finding.message == ("1 of 2 values in plans.csv have more than 4 decimals and are rounded to 4.")
    assert finding.examples == [{"amount": "33.33333"}]


def test_a_date_or_an_amount_that_stands_for_nothing_gets_its_nullif():
    con = ibis.duckdb.connect()
    texts = {"valid_to": ["0000-00-00"], "amount": ["N/A"]}
    raw = con.create_table("raw", ibis.memtable(texts, schema=dict.fromkeys(texts, "string")))
    found = {f.column: f for f in conform(raw, TABLES["subscriptions"], "plans.csv").findings}
    con.disconnect()
    for column, text in (("valid_to", "0000-00-00"), ("amount", "N/A")):
        remedy = found[column].remedy
        assert remedy.startswith(f"Write nullif({column}, '{text}') AS {column} in subscriptions.sql. ")
