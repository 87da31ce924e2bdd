"""What the parts of the analysis say in words, and one of its charts: by cases worked out by hand."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from tests import hand
from tests.churn_hand import cohort, landmarks, use_of

from reporting.analysis.churn import aha, before_leaving
from reporting.analysis.churn.drivers import catalogue
from reporting.analysis.churn.risk_set import RiskSet
from reporting.reports.churn_drivers import charts, labels, words
from reporting.reports.churn_drivers.driver_words import driver_words
from reporting.reports.churn_drivers.untold import why
from reporting.survival.curves import kaplan_meier


@pytest.fixture(scope="module")
def product():
    return hand.product()


def ratio(hr: float, low: float, high: float) -> pd.Series:
    return pd.Series({"hazard_ratio": hr, "lower": low, "upper": high, "p_adjusted": 0.01})


def test_a_hazard_ratio_in_words(product):
    halved = driver_words(product, True)["usage_halvings"].subject
    assert words.in_words(halved, ratio(1.81, 1.42, 2.31)) == (
        "An account whose usage halved within 30 days churns 1.8 times as often, 1.4 to 2.3"
    )
    assert "0.56 times as often, 0.42 to 0.75" in words.in_words(halved, ratio(0.56, 0.42, 0.75))
    open_ = words.in_words(halved, ratio(1.05, 0.9, 1.2))
    assert "neither more nor less often as far as the data show (0.90 to 1.20 times)" in open_


@pytest.mark.parametrize(
    "auc, word", [(0.85, "well"), (0.62, "better than chance"), (0.5, "coin"), (0.4, "coin")]
)
def test_the_word_for_an_auc_follows_it(auc, word):
    assert word in words.discrimination(auc)


def test_usage_is_measured_in_halvings(product):
    halved = catalogue(product, pd.Timestamp("2024-01-01"), True)[0]
    told = driver_words(product, True)[halved.name]
    frame = pd.DataFrame({"usage_trend_30": [-0.5, 0.0, 1.0, -1.0, np.nan], "events": 1.0})
    assert halved.value(frame).tolist() == [1, 0, -1, 2, 0]
    assert told.state(1.0) == "usage down 50% in 30 days"
    assert told.state(0.05) == "usage steady over 30 days"
    assert told.state(2.0) == "usage down at least 75% in 30 days"


def test_too_few_losses_are_no_pattern():
    week, subs, risk = use_of(8, np.random.default_rng(0))
    few = risk.spells.assign(churned=risk.spells["churned"] & (risk.spells["account_id"] < "a13"))
    few["left"] = few["left"].where(few["churned"])
    risk = RiskSet(risk.rows, few, risk.now, False, 0, risk.observed_from)
    assert "at least 10 are needed" in why(before_leaving.pattern(week, subs, risk))


def test_a_planted_threshold_is_found_and_confirmed():
    found = aha.search(cohort(1.5, 0), permutations=199)
    assert found.best.name == "onboarding_invites" and found.best.threshold.cut == 4
    assert found.confirmed
    assert labels.condition(found.best) == "5 or more users invited in the first 30 days"


def test_too_few_losses_are_not_searched():
    assert "at least 20 losses are needed" in why(aha.search(cohort(1.5, 0, n=15), permutations=9))


def test_a_curve_without_a_step_in_its_window_is_drawn_flat():
    ends = {"basic": [5.0, 6.0], "pro": [0.4, 3.0]}
    curves = {name: kaplan_meier(stop, [True, False]) for name, stop in ends.items()}
    figure = charts.retention(curves, {"basic": 1.0, "pro": 3.0}, "Finding", "months", "still there")
    assert [line.get_ydata().tolist() for line in figure.axes[0].lines[:2]] == [[1, 1], [1, 0.5, 0.5, 0.5]]
    plt.close(figure)


def test_without_accounts_watched_from_their_sign_up_no_aha_moment_is_looked_for():
    nobody = landmarks("2023-11-20", "2024-01-01")
    assert nobody.empty
    found = why(aha.search(nobody.reset_index()))
    assert found.startswith("no losses among no accounts watched from sign-up")
