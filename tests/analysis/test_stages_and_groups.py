"""Stages, quadrants and small look-ups: at the edge, just below, just above."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from tests.hand import BEFORE, NOW, view_of

from reporting.analysis import frames, lifecycle, matrix


def test_stages_and_the_moves_between_them():
    def at(account: str, stage: str | None, month=NOW) -> dict:
        return {"account_id": account, "month": month, "funnel_stage": stage}

    table = lifecycle.lifecycle(
        view_of(
            at("a", "engaged", BEFORE), at("a", "engaged"),
            at("b", "engaged", BEFORE), at("b", "declining"),
            at("c", "retained", BEFORE), at("c", "gone"),
            at("d", "activated"),
            at("e", "adopted", BEFORE), at("e", None),
        )
    ).set_index("stage")  # fmt: skip
    assert list(table.index) == list(lifecycle.STAGES)
    found = table[["accounts", "step", "entered", "left"]]
    assert found.loc["engaged"].tolist() == [1, -1, 0, 1]
    assert found.loc["declining"].tolist() == [1, 1, 1, 0]
    assert found.loc["gone"].tolist() == [1, 1, 1, 0]
    assert found.loc["retained"].tolist() == [0, -1, 0, 1]
    assert found.loc["activated"].tolist() == [1, 1, 1, 0]
    assert found.loc["signed up"].tolist() == [0, 0, 0, 0]
    assert lifecycle.lifecycle(view_of({})).empty


@pytest.mark.parametrize(
    ("score", "cents", "quadrant"),
    [
        (70.1, 200, "large and healthy"),
        (70.0, 200, "large, not healthy"),
        (70.1, 199, "small and healthy"),
        (70.0, 199, "small, not healthy"),
    ],
)
def test_quadrants_at_the_healthy_edge_and_the_median(score, cents, quadrant):
    rows = [
        {"account_id": f"x{i}", "mrr_cents": c, "health_score": 50.0} for i, c in enumerate((100, 200, 300))
    ]
    rows += [{"account_id": "y", "mrr_cents": 200, "health_score": 50.0}]
    rows += [{"account_id": "free", "mrr_cents": 0, "health_score": 90.0}]
    rows += [{"account_id": "unscored", "mrr_cents": 10**6}]
    made = view_of(*rows, {"account_id": "case", "mrr_cents": cents, "health_score": score})
    found = matrix.matrix(made, made.now)
    assert found["case"] == quadrant
    assert pd.isna(found["free"]) and pd.isna(found["unscored"])


def test_a_share_of_mrr_is_of_everybody_that_pays():
    made = view_of({"account_id": "a", "mrr_cents": 300}, {"account_id": "b", "mrr_cents": 100})
    assert made.share_of_mrr(100) == 0.25
    assert math.isnan(made.share_of_mrr(100, BEFORE))


def test_segments_need_two_values_of_five_rows():
    rows = pd.DataFrame({"plan": ["a"] * 5 + ["b"] * 5, "region": ["n"] * 6 + ["s"] * 4})
    assert frames.segments(rows) == ["plan"]
    assert frames.segments(rows, 4) == ["plan", "region"]


def test_groups_come_in_the_order_a_reader_counts():
    sizes = ["51-200"] * 2 + ["1-10"] * 2 + ["11-50"] * 3 + ["201+"]
    rows = pd.DataFrame({"company_size": sizes})
    assert [name for name, _ in frames.by_value(rows, "company_size", 2)] == ["1-10", "11-50", "51-200"]
    assert [len(group) for _, group in frames.by_value(rows, "company_size", 3)] == [3]


def test_means_and_quantiles_of_what_is_known():
    values = pd.Series([1.0, None, 4.0, "x"])
    assert frames.numbers(values).tolist() == [1, 4]
    assert frames.quantile(values, 0.5) == 2.5
    assert math.isnan(frames.quantile(pd.Series([None]), 0.5))
    assert frames.weighted_mean(values, pd.Series([3, 100, 1, 100])) == 1.75
    assert math.isnan(frames.weighted_mean(values, pd.Series([0, 1, 0, 1])))
