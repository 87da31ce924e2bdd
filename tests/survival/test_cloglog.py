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
