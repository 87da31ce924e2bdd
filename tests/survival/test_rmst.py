"""Restricted means: published values, exact means without censoring."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from reporting.survival import DataError, kaplan_meier, kaplan_meier_by, rmst, rmst_difference


def test_lung(lung):
    curves = kaplan_meier_by(lung["sex"], lung["time"], lung["died"])
    one, two = rmst(curves[1], 365), rmst(curves[2], 365)
    assert [one.estimate, one.se] == pytest.approx([241.495, 10.358], abs=1e-3)
    assert [two.estimate, two.se] == pytest.approx([297.465, 10.791], abs=1e-3)
    gain = rmst_difference(curves[2], curves[1], 365)
    assert gain.estimate == pytest.approx(55.970, abs=1e-3)
    assert gain.se == pytest.approx(np.hypot(one.se, two.se))
    assert gain.lower < gain.estimate < gain.upper and gain.p < 0.001


def test_without_censoring_it_is_the_mean_of_the_cut_times():
    times = np.array([1.0, 2, 4, 7, 7, 9])
    mean = rmst(kaplan_meier(times, np.ones(6)), 6)
    assert mean.estimate == pytest.approx(np.minimum(times, 6).mean())
    assert mean.se == pytest.approx(np.minimum(times, 6).std() / np.sqrt(6))


def test_robust_and_greenwood_agree_for_single_rows(lung):
    plain = rmst(kaplan_meier(lung["time"], lung["died"]), 400)
    robust = rmst(kaplan_meier(lung["time"], lung["died"], cluster=lung.index), 400)
    assert robust.se == pytest.approx(plain.se)


@pytest.mark.parametrize(
    ("event", "tau", "mean"),
    [
        ([1, 0, 0], 1, 1),
        ([1, 0, 0], 3, 1 + 2 * 2 / 3),
        ([1, 0, 0], 3.001, None),
        ([1, 1, 1], 2.999, 1 + 2 / 3 + 0.999 / 3),
        ([1, 1, 1], 3, 2),
        ([1, 1, 1], 3.001, 2),  # all have gone: nothing is added
        ([1, 1, 1], 0, None),
        ([1, 1, 1], np.inf, None),
    ],
)
def test_means_as_far_as_the_curve_is_known(event, tau, mean):
    curve = kaplan_meier([1, 2, 3], event)
    if mean is None:
        with pytest.raises(DataError, match=r"tau: .*(expected a|past the end of follow-up)"):
            rmst(curve, tau)
    else:
        assert rmst(curve, tau).estimate == pytest.approx(mean)


def test_by_hand():
    """S = 2/3 on [1, 2), 1/3 on [2, 3]: mean 1 + 2/3 + 1/3, variance (2/3 + 1/3)^2 / 6 + (1/3)^2 / 2."""
    mean = rmst(kaplan_meier([1, 2, 3], [1, 1, 0], level=0.9), 3)
    assert (mean.tau, mean.level) == (3, 0.9)
    assert mean.estimate == pytest.approx(2)
    assert mean.se == pytest.approx(np.sqrt(1 / 6 + 1 / 18))
    assert [mean.lower, mean.upper] == pytest.approx([2 - 1.6448536 * mean.se, 2 + 1.6448536 * mean.se])
    other = kaplan_meier([1, 1, 3], [1, 1, 0])
    gain = rmst_difference(kaplan_meier([1, 2, 3], [1, 1, 0]), other, 3)
    assert (gain.tau, gain.level) == (3, 0.95)
    assert gain.estimate == pytest.approx(2 - (1 + 2 / 3))
    assert gain.p == pytest.approx(2 * norm.sf(gain.estimate / gain.se))


def test_without_any_event_in_time_the_mean_is_sure():
    mean = rmst(kaplan_meier([2, 3], [1, 0]), 1)
    assert (mean.estimate, mean.se) == (1, 0)
    assert np.isnan(mean.p)
