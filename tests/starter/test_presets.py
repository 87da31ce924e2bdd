"""Segment, PostHog, HubSpot and Salesforce in their documented columns, worked by hand."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from reporting.contract import TABLES
from reporting.starter.project import PRESETS, presets

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")  # Ibis with DuckDB 2

ACCOUNTS = "SELECT id AS account_id, id AS account_name, CAST('2025-01-01' AS DATE) AS signed_up_at FROM ids"
SUBSCRIPTIONS = """SELECT id AS subscription_id, id AS account_id, CAST('2025-01-01' AS DATE) AS valid_from,
    'Team' AS plan, 100 AS amount, 'month' AS amount_period, 'USD' AS currency, FALSE AS is_trial FROM ids"""
EVENTS = "SELECT id AS account_id, 'login' AS event_name, CAST('2025-02-01' AS DATE) AS occurred_at FROM ids"


def errors(company) -> list[str]:
    with company.open() as source:
        return [found.describe() for found in source.check() if found.severity == "error"]


@pytest.fixture
def used(begun):
    """A company that bills elsewhere: accounts a and b."""

    def make(preset: str):
        company = begun(preset)
        company.table("ids", [{"id": "a"}, {"id": "b"}])
        company.select("accounts", ACCOUNTS)
        company.select("subscriptions", SUBSCRIPTIONS)
        return company

    return make


def test_segment(used):
    company = used("segment")
    call = {"anonymous_id": "x", "received_at": "2025-01-01 00:00:00", "sent_at": "2025-01-01 00:00:00"}
    company.table(
        "tracks",
        [
            call | {"id": id, "user_id": user, "event": event, "event_text": event, "timestamp": at}
            for id, user, event, at in (
                ("t1", "u1", "report_created", "2025-01-01 10:00:00"),  # before the first group call
                ("t2", "u1", "report_created", "2025-01-03 10:00:00"),
                ("t3", "u1", "report_shared", "2025-02-01 00:00:00"),  # the moment of the second
                ("t4", "", "page_seen", "2025-01-03 10:00:00"),
                ("t5", "u9", "page_seen", "2025-01-03 10:00:00"),
            )
        ],
    )
    company.table(
        "groups",
        [
            call | {"id": "g1", "user_id": "u1", "group_id": "a", "timestamp": "2025-01-02 00:00:00"},
            call | {"id": "g2", "user_id": "u1", "group_id": "b", "timestamp": "2025-02-01 00:00:00"},
        ],
    )
    company.table(
        "identifies",
        [
            call | {"id": "i1", "user_id": "u1", "timestamp": "2025-01-05 00:00:00"},
            call | {"id": "i2", "user_id": "u1", "timestamp": "2025-01-01 09:00:00"},
            call | {"id": "i3", "user_id": "u9", "timestamp": "2025-01-01 09:00:00"},
        ],
    )
    assert errors(company) == []
    found = {row["event_id"]: (row["account_id"], row["event_name"]) for row in company.rows("events")}
    assert found == {
        "t1": ("a", "report_created"),
        "t2": ("a", "report_created"),
        "t3": ("b", "report_shared"),
    }
    (user,) = company.rows("users")
    assert (user["user_id"], user["account_id"]) == ("u1", "b")
    assert user["created_at"] == dt.datetime(2025, 1, 1, 9)


def test_posthog(used):
    company = used("posthog")

    def event(uuid: str, name: str, person: str, day: int, **properties: object) -> dict[str, object]:
        return {
            "uuid": uuid, "event": name, "properties": json.dumps(properties), "elements": "", "set": "{}",
            "set_once": "{}", "distinct_id": person, "team_id": 1, "ip": "", "site_url": "",
            "timestamp": f"2025-01-{day:02} 10:00:00",
        }  # fmt: skip

    company.table(
        "events",
        [
            event("e1", "report created", "u1", 2, **{"$groups": {"company": "a", "project": "p"}}),
            event("e2", "$pageview", "u1", 3, **{"$groups": {"company": "b"}, "$lib": "web"}),
            event("e3", "$pageview", "u2", 3),
            event("e4", "$groupidentify", "u1", 4, **{"$groups": {"company": "b"}}),
        ],
    )
    assert errors(company) == []
    found = {row["event_id"]: (row["account_id"], row["event_name"]) for row in company.rows("events")}
    assert found == {"e1": ("a", "report created"), "e2": ("b", "$pageview")}
    (user,) = company.rows("users")
    assert (user["account_id"], user["created_at"]) == ("b", dt.datetime(2025, 1, 2, 10))


TERMS = {
    "first": (dt.datetime(2024, 3, 1), dt.datetime(2025, 2, 20)),  # renewed before the year was over
    "renewal": (dt.datetime(2025, 2, 20), dt.datetime(2026, 2, 20)),
    "lapsed": (dt.datetime(2024, 5, 1), dt.datetime(2025, 5, 1)),
}


def terms(company) -> dict[str, tuple[dt.datetime, dt.datetime]]:
    rows = company.rows("subscriptions")
    return {row["subscription_id"]: (row["valid_from"], row["valid_to"]) for row in rows}


def test_hubspot(begun):
    company = begun("hubspot")
    company.select("events", EVENTS)
    company.table("ids", [{"id": "1"}])
    company.table(
        "company",
        [
            {"id": id, "is_deleted": "false", "property_name": f"Company {id}", "property_industry": "Retail",
             "property_country": "DE", "property_createdate": "2024-01-05 00:00:00"}
            for id in ("1", "2", "3")
        ],
    )  # fmt: skip
    deals = [("first", "1", "2024-03-01", "won", 1200), ("renewal", "1", "2025-02-20", "won", 2400),
             ("lapsed", "2", "2024-05-01", "won", 600), ("lost", "3", "2024-05-01", "lost", 600),
             ("gone", "3", "2024-05-01", "won", 600)]  # fmt: skip
    company.table(
        "deal",
        [
            {"deal_id": id, "is_deleted": str(id == "gone").lower(), "deal_pipeline_stage_id": stage,
             "property_amount": amount, "property_closedate": f"{day} 00:00:00", "property_dealname": id}
            for id, _, day, stage, amount in deals
        ],
    )  # fmt: skip
    company.table("deal_company", [{"deal_id": id, "company_id": of} for id, of, *_ in deals])
    company.table(
        "deal_pipeline_stage", [{"stage_id": s, "closed_won": str(s == "won")} for s in ("won", "lost")]
    )
    assert errors(company) == []
    terms = {
        row["subscription_id"]: (row["valid_from"], row["valid_to"]) for row in company.rows("subscriptions")
    }
    assert terms == TERMS
    assert company.mrr("2025-01", "2025-02", "2025-12") == {"1": [100, 200, 200], "2": [50, 50, 0]}
    assert {row["account_name"] for row in company.rows("accounts")} == {"Company 1", "Company 2"}


def test_salesforce(begun):
    company = begun("salesforce")
    company.select("events", EVENTS)
    company.table("ids", [{"id": "1"}])
    company.table(
        "account",
        [
            {"id": id, "is_deleted": "false", "name": f"Account {id}", "industry": "Retail",
             "billing_country": "DE",
             "account_source": "Web", "owner_id": "o1", "created_date": "2024-01-05 00:00:00"}
            for id in ("1", "2", "3")
        ],
    )  # fmt: skip
    company.table("user", [{"id": "o1", "name": "Kim"}])
    company.table(
        "opportunity",
        [
            {"id": id, "account_id": of, "amount": amount, "close_date": day, "name": id,
             "is_won": str(id != "lost").lower(), "is_closed": "true",
             "is_deleted": str(id == "gone").lower()}
            for id, of, day, amount in (
                ("first", "1", "2024-03-01", 1200), ("renewal", "1", "2025-02-20", 2400),
                ("lapsed", "2", "2024-05-01", 600), ("lost", "3", "2024-05-01", 600),
                ("gone", "3", "2024-05-01", 600),
            )
        ],
    )  # fmt: skip
    assert errors(company) == []
    terms = {
        row["subscription_id"]: (row["valid_from"], row["valid_to"]) for row in company.rows("subscriptions")
    }
    assert terms == TERMS
    assert company.mrr("2025-01", "2025-12") == {"1": [100, 200], "2": [50, 0]}
    assert {row["csm"] for row in company.rows("accounts")} == {"Kim"}


def test_the_first_preset_that_has_a_table_gives_it(begun):
    company = begun("stripe", "hubspot", "segment")
    texts = {
        path.relative_to(company.folder).as_posix(): path.read_text()
        for path in company.folder.rglob("*.sql")
    }
    assert texts["accounts.sql"].startswith("-- Stripe") and texts["subscriptions.sql"].startswith(
        "-- Stripe"
    )
    assert texts["events.sql"].startswith("-- Segment") and texts["users.sql"].startswith("-- Segment")
    assert texts["optional/hubspot_accounts.sql"].startswith("-- HubSpot")
    assert "optional/tickets.sql" in texts and "optional/users.sql" not in texts


@pytest.mark.parametrize("preset", presets())
def test_a_preset_maps_canonical_tables_and_says_what_it_is_of(preset):
    files = list((PRESETS / preset).iterdir())
    assert files and {path.stem for path in files} <= set(TABLES)
    for path in files:
        assert path.read_text().lower().startswith(f"-- {preset}:")
