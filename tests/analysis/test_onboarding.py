"""Newcomers and the steps they take, at the edges."""

from __future__ import annotations

import pandas as pd
import pytest
from tests.hand import view_of

from reporting.analysis.onboarding import in_order, newcomers, steps
from reporting.analysis.view import View

STEPS = ["profile_completed", "first_import", "invite_colleague"]


def onboarded(took: dict[str, list[int]], **columns) -> View:
    """Newcomers that signed up 60 days ago, and the steps (1, 2, ...) each has taken."""
    rows = [
        {"account_id": name, "tenure_days": 60, "activated": True, "signed_up_at": "2025-12-31"}
        for name in took
    ]
    steps = [
        (name, STEPS[place - 1] if place <= 3 else f"step {place}", place, pd.Timestamp("2026-01-05"))
        for name, places in took.items()
        for place in places
    ]
    table = pd.DataFrame(steps, columns=["account_id", "step", "position", "reached_at"])
    accounts = pd.DataFrame({"account_id": list(took), "signed_up_at": pd.Timestamp("2025-12-31")})
    made = [{k: v for k, v in row.items() if k != "signed_up_at"} | columns for row in rows]
    return view_of(*made, accounts=accounts, activation_steps=table)


def taken(view: View) -> pd.DataFrame:
    return steps(view, newcomers(view))


def test_the_bar_says_what_share_took_this_very_step():
    """Of four, three took the second step and all went past it, for the fourth skipped it."""
    table = taken(onboarded({"a": [1, 2, 3], "b": [1, 2, 3], "c": [1, 2], "d": [1, 3]}))
    assert table["accounts"].tolist()[:4] == [4, 3, 3, 0]
    assert table["share"].tolist()[:4] == [1.0, 0.75, 0.75, 0.0]
    # Lost before the third step: the one that got as far as the second; before the fourth: the other three.
    assert table["lost"].tolist()[:4] == [0, 0, 1, 3]


def test_who_took_no_step_is_lost_before_the_first():
    table = taken(onboarded({"a": [], "b": [1], "c": [7]}))
    assert table["lost"].tolist() == [1, 1, 0, 0, 0, 0, 0]
    assert table["accounts"].tolist() == [1, 0, 0, 0, 0, 0, 1]


@pytest.mark.parametrize(
    ("tenure", "signed_up", "activated", "counted"),
    [
        (30, "2026-01-30", True, True),
        (29, "2026-01-31", True, False),  # not yet onboarded
        (365, "2025-03-01", True, True),
        (366, "2025-02-28 23:59", True, False),  # more than twelve months ago
        (60, "2025-12-31", None, False),
        (60, "2025-12-31", False, True),
    ],
)
def test_newcomers_of_twelve_months_whose_first_month_is_over(tenure, signed_up, activated, counted):
    accounts = pd.DataFrame({"account_id": ["a"], "signed_up_at": [pd.Timestamp(signed_up)]})
    view = view_of({"tenure_days": tenure, "activated": activated}, accounts=accounts)
    assert len(newcomers(view)) == counted


@pytest.mark.parametrize(("second", "ordered"), [(0.80, True), (0.85, True), (0.86, False), (0.1, True)])
def test_steps_are_in_order_unless_one_is_taken_by_clearly_more_than_the_one_before(second, ordered):
    assert in_order(pd.DataFrame({"share": [0.8, second]})) is ordered
