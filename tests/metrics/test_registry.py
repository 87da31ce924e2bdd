"""The registry holds the whole catalogue, and every entry leads somewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from reporting.contract import TABLES
from reporting.metrics.docs import metrics_page
from reporting.metrics.registry import CHAPTERS, METRICS, unavailable
from reporting.params.product import Product
from reporting.snapshot.tables import PANEL

ROOT = Path(__file__).parents[2]

CATALOGUE = {
    "activation": """
        time_to_first_value account_activated activation_rate setup_completion_rate
        onboarding_completion_rate onboarding_drop_off onboarding_invites workspace_setup_depth
        first_integration_at first_import_at first_repeat_core_use_at
    """,
    "adoption": """
        feature_breadth adoption_recent adoption_all_time feature_adoption_rate feature_depth
        core_value_usage core_event_frequency repeat_workflow_usage active_users
        invited_active_share team_count integration_count
    """,
    "engagement": """
        active_days_7 a3x7 session_frequency api_call_trend dau wau mau stickiness
        stickiness_wau active_accounts account_stickiness product_rhythm active_user_share
        usage_concentration usage_trend_7 usage_trend_30 usage_trend_60 usage_trend_90
        last_active_days last_admin_active_days key_action_gap_days tenure_days
        customer_engagement_score product_engagement_score session_duration task_completion_rate
        nps day1_retention month1_retention
    """,
    "health": """
        engagement_score health_score lifecycle_funnel north_star health_trend
        revenue_health_matrix mrr_in_churn_risk_band
    """,
    "revenue": """
        mrr arr arpa new_mrr expansion_mrr contraction_mrr churned_mrr reactivation_mrr grr nrr
        logo_retention monthly_churn_rate quick_ratio ltv cac_payback free_to_paid_conversion
        retention_90d
    """,
    "churn": """
        risk_flags churn_type pre_churn_pattern churn_lead_time aha_moment churn_risk
    """,
    "expansion": """
        licence_utilisation seat_growth team_growth cross_team_usage usage_growth
        value_signal_growth premium_feature_adoption plan_limit_proximity commercial_reason
        expansion_readiness expansion_pipeline
    """,
}
"""Every metric of the catalogue, by chapter. A metric named in two chapters stands in its first."""


@pytest.mark.parametrize("chapter", CATALOGUE)
def test_registry_and_catalogue_hold_the_same_ids(chapter):
    assert set(CATALOGUE) == set(CHAPTERS)
    registered = {m.id for m in METRICS.values() if m.chapter == chapter and not m.supporting}
    assert registered == set(CATALOGUE[chapter].split())


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.id)
def test_an_entry_is_complete(metric):
    assert metric.label and metric.definition.endswith(".") and metric.formula and metric.unit
    assert metric.levels and metric.reports
    for need in metric.needs:
        table, _, column = need.partition(".")
        assert not TABLES[table].required or column, f"{need} is always there"
        assert not column or column in TABLES[table].names
    for key in metric.thresholds:
        model = Product
        *way, last = key.split(".")
        for part in way:
            model = model.model_fields[part].annotation
        assert last in model.model_fields, key


def test_every_account_metric_stands_in_the_panel():
    for metric in METRICS.values():
        table, _, column = metric.place.partition(".")
        if table == "account_month":
            assert column in PANEL, metric.id


def test_what_is_missing_is_named_as_table_or_as_column():
    everything = {
        name
        for table in TABLES.values()
        for name in (table.name, *(f"{table.name}.{c}" for c in table.names))
    }
    assert unavailable(everything) == {}
    without_users = {name for name in everything if not name.startswith("users")}
    gaps = unavailable(without_users)
    assert gaps["team_count"] == ["users"]
    assert gaps["invited_active_share"] == ["users"]
    assert "active_users" not in gaps
    assert unavailable(everything - {"events.user_id"})["active_users"] == ["events.user_id"]
    assert unavailable(without_users - {"events.user_id"})["active_users"] == ["users", "events.user_id"]
    assert unavailable(everything - {"users.team"})["cross_team_usage"] == ["users.team"]
    assert "mrr" not in unavailable({"accounts", "subscriptions", "events"})


def test_the_page_in_docs_is_the_registry():
    """Write it again with `python -m reporting.metrics.docs`."""
    assert (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8") == metrics_page()
