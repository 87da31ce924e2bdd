"""A score's parts, past scores and intervals: worked by hand, and at their edges."""

from __future__ import annotations

import math
from types import SimpleNamespace

import pandas as pd
import pytest
from tests.hand import BEFORE, months, view_of

from reporting.analysis import intervals, scores, validity
from reporting.analysis.validity import discrimination

PARTS = ("session_frequency", "feature_breadth", "licence_utilisation", "integrations")  # 30/30/20/20


def scored(*rows: dict) -> SimpleNamespace:
    """A book with parts of the engagement score; a row names `{part: points}`."""
    named = [
        {
            key if key in ("account_id", "month", scores.ENGAGEMENT) else f"score_{key}": x
            for key, x in r.items()
        }
        for r in rows
    ]
    return view_of(*named)


def test_parts_absent_everywhere_are_left_out_and_the_rest_weighs_more():
    made = scored({"session_frequency": 50.0, "licence_utilisation": 0.0})
    assert scores.weights(made, scores.ENGAGEMENT) == pytest.approx(
        {"session_frequency": 0.6, "licence_utilisation": 0.4}
    )
    assert scores.coverage(made, scores.ENGAGEMENT) == pytest.approx(0.5)
    assert scores.absent(made, scores.ENGAGEMENT) == ["feature_breadth", "integrations"]


def test_what_each_part_costs():
    made = scored(
        {"account_id": "a", **dict.fromkeys(PARTS, 50.0)},
        {"account_id": "b", "session_frequency": 0.0, "feature_breadth": 100.0},
    )
    cost = scores.costs(made.now, made, scores.ENGAGEMENT)
    assert cost.loc["a"].tolist() == pytest.approx([15, 15, 10, 10])
    # Half of what is known of b, and it costs all of its half.
    assert cost.loc["b"].tolist() == pytest.approx([50, 0, 0, 0])


def test_a_change_shared_out_to_its_parts():
    one = dict.fromkeys(PARTS, 50.0)
    made = scored(
        {"account_id": "a", scores.ENGAGEMENT: 47.0, **one, "session_frequency": 40.0},
        {"account_id": "a", "month": BEFORE, scores.ENGAGEMENT: 50.0, **one},
        {"account_id": "new", scores.ENGAGEMENT: 47.0, **one},
        {"account_id": "lost score", **one},
        {"account_id": "lost score", "month": BEFORE, scores.ENGAGEMENT: 47.0, **one},
        {"account_id": "first score", scores.ENGAGEMENT: 47.0, **one},
        {"account_id": "first score", "month": BEFORE, **one},
    )
    found = scores.change(made.now, made.before, made, scores.ENGAGEMENT)
    assert found.index.tolist() == ["a"]
    assert found.loc["a", ["before", "now", "change", *PARTS]].tolist() == pytest.approx(
        [50, 47, -3, -3, 0, 0, 0]
    )


def past(cents: list[int], horizon: int = 3, event: str = "churned_cents") -> pd.DataFrame:
    rows = months("a", cents, engagement_score=50.0)
    return validity.followed_scores(view_of(*rows), ["engagement_score"], event, horizon)


@pytest.mark.parametrize(
    ("cents", "happened"),
    [  # followed from the close of November 2025, the fourth month back, into the three after it
        ([5, 5, 5, 0], True),
        ([5, 0, 0, 0], True),
        ([5, 5, 5, 5], False),
    ],
)
def test_a_loss_counts_within_the_three_months_after_a_close(cents, happened):
    found = past(cents)
    assert found["month"].tolist() == [pd.Timestamp("2025-11-01")]
    assert found["happened"].tolist() == [happened]
    assert found["amount_cents"].tolist() == [5 if happened else 0]


def test_a_loss_in_the_month_of_the_close_came_before_the_score():
    # Gone in November, back in December, gone again in March: followed from November on it is not paying.
    assert past([5, 0, 5, 5, 5]).empty
    assert past([5, 5, 0, 5, 5, 5, 5])["happened"].tolist() == [False, True]


def test_windows_are_counted_back_from_the_report_month():
    found = past([5] * 8, horizon=2)
    assert found["month"].dt.strftime("%m").tolist() == ["12", "10", "08"]


def test_amounts_within_a_window_add_up():
    assert past([5, 7, 9, 9], event="expansion_cents")["amount_cents"].tolist() == [4]


def test_without_a_score_nothing_is_followed():
    rows = months("a", [5] * 5)
    assert validity.followed_scores(view_of(*rows), ["engagement_score"], "churned_cents", 3).empty


def test_a_wilson_interval_worked_by_hand():
    # 8 of 10, z = 1.959964: (p + z2/2n ± z sqrt(p q / n + z2 / 4 n2)) / (1 + z2 / n)
    found = intervals.share(8, 10)
    assert (found.low, found.high) == pytest.approx((0.490162, 0.943318), abs=1e-6)
    assert intervals.share(0, 5).low == 0 and intervals.share(5, 5).high == 1
    narrow = intervals.share(8, 10, level=0.5)
    assert found.low < narrow.low < 0.8 < narrow.high < found.high


def test_nothing_is_known_of_nobody():
    assert not intervals.share(0, 0).known and intervals.share(0, 1).known
    assert not intervals.ratio([], []).known
    assert not intervals.ratio([1.0], [0.0]).known
    assert intervals.ratio([0.0], [1.0]).known


def test_two_accounts_are_enough_for_an_interval_and_one_is_not():
    assert math.isnan(intervals.ratio([1.0], [2.0]).low)
    found = intervals.ratio([0.0, 2.0], [2.0, 2.0])
    # Of two accounts drawn with return: both the first a quarter of the time, both the second a quarter.
    assert (found.value, found.low, found.high) == (0.5, 0.0, 1.0)


def test_draws_without_a_base_do_not_count():
    # Nine of ten accounts have no base; a draw of those alone has no ratio.
    found = intervals.ratio([1.0] + [0.0] * 9, [2.0] + [0.0] * 9)
    assert (found.value, found.low, found.high, found.n) == (0.5, 0.5, 0.5, 10)


def told_later(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["account_id", "score", "happened"])


def test_a_score_tells_by_the_pairs_it_puts_in_order():
    # Leavers score 3 and 2, stayers 1 and 2: pairs (3,1) (3,2) (2,1) in order, (2,2) tied: 3.5 of 4.
    rows = told_later(("a", 3, True), ("b", 2, True), ("c", 1, False), ("d", 2, False), ("e", math.nan, True))
    found = discrimination(rows, "score")
    assert (found.value, found.n) == (0.875, 4)
    assert discrimination(rows, "score", low_foretells=True).value == 0.125


def test_windows_of_one_account_do_not_make_its_auc_surer():
    one = [("a", 3, True), ("b", 2, True), ("c", 1, False), ("d", 2, False), ("e", 4, False)]
    once, thrice = discrimination(told_later(*one), "score"), discrimination(told_later(*(one * 3)), "score")
    assert thrice.low == pytest.approx(once.low) and thrice.high == pytest.approx(once.high)


def test_an_auc_needs_both_outcomes():
    assert not discrimination(told_later(("a", 1, False), ("b", 2, False)), "score").known
    assert discrimination(told_later(("a", 1, False), ("b", 2, True)), "score").value == 1.0
