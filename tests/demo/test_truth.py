"""The stated hazards are the ones that act, and the ones that are documented."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from reporting import demo
from reporting.demo.world import REACTIVATION, TRIAL_CONVERSION

DOCUMENT = Path(__file__).parents[2] / "docs" / "demo.md"


@pytest.fixture(scope="module")
def panel() -> pd.DataFrame:
    return demo.simulate_panel(11, accounts=1600)


@pytest.mark.parametrize("hazard", demo.HAZARDS, ids=lambda hazard: hazard.event)
def test_a_fit_finds_the_stated_hazard(hazard: demo.Hazard, panel: pd.DataFrame) -> None:
    """Complementary log-log regression: Wald test of all coefficients against the truth, and of each."""
    design = hazard.design(panel)
    happened = panel.loc[panel[hazard.at_risk], hazard.event].astype(float)
    family = sm.families.Binomial(sm.families.links.CLogLog())
    fit = sm.GLM(happened, design, family=family).fit()
    miss = fit.params - np.r_[hazard.baseline, list(hazard.log_hr.values())]
    assert happened.sum() > 200  # enough to tell a wrong sign or unit
    assert np.abs(miss / fit.bse).max() < 3.5
    assert stats.chi2.sf(miss @ np.linalg.solve(fit.cov_params(), miss), len(miss)) > 0.01


def test_the_probability_worked_by_hand() -> None:
    """Fifth month, annual at renewal, half the seats in use, usage halved, four of eight features."""
    account = {driver.column: np.array([0.0]) for driver in demo.CHURN.drivers} | {
        "start": np.array([4]),
        "active_user_share": np.array([0.5]),
        "usage_halvings": np.array([1.0]),
        "feature_breadth": np.array([0.5]),
        "billing_year": np.array([1.0]),
    }
    hazard = np.exp(-1.65 + 5 * -0.14 + 0.50 + 5 * -0.08 + 1.10)
    assert demo.CHURN.probability(account) == pytest.approx(1 - np.exp(-hazard))


def test_tenure_bands_begin_where_they_say() -> None:
    account = {driver.column: np.zeros(6) for driver in demo.CHURN.drivers}
    p = demo.CHURN.probability(account | {"start": np.array([0, 2, 3, 11, 12, 24])})
    score = np.log(-np.log1p(-p))
    np.testing.assert_allclose(score, np.array(demo.CHURN.baseline)[[0, 0, 1, 1, 2, 3]])


def test_only_those_at_risk_have_the_event(panel: pd.DataFrame) -> None:
    for hazard in demo.HAZARDS:
        assert not (panel[hazard.event] & ~panel[hazard.at_risk]).any()


def test_null_drivers_are_null() -> None:
    null = {driver.column for driver in demo.CHURN.drivers if driver.log_hr == 0}
    assert null == {"region_emea", "company_size_step", "csm_named"}


@pytest.mark.parametrize("hazard", demo.HAZARDS, ids=lambda hazard: hazard.event)
def test_the_document_states_the_truth(hazard: demo.Hazard) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    for driver in hazard.drivers:
        ratio = np.exp(driver.log_hr)
        assert f"| `{driver.column}` | {driver.meaning} | {driver.log_hr:.2f} | {ratio:.2f} |" in text
    baseline = " | ".join(f"{value:.2f}" for value in hazard.baseline)
    assert f"| {hazard.title} | {baseline} |" in text


def test_the_document_states_conversion_and_return() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert f"{TRIAL_CONVERSION[True]:.0%} of those" in text
    assert f"{TRIAL_CONVERSION[False]:.0%} of the others" in text
    assert f"{REACTIVATION:.0%} a month" in text
