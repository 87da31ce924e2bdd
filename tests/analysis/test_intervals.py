"""Intervals against published figures and by their properties."""

import numpy as np
import pytest

from reporting.analysis.intervals import differ, mean, ratio, share
from reporting.survival.estimate import Estimate


def test_wilson_agrees_with_newcombe_1998():
    # Newcombe (1998), Table I, method 3: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
    for hits, n, low, high in [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ]:
        found = share(hits, n)
        assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)
        assert found.value == hits / n


def test_a_share_of_nothing_is_unknown():
    assert not share(0, 0).known


def test_a_ratio_is_that_of_the_sums_and_its_interval_is_the_same_every_time():
    top, bottom = np.arange(50.0), np.full(50, 40.0)
    first, second = ratio(top, bottom), ratio(top, bottom)
    assert first == second
    assert first.value == pytest.approx(top.sum() / bottom.sum())
    assert first.low < first.value < first.high


def test_the_bootstrap_interval_is_near_the_normal_one_for_many_accounts():
    values = np.random.default_rng(5).normal(10, 3, 900)
    found = mean(values)
    half = 1.96 * values.std() / 30
    assert (found.high - found.low) / 2 == pytest.approx(half, rel=0.12)


def test_one_account_has_a_value_and_no_interval():
    found = ratio([5.0], [10.0])
    assert found.value == 0.5
    assert np.isnan(found.low)


def test_missing_values_are_left_out_of_a_mean_and_of_its_n():
    assert mean([1.0, np.nan, 3.0]).value == 2
    assert mean([1.0, np.nan, 3.0]).n == 2


@pytest.mark.parametrize(
    ("one", "other", "beyond"),
    [
        ((56, 70), (48, 80), True),  # 0.0524 to 0.3339, although the intervals of both overlap
        ((9, 10), (3, 10), True),  # 0.1705 to 0.8090
        ((6, 7), (2, 7), True),  # 0.0582 to 0.8062
        ((5, 56), (0, 29), False),  # -0.0381 to 0.1926
        ((10, 10), (20, 20), False),
    ],
)
def test_two_shares_differ_where_newcombe_s_interval_leaves_out_zero(one, other, beyond):
    """The examples of Newcombe 1998, Statistics in Medicine 17, table II, method 10."""
    assert differ(share(*one), share(*other)) is beyond
    assert differ(share(*other), share(*one)) is beyond


def test_what_is_not_known_does_not_differ():
    assert not differ(share(0, 0), share(5, 10))


def test_a_difference_counts_the_near_ends_of_both_intervals():
    """0.1 apart, against the root of 0.05 and 0.04 squared, 0.064; the far ends, 0.3 and 0.4, don't count."""
    more, less = Estimate(0.5, 0.45, 0.9, 40), Estimate(0.4, 0.1, 0.44, 40)
    assert differ(more, less) and differ(less, more)
    assert not differ(Estimate(0.5, 0.1, 0.55, 40), Estimate(0.4, 0.36, 0.9, 40))
