"""Threshold search: finds one that is there, and says so when there is none."""

from __future__ import annotations

import numpy as np
import pytest

from reporting.survival import DataError, best_threshold, logrank


def world(seed: int, effect: float, n: int = 300):
    rng = np.random.default_rng(seed)
    value = rng.integers(0, 20, n)
    time = rng.exponential(np.where(value > 7, np.exp(effect), 1.0) * 10)
    return value, np.ceil(np.minimum(time, 12)), time <= 12


def test_a_planted_threshold_is_found():
    found = best_threshold(*world(1, 1.0), permutations=199)
    assert found.cut == 7
    assert found.p == 1 / 200
    assert found.above_lasts_longer


def test_luck_is_rarely_called_significant():
    p = [best_threshold(*world(seed, 0.0, 150), permutations=99).p for seed in range(120)]
    assert np.mean(np.array(p) <= 0.05) < 0.12
    assert 0.35 < np.mean(p) < 0.65


def test_numerators_are_those_of_the_logrank_test():
    value, stop, event = world(2, 0.6)
    found = best_threshold(value, stop, event, permutations=1)
    table = logrank(value > found.cut, stop, event).table
    surplus = (table["observed"] - table["expected"]).loc[False]
    assert np.sign(surplus) == np.sign(found.path.loc[found.cut, "z"])
    # Standardised by permutation instead of the hypergeometric variance: close, not equal.
    assert found.statistic**2 == pytest.approx(logrank(value > found.cut, stop, event).statistic, rel=0.15)


def test_cuts_keep_a_tenth_on_either_side():
    value, stop, event = world(3, 0.0)
    path = best_threshold(value, stop, event, permutations=1).path
    assert path["below"].between(30, 270).all()


def test_the_seed_fixes_p_and_order_does_not_matter():
    value, stop, event = world(4, 0.1)
    order = np.random.default_rng(0).permutation(len(value))
    first, again = (best_threshold(value, stop, event, permutations=199, seed=9).p for _ in range(2))
    assert first == again
    other = best_threshold(value[order], stop[order], event[order], permutations=199, seed=9)
    assert other.cut == best_threshold(value, stop, event, permutations=1).cut


def test_refusals():
    with pytest.raises(DataError, match="no cut leaves"):
        best_threshold(np.ones(20), np.arange(20) + 1, np.ones(20))
    with pytest.raises(DataError, match="value, row 1: nan"):
        best_threshold([1, np.nan], [1, 2], [1, 1])
    with pytest.raises(DataError, match="no events"):
        best_threshold([1, 2], [1, 2], [0, 0])


ALL_DIE = ([1, 2, 3, 4], [1, 1, 1, 1])
# With H = 1/4, 7/12, 13/12, 25/12 the scores 1 - H are 3/4, 5/12, -1/12, -13/12; their squares sum to 23/12.
SPREAD = np.sqrt(np.array([3, 4, 3]) / 12 * 23 / 12)


def test_the_statistic_by_hand():
    found = best_threshold([1, 2, 3, 4], *ALL_DIE, quantiles=(0.25, 0.75), permutations=4)
    assert found.path["z"].tolist() == pytest.approx((np.array([9, 14, 13]) / 12 / SPREAD).tolist())
    assert found.path["below"].tolist() == [1, 2, 3]
    assert found.path.index.tolist() == [1, 2, 3] and found.path.index.name == "cut"
    assert (found.cut, found.permutations) == (3, 4)
    assert found.statistic == pytest.approx(13 / 12 / SPREAD[2])
    assert found.above_lasts_longer


def test_a_weak_cut_still_has_a_direction():
    """Scores in order of value: -1/12, 3/4, -13/12, 5/12; or the other way round."""
    for value, longer in (([2, 4, 1, 3], True), ([3, 1, 4, 2], False)):
        found = best_threshold(value, *ALL_DIE, quantiles=(0.25, 0.75), permutations=1)
        assert (found.cut, found.above_lasts_longer) == (2, longer)
        assert found.statistic == pytest.approx(8 / 12 / SPREAD[1])


def test_p_counts_permutations_that_do_as_well(monkeypatch):
    """Half of the 24 orders have the last score at an end and so do exactly as well as the one observed."""
    given = {"quantiles": (0.25, 0.75), "permutations": 4000}
    found = best_threshold([1, 2, 3, 4], *ALL_DIE, **given)
    assert found.p == pytest.approx(1 / 2, abs=0.03)
    monkeypatch.setattr("reporting.survival.maxstat._BLOCK", 400)  # however many are shuffled at once
    assert best_threshold([1, 2, 3, 4], *ALL_DIE, **given).p == found.p


def test_late_entry_by_hand():
    """The fourth enters when the second goes, and is not at risk then.

    H grows by 1/3, 1/2, 1/2, 1, so that the scores are 2/3, 1/6, -1/3 and, seen from 2 on, -1/2.
    """
    given = {"start": [0, 0, 0, 2], "quantiles": (0.25, 0.75), "permutations": 1}
    z = best_threshold([1, 2, 3, 4], *ALL_DIE, **given).path["z"]
    spread = np.sqrt(np.array([3, 4, 3]) / 12 * 30 / 36)
    assert z.tolist() == pytest.approx((np.array([4, 5, 3]) / 6 / spread).tolist())


@pytest.mark.parametrize(
    ("quantiles", "first", "last"),
    [((0.1, 0.9), 1, 9), ((0.101, 0.899), 2, 8), ((0.2, 0.8), 2, 8), ((0.0, 1.0), 1, 9)],
)
def test_cuts_at_the_edge_of_the_quantiles_are_tried(quantiles, first, last):
    """Ten subjects: a cut leaves 1 to 9 below it, those at the edge of the range among them."""
    value = np.arange(1, 11)
    path = best_threshold(value, value, np.ones(10), quantiles=quantiles, permutations=1).path
    assert (path["below"].min(), path["below"].max()) == (first, last)


def test_equal_values_are_not_cut_apart():
    path = best_threshold([1, 2, 2, 2, 3], [1, 2, 3, 4, 5], np.ones(5), permutations=1).path
    assert path["below"].to_dict() == {1: 1, 2: 4}


def test_values_that_cannot_be_searched_are_refused():
    with pytest.raises(DataError, match="value: 3 values for 4 rows"):
        best_threshold([1, 2, 3], *ALL_DIE)
    with pytest.raises(DataError, match="value: all subjects have the same log-rank score"):
        best_threshold([1, 2, 3, 4], [1, 1, 1, 1], [1, 1, 1, 1])
    with pytest.raises(DataError, match="no cut leaves between 40% and 45%"):
        best_threshold([1, 2, 3, 4], *ALL_DIE, quantiles=(0.4, 0.45))
