"""Drivers, effects and discrimination in words: at the edges."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.hand import product

from reporting.analysis.churn import risk
from reporting.reports.churn_drivers import words
from reporting.reports.churn_drivers.driver_words import driver_words

STATES = {name: told.state for name, told in driver_words(product(), committed=False).items()}


def row(ratio: float = 2.0, lower: float = 1.5, upper: float = 3.0, p: float = 0.01) -> pd.Series:
    return pd.Series({"hazard_ratio": ratio, "lower": lower, "upper": upper, "p_adjusted": p})


@pytest.mark.parametrize(
    ("lower", "upper", "told"),
    [(1.01, 2.0, True), (1.0, 2.0, False), (0.9, 2.0, False), (0.5, 1.0, False), (0.5, 0.99, True)],
)
def test_an_effect_is_told_where_its_interval_keeps_to_one_side_of_one(lower, upper, told):
    assert risk.is_clear(row(lower=lower, upper=upper)) is told


@pytest.mark.parametrize(
    ("p", "ratio", "verdict"),
    [
        (0.049, 1.5, "goes with leaving"),
        (0.049, 0.5, "goes with staying"),
        (0.05, 1.5, "not told from chance"),
        (0.9, 0.5, "not told from chance"),
    ],
)
def test_what_a_driver_goes_with(p, ratio, verdict):
    assert words.verdict(row(ratio, p=p)) == verdict


@pytest.mark.parametrize(
    ("ratio", "lower", "shown"),
    [(1.5, 1.1, "1.5 (1.1 to 3.0)"), (1.5, 1.09, "1.50 (1.09 to 3.00)"), (0.5, 0.4, "0.50 (0.40 to 3.00)")],
)
def test_ratios_near_one_have_two_digits(ratio, lower, shown):
    assert words.ratio(row(ratio, lower)) == shown


@pytest.mark.parametrize(
    ("auc", "word"),
    [
        (0.80, "well"),
        (0.79, "fairly well"),
        (0.70, "fairly well"),
        (0.69, "somewhat better than chance"),
        (0.60, "somewhat better than chance"),
        (0.59, "poorly"),
        (0.55, "poorly"),
        (0.54, "no better than a coin"),
        (np.nan, "not known"),
    ],
)
def test_the_word_for_an_auc(auc, word):
    assert words.discrimination(auc) == word


@pytest.mark.parametrize(
    ("driver", "value", "state"),
    [
        ("usage_halvings", 0.14, "usage steady over 30 days"),  # 9 % down
        ("usage_halvings", 0.16, "usage down 10% in 30 days"),
        ("usage_halvings", -0.14, "usage up 10% in 30 days"),  # 10.2 %
        ("usage_halvings", -0.13, "usage steady over 30 days"),
        ("usage_halvings", 1.9, "usage down 73% in 30 days"),
        ("usage_halvings", 2.0, "usage down at least 75% in 30 days"),
        ("usage_halvings", -2.0, "usage more than doubled in 30 days"),
        ("active_user_share", 4.0, "40% of the seats active"),
        ("feature_breadth", 2.5, "25% of the core features in use"),
        ("activated_early", 1.0, "activated within 14 days"),
        ("activated_early", 0.0, "not activated within 14 days"),
        ("escalations", 0.0, "no escalated ticket"),
        ("escalations", 1.0, "1 escalated ticket in the month"),
        ("escalations", 2.0, "2 escalated tickets in the month"),
        ("tickets", 0.0, "no ticket"),
        ("tickets", 1.0, "1 ticket in the month"),
        ("tickets", 2.0, "2 tickets in the month"),
        ("integration_count", 0.0, "no integration connected"),
        ("integration_count", 1.0, "1 integration connected"),
        ("integration_count", 2.0, "2 integrations connected"),
        ("admin_inactive", 1.0, "no admin seen for 30 days"),
        ("admin_inactive", 0.0, "an admin is active"),
        ("single_champion", 1.0, "leans on one user"),
        ("single_champion", 0.0, "use spread over several users"),
        ("invites", 1.0, "3 or more users invited early"),
        ("invites", 0.0, "fewer than 3 users invited early"),
        ("session_frequency", 2.5, "2.5 sessions per user and week"),
        ("mrr_doublings", 3.0, "MRR of 8"),
        ("seat_doublings", 3.0, "8 seats bought"),
        ("term_ends", 1.0, "its term ends now"),
        ("term_ends", 0.0, "no term ends now"),
        ("billed_yearly", 1.0, "billed yearly"),
        ("billed_yearly", 0.0, "not billed yearly"),
    ],
)
def test_what_can_be_said_of_an_account(driver, value, state):
    assert STATES[driver](value) == state
