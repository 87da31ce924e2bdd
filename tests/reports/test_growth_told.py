"""The pace of MRR and the quick ratio: at the edge, just below, just above."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from reporting.analysis.bridge import quick_ratio
from reporting.reports.telling import growth


@pytest.mark.parametrize(
    ("mrr", "word"),
    [  # cents seven, four and one closes ago; a pace closer than one point is the same pace
        ((1000, 1000, 1009), "plateaus"),
        ((1000, 1000, 1010), "grows faster"),
        ((1000, 1000, 991), "plateaus"),
        ((1000, 1000, 990), "shrinks"),
        ((1000, 1020, 1050.7), "grows faster"),  # 3.01 % after 2 %
        ((1000, 1020, 1050.5), "grows steadily"),  # 2.99 % after 2 %
        ((1000, 1030, 1050.7), "grows steadily"),  # 2.01 % after 3 %
        ((1000, 1030, 1050.5), "grows more slowly"),  # 1.99 % after 3 %
        ((0, 1000, 1100), "stands"),
        ((1000, 0, 1100), "stands"),
    ],
)
def test_the_pace_of_mrr(mrr, word):
    then, middle, now = mrr
    path = pd.Series([then, 1, 1, middle, 1, 1, now])
    assert growth.growth_finding(path, "USD").startswith(f"MRR {word}")


def test_a_pace_needs_seven_closes():
    assert "too few" in growth.growth_finding(pd.Series([100] * 6), "USD")
    assert "too few" not in growth.growth_finding(pd.Series([100] * 7), "USD")


def test_the_quick_ratio():
    row = pd.Series({"new": 30, "expansion": 10, "contraction": 5, "churn": 15, "reactivation": 99})
    assert quick_ratio(row) == 2.0
    assert math.isnan(quick_ratio(row.replace({5: 0, 15: 0})))
