"""Thresholds, margins and counts that all reports share: at the edge, just below, just above."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from tests.reports.hand import BEFORE, NOW, book, months, panel, product, series

from reporting.reports.common import (
    bridge,
    frames,
    growth,
    intervals,
    lifecycle,
    matrix,
    measures,
    readings,
    scores,
    validity,
    words,
)
from reporting.reports.common.retention import followed, grr, nrr, trailing
from reporting.reports.common.trust import NOTICE_MONTHS, Trust, Witness

MONTH = pd.DateOffset(months=1)


# --- readings against thresholds ----------------------------------------------------------------------


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
        ("engagement_score", 70.0, "at risk"),
        ("engagement_score", 39.9, "churn risk"),
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


# --- do the sources agree? ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("called", "kept", "contradicts"),
    [(5, 1, False), (5, 2, True), (4, 4, False), (10, 2, False), (10, 3, True), (100, 20, False)],
)
def test_more_than_a_fifth_of_five_or_more_witnesses_is_a_contradiction(called, kept, contradicts):
    assert Witness(called, kept, "").contradicts is contradicts


def cancellations(*rows: tuple[str, str, str | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["account_id", "requested_at", "effective_at"])
    return frame.astype({"requested_at": "datetime64[us]", "effective_at": "datetime64[us]"})


def witness(paths: dict[str, list[int]], *rows: tuple[str, str, str | None]) -> Witness:
    ledger = [row for account, path in paths.items() for row in months(account, path)]
    trust = Trust(book(*ledger, cancellations=cancellations(*rows)))
    (found,) = trust.witnesses
    return found


@pytest.mark.parametrize(
    ("lost", "kept"),
    [(7, 1), (8, 0), (9, 0), (10, 0), (11, 0), (12, 1)],
)
def test_a_cancellation_is_borne_out_from_a_month_before_to_two_after(lost, kept):
    """Said in September 2025 (place 9 of the months from January 2025 on); the account pays until `lost`."""
    path = [100] * (lost - 1) + [0] * (15 - lost)
    found = witness({"a": path}, ("a", "2025-09-15", None))
    assert (found.called, found.kept) == (1, kept)


def test_paying_less_bears_a_cancellation_out_as_well():
    path = [100] * 8 + [60] * 6
    assert witness({"a": path}, ("a", "2025-09-15", None)).kept == 0


@pytest.mark.parametrize(("said", "called"), [("2025-12-31", 1), ("2026-01-01", 0), ("2026-02-01", 0)])
def test_a_cancellation_is_settled_after_its_notice(said, called):
    assert NOTICE_MONTHS == 2
    assert witness({"a": [100] * 14}, ("a", said, None)).called == called


def test_the_effective_date_outranks_the_click():
    assert witness({"a": [100] * 14}, ("a", "2025-09-15", "2026-01-20")).called == 0
    assert witness({"a": [100] * 14}, ("a", "2026-01-15", "2025-09-20")).called == 1


def test_an_account_is_one_witness_however_often_it_cancels():
    found = witness({"a": [100] * 14}, ("a", "2025-05-15", None), ("a", "2025-09-15", None))
    assert (found.called, found.kept) == (1, 1)


def test_flags_count_those_that_pay_at_the_close():
    accounts = pd.DataFrame(
        {"account_id": list("abc"), "churned_flag": pd.array([True, True, False], dtype="boolean")}
    )
    rows = [*months("a", [5, 5]), *months("b", [5, 0]), *months("c", [5, 5])]
    (found,) = Trust(book(*rows, accounts=accounts)).witnesses
    assert (found.called, found.kept) == (2, 1)


def test_accounts_that_ever_stopped_paying_count_once():
    assert Trust(book(*months("a", [5, 0, 5, 0]), *months("b", [5, 5]))).churned == 1


# --- retention, growth, bridge ------------------------------------------------------------------------


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
    assert growth.quick_ratio(row) == 2.0
    assert math.isnan(growth.quick_ratio(row.replace({5: 0, 15: 0})))


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


# --- a score's parts ----------------------------------------------------------------------------------

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
    return book(*named)


def test_parts_absent_everywhere_are_left_out_and_the_rest_weighs_more():
    made = scored({"session_frequency": 50.0, "licence_utilisation": 0.0})
    assert scores.weights(made, scores.ENGAGEMENT) == pytest.approx(
        {"session_frequency": 0.6, "licence_utilisation": 0.4}
    )
    assert scores.coverage(made, scores.ENGAGEMENT) == pytest.approx(0.5)
    assert scores.absent(made, scores.ENGAGEMENT) == ["feature breadth", "integrations"]


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


@pytest.mark.parametrize(
    ("moved", "named"),
    [
        ({"a": 0.5, "b": -0.49}, ["a"]),
        ({"a": -0.5, "b": 0.49}, ["a"]),
        ({"a": 1.0, "b": -3.0, "c": 2.0, "d": 0.6}, ["b", "c", "a"]),
        ({"a": 1.0, "b": 1.0, "c": 1.0, "d": 1.0}, ["a", "b", "c"]),  # of equals those named first
        ({"a": 0.4}, []),
    ],
)
def test_a_cause_names_three_parts_of_half_a_point_or_more(moved, named):
    found = scores.cause(pd.Series(moved), moved)
    assert [part.split()[0] for part in found.split(", ")] == (named or ["many"])


# --- past scores --------------------------------------------------------------------------------------


def past(cents: list[int], horizon: int = 3, event: str = "churned_cents") -> pd.DataFrame:
    rows = months("a", cents, engagement_score=50.0)
    return validity.followed_scores(book(*rows), ["engagement_score"], event, horizon)


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
    assert validity.followed_scores(book(*rows), ["engagement_score"], "churned_cents", 3).empty


# --- intervals ----------------------------------------------------------------------------------------


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


def test_the_auc_s_interval_worked_by_hand():
    # Leavers 3 and 2, stayers 1 and 2: area 0.875; q1 = 0.7778, q2 = 0.8167 (Hanley and McNeil 1982).
    q1, q2 = 0.875 / 1.125, 2 * 0.875**2 / 1.875
    variance = (0.875 * 0.125 + (q1 - 0.875**2) + (q2 - 0.875**2)) / 4
    found = intervals.auc([3, 2, 1, 2, math.nan], [True, True, False, False, True])
    assert (found.value, found.n) == (0.875, 4)
    assert found.low == pytest.approx(0.875 - 1.959964 * math.sqrt(variance))
    assert found.high == 1.0


def test_an_auc_needs_both_outcomes():
    assert not intervals.auc([1, 2], [False, False]).known
    assert intervals.auc([1, 2], [False, True]).value == 1.0
    assert intervals.auc([2, 1], [False, True]).value == 0.0


# --- stages, quadrants, measures ----------------------------------------------------------------------


def test_stages_and_the_moves_between_them():
    def at(account: str, stage: str | None, month=NOW) -> dict:
        return {"account_id": account, "month": month, "funnel_stage": stage}

    table = lifecycle.lifecycle(
        book(
            at("a", "engaged", BEFORE), at("a", "engaged"),
            at("b", "engaged", BEFORE), at("b", "declining"),
            at("c", "retained", BEFORE), at("c", "gone"),
            at("d", "activated"),
            at("e", "adopted", BEFORE), at("e", None),
        )
    ).set_index("stage")  # fmt: skip
    assert list(table.index) == list(lifecycle.STAGES)
    found = table[["accounts", "step", "entered", "left"]]
    assert found.loc["engaged"].tolist() == [1, -1, 0, 1]
    assert found.loc["declining"].tolist() == [1, 1, 1, 0]
    assert found.loc["gone"].tolist() == [1, 1, 1, 0]
    assert found.loc["retained"].tolist() == [0, -1, 0, 1]
    assert found.loc["activated"].tolist() == [1, 1, 1, 0]
    assert found.loc["signed up"].tolist() == [0, 0, 0, 0]
    assert lifecycle.lifecycle(book({})).empty


def test_the_largest_stage_is_not_that_of_the_gone():
    table = pd.DataFrame({"stage": list(lifecycle.STAGES), "accounts": [1, 0, 3, 2, 0, 0, 0, 9]})
    assert "is adopted (3 of 15 " in lifecycle.largest_stage(table)


@pytest.mark.parametrize(
    ("score", "cents", "quadrant"),
    [
        (70.1, 200, "large and healthy"),
        (70.0, 200, "large, not healthy"),
        (70.1, 199, "small and healthy"),
        (70.0, 199, "small, not healthy"),
    ],
)
def test_quadrants_at_the_healthy_edge_and_the_median(score, cents, quadrant):
    rows = [
        {"account_id": f"x{i}", "mrr_cents": c, "health_score": 50.0} for i, c in enumerate((100, 200, 300))
    ]
    rows += [{"account_id": "y", "mrr_cents": 200, "health_score": 50.0}]
    rows += [{"account_id": "free", "mrr_cents": 0, "health_score": 90.0}]
    rows += [{"account_id": "unscored", "mrr_cents": 10**6}]
    made = book(*rows, {"account_id": "case", "mrr_cents": cents, "health_score": score})
    found = matrix.matrix(made, made.now)
    assert found["case"] == quadrant
    assert pd.isna(found["free"]) and pd.isna(found["unscored"])


def test_a_quadrant_s_share_is_of_all_mrr():
    made = book(
        {"account_id": "a", "mrr_cents": 600, "health_score": 80.0},
        {"account_id": "b", "mrr_cents": 200, "health_score": 50.0},
        {"account_id": "c", "mrr_cents": 200},
        {"account_id": "a", "month": BEFORE, "mrr_cents": 600, "health_score": 60.0},
    )
    table = matrix.by_quadrant(made)
    assert table["share"].tolist() == [0.6, 0.0, 0.0, 0.2]
    assert table["accounts"].tolist() == [1, 0, 0, 1]
    assert table["accounts_before"].tolist() == [0, 1, 0, 0]
    assert made.unjudged(matrix.scored(made.paying)) == " 1 account with 20.0% of MRR can't be judged."
    assert made.unjudged(made.paying) == ""


def test_a_share_of_mrr_is_of_everybody_that_pays():
    made = book({"account_id": "a", "mrr_cents": 300}, {"account_id": "b", "mrr_cents": 100})
    assert made.share_of_mrr(100) == 0.25
    assert math.isnan(made.share_of_mrr(100, BEFORE))


@pytest.mark.parametrize(
    ("metric", "value", "shown"),
    [
        ("nrr", 1.2346, "123.5%"),
        ("mrr", 123_456, "$1,235"),
        ("paying_accounts", 1234.0, "1,234"),
        ("time_to_first_value", 3.24, "3.2 days"),
        ("health_score", 75.04, "75.0"),
        ("nps", 0.073, "7.3"),
        ("nps", -0.5, "\u221250.0"),
        ("quick_ratio", math.nan, "not defined: nothing was lost"),
        ("ltv", math.nan, "not estimable: no churn in the month"),
        ("nrr", math.nan, "none this month"),
    ],
)
def test_a_value_in_its_unit(metric, value, shown):
    assert measures.show(book({}), metric, value) == shown


@pytest.mark.parametrize(
    ("metric", "before", "now", "step"),
    [
        ("nrr", 1.00, 1.02, "up 2.0 points"),
        ("nrr", 1.00, 1.0004, "unchanged"),
        ("nrr", 1.00, 1.0006, "up 0.1 points"),
        ("mrr", 200.0, 210.0, "+5.0%"),
        ("mrr", 0.0, 210.0, "from zero"),
        ("health_score", 70.0, 68.5, "\u22121.5"),
        ("mrr", None, 210.0, "no earlier figure"),
    ],
)
def test_a_step_is_told_in_points_for_shares_and_relative_for_the_rest(metric, before, now, step):
    values = {"2026-02": now} | ({} if before is None else {"2026-01": before})
    assert measures.step(book({}, portfolio_month=series(metric, values)), metric) == step


@pytest.mark.parametrize(
    ("now", "before", "better"),
    [
        (0.5, 0.5, None),
        (0.5004, 0.5, None),
        (0.4996, 0.5, None),
        (0.501, 0.5, True),
        (0.499, 0.5, False),
        (0.5, math.nan, None),
    ],
)
def test_a_share_told_as_unchanged_is_neither_better_nor_worse(now, before, better):
    assert words.better_share(now, before) is better
    if better is None and not math.isnan(before):
        assert words.moved_points(now, before) == "unchanged"


@pytest.mark.parametrize(
    ("label", "inside"),
    [
        ("Workflows run", "workflows run"),
        ("API requests", "API requests"),
        ("NPS", "NPS"),
        ("A3x7", "A3x7"),
        ("x", "x"),
    ],
)
def test_a_label_keeps_its_own_capitals_inside_a_sentence(label, inside):
    assert words.uncapitalised(label) == inside


@pytest.mark.parametrize(
    ("now", "before", "steady", "word"),
    [
        (102, 100, 0.02, "held"),
        (102.1, 100, 0.02, "rose"),
        (98, 100, 0.02, "held"),
        (97.9, 100, 0.02, "fell"),
    ],
)
def test_a_step_of_exactly_the_margin_is_none(now, before, steady, word):
    assert words.direction(now, before, steady) == word


# --- look-ups -----------------------------------------------------------------------------------------


def test_segments_need_two_values_of_five_rows():
    rows = pd.DataFrame({"plan": ["a"] * 5 + ["b"] * 5, "region": ["n"] * 6 + ["s"] * 4})
    assert frames.segments(rows) == ["plan"]
    assert frames.segments(rows, 4) == ["plan", "region"]


def test_groups_come_in_the_order_a_reader_counts():
    sizes = ["51-200"] * 2 + ["1-10"] * 2 + ["11-50"] * 3 + ["201+"]
    rows = pd.DataFrame({"company_size": sizes})
    assert [name for name, _ in frames.by_value(rows, "company_size", 2)] == ["1-10", "11-50", "51-200"]
    assert [len(group) for _, group in frames.by_value(rows, "company_size", 3)] == [3]


def test_means_and_quantiles_of_what_is_known():
    values = pd.Series([1.0, None, 4.0, "x"])
    assert frames.numbers(values).tolist() == [1, 4]
    assert frames.quantile(values, 0.5) == 2.5
    assert math.isnan(frames.quantile(pd.Series([None]), 0.5))
    assert frames.weighted_mean(values, pd.Series([3, 100, 1, 100])) == 1.75
    assert math.isnan(frames.weighted_mean(values, pd.Series([0, 1, 0, 1])))


# --- where records begin ------------------------------------------------------------------------------


def beginnings(early: int, lost_early: int, later: int = 100, lost_later: int = 10) -> str:
    """Use is on record in February only; in January `early` accounts were at risk, in February `later`."""
    rows = [
        {"account_id": f"{month:%m} {i}", "month": month, "events": 1.0 if month == NOW else np.nan}
        | {"mrr_start_cents": 100, "churned_cents": 100 if i < lost else 0}
        for month, at_risk, lost in ((BEFORE, early, lost_early), (NOW, later, lost_later))
        for i in range(at_risk)
    ]
    return f"{book(*rows).observed_from:%Y-%m}"


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
    assert book(*rows).observed_from == pd.Timestamp("2025-12-01")
    assert book(*(row | {"events": 1.0} for row in rows)).observed_from == pd.Timestamp("2025-12-01")
