"""Retention, the bridge and where records begin: at the edge, just below, just above."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.hand import BEFORE, NOW, months, panel, view_of

from reporting.analysis import bridge
from reporting.analysis.retention import followed, grr, nrr, trailing

MONTH = pd.DateOffset(months=1)


def test_the_accounts_of_a_close_are_followed_to_another():
    rows = panel(
        *months("kept", [100, 100, 100, 100]),
        *months("grown", [100, 100, 150, 150]),
        *months("shrunk", [100, 100, 40, 40]),
        *months("gone", [100, 100, 100, 0]),
        *months("back", [100, 100, 0, 70]),
        *months("back before", [100, 0, 70, 70]),
        *months("new", [0, 0, 100, 100]),
    )
    found = followed(rows, pd.Timestamp("2025-12-01"), NOW)
    assert found["end_cents"].to_dict() == {"kept": 100, "grown": 150, "shrunk": 40, "gone": 0, "back": 0}
    assert found["kept_cents"].to_dict() == {"kept": 100, "grown": 100, "shrunk": 40, "gone": 0, "back": 0}
    assert found["back_cents"].to_dict() == {"kept": 0, "grown": 0, "shrunk": 0, "gone": 0, "back": 70}
    assert found["stayed"].to_dict() == {
        "kept": True, "grown": True, "shrunk": True, "gone": False, "back": False
    }  # fmt: skip
    assert grr(found).value == 240 / 500
    assert nrr(found).value == 290 / 500


def test_a_return_in_the_base_month_itself_is_no_gap():
    found = followed(panel(*months("a", [100, 0, 70, 70])), BEFORE, NOW)
    assert found.loc["a", ["end_cents", "back_cents"]].tolist() == [70, 0]


def test_a_trend_begins_with_the_first_month_that_can_look_back():
    rows = panel(*months("a", [100, 100, 80, 80]))
    found = trailing(rows, [NOW - 2 * MONTH, BEFORE, NOW], 2)
    assert found.index.tolist() == [BEFORE, NOW]
    assert [e.value for e in found["grr"]] == [0.8, 0.8]


def test_the_bridge_of_a_month_with_every_part():
    rows = panel(
        {"account_id": "n", "mrr_cents": 7, "new_cents": 7},
        {"account_id": "r", "mrr_cents": 5, "reactivation_cents": 5},
        {"account_id": "e", "mrr_start_cents": 10, "mrr_cents": 14, "expansion_cents": 4},
        {"account_id": "s", "mrr_start_cents": 10, "mrr_cents": 8, "contraction_cents": 2},
        {"account_id": "l", "mrr_start_cents": 9, "mrr_cents": 0, "churned_cents": 9},
        {"account_id": "x", "mrr_start_cents": 20, "mrr_cents": 17, "fx_cents": -3},
    )
    row = bridge.bridge(rows).loc[NOW]
    assert bridge.net_parts(row) == {
        "new": 7, "reactivation": 5, "expansion": 4, "contraction": -2, "churn": -9, "fx": -3
    }  # fmt: skip
    assert (row["start"], row["end"]) == (49, 51)
    assert row[[f"accounts_{name}" for name in ("start", *bridge.PARTS, "end")]].tolist() == [4, *[1] * 6, 5]


def beginnings(early: int, lost_early: int, later: int = 100, lost_later: int = 10) -> str:
    """Use is on record in February only; in January `early` accounts were at risk, in February `later`."""
    rows = [
        {"account_id": f"{month:%m} {i}", "month": month, "events": 1.0 if month == NOW else np.nan}
        | {"mrr_start_cents": 100, "churned_cents": 100 if i < lost else 0}
        for month, at_risk, lost in ((BEFORE, early, lost_early), (NOW, later, lost_later))
        for i in range(at_risk)
    ]
    return f"{view_of(*rows).observed_from:%Y-%m}"


@pytest.mark.parametrize(
    ("early", "lost_early", "first"),
    [  # a tenth leaves later, so of 200 at risk early 20 should have left: under two is under a tenth
        (200, 0, "2026-02"),
        (200, 1, "2026-02"),
        (200, 2, "2026-01"),
        (200, 20, "2026-01"),
        (70, 0, "2026-02"),  # exp(-7.0) is below one in a thousand
        (69, 0, "2026-01"),  # exp(-6.9) is not
    ],
)
def test_a_past_in_which_hardly_anybody_leaves_is_not_observed(early, lost_early, first):
    assert beginnings(early, lost_early) == first


def test_where_nobody_leaves_at_all_the_past_is_kept():
    assert beginnings(200, 0, lost_later=0) == "2026-01"


def test_records_begin_with_the_first_month_where_use_is_never_or_always_known():
    rows = months("a", [100, 100, 100])
    assert view_of(*rows).observed_from == pd.Timestamp("2025-12-01")
    assert view_of(*(row | {"events": 1.0} for row in rows)).observed_from == pd.Timestamp("2025-12-01")
