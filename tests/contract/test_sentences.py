"""Whatever the contract finds is told in sentences, in what is wrong and in what to do."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import ibis
import pytest

from reporting.contract import TABLES
from reporting.contract.check import check
from reporting.contract.conform import conform
from reporting.contract.dates import hint
from reporting.contract.money import money_rules
from reporting.contract.nothing import text_rules
from reporting.contract.relations import relation_rules
from reporting.contract.rules import general_rules
from reporting.params.product import load_product

ROOT = Path(__file__).parents[2]
CLOSE = dt.datetime(2025, 3, 1)
CAPITALS = {
    *("SELECT", "SELECTs", "DISTINCT", "CASE", "WHEN", "THEN", "END", "AS"),
    *("CAST", "DATE", "INTERVAL", "DAY", "NULL"),
    *("ISO", "EUR", "USD", "MRR", "NRR", "CAC", "NPS", "CSAT"),
}
COLUMNS = {column for table in TABLES.values() for column in table.names} | set(TABLES)


def faults(text: str, ends: str = ".") -> list[str]:
    """What makes `text` no sentence: its beginning, its end, words in capitals."""
    found = []
    first = re.match(r"[\w(]+", text)
    if first is None or not (text[0].isupper() or text[0].isdigit() or first[0] in COLUMNS):
        found.append(f"begins with {text[:20]!r}")
    if ends and not text.endswith(tuple(ends)):
        found.append(f"ends with {text[-20:]!r}")
    loud = [word for word in re.findall(r"[A-Za-z]*[A-Z]{2}[A-Za-z]*", text) if word not in CAPITALS]
    return found + loud


def rules(canonical):
    schema = {column.name: column.type for column in canonical.columns}
    if "account_id" in schema and canonical.name != "accounts":
        schema |= {"known_account": "string", "account_signed_up_at": "timestamp(6)"}
    table = ibis.table(schema, name=canonical.name)
    found = general_rules(table, canonical) + money_rules(table, canonical) + text_rules(table, canonical)
    return found if canonical.name == "events" else found + relation_rules(table, canonical)


@pytest.mark.parametrize("name", TABLES)
def test_every_rule_says_what_is_wrong_and_what_to_do(name):
    canonical = TABLES[name]
    for rule in rules(canonical):
        assert faults(rule.statement, ends="") == []
        assert faults(rule.remedy) == []
        assert rule.column in canonical.names
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", rule.check)


TERMS = {"plan": "p", "amount": "10", "amount_period": "month", "currency": "EUR", "is_trial": False}
TERMS |= {"valid_from": "2025-01-10"}


EARLY = {"event_id": "1", "occurred_at": "2025-01-01"}
TABLES_WITH_FAULTS = {
    "accounts": [
        {"account_id": "A", "account_name": "a", "signed_up_at": "2025-01-10", "churned_flag": True},
        {"account_id": "B", "account_name": "b", "signed_up_at": "2025-01-10", "churned_flag": False},
    ],
    "subscriptions": [
        TERMS | {"subscription_id": "1", "account_id": "A", "source_churn_flag": True},
        TERMS | {"subscription_id": "1", "account_id": "A", "valid_from": "2025-01-20"},
        TERMS
        | {"subscription_id": "2", "account_id": "B", "valid_from": "2024-12-10", "valid_to": "2025-01-20"},
    ],
    "events": [
        EARLY
        | {"account_id": "A", "event_name": "", "quantity": -1.0, "user_id": "X", "subscription_id": "1"},
        EARLY | {"account_id": "C", "event_name": "x", "subscription_id": "9"},
    ],
    "users": [{"user_id": "U", "account_id": "A", "created_at": "2025-01-10"}],
    "cancellations": [
        {
            "cancellation_id": "1",
            "account_id": "A",
            "requested_at": "2025-01-15",
            "effective_at": "2025-01-16",
        }
    ],
    "acquisition": [{"month": "2025-01-01", "channel": "a", "cost": "1", "currency": "EUR"}] * 2,
}

ONE_OF_EACH = {
    "missing_table", "duplicate_key", "overlapping_subscriptions", "missing_exchange_rate", "empty_value",
    "odd_quantity", "flagged_but_paying", "gone_but_not_flagged", "flagged_but_running",
    "cancelled_but_paying", "cancellation_without_end", "churn_sources_contradict",
    "unknown_account", "unknown_user", "unknown_subscription", "before_sign_up", "before_subscription",
}  # fmt: skip


SILENTLY_WRONG = {
    "accounts": [{"account_id": name, "industry": "N/A", "account_name": "a", "signed_up_at": "2023-01-01"}
                 for name in ("A", "a", "B")],
    "subscriptions": [
        TERMS | {"subscription_id": f"{n}{account}", "account_id": account, "discount_percent": 0.2,
                 "amount": "50000", "plan": f"p{' ' * n}"} | span
        for account in ("A", "a", "B")
        for n, span in enumerate(({"valid_from": "2023-01-01", "valid_to": "2023-01-31"},
                                  {"valid_from": "2023-02-01", "valid_to": "2023-02-20"}))
    ] + [TERMS | {"subscription_id": f"x{n}", "account_id": "A", "amount": "1", "valid_from": "2025-02-10"}
         for n in range(5)],
    "events": [{"account_id": "b", "event_name": f"login{' ' * (day % 2)}", "user_id": "NULL",
                "occurred_at": f"2025-01-{day:02}"} for day in (1, 2, 14, 15) for _ in range(500)],
}  # fmt: skip


def test_what_would_be_silently_wrong_is_told_in_sentences(canonical):
    """Told twice: of a source that names its last month, and of one that leaves it to the calendar."""
    product = load_product(ROOT / "params" / "product.yml")
    tables = {name: canonical(name, rows) for name, rows in SILENTLY_WRONG.items()}
    found = [
        finding
        for declared in (True, False)
        for close in (CLOSE, dt.datetime(2026, 1, 1))
        for finding in check(tables, close=close, product=product, declared=declared)
    ]
    assert {finding.check for finding in found} >= {
        "unknown_event", "stale_extract", "events_end", "events_missing", "inclusive_end", "discount_share",
        "amount_scale", "minor_units", "text_for_nothing", "spelled_twice", "misspelled_account",
    }  # fmt: skip
    for finding in found:
        assert faults(finding.message) + faults(finding.remedy) == [], finding.message


def test_every_finding_is_told_in_sentences(canonical):
    rates = ibis.memtable([], schema={"month": "date", "currency": "string"})
    tables = {name: canonical(name, rows) for name, rows in TABLES_WITH_FAULTS.items()}
    found = check(tables, close=CLOSE, currency="USD", exchange_rates=rates)
    found += check({}) + check({"accounts": canonical("accounts", [])}, close=CLOSE)
    assert {finding.check for finding in found} >= ONE_OF_EACH
    for finding in found:
        assert faults(finding.message) + faults(finding.remedy) == [], finding.message


def test_what_is_said_of_columns_is_told_in_sentences():
    con = ibis.duckdb.connect()
    texts = ["account_id", "account_name", "signed_up_at", "churned_flag", "other"]
    table = con.create_table(
        "raw", ibis.memtable({name: ["?"] for name in texts}, schema=dict.fromkeys(texts, "string"))
    )
    found = conform(table, TABLES["accounts"], "a.csv").findings
    found += conform(table.mutate(signed_up_at=ibis.literal(1)), TABLES["accounts"], "a.csv").findings
    found += conform(table.drop("account_id"), TABLES["accounts"], "a.csv").findings
    con.disconnect()
    assert {finding.check for finding in found} == {
        "unknown_column", "unreadable_date", "unreadable_flag", "wrong_type", "missing_column",
    }  # fmt: skip
    said = {
        finding.message: faults(finding.message.capitalize()) + faults(finding.remedy) for finding in found
    }
    assert {name: wrong for name, wrong in said.items() if wrong} == {}


@pytest.mark.parametrize("values", [["x"], ["17/08/2023"], ["05/06/2023"], ["17/08/2023", "x"]])
@pytest.mark.parametrize("declared", [None, "%Y"])
def test_hints_on_dates_are_told_in_sentences(values, declared):
    told, remedy = hint(values, declared, "t.c")
    assert faults(told) == []
    assert faults(remedy, ends='."') == []
