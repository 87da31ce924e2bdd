"""Scores: scaling, weights, edges of the bands, absent inputs, cost of each part, cause of a change."""

from __future__ import annotations

import datetime as dt

import ibis
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.metrics.conftest import table

from reporting.metrics.scores import (
    ENGAGEMENT_PARTS,
    HEALTH_PARTS,
    band,
    scale,
    weighted,
    with_change,
    with_parts,
    with_score,
)
from reporting.params.scores import Bands, Line

FEB, MAR = dt.datetime(2026, 2, 1), dt.datetime(2026, 3, 1)


def column(values: list, type=None) -> ibis.Column:
    return ibis.memtable(pa.table({"x": pa.array(values, type)})).x


def test_a_line_is_clamped_and_may_fall(run):
    x = column([-1.0, 0.0, 2.5, 5.0, 9.0, None])
    assert run(scale(x, Line(full=5)).name("s").as_table()).s.fillna(-1).tolist() == [0, 0, 50, 100, 100, -1]
    falling = scale(column([5.0, 7.0, 18.5, 30.0, 99.0]), Line(zero=30, full=7))
    assert run(falling.name("s").as_table()).s.tolist() == [100, 100, 50, 0, 0]


def test_the_edges_at_forty_and_seventy_are_at_risk(run):
    score = column([70.000001, 70.0, 40.0, 39.999999, 0.0, None])
    found = run(band(score, Bands()).name("b").as_table()).b
    assert found.fillna("none").tolist() == [
        "healthy",
        "at risk",
        "at risk",
        "churn risk",
        "churn risk",
        "none",
    ]


PANEL = {
    "account_id": pa.string(),
    "month": pa.timestamp("us"),
    "close": pa.timestamp("us"),
    "live": pa.bool_(),
    "session_frequency": pa.float64(),
    "feature_breadth": pa.float64(),
    "licence_utilisation": pa.float64(),
    "integration_count": pa.int64(),
    "setup_completion_rate": pa.float64(),
    "core_value_usage": pa.float64(),
    "usage_trend_30": pa.float64(),
    "admin_quiet_days": pa.int64(),
    "tickets_open": pa.int64(),
    "escalations": pa.int64(),
    "renewal_at": pa.timestamp("us"),
}


def panel(*rows: dict) -> ibis.Table:
    base = {"account_id": "A", "month": FEB, "close": MAR, "live": True}
    full = [dict.fromkeys(PANEL) | base | row for row in rows]
    return ibis.memtable(pa.Table.from_pylist(full, schema=pa.schema(PANEL)))


def scored(run, product, *rows: dict) -> pd.DataFrame:
    table = with_parts(panel(*rows), product)
    table = with_score(table, "engagement_score", product.engagement_score, product.bands)
    return run(
        with_score(table, "health_score", product.health_score, product.bands).order_by("account_id", "month")
    )


def test_the_engagement_score_is_thirty_thirty_twenty_twenty(run, product):
    # 3 of 5 sessions a week = 60; 0.4 of 0.8 breadth = 50; 0.6 of 0.8 seats = 75; 1 of 3 integrations = 33.33
    row = {
        "session_frequency": 3.0,
        "feature_breadth": 0.4,
        "licence_utilisation": 0.6,
        "integration_count": 1,
    }
    found = scored(run, product, row).iloc[0]
    assert found.engagement_score == pytest.approx(0.3 * 60 + 0.3 * 50 + 0.2 * 75 + 0.2 * 100 / 3, abs=1e-6)
    assert found.engagement_band == "at risk"
    assert found.engagement_lost_session_frequency == pytest.approx(0.3 * 40)
    assert pd.isna(found.engagement_score_missing)


def test_an_absent_part_leaves_its_weight_to_the_others_and_is_named(run, product):
    row = {"session_frequency": 3.0, "feature_breadth": 0.4}
    found = scored(run, product, row).iloc[0]
    assert found.engagement_score == pytest.approx((0.3 * 60 + 0.3 * 50) / 0.6)
    assert found.engagement_score_missing == "licence_utilisation, integrations"
    assert pd.isna(found.score_integrations)
    assert pd.isna(found.engagement_lost_integrations)


def test_an_account_that_neither_pays_nor_tries_has_no_score(run, product):
    found = scored(run, product, {"live": False, "session_frequency": 3.0}).iloc[0]
    assert pd.isna(found.engagement_score)
    assert pd.isna(found.engagement_score_missing)
    assert pd.isna(found.engagement_band)


def test_health_reads_support_and_the_renewal(run, product):
    soon, later = dt.datetime(2026, 4, 1), dt.datetime(2027, 2, 1)
    found = scored(
        run,
        product,
        {"account_id": "A", "tickets_open": 1, "escalations": 1, "usage_trend_30": -0.25, "renewal_at": soon},
        {
            "account_id": "B",
            "tickets_open": 0,
            "escalations": 0,
            "usage_trend_30": -0.25,
            "renewal_at": later,
        },
        {"account_id": "C", "usage_trend_30": 0.5, "renewal_at": soon},
    ).set_index("account_id")
    assert found.health_support.fillna(-1).tolist() == [50, 100, -1]  # 1 open + 2 x 1 escalated of 6
    assert found.health_renewal.tolist() == [50, 100, 100]  # a fall matters only while a renewal is near
    assert found.health_usage_trend.tolist() == [50, 50, 100]
    assert found.health_score_missing["C"] == (
        "activation, core_value_usage, active_users, admin_activity, feature_adoption, support"
    )


def test_an_unknown_renewal_or_trend_is_left_out_and_named(run, product):
    days = [dt.datetime(2026, 3, 1) + dt.timedelta(days=d) for d in (0, 90)]  # from the close; near below 90
    rows = {
        "near, falling by half of what scores 0": ({"renewal_at": days[0], "usage_trend_30": -0.25}, 50),
        "near, steady": ({"renewal_at": days[0], "usage_trend_30": 0.0}, 100),
        "near, rising": ({"renewal_at": days[0], "usage_trend_30": 0.4}, 100),
        "near, trend unknown": ({"renewal_at": days[0]}, None),
        "far, falling": ({"renewal_at": days[1], "usage_trend_30": -0.25}, 100),
        "far, trend unknown": ({"renewal_at": days[1]}, 100),
        "renewal unknown": ({"usage_trend_30": -0.25}, None),
        "both unknown": ({}, None),
    }
    accounts = [{"account_id": name} | row for name, (row, _) in rows.items()]
    found = scored(run, product, *accounts)
    found = found.set_index("account_id")
    points = found.health_renewal.astype(object).where(found.health_renewal.notna(), None)
    assert points.to_dict() == {name: points for name, (_, points) in rows.items()}
    named = found.health_score_missing.str.split(", ").map(lambda parts: "renewal" in parts)
    assert named.to_dict() == {name: points is None for name, (_, points) in rows.items()}
    # A trend of -0.25 scores 50 and is the only part left: no full marks for the renewal.
    assert found.health_score["renewal unknown"] == 50


value = st.one_of(st.none(), st.floats(0, 100, allow_nan=False))


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(value, value, value), min_size=1, max_size=30))
def test_score_and_points_lost_add_up_to_a_hundred(run, rows):
    names = ["a", "b", "c"]
    table = ibis.memtable(
        pa.table({n: pa.array(v, pa.float64()) for n, v in zip(names, zip(*rows, strict=True), strict=True)})
    )
    score, lost = weighted({n: table[n] for n in names}, {"a": 0.5, "b": 0.3, "c": 0.2})
    found = run(table.select(score=score, **{f"lost_{n}": lost[n] for n in names}))
    total = found.score + found.filter(like="lost_").sum(axis=1)
    assert (total[found.score.notna()] - 100).abs().max() < 1e-5 or found.score.isna().all()
    assert found.score.isna().tolist() == [all(v is None for v in row) for row in rows]


def test_a_change_is_named_after_the_part_that_moved_it_most(run, product):
    good = {
        "session_frequency": 5.0,
        "feature_breadth": 0.8,
        "licence_utilisation": 0.8,
        "integration_count": 3,
    }
    worse = good | {
        "month": MAR,
        "close": dt.datetime(2026, 4, 1),
        "session_frequency": 2.5,
        "integration_count": 2,
    }
    table = with_parts(panel(good, worse, good | {"account_id": "B"}), product)
    table = with_score(table, "engagement_score", product.engagement_score, product.bands)
    table = with_score(table, "health_score", product.health_score, product.bands)
    changed = with_change(table, "engagement_score", ENGAGEMENT_PARTS)
    changed = with_change(changed, "health_score", HEALTH_PARTS)
    found = run(changed.order_by("account_id", "month"))
    assert found.engagement_score_change[1] == pytest.approx(-15 - 100 / 3 * 0.2)
    assert found.engagement_score_change_cause.fillna("").tolist() == ["", "session_frequency", ""]
    assert found.health_score_change_cause.fillna("").tolist() == ["", "", ""]


def test_a_change_is_that_of_the_account_and_its_cause_the_first_of_the_largest(run):
    lost = [f"engagement_lost_{part}" for part in ENGAGEMENT_PARTS]
    paths = {
        "rises": [(50.0, (20.0, 10.0, 5.0, 5.0)), (56.0, (20.0, 7.0, 1.0, 6.0))],
        "falls": [(56.0, (20.0, 7.0, 1.0, 6.0)), (50.0, (20.0, 10.0, 5.0, 5.0))],
        "even": [(50.0, (10.0, 10.0, 0.0, 0.0)), (40.0, (15.0, 15.0, 0.0, 0.0))],
        "stays": [(50.0, (20.0, 10.0, 0.0, 0.0)), (50.0, (10.0, 20.0, 0.0, 0.0))],
        "new part": [(50.0, (20.0, 10.0, None, None)), (60.0, (20.0, 10.0, 5.0, None))],
        "unknown": [(None, (None,) * 4), (60.0, (10.0, 10.0, 10.0, 10.0))],
        "by a hair": [(50.0, (1.0, 0.0, 0.0, 0.0)), (50.5, (0.5, 0.0, 0.0, 0.0))],
    }
    rows = [
        {"account_id": name, "month": dt.datetime(2026, 2 + i, 1), "engagement_score": score}
        | dict(zip(lost, parts, strict=True))
        for name, path in paths.items()
        for i, (score, parts) in enumerate(path)
    ]
    types = {"account_id": "string", "month": "timestamp(6)", "engagement_score": "float64"}
    points = table(rows, **types, **dict.fromkeys(lost, "float64"))
    changed = with_change(points, "engagement_score", ENGAGEMENT_PARTS)
    assert set(changed.columns) - set(points.columns) == {
        "engagement_score_change",
        "engagement_score_change_cause",
    }
    found = run(changed)
    assert found[found.month == dt.datetime(2026, 2, 1)].iloc[:, -2:].isna().all(axis=None)
    now = found[found.month == dt.datetime(2026, 3, 1)].set_index("account_id").astype(object)
    now = now.where(now.notna(), None)
    assert now.engagement_score_change.to_dict() == {
        "rises": 6, "falls": -6, "even": -10, "stays": 0, "new part": 10, "unknown": None, "by a hair": 0.5,
    }  # fmt: skip
    assert now.engagement_score_change_cause.to_dict() == {
        "rises": "licence_utilisation",
        "falls": "licence_utilisation",
        "even": "session_frequency",
        "stays": None,
        "new part": None,
        "unknown": None,
        "by a hair": "session_frequency",
    }
