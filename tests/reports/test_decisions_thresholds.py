"""A figure against its threshold: at the edge, just below, just above."""

from __future__ import annotations

import math

import pytest
from tests.hand import product

from reporting.reports.telling import (
    readings,
)


@pytest.mark.parametrize(
    ("metric", "value", "word"),
    [
        ("monthly_churn_rate", 0.0099, "good"),
        ("monthly_churn_rate", 0.01, "between"),
        ("monthly_churn_rate", 0.03, "between"),
        ("monthly_churn_rate", 0.0301, "attention"),
        ("monthly_churn_rate", 0.05, "attention"),
        ("monthly_churn_rate", 0.0501, "alarm"),
        ("time_to_first_value", 14, "in time"),
        ("time_to_first_value", 14.1, "slow"),
        ("setup_completion_rate", 0.60, "smooth"),
        ("setup_completion_rate", 0.599, "friction"),
        ("onboarding_completion_rate", 0.60, "smooth"),
        ("onboarding_completion_rate", 0.599, "friction"),
        ("feature_breadth", 0.30, "no risk"),
        ("feature_breadth", 0.299, "risk"),
        ("feature_adoption_rate", 0.30, "good"),
        ("feature_adoption_rate", 0.299, "low"),
        ("active_users", 3, "several"),
        ("active_users", 2.9, "few"),
        ("session_frequency", 3, "no risk"),
        ("session_frequency", 2.9, "risk"),
        ("stickiness", 0.20, "good"),
        ("stickiness", 0.199, "low"),
        ("account_stickiness", 0.20, "good"),
        ("licence_utilisation", 0.80, "room left"),
        ("licence_utilisation", 0.801, "offer seats"),
        ("day1_retention", 0.19, "below"),
        ("day1_retention", 0.20, "within"),
        ("day1_retention", 0.30, "within"),
        ("day1_retention", 0.31, "above"),
        ("month1_retention", 0.38, "below"),
        ("month1_retention", 0.39, "within"),
        ("month1_retention", 0.40, "above"),
        ("health_score", 70.0, "at risk"),
        ("health_score", 70.1, "healthy"),
        ("health_score", 40.0, "at risk"),
        ("health_score", 39.9, "churn risk"),
        ("engagement_score", 70.1, "high"),
        ("engagement_score", 70.0, "middle"),
        ("engagement_score", 40.0, "middle"),
        ("engagement_score", 39.9, "low"),
    ],
)
def test_a_figure_against_its_threshold(metric, value, word):
    found = readings.reading(product(), metric, value)
    assert found.split(":")[0].split(" the outside")[0].split(" 1%")[0] == word


@pytest.mark.parametrize(
    ("rhythm", "value", "word"),
    [("daily", 0.5, "good"), ("daily", 0.49, "low"), ("weekly", 0.2, "good"), ("monthly", 0.9, "not judged")],
)
def test_stickiness_is_judged_by_the_product_s_rhythm(rhythm, value, word):
    other = product().model_copy(update={"rhythm": rhythm})
    assert readings.reading(other, "stickiness", value).startswith(word)


def test_no_threshold_and_no_value():
    assert readings.reading(product(), "arpa", 5.0) == readings.NONE
    assert readings.reading(product(), "health_score", math.nan) == ""
