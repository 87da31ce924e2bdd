"""Stages, quadrants, units and steps, and small look-ups: at the edge, just below, just above."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from tests.hand import BEFORE, NOW, book, series

from reporting.analysis import frames, lifecycle, matrix
from reporting.present import words
from reporting.reports.telling import lifecycle as told
from reporting.reports.telling import measures

# --- stages, quadrants, measures ----------------------------------------------------------------------


def test_stages_and_the_moves_between_them():
    def at(account: str, stage: str | None, month=NOW) -> dict:
        return {"account_id": account, "month": month, "funnel_stage": stage}

    table = lifecycle.lifecycle(
        book(
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
    assert lifecycle.lifecycle(book({})).empty


def test_the_largest_stage_is_not_that_of_the_gone():
    table = pd.DataFrame({"stage": list(lifecycle.STAGES), "accounts": [1, 0, 3, 2, 0, 0, 0, 9]})
    assert "is adopted (3 of 15 " in told.largest_stage(table)


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
    made = book(*rows, {"account_id": "case", "mrr_cents": cents, "health_score": score})
    found = matrix.matrix(made, made.now)
    assert found["case"] == quadrant
    assert pd.isna(found["free"]) and pd.isna(found["unscored"])


def test_a_quadrant_s_share_is_of_all_mrr():
    made = book(
        {"account_id": "a", "mrr_cents": 600, "health_score": 80.0},
        {"account_id": "b", "mrr_cents": 200, "health_score": 50.0},
        {"account_id": "c", "mrr_cents": 200},
        {"account_id": "a", "month": BEFORE, "mrr_cents": 600, "health_score": 60.0},
    )
    table = matrix.by_quadrant(made)
    assert table["share"].tolist() == [0.6, 0.0, 0.0, 0.2]
    assert table["accounts"].tolist() == [1, 0, 0, 1]
    assert table["accounts_before"].tolist() == [0, 1, 0, 0]
    assert made.unjudged(matrix.scored(made, made.paying)) == " 1 account with 20.0% of MRR can't be judged."
    assert made.unjudged(made.paying) == ""


def test_a_share_of_mrr_is_of_everybody_that_pays():
    made = book({"account_id": "a", "mrr_cents": 300}, {"account_id": "b", "mrr_cents": 100})
    assert made.share_of_mrr(100) == 0.25
    assert math.isnan(made.share_of_mrr(100, BEFORE))


@pytest.mark.parametrize(
    ("metric", "value", "shown"),
    [
        ("nrr", 1.2346, "123.5%"),
        ("mrr", 123_456, "$1,235"),
        ("paying_accounts", 1234.0, "1,234"),
        ("time_to_first_value", 3.24, "3.2 days"),
        ("health_score", 75.04, "75.0"),
        ("nps", 0.073, "7.3"),
        ("nps", -0.5, "\u221250.0"),
        ("quick_ratio", math.nan, "not defined: nothing was lost"),
        ("ltv", math.nan, "not estimable: no churn in the month"),
        ("nrr", math.nan, "none this month"),
    ],
)
def test_a_value_in_its_unit(metric, value, shown):
    assert measures.show(book({}), metric, value) == shown


@pytest.mark.parametrize(
    ("metric", "before", "now", "step"),
    [
        ("nrr", 1.00, 1.02, "up 2.0 points"),
        ("nrr", 1.00, 1.0004, "unchanged"),
        ("nrr", 1.00, 1.0006, "up 0.1 points"),
        ("mrr", 200.0, 210.0, "+5.0%"),
        ("mrr", 0.0, 210.0, "from zero"),
        ("health_score", 70.0, 68.5, "\u22121.5"),
        ("nps", 0.10, 0.073, "\u22122.7"),
        ("mrr", None, 210.0, "no earlier figure"),
    ],
)
def test_a_step_is_told_in_points_for_shares_and_relative_for_the_rest(metric, before, now, step):
    values = {"2026-02": now} | ({} if before is None else {"2026-01": before})
    assert measures.step(book({}, portfolio_month=series(metric, values)), metric) == step


@pytest.mark.parametrize(
    ("now", "before", "better"),
    [
        (0.5, 0.5, None),
        (0.5004, 0.5, None),
        (0.4996, 0.5, None),
        (0.501, 0.5, True),
        (0.499, 0.5, False),
        (0.5, math.nan, None),
    ],
)
def test_a_share_told_as_unchanged_is_neither_better_nor_worse(now, before, better):
    assert words.better_share(now, before) is better
    if better is None and not math.isnan(before):
        assert words.moved_points(now, before) == "unchanged"


@pytest.mark.parametrize(
    ("label", "inside"),
    [
        ("Workflows run", "workflows run"),
        ("API requests", "API requests"),
        ("NPS", "NPS"),
        ("A3x7", "A3x7"),
        ("x", "x"),
    ],
)
def test_a_label_keeps_its_own_capitals_inside_a_sentence(label, inside):
    assert words.uncapitalised(label) == inside


@pytest.mark.parametrize(
    ("now", "before", "steady", "word"),
    [
        (102, 100, 0.02, "held"),
        (102.1, 100, 0.02, "rose"),
        (98, 100, 0.02, "held"),
        (97.9, 100, 0.02, "fell"),
    ],
)
def test_a_step_of_exactly_the_margin_is_none(now, before, steady, word):
    assert words.direction(now, before, steady) == word


# --- look-ups -----------------------------------------------------------------------------------------


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
