"""Whoever computes the covariates from the published tables gets exactly those that drove the hazards."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd
import pytest

from reporting import demo
from reporting.demo import product

CORE = ", ".join(f"'{name}'" for name in product.CORE)
PREMIUM = ", ".join(f"'{name}'" for name in product.PREMIUM)

FROM_TABLES = f"""
WITH risk AS (
    SELECT account_id, month, month - INTERVAL 1 MONTH AS before FROM panel
),
paid AS (
    SELECT r.account_id, r.month, sum(s.seats) AS seats, max(s.event_limit) AS event_limit,
           max(s.billing_frequency) AS billing
    FROM risk r JOIN subscriptions s ON s.account_id = r.account_id AND NOT s.is_trial
        AND s.valid_from < r.month AND (s.valid_to IS NULL OR s.valid_to >= r.month)
    GROUP BY ALL
),
used AS (
    SELECT r.account_id, r.month,
        count(DISTINCT e.user_id) FILTER (e.occurred_at >= r.month - INTERVAL 30 DAY) AS users_30,
        count(DISTINCT e.user_id)
            FILTER (e.occurred_at >= r.month - INTERVAL 30 DAY AND u.role = 'admin') AS admins_30,
        count(*) FILTER (e.occurred_at >= r.month - INTERVAL 30 DAY) AS events_30,
        count(*) FILTER (e.occurred_at < r.month - INTERVAL 30 DAY
            AND e.occurred_at >= r.month - INTERVAL 60 DAY) AS events_30_before,
        count(*) FILTER (e.occurred_at >= r.before) AS events,
        count(DISTINCT e.event_name) FILTER (e.occurred_at >= r.before AND e.event_name IN ({CORE})) AS core,
        count(*) FILTER (e.occurred_at >= r.before AND e.event_name IN ({PREMIUM})) AS premium,
        count(DISTINCT u.team) FILTER (e.occurred_at >= r.before) AS teams
    FROM risk r JOIN events e ON e.account_id = r.account_id AND e.occurred_at < r.month
        AND e.occurred_at >= r.month - INTERVAL 62 DAY
    JOIN users u USING (user_id)
    GROUP BY ALL
),
by_user AS (
    SELECT r.account_id, r.month, e.user_id, count(*) AS n
    FROM risk r JOIN events e ON e.account_id = r.account_id AND e.occurred_at < r.month
        AND e.occurred_at >= r.before
    GROUP BY ALL
),
top AS (SELECT account_id, month, max(n) AS n FROM by_user GROUP BY ALL),
early AS (
    SELECT account_id, min(occurred_at) AS shared_at FROM events
    WHERE event_name = '{product.ACTIVATION}' GROUP BY ALL
),
invited AS (
    SELECT r.account_id, r.month, count(*) AS n
    FROM risk r JOIN accounts a USING (account_id) JOIN users u USING (account_id)
    WHERE u.invited_at < r.month AND u.invited_at < a.signed_up_at + INTERVAL 14 DAY GROUP BY ALL
),
connected AS (
    SELECT r.account_id, r.month, count(*) AS n
    FROM risk r JOIN integrations i ON i.account_id = r.account_id AND i.connected_at < r.month
        AND (i.disconnected_at IS NULL OR i.disconnected_at >= r.month)
    GROUP BY ALL
),
trouble AS (
    SELECT r.account_id, r.month, count(*) AS n
    FROM risk r JOIN tickets t ON t.account_id = r.account_id AND t.escalated
        AND t.opened_at >= r.before AND t.opened_at < r.month
    GROUP BY ALL
),
reached AS (
    SELECT DISTINCT r.account_id, r.month, TRUE AS contacted
    FROM risk r JOIN activities k ON k.account_id = r.account_id
        AND k.done_at >= r.before AND k.done_at < r.month
)
SELECT account_id, month, a.signed_up_at,
    coalesce(users_30, 0) / seats AS active_user_share,
    coalesce(events_30, 0) AS events_30,
    coalesce(events_30_before, 0) AS events_30_before,
    coalesce(core, 0) / {len(product.CORE)} AS feature_breadth,
    a.signed_up_at < TIMESTAMP '2023-11-01' AS activation_unknown,
    NOT activation_unknown
        AND coalesce(shared_at < least(month, a.signed_up_at + INTERVAL 14 DAY), FALSE) AS activated_14,
    coalesce(invited.n, 0) >= 3 AS invited_3_in_14,
    coalesce(connected.n, 0) AS integration_count,
    coalesce(admins_30, 0) = 0 AS admin_inactive,
    coalesce(trouble.n, 0) AS escalations,
    coalesce(top.n, 0) > 0.7 * greatest(coalesce(events, 0), 1) AS single_champion,
    coalesce(contacted, FALSE) AS contacted,
    coalesce(teams, 0) AS team_count,
    coalesce(premium, 0) > 0 AS premium_used,
    coalesce(events, 0) / event_limit AS plan_limit_proximity,
    billing = 'quarter' AS billing_quarter,
    billing = 'year' AS billing_year,
    region = 'EMEA' AS region_emea,
    csm IS NOT NULL AS csm_named,
    list_position(['1-10', '11-50', '51-200', '201-1000', '1001+'], company_size) - 3 AS company_size_step
FROM risk JOIN accounts a USING (account_id) LEFT JOIN paid USING (account_id, month)
LEFT JOIN used USING (account_id, month) LEFT JOIN top USING (account_id, month)
LEFT JOIN early USING (account_id) LEFT JOIN invited USING (account_id, month)
LEFT JOIN connected USING (account_id, month) LEFT JOIN trouble USING (account_id, month)
LEFT JOIN reached USING (account_id, month)
ORDER BY month, account_id
"""

MRR = """
SELECT p.account_id, p.month, coalesce(sum(amount * (1 - discount_percent / 100)
    / CASE amount_period WHEN 'year' THEN 12 WHEN 'quarter' THEN 3 ELSE 1 END) FILTER ({at}), 0) AS mrr,
    bool_or(renewal_at >= p.month AND renewal_at < p.month + INTERVAL 1 MONTH) FILTER ({at}) AS due,
    bool_or(billing_frequency = 'month') FILTER ({at}) AS monthly
FROM panel p JOIN subscriptions s ON s.account_id = p.account_id AND NOT is_trial
GROUP BY ALL ORDER BY p.month, p.account_id
"""
PAID_AT = "valid_from < {close} AND (valid_to IS NULL OR valid_to >= {close})"


@pytest.fixture(scope="module")
def panel(truth: demo.Truth) -> pd.DataFrame:
    return truth.panel.sort_values(["month", "account_id"], ignore_index=True)


@pytest.fixture(scope="module")
def rebuilt(db: duckdb.DuckDBPyConnection, panel: pd.DataFrame) -> pd.DataFrame:
    db.register("panel", panel[["account_id", "month"]])
    return db.execute(FROM_TABLES).df()


def test_every_covariate_follows_from_the_tables(rebuilt: pd.DataFrame, panel: pd.DataFrame) -> None:
    drivers = {driver.column for hazard in demo.HAZARDS for driver in hazard.drivers} - {"usage_halvings"}
    for column in sorted(drivers):
        np.testing.assert_allclose(
            panel[column].to_numpy(float), rebuilt[column].to_numpy(float), rtol=1e-12, err_msg=column
        )


def test_halvings_follow_from_the_tables(rebuilt: pd.DataFrame, panel: pd.DataFrame) -> None:
    first = (panel["spell"] == 1).to_numpy()  # a return begins on a day the panel doesn't hold
    before, after = rebuilt["events_30_before"].to_numpy(float), rebuilt["events_30"].to_numpy(float)
    begins = panel["month"] - pd.Timedelta(days=60)
    since = rebuilt["signed_up_at"].dt.floor("D").clip(lower=pd.Timestamp(2023, 11, 1))
    covered = ((since <= begins) & (before > 0)).to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        halvings = np.clip(-np.log2(after / before), -2, 2)
    expected = np.where(covered, halvings, 0)
    np.testing.assert_allclose(panel["usage_halvings"][first], expected[first], rtol=1e-12)


def test_outcomes_follow_from_the_subscriptions(
    db: duckdb.DuckDBPyConnection, rebuilt: pd.DataFrame, panel: pd.DataFrame
) -> None:
    start = db.execute(MRR.format(at=PAID_AT.format(close="p.month"))).df()
    end = db.execute(MRR.format(at=PAID_AT.format(close="(p.month + INTERVAL 1 MONTH)"))).df()
    assert (start["mrr"] > 0).all()
    np.testing.assert_array_equal(panel["churned"], end["mrr"] == 0)
    np.testing.assert_array_equal(panel["expanded"], end["mrr"] > start["mrr"])
    np.testing.assert_array_equal(panel["contracted"], (end["mrr"] < start["mrr"]) & (end["mrr"] > 0))
    due = start["due"].fillna(False).astype(bool)
    np.testing.assert_array_equal(panel["can_leave"], start["monthly"] | due)
