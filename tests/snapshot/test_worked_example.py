"""One small company worked by hand: every figure of the registry that the snapshot holds has its value here.

The report month is March 2026. G is a customer since March 2025; H left in August and returns; C leaves; I
pays in euros; A grows; B shrinks; F converts its trial; D comes and goes within the month; E and J never pay.
"""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pytest
from tests.snapshot.conftest import MemorySource, table

from reporting.metrics.registry import METRICS
from reporting.month import Month
from reporting.params.product import Product
from reporting.snapshot.build import build_snapshot
from reporting.snapshot.frozen import Snapshot
from reporting.sources.exchange import SCHEMA as RATES

# Ibis 12 asks DuckDB 2 for a table's columns in a way that DuckDB is about to give up.
pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")

MARCH = Month(2026, 3)
PRODUCT = {
    "core_features": ["make", "share", "plan", "note"],
    "premium_features": ["call", "scan"],
    "value_events": ["share"],
    "vanity_events": ["login"],
    "import_events": ["load"],
    "api_events": ["call"],
    "event_points": {"login": 1, "make": 10, "share": 10},
    "key_action": "make",
    "onboarding_steps": {"load": "load", "make": "make", "share": "share"},
    "activation_outcome": "share",
    "north_star": {"event": "share", "label": "Shares"},
    "plan_limits": {},
}
SIGNED_UP = {
    **{"A": "2026-01-10", "B": "2026-02-20", "C": "2025-12-05", "D": "2026-03-02", "E": "2026-03-05"},
    **{"F": "2026-03-03", "G": "2025-03-10", "H": "2025-03-15", "I": "2025-12-10", "J": "2026-02-10"},
}
# account, from, to, amount, seats, trial, currency
SUBSCRIPTIONS = [
    ("A", "2026-01-10", "2026-01-24", 0, 5, True, "USD"),
    ("A", "2026-01-24", "2026-03-10", 100, 5, False, "USD"),
    ("A", "2026-03-10", None, 150, 5, False, "USD"),
    ("B", "2026-02-25", "2026-03-20", 60, 2, False, "USD"),
    ("B", "2026-03-20", None, 45, 2, False, "USD"),
    ("C", "2025-12-05", "2026-03-15", 200, 4, False, "USD"),
    ("D", "2026-03-03", "2026-03-20", 30, 1, False, "USD"),
    ("E", "2026-03-05", "2026-03-19", 0, 1, True, "USD"),
    ("F", "2026-03-03", "2026-03-10", 0, 2, True, "USD"),
    ("F", "2026-03-10", None, 40, 2, False, "USD"),
    ("G", "2025-03-10", "2025-09-01", 500, 3, False, "USD"),
    ("G", "2025-09-01", "2026-01-15", 550, 3, False, "USD"),
    ("G", "2026-01-15", None, 550, 4, False, "USD"),
    ("H", "2025-03-15", "2025-08-15", 300, 3, False, "USD"),
    ("H", "2026-03-25", None, 120, 3, False, "USD"),
    ("I", "2025-12-10", None, 80, 2, False, "EUR"),
]
EVENTS = """
    2025-10-01 10:00 G g1 login
    2025-11-15 10:00 G g1 note
    2025-12-20 10:00 G g1 share
    2026-01-15 10:00 G g1 share
    2026-02-10 10:00 G g1 make
    2026-02-10 10:00 G g2 call
    2026-03-03 10:00 G g1 make  done
    2026-03-12 10:00 G g1 share 240s
    2026-03-20 10:00 G g1 make  failed
    2026-03-26 10:00 G g1 make
    2026-03-26 10:10 G g1 share
    2026-03-26 11:00 G g2 call
    2026-03-28 10:00 G g1 login
    2026-03-30 10:00 G g1 make  600s
    2026-01-11 10:00 A a1 load
    2026-01-13 10:00 A a1 make
    2026-01-15 12:00 A a1 share
    2026-03-25 10:00 A a2 make
    2026-02-21 10:00 B b1 load
    2026-02-22 10:00 B b1 make
    2026-03-05 10:00 B b1 login
    2026-02-05 10:00 C c1 login
    2026-03-03 10:00 D d1 login
    2026-03-10 10:00 F f1 login
    2026-03-11 10:00 F f1 login
    2026-02-11 10:00 J j1 load
    2026-02-12 10:00 J j1 make
    2026-02-14 12:00 J j1 share
"""
# user, account, role, team, invited
USERS = [
    ("g1", "G", "admin", "Ops", None),
    ("g2", "G", "member", "Sales", "2025-03-20"),
    ("a1", "A", "admin", "Ops", None),
    ("a2", "A", "member", "Ops", "2026-01-12"),
    ("a3", "A", "member", "Ops", "2026-01-20"),
    *[(f"{account.lower()}1", account, "member", "Ops", None) for account in "BCDFJ"],
]


def events() -> list[dict]:
    rows = []
    for i, line in enumerate(EVENTS.split("\n")):
        if not line.strip():
            continue
        day, clock, account, user, name, *more = line.split()
        mark = more[0] if more else ""
        rows.append(
            {
                **{"event_id": f"E{i}", "account_id": account, "user_id": user, "event_name": name},
                "occurred_at": f"{day} {clock}",
                "completed": {"done": True, "failed": False}.get(mark),
                "duration_seconds": float(mark[:-1]) if mark.endswith("s") else None,
            }
        )
    return rows


@pytest.fixture(scope="module")
def march(tmp_path_factory, product) -> Snapshot:
    """The company's snapshot; scores are scaled by the lines of the shipped definition."""
    lines = product.model_dump(mode="json", include={"engagement_score", "health_score"})
    tables = {
        "accounts": [
            {"account_id": a, "account_name": f"{a} Ltd", "signed_up_at": day} for a, day in SIGNED_UP.items()
        ],
        "subscriptions": [
            {
                **{"subscription_id": f"S{i}", "account_id": account, "valid_from": start, "valid_to": end},
                **{"plan": "Team", "amount": amount, "amount_period": "month", "currency": currency},
                **{"is_trial": trial, "seats": seats},
                "event_limit": 9 if account == "G" else None,
                "renewal_at": "2026-05-01" if account == "G" and end is None else None,
            }
            for i, (account, start, end, amount, seats, trial, currency) in enumerate(SUBSCRIPTIONS)
        ],
        "events": events(),
        "users": [
            {
                **{"user_id": user, "account_id": account, "created_at": SIGNED_UP[account], "role": role},
                **{"team": team, "invited_at": invited, "deactivated_at": None},
            }
            for user, account, role, team, invited in USERS
        ],
        "integrations": [
            {
                **{"integration_id": "N1", "account_id": "G", "name": "crm"},
                **{"connected_at": "2026-01-05", "disconnected_at": None},
            },
            {
                **{"integration_id": "N2", "account_id": "G", "name": "erp"},
                **{"connected_at": "2026-02-01", "disconnected_at": "2026-03-05"},
            },
        ],
        "tickets": [
            {
                **{"ticket_id": "T1", "account_id": "G", "opened_at": "2026-03-10", "closed_at": None},
                "escalated": True,
            }
        ],
        "surveys": [
            {
                **{"survey_id": f"V{i}", "account_id": "G", "answered_at": day, "kind": "nps"},
                "score": float(score),
            }
            for i, (day, score) in enumerate(
                [
                    ("2026-01-05", 9),
                    ("2026-02-05", 10),
                    ("2026-03-05", 3),
                    ("2026-03-06", 7),
                    ("2025-12-30", 0),
                ]
            )
        ],
        "acquisition": [{"month": "2026-03-01", "channel": "all", "cost": 300, "currency": "USD"}],
    }
    months = pd.date_range("2025-03-01", "2026-03-01", freq="MS")
    rates = [(month.date(), "1.20" if month == months[-1] else "1.10") for month in months]
    known = pa.Table.from_pylist(
        [{"month": month, "currency": "EUR", "rate": Decimal(rate)} for month, rate in rates],
        schema=RATES.to_pyarrow(),
    )
    source = MemorySource({name: table(name, rows) for name, rows in tables.items()}, known)
    made = Product.model_validate(PRODUCT | lines)
    return build_snapshot(source, made, MARCH, tmp_path_factory.mktemp("worked") / "snapshot")


WEEKS = 31 / 7
G = {
    "mrr": 55_000,
    "feature_breadth": 2 / 4,  # make and share
    "adoption_recent": 2 / 4,
    "adoption_all_time": 3 / 4,  # and note, in November
    "feature_depth": 2,
    "core_value_usage": 2 / 2 / WEEKS,
    "core_event_frequency": 6 / 2 / WEEKS,
    "repeat_workflow_usage": 4,  # 3rd, 20th, 26th, 30th
    "active_users": 2,
    "engaged_users": 1,
    "team_count": 2,
    "integration_count": 1,  # the second was disconnected
    "first_integration_at": "2026-01-05",
    "active_days_7": 3,  # 26th, 28th, 30th
    "a3x7": 1,  # g1
    "a3x7_weekdays": 0,  # the 28th is a Saturday
    "session_frequency": 7 / 2 / WEEKS,  # make and share of the 26th are ten minutes apart: one session
    "product_rhythm": True,  # a value event within the last week
    "active_user_share": 2 / 4,
    "usage_concentration": 7 / 8,
    "api_call_trend": 1 / 1 - 1,
    "usage_trend_7": 5 / 1 - 1,
    "usage_trend_30": 8 / 2 - 1,
    "usage_trend_60": 10 / 2 - 1,
    "usage_trend_90": 11 / 2 - 1,
    "last_active_days": 1,
    "last_admin_active_days": 1,
    "key_action_gap_days": 1,
    "tenure_days": 387,
    "customer_engagement_score": 4 * 10 + 2 * 10 + 1,
    "session_duration": (240 + 600) / 7 / 60,
    "task_completion_rate": 1 / 2,
    # 0.30 x (0.79 of 5 sessions) + 0.30 x (0.5 of 0.8) + 0.20 x (0.5 of 0.8) + 0.20 x (1 of 3)
    "engagement_score": 30 * 7 / 2 / WEEKS / 5 + 30 * 0.5 / 0.8 + 20 * 0.5 / 0.8 + 20 / 3,
    # without activation, which was not seen: value, trend, seats, admin, features, support, renewal
    "health_score": (20 / WEEKS / 5 + 15 + 15 * 0.5 / 0.8 + 10 + 10 * 0.5 / 0.6 + 10 * 0.5 + 5) / 0.85,
    "lifecycle_funnel": "expanded",  # engaged, and grew in September
    "lifecycle_stage": "expansion",
    "risk_flags": 0,
    "licence_utilisation": 2 / 4,
    "seat_growth": 1,
    "team_growth": 1,
    "cross_team_usage": True,
    "usage_growth": 11 / 3 - 1,
    "value_signal_growth": 3 / 1 - 1,
    "premium_feature_adoption": 1 / 2,
    "plan_limit_proximity": 8 / 9,
    "commercial_reason": "volume",
    # licence 62.5, one of two more teams, growth and two more at their tops and parts
    "expansion_readiness": 0.30 * 62.5 + 0.20 * 50 + 0.20 * 100 + 0.15 * 62.5 + 0.15 * 800 / 9,
}
A = {
    "time_to_first_value": 5.5,
    "account_activated": True,
    "setup_completion_rate": 1.0,
    "onboarding_completion_rate": True,
    "onboarding_invites": 2,
    "workspace_setup_depth": False,  # one of two came within seven days
    "first_import_at": "2026-01-11 10:00",
    "first_repeat_core_use_at": "2026-01-15",
    "invited_active_share": 1 / 2,
    "expansion_mrr": 5_000,
    "lifecycle_funnel": "adopted",  # no value event in March
}
ACCOUNTS = {
    "G": G,
    "A": A,
    "B": {"contraction_mrr": 1_500, "churn_type": "contraction", "lifecycle_funnel": "declining"},
    "C": {"churned_mrr": 20_000, "churn_type": "never activated", "lifecycle_funnel": "gone"},
    "F": {"new_mrr": 4_000, "lifecycle_stage": "onboarding", "lifecycle_funnel": "signed up"},
    "H": {"reactivation_mrr": 12_000, "lifecycle_funnel": "activated", "mrr": 12_000},
    "I": {"fx_mrr": 800, "mrr": 9_600},  # 80 EUR at 1.10, then 1.20
}
# A 15000, B 4500, F 4000, G 55000, H 12000, I 9600; at the start A 10000, B 6000, C 20000, G 55000, I 8800
START, END = 99_800, 100_100
PORTFOLIO = {
    "mrr": END,
    "arr": 12 * END,
    "arpa": END / 6,
    "new_mrr": 4_000,
    "expansion_mrr": 5_000,
    "contraction_mrr": 1_500,
    "churned_mrr": 20_000,
    "reactivation_mrr": 12_000,
    "fx_mrr": 800,
    "paying_accounts": 6,
    "new_accounts": 1,
    "churned_accounts": 1,
    "reactivated_accounts": 1,
    "expanded_accounts": 1,
    "contracted_accounts": 1,
    "new_and_churned": 1,  # D
    "grr": (55_000 + 8_800 + 10_000 + 4_500) / START,
    "nrr": (55_000 + 9_600 + 15_000 + 4_500) / START,
    "grr_12": 50_000 / 80_000,  # H has a gap, so its return doesn't count
    "nrr_12": 55_000 / 80_000,
    "logo_retention": 4 / 5,
    "logo_retention_12": 1 / 2,
    "monthly_churn_rate": 1 / 5,
    "quick_ratio": (4_000 + 5_000) / (1_500 + 20_000),
    "ltv": END / 6 * 0.80 / 0.20,
    "acquisition_cost": 30_000,
    "cac": 30_000,
    "cac_payback": 300 / (40 * 0.80),
    "free_to_paid_conversion": 1 / 2,  # of E and F
    "retention_90d": 1 / 2,  # of C and I
    "expansion_pipeline": 55_000 / END,
    "dau": 12 / 30,
    "wau": 3,
    "mau": 6,
    "stickiness": 12 / (6 * 30),
    "stickiness_wau": 3 / 6,
    "a3x7": 1 / 3,
    "a3x7_weekdays": 0,
    "active_accounts": 5,
    "account_stickiness": 11 / (5 * 31),
    "active_account_growth": 3 / 5,  # A, D and F began, C and J ceased
    "active_users": 6 / 5,
    "engaged_users": 1 / 6,
    "session_frequency": 12 / (6 * WEEKS),
    "feature_breadth": (0.5 + 0.25) / 6,
    "feature_adoption_rate": (2 + 1) / (6 * 4),
    "licence_utilisation": 5 / 18,
    "product_rhythm": 1 / 6,
    "task_completion_rate": 1 / 2,
    "product_engagement_score": 100 * (3 / 24 + 12 / 180 + 3 / 5) / 3,
    "north_star": 2,
    "nps": (2 - 1) / 4,
    "day1_retention": 1 / 3,  # f1, not d1 nor a2
    "month1_retention": 2 / 4,  # g2 and b1, not c1 nor j1
    "time_to_first_value": 4.5,  # of J; B has none
    "first_value_in_time": 1 / 2,
    "activation_rate": 1 / 2,
    "setup_completion_rate": 5 / 6,
    "onboarding_completion_rate": 1 / 2,
    "onboarding_drop_off": 1 / 2,  # B stops before the share
    "onboarding_drop_off:make": 0,
    "onboarding_drop_off:share": 1 / 2,
    "risk_flags": 4 / 6,  # A, B, H and I
    "churn_type:contraction": 1,
    "churn_type:never activated": 1,
    "lifecycle_funnel:signed up": 4,  # D, E, F, I
    "lifecycle_funnel:activated": 1,
    "lifecycle_funnel:adopted": 2,  # A and J
    "lifecycle_funnel:expanded": 1,
    "lifecycle_funnel:declining": 1,
    "lifecycle_funnel:gone": 1,
}
MEANS = {
    "engagement_score": "engagement_score",
    "health_score": "health_score",
    "health_trend": "health_score_change",
    "expansion_readiness": "expansion_readiness",
}
"""Portfolio figures that are the mean over paying accounts -> column."""


def column_of(metric: str) -> str:
    """The panel's column of a metric."""
    return {"a3x7": "a3x7_users"}.get(metric, METRICS[metric].place.partition(".")[2])


@pytest.mark.parametrize(
    ("account", "metric", "value"),
    [(account, metric, value) for account, known in ACCOUNTS.items() for metric, value in known.items()],
)
def test_a_figure_of_an_account(march, account, metric, value):
    found = march.at().set_index("account_id").loc[account, column_of(metric)]
    if isinstance(value, str) and metric.endswith("_at"):
        value = pd.Timestamp(value)
    assert found == (pytest.approx(value, abs=1e-6) if isinstance(value, float) else value)


@pytest.mark.parametrize("metric", PORTFOLIO)
def test_a_figure_of_the_portfolio(march, metric):
    assert march.value(metric) == pytest.approx(PORTFOLIO[metric], rel=1e-8)


@pytest.mark.parametrize("metric", MEANS)
def test_a_score_of_the_portfolio_is_the_mean_of_its_accounts(march, metric):
    rows = march.at()
    known = rows.loc[rows.paying, MEANS[metric]].dropna()
    assert len(known) > 1
    assert march.value(metric) == pytest.approx(known.mean(), abs=1e-5)


def test_mrr_in_churn_risk_band_is_that_of_the_accounts_below_the_lowest_edge(march):
    rows = march.at()
    low = rows.paying & (rows.health_score < 40)
    assert low.any()
    assert march.value("mrr_in_churn_risk_band") == pytest.approx(rows.loc[low, "mrr_cents"].sum() / END)


def test_figures_of_users(march):
    users = march.user_month.set_index(["user_id", "month"])
    found = users.loc[("g1", pd.Timestamp(MARCH.start))]
    assert (found.active_days, found.active_days_7, found.sessions) == (6, 3, 6)
    assert (found.customer_engagement_score, found.key_action_gap_days) == (61, 1)
    assert (found.tasks, found.tasks_done, found.duration_seconds) == (2, 1, 840)


def test_every_figure_that_the_snapshot_holds_is_worked_here():
    worked = {metric for known in ACCOUNTS.values() for metric in known}
    figures = {metric.partition(":")[0] for metric in PORTFOLIO} | set(MEANS) | {"mrr_in_churn_risk_band"}
    for metric in METRICS.values():
        if metric.place.startswith("computed"):
            continue
        if "account" in metric.levels:
            assert metric.id in worked or metric.id == "health_trend", metric.id
        if "portfolio" in metric.levels:
            assert metric.id in figures, metric.id
