"""Stages by age, stages by behaviour, warnings, kinds of churn, room to grow: one small panel for all."""

from __future__ import annotations

import datetime as dt

import ibis
import pandas as pd
import pyarrow as pa
import pytest

from reporting.metrics.churn import with_churn_type, with_flags
from reporting.metrics.expansion import with_growth, with_readiness
from reporting.metrics.lifecycle import with_lifecycle
from reporting.month import Month

FLOAT, INT, BOOL, TEXT, TIME = pa.float64(), pa.int64(), pa.bool_(), pa.string(), pa.timestamp("us")
SCHEMA = {
    "account_id": TEXT,
    "month": TIME,
    "close": TIME,
    "paying": BOOL,
    "live": BOOL,
    "covered": BOOL,
    "first_paid_month": TIME,
    "tenure_days": INT,
    "activated": BOOL,
    "adoption_recent": FLOAT,
    "value_events": INT,
    "events": INT,
    "expansion_cents": INT,
    "contraction_cents": INT,
    "churned_cents": INT,
    "usage_trend_30": FLOAT,
    "active_users": INT,
    "engagement_score": FLOAT,
    "session_frequency": FLOAT,
    "renewal_at": TIME,
    "key_trend_30": FLOAT,
    "value_trend_30": FLOAT,
    "last_admin_active_days": INT,
    "setup_completion_rate": FLOAT,
    "feature_breadth": FLOAT,
    "last_active_days": INT,
    "active_days": INT,
    "seats_purchased": INT,
    "team_count": INT,
    "plan": TEXT,
    "licence_utilisation": FLOAT,
    "plan_limit_proximity": FLOAT,
    "premium_share": FLOAT,
    "seat_limit": INT,
}
START = Month(2026, 1)


def panel(**accounts: list[dict]) -> ibis.Table:
    """Each account's months from January 2026 on; what a row leaves out is what a quiet payer has."""
    rows = []
    for account, months in accounts.items():
        for i, given in enumerate(months):
            month = START.shift(i)
            usual = {
                "account_id": account,
                "month": month.start,
                "close": month.close,
                "paying": True,
                "covered": True,
                "first_paid_month": START.start,
                "expansion_cents": 0,
                "contraction_cents": 0,
                "churned_cents": 0,
                "events": 10,
                "value_events": 5,
                "tenure_days": 200,
                "activated": True,
                "adoption_recent": 0.5,
            }
            row = dict.fromkeys(SCHEMA) | usual | given
            row["live"] = row["paying"] if row["live"] is None else row["live"]
            rows.append(row)
    return ibis.memtable(pa.Table.from_pylist(rows, schema=pa.schema(SCHEMA)))


def last(run, table: ibis.Table) -> pd.DataFrame:
    """The last month of each account."""
    return run(table).sort_values("month").groupby("account_id").last()


def column(run, table: ibis.Table, name: str) -> dict:
    frame = (
        run(table).sort_values(["account_id", "month"]).groupby("account_id").tail(1).set_index("account_id")
    )
    return frame[name].astype(object).where(frame[name].notna(), None).to_dict()


def test_stages_end_after_thirty_and_ninety_days(run, product):
    table = with_lifecycle(
        panel(
            **{str(days): [{"tenure_days": days}] for days in (0, 30, 31, 90, 91)}, gone=[{"paying": False}]
        ),
        product,
    )
    assert column(run, table, "lifecycle_stage") == {
        "0": "onboarding",
        "30": "onboarding",
        "31": "adoption",
        "90": "adoption",
        "91": "expansion",
        "gone": None,
    }


def test_the_funnel_takes_the_first_stage_that_holds_from_below(run, product):
    grew = {"expansion_cents": 100}
    table = with_lifecycle(
        panel(
            gone=[{}, {"paying": False, "churned_cents": 100}],
            never_paid=[{"paying": False, "first_paid_month": None, "activated": False}],
            contracted=[{}, {"contraction_cents": 5}],
            falling=[{"usage_trend_30": -0.3}],
            steady=[{"usage_trend_30": -0.25}],  # exactly the threshold is no fall
            expanded=[grew] + [{}] * 11,
            grew_long_ago=[grew] + [{}] * 12,
            young=[{"tenure_days": 90}],
            idle=[{"value_events": 0}],
            narrow=[{"adoption_recent": 0.25}],
            unknown=[{"activated": None, "adoption_recent": None, "value_events": None}],
            fresh=[{"activated": False}],
        ),
        product,
    )
    assert column(run, table, "funnel_stage") == {
        "gone": "gone",
        "never_paid": "signed up",
        "contracted": "declining",
        "falling": "declining",
        "steady": "retained",
        "expanded": "expanded",
        "grew_long_ago": "retained",
        "young": "engaged",
        "idle": "adopted",
        "narrow": "activated",
        "unknown": "activated",
        "fresh": "signed up",
    }


def test_growth_of_a_year_is_looked_for_in_order_of_time_however_rows_arrive(run, product):
    months = panel(A=[{"expansion_cents": 100}] + [{}] * 11).order_by(ibis.desc("month"))
    assert column(run, with_lifecycle(months, product), "funnel_stage") == {"A": "expanded"}


def test_flags_are_raised_beyond_the_threshold_and_unknown_without_input(run, product):
    close = Month(2026, 2).close
    table = with_flags(
        panel(
            bad=[
                {"active_users": 8, "session_frequency": 4.0},
                {
                    "active_users": 5,
                    "session_frequency": 2.0,
                    "key_trend_30": -0.5,
                    "value_trend_30": -0.26,
                    "last_admin_active_days": 31,
                    "setup_completion_rate": 0.5,
                    "feature_breadth": 0.2,
                    "usage_trend_30": -0.3,
                    "renewal_at": close + dt.timedelta(days=89),
                },
            ],
            good=[
                {"active_users": 8, "session_frequency": 4.0},
                {
                    "active_users": 6,
                    "session_frequency": 3.0,
                    "key_trend_30": -0.25,
                    "value_trend_30": 0.0,
                    "last_admin_active_days": 30,
                    "setup_completion_rate": 0.6,
                    "feature_breadth": 0.3,
                    "usage_trend_30": -0.3,
                    "renewal_at": close + dt.timedelta(days=90),
                },
            ],
            unknown=[{}, {}],
            gone=[{}, {"paying": False}],
        ),
        product,
    )
    assert column(run, table, "risk_flags") == {"bad": 8, "good": 0, "unknown": 0, "gone": None}
    assert column(run, table, "flag_no_recent_admin") == {
        "bad": True,
        "good": False,
        "unknown": None,
        "gone": None,
    }


FLAG_CASES = {  # flag -> column, below, at and above its threshold, and which of the three are raised
    "core_workflow_falling": ("key_trend_30", (-0.26, -0.25, -0.24), (True, False, False)),
    "value_features_falling": ("value_trend_30", (-0.26, -0.25, -0.24), (True, False, False)),
    "no_recent_admin": ("last_admin_active_days", (29, 30, 31), (False, False, True)),
    "weak_onboarding": ("setup_completion_rate", (0.59, 0.60, 0.61), (True, False, False)),
    "low_adoption": ("feature_breadth", (0.29, 0.30, 0.31), (True, False, False)),
    "active_users_falling": ("active_users", (74, 75, 76), (True, False, False)),
    "frequency_falling": ("session_frequency", (7.4, 7.5, 7.6), (True, False, False)),
}


def test_each_flag_is_raised_only_beyond_its_threshold_and_counts_once(run, product):
    before = {"active_users": 100, "session_frequency": 10.0}
    accounts = {
        f"{flag} {i}": [before, {name: value}]
        for flag, (name, values, _) in FLAG_CASES.items()
        for i, value in enumerate(values)
    }
    found = run(with_flags(panel(**accounts), product)).sort_values("month").groupby("account_id").tail(1)
    found = found.set_index("account_id")
    for flag, (_, _, raised) in FLAG_CASES.items():
        mine = [f"{flag} {i}" for i in range(3)]
        assert found.loc[mine, f"flag_{flag}"].tolist() == list(raised), flag
        assert found.loc[mine, "risk_flags"].tolist() == [int(one) for one in raised], flag


def test_weak_onboarding_and_low_adoption_wait_for_the_end_of_the_onboarding(run, product):
    row = {"setup_completion_rate": 0.1, "feature_breadth": 0.1}
    table = with_flags(panel(**{str(d): [row | {"tenure_days": d}] for d in (29, 30, 31)}), product)
    for flag in ("weak_onboarding", "low_adoption"):
        assert column(run, table, f"flag_{flag}") == {"29": False, "30": False, "31": True}


def test_a_fall_before_renewal_needs_a_fall_and_a_renewal_within_ninety_days(run, product):
    cases = {
        "day before": (89, -0.26, True),
        "at the edge": (90, -0.26, False),
        "no fall": (89, -0.25, False),
        "none": (None, -0.26, False),
    }
    accounts = {
        name: [{"usage_trend_30": t, "renewal_at": None if d is None else START.close + dt.timedelta(days=d)}]
        for name, (d, t, _) in cases.items()
    }
    table = with_flags(panel(**accounts), product)
    expected = {name: raised for name, (_, _, raised) in cases.items()}
    assert column(run, table, "flag_falling_before_renewal") == expected


def test_funnel_thresholds(run, product):
    cases = {
        "breadth below": ({"adoption_recent": 0.29}, "activated"),
        "breadth at": ({"adoption_recent": 0.30}, "retained"),
        "ninety days": ({"tenure_days": 90}, "engaged"),
        "ninety-one days": ({"tenure_days": 91}, "retained"),
        "one value event": ({"value_events": 1}, "retained"),
        "fall above": ({"usage_trend_30": -0.251}, "declining"),
        "one cent less": ({"contraction_cents": 1}, "declining"),
        "one cent more": ({"expansion_cents": 1}, "expanded"),
        "free and falling": ({"paying": False, "live": True, "usage_trend_30": -0.5}, "retained"),
        "paid this month": ({"paying": False}, "gone"),
        "pays later": ({"paying": False, "first_paid_month": START.close}, "retained"),
    }
    table = with_lifecycle(panel(**{name: [row] for name, (row, _) in cases.items()}), product)
    assert column(run, table, "funnel_stage") == {name: stage for name, (_, stage) in cases.items()}


def test_kinds_of_churn_are_judged_by_the_month_before(run, product):
    left = {"paying": False, "churned_cents": 100, "last_active_days": 50}
    same = {"active_users": 5, "last_active_days": 2}
    table = with_churn_type(
        panel(
            contraction=[{}, {}, {"contraction_cents": 10}],
            never=[{}, {}, left | {"activated": False}],
            abandoned=[{}, {"last_active_days": 30}, left],
            fading=[{"active_users": 5}, {"active_users": 3, "last_active_days": 2}, left],
            engaged=[same, same | {"engagement_score": 70.1}, left],
            at_the_band=[same, same | {"engagement_score": 70.0}, left],
            unscored=[same, same | {"engagement_score": None}, left],
            low_when_gone=[same, same | {"engagement_score": 90.0}, left | {"engagement_score": 0.0}],
            stays=[{}, {}, {}],
        ),
        product,
    )
    assert column(run, table, "churn_type") == {
        "contraction": "contraction",
        "never": "never activated",
        "abandoned": "account abandonment",
        "fading": "user inactivity",
        "engaged": "engaged and yet gone",
        "at_the_band": "no clear pattern",
        "unscored": "no clear pattern",
        "low_when_gone": "engaged and yet gone",
        "stays": None,
    }


@pytest.mark.parametrize(("rhythm", "days"), [("weekly", 30), ("monthly", 129)])
def test_an_account_is_abandoned_once_it_is_silent_in_the_product_s_rhythm(run, product, rhythm, days):
    left = {"paying": False, "churned_cents": 100}
    silences = {"below": days - 1, "at": days, "above": days + 1}
    accounts = {name: [{}, {"last_active_days": n}, left] for name, n in silences.items()}
    table = with_churn_type(panel(**accounts), product.model_copy(update={"rhythm": rhythm}))
    gone = {"at": "account abandonment", "above": "account abandonment"}
    assert column(run, table, "churn_type") == gone | {"below": "no clear pattern"}


def test_growth_over_three_months(run):
    months = [
        {"seats_purchased": 5, "team_count": 1, "events": e, "value_events": v}
        for e, v in ((10, 1), (10, 1), (10, 2), (10, 2), (20, 2), (30, 4))
    ]
    months[-1] |= {"seats_purchased": 8, "team_count": 2}
    found = last(run, with_growth(panel(A=months))).loc["A"]
    assert (found.seat_growth, found.team_growth) == (3, 1)
    assert (found.usage_growth, found.value_signal_growth) == (1.0, 1.0)  # 60 against 30, 8 against 4


def test_growth_needs_six_months_of_use(run):
    short = [{"events": None}] + [{"events": 10}] * 5
    full = [{"events": 10, "value_events": 1, "seats_purchased": 9, "team_count": 9}] * 6
    found = run(with_growth(panel(A=short, B=full, C=full[:5], D=full)))
    found = found.set_index("account_id")
    assert set(found.index[found.usage_growth.notna()]) == {"B", "D"}
    assert set(found.index[found.value_signal_growth.notna()]) == {"B", "D"}
    assert found.groupby(level=0)[["seat_growth", "team_growth"]].count().values.tolist() == [
        [0, 0], [3, 3], [2, 2], [3, 3],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("basis", "row", "reason"),
    [
        ("seats", {"licence_utilisation": 0.9, "seats_purchased": 5, "seat_limit": 12}, "seats"),
        ("seats", {"licence_utilisation": 0.9, "seats_purchased": 12, "seat_limit": 12}, "tier"),
        ("seats", {"licence_utilisation": 0.8, "seats_purchased": 5}, None),
        ("seats", {"licence_utilisation": 0.5, "plan_limit_proximity": 0.95}, "volume"),
        ("volume", {"licence_utilisation": 0.9, "plan_limit_proximity": 0.5}, None),
        ("volume", {"plan_limit_proximity": 0.81}, "volume"),
        ("volume", {"plan_limit_proximity": 0.80}, None),
        ("seats", {"plan_limit_proximity": 0.81}, "volume"),
        ("seats", {"licence_utilisation": 0.81, "seats_purchased": 13, "seat_limit": 12}, "tier"),
        ("seats", {"licence_utilisation": 0.81, "seats_purchased": 11, "seat_limit": 12}, "seats"),
        ("tier", {"licence_utilisation": 1.0, "seats_purchased": 12, "seat_limit": 12}, None),
        ("tier", {"premium_share": 0.1}, "tier"),
        ("tier", {"premium_share": 0.099}, None),
        ("seats", {"premium_share": 0.5}, None),
        ("seats", {"licence_utilisation": 0.9, "paying": False}, None),
    ],
)
def test_a_reason_matches_how_the_plan_is_priced(run, product, basis, row, reason):
    priced = product.model_copy(update={"pricing_basis": {"Team": basis}})
    table = with_readiness(with_growth(panel(A=[row | {"plan": "Team"}])), priced)
    assert column(run, table, "commercial_reason") == {"A": reason}


def test_parts_of_readiness_are_clamped_and_teams_spread_from_two_on(run, product):
    names = ("licence_utilisation", "team_count", "premium_share", "plan_limit_proximity")
    rows = {
        "none": ((0.0, 1, 0.0, 0.0), (0, 0, 0, 0), False),
        "half": ((0.4, 2, 0.1, 0.5), (50, 50, 50, 50), True),
        "full": ((0.8, 3, 0.2, 1.0), (100, 100, 100, 100), True),
        "more": ((1.5, 9, 0.9, 2.0), (100, 100, 100, 100), True),
    }
    accounts = {name: [dict(zip(names, given, strict=True))] for name, (given, _, _) in rows.items()}
    found = run(with_readiness(with_growth(panel(**accounts)), product)).set_index("account_id")
    parts = [f"readiness_{part}" for part in ("licence", "team", "premium", "limit")]
    for name, (_, points, spread) in rows.items():
        assert found.loc[name, parts].tolist() == pytest.approx(points), name
        assert found.loc[name, "cross_team_usage"] == spread


def test_readiness_is_the_weighted_mean_of_what_is_known(run, product):
    row = {"licence_utilisation": 0.4, "team_count": 2, "premium_share": 0.1, "plan_limit_proximity": 0.5}
    table = with_readiness(with_growth(panel(A=[row], B=[{}], C=[row | {"paying": False}])), product)
    assert column(run, table, "cross_team_usage") == {"A": True, "B": None, "C": True}
    found = column(run, table, "expansion_readiness")
    # licence 0.4 of 0.8, one of two more teams, premium 0.1 of 0.2, limit 0.5: all 50; growth is unknown
    assert found == {"A": 50.0, "B": None, "C": None}
