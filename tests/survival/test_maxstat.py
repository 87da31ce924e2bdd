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
