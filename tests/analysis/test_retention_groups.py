"""What features' users kept, at the edges."""

from __future__ import annotations

import pandas as pd
import pytest
from tests.hand import NOW, view_of

from reporting.analysis.retention_groups import FeatureRetention, by_feature

JANUARY = pd.Timestamp("2025-01-01")


def split(using: int, others: int, growth: float = 1.5, fall: float = 0.5) -> list[FeatureRetention]:
    rows = pd.DataFrame(
        {"start_cents": 100, "end_cents": [100 * growth] * using + [100 * fall] * others, "kept_cents": 0},
        index=[f"x{i}" for i in range(using + others)],
    )
    used = pd.DataFrame({"account_id": rows.index, "month": JANUARY, "feature": "API_call"})
    used["events"] = [3] * using + [0] * others
    late = used.assign(month=NOW, events=3)
    return by_feature(view_of({}, account_feature_month=pd.concat([used, late])), rows, JANUARY)


@pytest.mark.parametrize(("using", "others", "told"), [(10, 10, True), (9, 11, False), (11, 9, False)])
def test_a_feature_needs_ten_accounts_on_either_side(using, others, told):
    assert (len(split(using, others)) == 1) is told


@pytest.mark.parametrize(("growth", "fall", "apart"), [(1.5, 0.5, True), (0.5, 1.5, True), (1.0, 1.0, False)])
def test_a_feature_s_nrr_differs_beyond_chance_on_either_side(growth, fall, apart):
    (found,) = split(12, 12, growth, fall)
    assert found.apart is apart and found.feature == "API_call"
    assert found.ahead == growth - fall
