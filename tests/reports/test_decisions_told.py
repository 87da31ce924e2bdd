"""Stages, units and steps in words: at the edge, just below, just above."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from tests.hand import BEFORE, book, series

from reporting.analysis import lifecycle, matrix
from reporting.reports.telling import lifecycle as told
from reporting.reports.telling import measures


def test_the_largest_stage_is_not_that_of_the_gone():
    table = pd.DataFrame({"stage": list(lifecycle.STAGES), "accounts": [1, 0, 3, 2, 0, 0, 0, 9]})
    assert "is adopted (3 of 15 " in told.largest_stage(table)


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
    ("value", "told"),
    [
        (70.0, "70"),
        (69.6, "69.6"),  # 70 is the last that is at risk
        (69.97, "69.97"),
        (69.4, "69"),
        (70.4, "70.4"),  # and this one is healthy
        (70.6, "71"),
        (39.6, "39.6"),
        (40.0, "40"),
        (39.4, "39"),
        (None, "not available"),
    ],
)
def test_a_score_reads_as_one_of_its_band(value, told):
    assert book({}).score(value) == told
