"""Retention by how an account began, and what a portfolio figure says against its threshold."""

import math
from pathlib import Path

import pandas as pd
import pytest

from reporting.params.product import load_product
from reporting.reports import retention_cohorts as report
from reporting.reports.telling import readings

ROOT = Path(__file__).parents[2]


def halves(panel: pd.DataFrame) -> pd.DataFrame:
    """Even accounts are activated on their tenth day, odd ones never."""
    even = panel["account_id"].str[1:].astype(int) % 2 == 0
    return panel.assign(activated_at=pd.Timestamp("2025-03-11")).assign(
        activated_at=lambda f: f["activated_at"].where(even)
    )


def test_a_difference_after_six_months_is_beyond_chance(company):
    paths = {f"x{i}": [0] * 2 + [100] * 4 + [0 if i % 2 else 100] * 8 for i in range(60)}
    blocks = report.by_beginning(report.load(str(company(paths=paths, edit=halves))))
    pair = blocks[1].rows[:2]
    assert [row[:2] for row in pair] == [["were activated within 30 days", "30"], ["were not", "30"]]
    assert pair[0][3] == "100% (89% to 100%)" and pair[1][3] == "0% (0% to 11%)"
    assert pair[0][5] == "beyond chance"


def test_a_product_change_without_accounts_after_it_says_so(company):
    paths = {f"x{i}": [0] * 2 + [100] * 12 for i in range(60)}
    data = report.load(str(company(paths=paths)))
    signed_up = data.book.accounts["signed_up_at"]
    assert (signed_up < "2025-05-01").all()  # the day of the change in the shipped definition
    assert "signed up since new navigation (1 May 2025)" in report.by_beginning(data)[0].markdown


@pytest.mark.parametrize(
    ("metric", "value", "words"),
    [
        ("monthly_churn_rate", 0.0099, "good: below 1%"),
        ("monthly_churn_rate", 0.01, "between 1% and 3%"),
        ("monthly_churn_rate", 0.031, "attention: above 3%"),
        ("monthly_churn_rate", 0.051, "alarm: above 5%"),
        ("engagement_score", 70.0, "middle: between 40 and 70 is middle"),
        ("engagement_score", 70.1, "high: between 40 and 70 is middle"),
        ("engagement_score", 40.0, "middle: between 40 and 70 is middle"),
        ("engagement_score", 39.9, "low: between 40 and 70 is middle"),
        ("stickiness", 0.2, "good: 20% or more"),
        ("session_frequency", 2.9, "risk: below 3"),
        ("feature_breadth", 0.29, "risk: below 30%"),
        ("time_to_first_value", 14.0, "in time: 14 days or less"),
        ("time_to_first_value", 14.1, "slow: over 14 days"),
        ("day1_retention", 0.19, "below the outside reference, 20% to 30%"),
        ("month1_retention", 0.40, "above the outside reference, 39%"),
        ("licence_utilisation", 0.8, "room left: 80% or less"),
        ("mrr", 1.0, "none"),
        ("stickiness", math.nan, ""),
    ],
)
def test_a_figure_is_read_against_its_threshold(metric, value, words):
    assert readings.reading(load_product(ROOT / "params" / "product.yml"), metric, value) == words


@pytest.mark.parametrize(
    ("rhythm", "words"), [("daily", "low: below 50%"), ("monthly", "not judged: a product of monthly use")]
)
def test_stickiness_is_judged_by_the_product_s_rhythm(rhythm, words):
    product = load_product(ROOT / "params" / "product.yml").model_copy(update={"rhythm": rhythm})
    assert readings.reading(product, "stickiness", 0.3) == words
