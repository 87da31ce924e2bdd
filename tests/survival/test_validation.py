"""Discrimination, accuracy, calibration: hand-worked values and known truth."""

from __future__ import annotations

import numpy as np
import pytest

from reporting.survival import DataError, auc, brier, calibration, follow_up, kaplan_meier, known_within


def test_auc_counts_pairs():
    area = auc([0.1, 0.4, 0.4, 0.8], [0, 0, 1, 1])
    assert area.value == pytest.approx((1 + 0.5 + 1 + 1) / 4)
    weighted = auc([0.1, 0.4, 0.4, 0.8], [0, 0, 1, 1], weights=[3, 1, 1, 1])
    assert weighted.value == pytest.approx((3 + 0.5 + 3 + 1) / 8)


def test_auc_of_copies_in_one_cluster_is_no_surer():
    rng = np.random.default_rng(2)
    p = rng.random(80)
    y = (rng.random(80) < p).astype(int)
    once = auc(p, y, cluster=np.arange(80))
    thrice = auc(np.repeat(p, 3), np.repeat(y, 3), cluster=np.repeat(np.arange(80), 3))
    assert [thrice.value, thrice.se] == pytest.approx([once.value, once.se])


def test_brier_against_the_null():
    result = brier([0.9, 0.2], [1, 0], null=0.5)
    assert result.score == pytest.approx((0.01 + 0.04) / 2)
    assert result.skill == pytest.approx(1 - 0.025 / 0.25)


def test_true_probabilities_are_calibrated():
    rng = np.random.default_rng(11)
    p = rng.beta(1, 9, 20_000)
    y = rng.random(20_000) < p
    result = calibration(p, y)
    assert result.slope.lower < 1 < result.slope.upper
    assert result.observed_to_expected == pytest.approx(1, abs=0.05)
    table = result.table
    assert table["rows"].sum() == 20_000 and len(table) == 10
    assert table["predicted"].between(table["lower"], table["upper"]).mean() >= 0.8
    # Log hazards twice as far from their mean as they should be: the slope is a half.
    spread = -np.expm1(-np.exp(2 * np.log(-np.log1p(-p)) + 2))
    spread = np.clip(spread, 1e-12, 1 - 1e-12)
    assert calibration(spread, y).slope.value == pytest.approx(0.5, abs=0.05)


def test_censored_rows_are_stood_in_for():
    # After the event at 1, one of three is censored at 2: G = 2/3 for those known later.
    outcome, weight = known_within([1, 2, 3, 4], [1, 0, 1, 0], horizon=3)
    assert outcome.tolist() == [1, 0, 1, 0]
    assert weight.tolist() == pytest.approx([1, 0, 1.5, 1.5])
    rng = np.random.default_rng(4)
    time, censored = rng.exponential(5, 20_000), rng.exponential(6, 20_000)
    outcome, weight = known_within(np.minimum(time, censored), time <= censored, horizon=3)
    assert np.average(outcome, weights=weight) == pytest.approx(1 - np.exp(-3 / 5), abs=0.01)
    assert weight.sum() == pytest.approx(20_000, rel=0.02)


def test_weighted_mean_outcome_is_kaplan_meier(lung):
    outcome, weight = known_within(lung["time"], lung["died"], horizon=300)
    share = (outcome @ weight) / len(lung)
    assert share == pytest.approx(1 - kaplan_meier(lung["time"], lung["died"]).at([300])["survival"].item())


def test_follow_up_runs_to_the_end_of_the_spell():
    time, event = follow_up(["a", "a", "b", "b", "b"], [0, 1, 4, 5, 6], [1, 2, 5, 6, 7], [0, 1, 0, 0, 0])
    assert time.tolist() == [2, 1, 3, 2, 1]
    assert event.tolist() == [True, True, False, False, False]


def test_refusals():
    with pytest.raises(DataError, match="all the same"):
        auc([0.1, 0.2], [1, 1])
    with pytest.raises(DataError, match="probability, row 1"):
        brier([0.1, 1.2], [1, 0], 0.5)
    with pytest.raises(DataError, match="null, row 1: nan"):
        brier([0.1, 0.2], [1, 0], [0.5, np.nan])
    with pytest.raises(DataError, match="0 or 1 can't be calibrated"):
        calibration([0, 0.5], [0, 1])
