"""Sums that a caller keeps by month give the same findings as the events themselves."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import ibis
import pytest

from reporting.contract import events
from reporting.contract.asof import as_of
from reporting.contract.check import check
from reporting.params.product import load_product
from reporting.snapshot.rollup import roll_up

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")  # Ibis with DuckDB 2

CLOSE = dt.datetime(2025, 4, 1)
ROOT = Path(__file__).parents[2]


@pytest.fixture
def tables(canonical):
    return {
        "accounts": canonical("accounts", [
            {"account_id": "A", "account_name": "a", "signed_up_at": "2025-02-10"},
            {"account_id": "B", "account_name": "b", "signed_up_at": "2025-01-01"},
        ]),
        "subscriptions": canonical("subscriptions", [
            {"subscription_id": "S", "account_id": "A", "valid_from": "2025-02-12", "plan": "p",
             "amount": "5", "amount_period": "month", "currency": "USD", "is_trial": False},
        ]),
        "users": canonical("users", [
            {"user_id": "U", "account_id": "A", "created_at": "2025-02-10"},
        ]),
        "events": canonical("events", [
            {"event_id": str(number), "account_id": account, "user_id": user, "subscription_id": "S",
             "event_name": "login", "occurred_at": when, "quantity": quantity}
            for number, (account, user, when, quantity) in enumerate([
                ("A", "U", "2025-01-05", 1.0), ("A", "U", "2025-02-09", 1.0), ("A", "U", "2025-02-11", None),
                ("A", None, "2025-03-11", -1.0), ("B", "V", "2025-03-11", float("inf")),
                ("C", None, "2025-03-12", 1.0), (None, None, "2025-03-12", 1.0), ("B", None, None, 1.0),
            ])
        ]),
    }  # fmt: skip


def test_events_are_held_against_accounts_users_and_subscriptions(tables):
    found = {finding.check: finding for finding in check(tables, close=CLOSE) if finding.table == "events"}
    counts = {name: finding.count for name, finding in found.items() if name != "empty_value"}
    assert counts == {
        "odd_quantity": 2, "unknown_account": 1, "unknown_user": 1, "before_sign_up": 2,
        "before_subscription": 3,
    }  # fmt: skip
    empty = [f.column for f in check(tables, close=CLOSE) if f.check == "empty_value"]
    assert empty == ["account_id", "occurred_at"]


@pytest.mark.parametrize("without", [(), ("subscription_id",), ("subscription_id", "user_id", "quantity")])
def test_sums_from_roll_ups_give_the_same_findings(tables, tmp_path, without):
    product = load_product(ROOT / "params" / "product.yml")
    types = tables["events"].schema()
    unmapped = {name: ibis.null(types[name]) for name in without}
    tables["events"] = tables["events"].mutate(**unmapped)
    rollups = roll_up(as_of(tables, CLOSE)["events"].drop(*without), product, "UTC", tmp_path)
    given = {"close": CLOSE, "product": product, "declared": True}
    expected = check(tables, **given)
    assert {"unknown_event"} <= {finding.check for finding in expected}
    assert check(tables, **given, usage=rollups.usage()) == expected


def test_among_many_events_repeated_ids_are_looked_for_in_the_last_month(tables, canonical, monkeypatch):
    again = {"event_id": "9", "account_id": "A", "event_name": "x"}
    old = [again | {"occurred_at": "2025-02-20"}] * 2
    new = [again | {"event_id": "10", "occurred_at": "2025-03-20"}] * 2
    tables["events"] = canonical("events", old + new)

    def repeated() -> list[dict]:
        return [f.examples for f in check(tables, close=CLOSE) if f.check == "duplicate_key"]

    assert repeated() == [[{"event_id": "10", "times": "2"}, {"event_id": "9", "times": "2"}]]
    monkeypatch.setattr(events, "MANY", 3)
    assert repeated() == [[{"event_id": "10", "times": "2"}]]
