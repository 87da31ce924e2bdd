"""Discrimination, accuracy, calibration: hand-worked values and known truth."""

from __future__ import annotations

import numpy as np
import pytest

from reporting.survival import (
    DataError,
    NotIdentifiedError,
    auc,
    brier,
    calibration,
    follow_up,
    kaplan_meier,
    known_within,
)


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
    assert result.slope.low < 1 < result.slope.high
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


@pytest.mark.parametrize(
    ("horizon", "outcome", "weight"),
    [
        (0.999, [0, 0, 0, 0], [1, 1, 1, 1]),
        (1, [1, 0, 0, 0], [1, 1, 1, 1]),
        (1.999, [1, 0, 0, 0], [1, 1, 1, 1]),
        (2, [1, 1, 0, 0], [1, 1, 1, 1]),  # followed to the horizon itself: known to have stayed
        (2.001, [1, 1, 0, 0], [1, 1, 0, 2]),
        (3, [1, 1, 0, 1], [1, 1, 0, 2]),
        (3.001, [1, 1, 0, 1], [1, 1, 0, 2]),
    ],
)
def test_an_event_and_a_censoring_at_the_same_time(horizon, outcome, weight):
    """Events at 1, 2, 3, a censoring at 2, of which the events come first.

    Of the 3 at risk at 2 one goes by event, one of the 2 remaining is censored: G falls to 1/2 after 2. The
    event at 2 itself weighs 1 / G(2-) = 1.
    """
    found, given = known_within([1, 2, 2, 3], [1, 1, 0, 1], horizon)
    assert found.tolist() == outcome
    assert given.tolist() == pytest.approx(weight)


def test_auc_with_weights_and_clusters():
    """R: concordance(y ~ p, weights = w, cluster = cl), survival 3.5."""
    p, y = [0.1, 0.4, 0.4, 0.8, 0.3, 0.6, 0.7], [0, 0, 1, 1, 1, 0, 1]
    area = auc(p, y, weights=[1, 2, 1, 1, 1.5, 1, 3], cluster=[1, 1, 2, 2, 3, 3, 4], level=0.5)
    assert [area.value, area.se] == pytest.approx([0.75, 0.191464497613])
    half = 0.6744897501960817 * area.se
    assert [area.low, area.high] == pytest.approx([0.75 - half, 0.75 + half])
    alone = auc(p, y)
    assert [alone.value, alone.se] == pytest.approx([0.708333333333, 0.192825602457])
    assert alone.high == 1.0  # 0.7083 + 1.96 x 0.1928 is more
    assert auc(p, 1 - np.array(y)).low == 0.0


def test_auc_at_its_ends():
    for p, value in (([0.2, 0.8], 1.0), ([0.8, 0.2], 0.0), ([0.5, 0.5], 0.5)):
        area = auc(p, [0, 1])
        assert (area.value, area.low <= value <= area.high) == (value, True)


def test_brier_with_weights():
    """(3 x 0.01 + 1 x 0.04) / 4 against (3 x 0.16 + 1 x 0.25) / 4; rows of weight nil don't count."""
    result = brier([0.9, 0.2, 0.5], [1, 0, 1], [0.6, 0.5, 0.1], weights=[3, 1, 0])
    assert [result.score, result.null] == pytest.approx([0.0175, 0.1825])
    assert result.skill == pytest.approx(1 - 0.0175 / 0.1825)


def test_calibration_with_weights_and_clusters():
    """R: glm(y ~ log(-log(1 - p)), binomial("cloglog"), weights = w), sandwich by cluster and by row."""
    p, y = [0.1, 0.4, 0.4, 0.8, 0.3, 0.6, 0.7], [0, 0, 1, 1, 1, 0, 1]
    w = [1, 2, 1, 1, 1.5, 1, 3]
    slope = calibration(p, y, weights=w, cluster=[1, 1, 2, 2, 3, 3, 4], level=0.5).slope
    assert [slope.value, slope.se] == pytest.approx([1.137601479724, 0.871006494196], rel=1e-6)
    half = 0.6744897501960817 * slope.se
    assert [slope.low, slope.high] == pytest.approx([slope.value - half, slope.value + half])
    result = calibration(p, y, weights=w)
    assert result.slope.se == pytest.approx(0.736952839345, rel=1e-6)
    assert result.observed_to_expected == pytest.approx(
        (1 + 1 + 1.5 + 3) / (0.1 + 0.8 + 0.4 + 0.8 + 0.45 + 0.6 + 2.1)
    )


def test_tenths_with_wilson_limits():
    """Wilson's limits at 95 %: 0 of 10 to 0.2775, 1 of 10 from 0.0179 to 0.4042, 5 of 10 from 0.2366 to
    0.7634, 10 of 10 from 0.7225. A prediction whose outcome is not known (weight nil) is not among the rows.
    """
    p = np.repeat([0.1, 0.2, 0.4, 0.6], 10)
    y = np.concatenate([np.arange(10) < hits for hits in (0, 1, 5, 10)])
    p, y, w = np.append(p, 0.1), np.append(y, 1), np.append(np.ones(40), 0)
    order = np.random.default_rng(1).permutation(41)
    table = calibration(p[order], y[order], weights=w[order], groups=4).table
    assert table.index.name == "group"
    assert table.index.tolist() == [1, 2, 3, 4]
    assert table["rows"].tolist() == [10, 10, 10, 10]
    assert table["predicted"].tolist() == pytest.approx([0.1, 0.2, 0.4, 0.6])
    assert table["observed"].tolist() == [0, 0.1, 0.5, 1]
    assert table["lower"].tolist() == pytest.approx([0, 0.0179, 0.2366, 0.7225], abs=5e-5)
    assert table["upper"].tolist() == pytest.approx([0.2775, 0.4042, 0.7634, 1], abs=5e-5)
    assert table["lower"].min() >= 0 and table["upper"].max() <= 1


def test_equal_predictions_share_a_tenth():
    """Ten groups asked for, but a prediction that half the rows share can't be cut in two."""
    p = np.concatenate([np.full(50, 0.1), np.linspace(0.11, 0.5, 50)])
    y = np.arange(100) % 3 == 0
    table = calibration(p, y).table
    assert table["rows"].tolist() == [50, 10, 10, 10, 10, 10]


@pytest.mark.parametrize("p", [0, 1])
def test_a_certainty_is_not_calibrated(p):
    with pytest.raises(DataError, match="0 or 1 can't be calibrated"):
        calibration([p, 0.5, 0.4], [0, 1, 0])


@pytest.mark.parametrize(
    ("y", "w"), [([0, 0, 0], None), ([1, 1, 1], None), ([0, 1, 0], [1, 0, 1]), ([1, 0, 1], [1, 0, 1])]
)
def test_one_kind_of_outcome_tells_nothing(y, w):
    for ask in (auc, calibration):
        with pytest.raises(DataError, match="outcome: all the same"):
            ask([0.2, 0.3, 0.4], y, weights=w)


def test_a_single_event_of_weight_one_is_enough():
    assert auc([0.2, 0.4, 0.3], [0, 1, 0]).value == 1
    assert calibration([0.2, 0.3, 0.25, 0.4], [0, 1, 0, 0]).observed_to_expected == pytest.approx(1 / 1.15)


def test_predictions_that_separate_have_no_slope():
    with pytest.raises(NotIdentifiedError, match="probability"):
        calibration([0.1, 0.2, 0.3, 0.4], [0, 0, 1, 1])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([], []), "0 rows"),
        (([0.1, 0.2], [1]), "2 rows, 1 outcomes"),
        (([0.1, 0.2], [1, 0], [1]), "1 weights"),
        (([0.1, -0.001], [1, 0]), "probability, row 1"),
        (([0.0, 1.0, 1.001], [1, 0, 1]), "probability, row 2"),
        (([0.1, 0.2, 0.3], [0, 1, 2]), "outcome, row 2"),
        (([0.1, np.nan], [1, 0]), "probability, row 1"),
        (([0.1, 0.2], [1, 0.5]), "outcome, row 1: expected 0 or 1"),
        (([0.1, 0.2], [1, 0], [1, -0.001]), "weights: expected numbers from 0"),
        (([0.1, 0.2], [1, 0], [0, 0]), "weights: expected numbers from 0, not all 0"),
    ],
)
def test_predictions_are_checked(arguments, message):
    probability, outcome, *weights = arguments
    with pytest.raises(DataError, match=message):
        calibration(probability, outcome, weights=weights[0] if weights else None)


def test_a_score_may_be_any_number_that_ranks():
    assert auc([-3, 12.5, 7], [0, 1, 1]).value == 1
    with pytest.raises(DataError, match="score, row 1: expected a number"):
        auc([0.1, np.nan], [1, 0])


def test_predictions_of_0_and_1_are_probabilities():
    assert brier([0, 1], [0, 1], 0.5).score == 0


def test_follow_up_starts_at_the_row_and_ends_with_the_event_or_the_last_row():
    """A return is a new spell; without an event follow-up ends with the last row, whatever the order."""
    time, event = follow_up([7, 8, 7, 8], [1, 0, 0, 3], [2.5, 3, 1, 4], [0, 0, 0, 1])
    assert time.tolist() == [1.5, 4, 2.5, 1]
    assert event.tolist() == [False, True, False, True]
