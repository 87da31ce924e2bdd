"""The published tables keep the contract, and their rows agree with one another."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import duckdb
import ibis
import pyarrow.parquet as pq
import pytest

from reporting import demo
from reporting.contract.tables import TABLES
from reporting.demo import product


@pytest.mark.parametrize("name", sorted(TABLES))
def test_columns_and_types_are_canonical(name: str, folder: Path, truth: demo.Truth) -> None:
    schema = ibis.Schema.from_pyarrow(pq.read_schema(folder / f"{name}.parquet"))
    canonical = {column.name: ibis.dtype(column.type) for column in TABLES[name].columns}
    assert set(TABLES[name].required_names) <= set(schema) <= set(canonical)
    for column, dtype in schema.items():
        assert dtype == canonical[column], column


@pytest.mark.parametrize("name", sorted(TABLES))
def test_keys_are_unique_and_required_columns_full(name: str, db: duckdb.DuckDBPyConnection) -> None:
    key = ", ".join(TABLES[name].key)
    rows, keys = db.execute(f"SELECT count(*), count(DISTINCT ({key})) FROM {name}").fetchone()
    assert rows == keys > 0
    empty = " OR ".join(f"{column} IS NULL" for column in TABLES[name].required_names)
    assert db.execute(f"SELECT count(*) FROM {name} WHERE {empty}").fetchone() == (0,)


FAULTS = {
    "a row of an unknown account": """
        SELECT account_id FROM (
            SELECT account_id FROM subscriptions UNION ALL SELECT account_id FROM users
            UNION ALL SELECT account_id FROM integrations UNION ALL SELECT account_id FROM tickets
            UNION ALL SELECT account_id FROM surveys UNION ALL SELECT account_id FROM cancellations
            UNION ALL SELECT account_id FROM activities
        ) ANTI JOIN accounts USING (account_id)""",
    "an event of a user of another account, but for the test workspace": """
        SELECT * FROM events e LEFT JOIN users u USING (user_id)
        WHERE e.account_id <> 'A-TEST' AND e.account_id IS DISTINCT FROM u.account_id""",
    "an event before sign-up": """
        SELECT * FROM events JOIN accounts USING (account_id) WHERE occurred_at < signed_up_at""",
    "an event before its user was invited": """
        SELECT * FROM events JOIN users USING (user_id) WHERE occurred_at < created_at""",
    "an event while the account neither tries nor pays": """
        WITH ends AS (
            SELECT account_id, valid_to, lead(valid_from, 1, TIMESTAMP '2100-01-01')
                OVER (PARTITION BY account_id ORDER BY valid_from, valid_to) AS again
            FROM subscriptions WHERE seats IS NOT NULL
        )
        SELECT * FROM events JOIN ends USING (account_id)
        WHERE occurred_at >= valid_to AND occurred_at < again""",
    "an event outside the calendar": """
        SELECT * FROM events
        WHERE occurred_at < TIMESTAMP '2023-11-01' OR occurred_at >= TIMESTAMP '2026-11-01'""",
    "a premium event on a lower plan without the add-on": f"""
        SELECT * FROM events e WHERE event_name IN {product.PREMIUM} AND NOT EXISTS (
            SELECT * FROM subscriptions s WHERE s.account_id = e.account_id
            AND s.plan IN ('Business', 'Enterprise', '{product.ADDON}')
            AND valid_from < date_trunc('month', e.occurred_at) + INTERVAL 1 MONTH
        ) AND NOT EXISTS (
            SELECT * FROM accounts a
            WHERE a.account_id = e.account_id AND a.plan IN ('Business', 'Enterprise')
        )""",
    "an activity by nobody, or by another than the account's manager": """
        SELECT * FROM activities JOIN accounts USING (account_id) WHERE done_by IS DISTINCT FROM csm""",
    "an activity before sign-up": """
        SELECT * FROM activities JOIN accounts USING (account_id) WHERE done_at < signed_up_at""",
    "a subscription that ends before it begins": "SELECT * FROM subscriptions WHERE valid_to <= valid_from",
    "two base subscriptions at the same time": """
        SELECT * FROM subscriptions a JOIN subscriptions b USING (account_id)
        WHERE a.subscription_id < b.subscription_id AND a.seats IS NOT NULL AND b.seats IS NOT NULL
        AND a.valid_from < coalesce(b.valid_to, TIMESTAMP '2100-01-01')
        AND b.valid_from < coalesce(a.valid_to, TIMESTAMP '2100-01-01')""",
    "a paid subscription without a price": "SELECT * FROM subscriptions WHERE is_trial <> (amount = 0)",
    "an add-on dearer than its base plan": f"""
        SELECT * FROM subscriptions a JOIN subscriptions b USING (account_id)
        WHERE a.plan = '{product.ADDON}' AND b.plan = 'Starter' AND NOT b.is_trial
        AND a.valid_from < b.valid_to AND b.valid_from < a.valid_to""",
    "a term that runs past its renewal": "SELECT * FROM subscriptions WHERE valid_to > renewal_at",
    "a committed account that leaves within its term": """
        SELECT * FROM subscriptions WHERE source_churn_flag AND billing_frequency <> 'month'
        AND seats IS NOT NULL AND valid_to <> renewal_at""",
    "a click after the end of service or before the account": """
        SELECT * FROM cancellations JOIN accounts USING (account_id)
        WHERE requested_at > effective_at OR requested_at < signed_up_at""",
    "a cancellation with no subscription that ends": """
        SELECT * FROM cancellations c ANTI JOIN subscriptions s
        ON s.account_id = c.account_id AND s.valid_to = c.effective_at AND s.source_churn_flag""",
    "an integration or a ticket that ends before it begins": """
        SELECT integration_id FROM integrations WHERE disconnected_at <= connected_at
        UNION ALL SELECT ticket_id FROM tickets WHERE closed_at <= opened_at""",
    "a score off its scale": """
        SELECT * FROM surveys WHERE NOT CASE kind WHEN 'nps' THEN score BETWEEN 0 AND 10
            WHEN 'csat' THEN score BETWEEN 1 AND 5 END""",
    "sessions with a gap of half an hour": """
        SELECT * FROM (
            SELECT occurred_at - lag(occurred_at) OVER (PARTITION BY session_id ORDER BY occurred_at) AS gap
            FROM events WHERE session_id IS NOT NULL
        ) WHERE gap >= INTERVAL 30 MINUTE""",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_no_row_shows(fault: str, db: duckdb.DuckDBPyConnection) -> None:
    assert db.execute(f"SELECT * FROM ({FAULTS[fault]}) LIMIT 3").fetchall() == []


def test_every_side_of_the_business_occurs(db: duckdb.DuckDBPyConnection) -> None:
    def values(column: str, table: str) -> set:
        return {row[0] for row in db.execute(f"SELECT DISTINCT {column} FROM {table}").fetchall()}

    assert values("plan", "subscriptions") == {*(plan.name for plan in product.PLANS), product.ADDON}
    assert values("currency", "subscriptions") == set(product.CURRENCIES)
    assert values("amount_period", "subscriptions") == set(product.BILLING)
    assert values("is_trial", "subscriptions") == {True, False}
    assert values("discount_percent > 0", "subscriptions") == {True, False}
    assert values("role", "users") == {"admin", "member", "viewer"}
    assert values("deactivated_at IS NULL", "users") == {True, False}
    assert values("disconnected_at IS NULL", "integrations") == {True, False}
    assert values("escalated", "tickets") == {True, False}
    assert values("kind", "surveys") == {"nps", "csat"}
    assert values("event_name", "events") == set(product.EVENTS)
    assert values("account_id NOT IN (SELECT account_id FROM accounts)", "events") == {True, False}


def test_weekends_are_quiet_and_new_features_appear_on_their_launch(db: duckdb.DuckDBPyConnection) -> None:
    weekend, total = db.execute(
        "SELECT count(*) FILTER (isodow(occurred_at) >= 6), count(*) FROM events"
    ).fetchone()
    assert 0.02 < weekend / total < 0.08
    first = dict(
        db.execute("SELECT event_name, min(occurred_at)::DATE::TEXT FROM events GROUP BY 1").fetchall()
    )
    assert first["map_viewed"].startswith("2024-09")
    assert first["assistant_asked"].startswith("2025-05")


def test_onboarding_steps_come_in_order(db: duckdb.DuckDBPyConnection) -> None:
    """Among those that signed up while events were kept and never left: no step before the one it follows."""
    names = [name for name in product.ONBOARDING if name not in ("invite_sent", "integration_connected")]
    first = ", ".join(f"min(occurred_at) FILTER (event_name = '{name}') AS {name}" for name in names)
    order = " OR ".join(f"{b} < {a} OR ({a} IS NULL AND {b} IS NOT NULL)" for a, b in pairwise(names))
    query = f"""
        WITH steps AS (SELECT account_id, {first} FROM events JOIN accounts USING (account_id)
            WHERE signed_up_at >= TIMESTAMP '2023-11-01' AND NOT churned_flag GROUP BY account_id)
        SELECT count(*), count(*) FILTER ({order}), count(workflow_run) FROM steps"""
    accounts, disordered, finished = db.execute(query).fetchone()
    assert disordered == 0
    assert 0.4 < finished / accounts < 0.95
