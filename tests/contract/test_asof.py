"""The cut at the close lets nothing later through."""

from __future__ import annotations

import datetime as dt

import pytest

from reporting.contract.asof import as_of

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")  # Ibis with DuckDB 2

CLOSE = dt.datetime(2025, 3, 1)


def rows(table):
    return table.order_by(table.columns[0]).to_pyarrow().to_pylist()


def cut(canonical, name, *given):
    return rows(as_of({name: canonical(name, list(given))}, CLOSE)[name])


def test_rows_at_or_after_the_close_are_gone(canonical):
    found = cut(
        canonical, "events",
        {"account_id": "before", "occurred_at": "2025-02-28T23:59:59.999999"},
        {"account_id": "close", "occurred_at": "2025-03-01"},
        {"account_id": "undated"},
    )  # fmt: skip
    assert [row["account_id"] for row in found] == ["before", "undated"]


def test_ends_at_or_after_the_close_are_not_yet_known(canonical):
    found = cut(
        canonical, "subscriptions",
        {"subscription_id": "S1", "valid_from": "2025-01-01", "valid_to": "2025-02-28"},
        {"subscription_id": "S2", "valid_from": "2025-01-01", "valid_to": "2025-03-01"},
        {"subscription_id": "S3", "valid_from": "2025-03-01"},
    )  # fmt: skip
    assert [(row["subscription_id"], row["valid_to"]) for row in found] == [
        ("S1", dt.datetime(2025, 2, 28)), ("S2", None),
    ]  # fmt: skip


def test_an_account_exists_from_its_sign_up_or_its_first_subscription(canonical):
    tables = {
        "accounts": canonical("accounts", [
            {"account_id": "early", "signed_up_at": "2025-02-01"},
            {"account_id": "late", "signed_up_at": "2025-04-01"},
            {"account_id": "pays before", "signed_up_at": "2025-04-01"},
        ]),
        "subscriptions": canonical("subscriptions", [
            {"subscription_id": "S1", "account_id": "pays before", "valid_from": "2025-02-01"},
            {"subscription_id": "S2", "account_id": "late", "valid_from": "2025-04-01"},
        ]),
    }  # fmt: skip
    assert [row["account_id"] for row in rows(as_of(tables, CLOSE)["accounts"])] == ["early", "pays before"]


def test_what_a_ticket_tells_only_later(canonical):
    late, soon, still_open = cut(
        canonical, "tickets",
        {"ticket_id": "1 closed later", "opened_at": "2025-02-28T23:00:00", "closed_at": "2025-03-02",
         "satisfaction": 2.0, "first_response_minutes": 90.0},
        {"ticket_id": "2 closed before", "opened_at": "2025-02-01", "closed_at": "2025-02-02",
         "satisfaction": 5.0, "first_response_minutes": 90.0},
        {"ticket_id": "3 open", "opened_at": "2025-02-01", "satisfaction": 4.0},
    )  # fmt: skip
    assert (late["closed_at"], late["satisfaction"], late["first_response_minutes"]) == (None, None, None)
    assert (soon["satisfaction"], soon["first_response_minutes"]) == (5.0, 90.0)
    assert still_open["satisfaction"] == 4.0


def test_months_of_acquisition(canonical):
    found = cut(canonical, "acquisition", {"month": "2025-02-01"}, {"month": "2025-03-01"})
    assert [row["month"] for row in found] == [dt.date(2025, 2, 1)]
