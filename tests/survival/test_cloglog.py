"""The complementary log-log regression against statsmodels, where statsmodels is right."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from reporting.survival import NotIdentifiedError
from reporting.survival.cloglog import fit_cloglog


@pytest.fixture
def data():
    rng = np.random.default_rng(5)
    design = np.column_stack([np.ones(800), rng.normal(size=800), rng.normal(size=800) * 1e4])
    hazard = np.exp(design @ [-2, 0.5, 3e-5])
    return (rng.random(800) < -np.expm1(-hazard)).astype(float), design, rng.integers(1, 4, 800).astype(float)


def test_agrees_with_statsmodels(data):
    outcome, design, weights = data
    fit = fit_cloglog(outcome, design, ["one", "a", "b"], weights=weights)
    family = sm.families.Binomial(sm.families.links.CLogLog())
    theirs = sm.GLM(outcome, design, family=family, freq_weights=weights).fit(tol=1e-12)
    assert fit.coef == pytest.approx(theirs.params, rel=1e-7)
    assert np.sqrt(np.diag(fit.covariance)) == pytest.approx(theirs.bse, rel=1e-6)
    assert fit.loglik == pytest.approx(theirs.llf)


def test_separation_is_noticed(data):
    outcome, design, _ = data
    separating = np.column_stack([design, (design[:, 1] > 1) & (outcome == 0)])
    with pytest.raises(NotIdentifiedError, match="no finite estimate for d:"):
        fit_cloglog(outcome, separating, ["one", "a", "b", "d"])


def test_one_extreme_row_does_not_pass_for_separation():
    rng = np.random.default_rng(3)
    x = rng.normal(8, 3, 2000)
    outcome = (rng.random(2000) < -np.expm1(-np.exp(-1.5 - 0.2 * x))).astype(float)
    x[0], outcome[0] = -60, 0  # by the model almost sure to have the event, and has it not
    design = np.column_stack([np.ones(2000), x])
    fit = fit_cloglog(outcome, design, ["one", "x"])
    hazard = np.exp(design @ fit.coef)
    residual = np.where(outcome > 0, hazard / np.expm1(hazard), -hazard)
    assert residual @ design == pytest.approx(0, abs=1e-6)
