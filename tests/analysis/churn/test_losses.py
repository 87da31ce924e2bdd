"""Kinds of loss, early warnings and ends of subscriptions: at the edges."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from tests.churn_hand import two_flags
from tests.hand import product

from reporting.analysis.churn import flags, kinds, subscriptions
from reporting.analysis.churn.risk_set import RiskSet

CLOSE = pd.Timestamp("2025-06-01")


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ({"engagement_score": 70.1}, kinds.ENGAGED),
        ({"engagement_score": 70.0}, kinds.UNCLEAR),
        ({"engagement_score": 40.0}, kinds.UNCLEAR),
        ({"engagement_score": None}, kinds.UNCLEAR),
        ({"engagement_score": 90.0, "active_users": 2.0}, kinds.INACTIVE),
        ({"engagement_score": 90.0, "active_users": 4.0}, kinds.ENGAGED),
        ({"last_active_days": 30.0, "active_users": 0.0}, kinds.ABANDONED),
        ({"last_active_days": 29.0, "active_users": 0.0}, kinds.INACTIVE),
        ({"last_active_days": 29.0}, kinds.UNCLEAR),
        ({"last_active_days": 30.0, "activated": False}, kinds.NEVER),
        ({"activated": None}, kinds.UNCLEAR),
    ],
)
def test_what_a_loss_looked_like(row, kind):
    """Against a month with three active users."""
    usual = {"spell": "a 1", "active_users": 3.0, "active_days": 9.0, "last_active_days": 1.0}
    usual |= {"activated": True, "engagement_score": 50.0}
    rows = pd.DataFrame([usual, usual | row])
    assert kinds.classify(rows, product()).iloc[-1] == kind


def test_days_stand_in_for_users_who_are_not_known():
    rows = pd.DataFrame({"spell": "a 1", "active_users": [np.nan] * 2, "active_days": [5.0, 4.0]}).assign(
        last_active_days=1.0, activated=True, engagement_score=50.0
    )
    assert kinds.classify(rows, product()).tolist() == [kinds.UNCLEAR, kinds.INACTIVE]


def test_kinds_are_counted_among_losses_and_stayers_that_could_leave():
    base = {"active_users": 3.0, "active_days": 9.0, "last_active_days": 1.0, "activated": True}
    base |= {"engagement_score": 50.0, "mrr_cents": 100, "contracted": False, "contracted_cents": 0}
    base |= {"month": CLOSE, "churned": False, "can_leave": True}
    rows = [
        {"churned": True, "last_active_days": 40.0},
        {"churned": True, "last_active_days": 40.0, "mrr_cents": 300},
        {"churned": True, "engagement_score": 80.0},
        {"churned": True, "engagement_score": 80.0, "month": CLOSE - pd.DateOffset(months=1)},
        {"last_active_days": 40.0},
        {},
        {"last_active_days": 40.0, "can_leave": False},
        {"contracted": True, "contracted_cents": 25},
    ]
    frame = pd.DataFrame([base | row | {"spell": f"x{i} 1"} for i, row in enumerate(rows)])
    found = kinds.kinds(SimpleNamespace(rows=frame), product(), CLOSE)
    assert [(k.name, k.count, k.mrr_cents) for k in found] == [
        (kinds.ABANDONED, 2, 400), (kinds.ENGAGED, 1, 100), (kinds.CONTRACTION, 1, 25)
    ]  # fmt: skip
    assert found[0].losses.value == 2 / 3
    assert (found[0].stayers.value, found[0].stayers.n) == (1 / 3, 3)
    assert not found[2].losses.known


def flag_rows(raised_lost: int, clear_lost: int, n: int = 20) -> RiskSet:
    """`n` spells of three months with the flag raised at first and `n` without; some lost in the third."""
    rows = []
    for up in (True, False):
        for i in range(n):
            lost = i < (raised_lost if up else clear_lost)
            for k in range(3):
                rows.append((f"{up} {i}", float(k), k + 1.0, lost and k == 2, up))
    frame = pd.DataFrame(rows, columns=["spell", "start", "stop", "churned", "flag_x"]).assign(due_in=np.nan)
    now = pd.DataFrame({"flag_x": pd.array([True, None, False], dtype="boolean")})
    return RiskSet(frame, frame, now, False, 0, CLOSE)


@pytest.mark.parametrize(
    ("raised", "clear", "holds"),
    [(20, 0, True), (0, 20, False), (10, 10, False), (7, 1, True), (4, 2, False)],
)
def test_a_flag_holds_where_more_left_beyond_both_intervals(raised, clear, holds):
    found = flags.flags(flag_rows(raised, clear), product())
    assert [one.holds for one in found] == [holds]
    assert found[0].now == 1


def test_a_close_counts_when_it_was_followed_for_three_months_or_to_a_loss():
    (found,) = flags.flags(flag_rows(5, 0), product())
    # Followed whole: the first closes of all (20); to a loss: the second and third closes of the five lost.
    assert (found.raised.n, found.clear.n) == (20 + 10, 20)
    assert found.raised.value == 15 / 30


@pytest.mark.parametrize(("due_in", "told"), [(3.0, True), (4.0, False)])
def test_under_a_binding_term_a_flag_is_tested_where_the_term_ends_within_three_months(due_in, told):
    assert bool(flags.flags(two_flags("flag_a", "flag_b", due_in=due_in), product())) is told


@pytest.mark.parametrize(
    ("months", "n", "lost"),
    [
        (2, 20, 20),  # cut off before three months, all but the ten lost: two closes each
        (3, 40, 30),  # the first closes of those that stayed are followed
        (4, 60, 30),  # lost in the fourth month: at the first close that was beyond the horizon
    ],
)
def test_a_loss_counts_within_three_months_of_the_close(months, n, lost):
    warns = next(one for one in flags.flags(two_flags("flag_a", "flag_b", months), product()) if one.now == 2)
    assert (warns.raised.n, warns.raised.value) == (n, pytest.approx(lost / n))


def test_a_flag_that_nobody_or_everybody_has_is_no_test():
    risk = flag_rows(5, 5)
    everybody = RiskSet(risk.rows.assign(flag_x=True), risk.spells, risk.now, False, 0, CLOSE)
    assert flags.flags(everybody, product()) == []


def spans(*rows: tuple, close: str = "2025-07-01") -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["account_id", "valid_from", "valid_to"])
    frame[["valid_from", "valid_to"]] = frame[["valid_from", "valid_to"]].apply(
        pd.to_datetime, format="mixed"
    )
    return subscriptions.spans(frame.assign(plan="P"), pd.Timestamp(close))


@pytest.mark.parametrize(
    ("begins", "ended"),
    [
        ("2025-04-01", False),
        ("2025-04-02", False),  # a day later
        ("2025-04-02 00:00:01", True),
        ("2025-03-31", False),  # a day before
        ("2025-03-30 23:59:59", True),
    ],
)
def test_a_row_that_goes_on_within_a_day_has_not_ended(begins, ended):
    assert spans(("a", "2025-01-01", "2025-04-01"), ("a", begins, None))["ended"].tolist() == [ended, False]


@pytest.mark.parametrize(
    ("ends", "ended"), [("2025-06-30", True), ("2025-07-01", False), ("2025-08-01", False)]
)
def test_an_end_at_the_close_or_after_it_is_not_known_yet(ends, ended):
    found = spans(("a", "2025-01-01", ends))
    assert found["ended"].tolist() == [ended]
    assert found["months"].iloc[0] == pytest.approx((181 if not ended else 180) / (365.25 / 12))


def test_the_four_commonest_plans_have_a_curve():
    plans = {"e": 2, "d": 3, "c": 4, "b": 5, "a": 6}
    rows = pd.DataFrame({"plan": [plan for plan, n in plans.items() for _ in range(n)]})
    rows = rows.assign(months=3.0, ended=rows["plan"] == "c")
    found = subscriptions.curves(rows)
    assert list(found) == ["a", "b", "c", "d"]
    at_end = {plan: float(curve.at([3.0])["survival"].iloc[0]) for plan, curve in found.items()}
    assert at_end == {"a": 1.0, "b": 1.0, "c": 0.0, "d": 1.0}


def test_what_begins_at_the_close_and_trials_stay_out():
    frame = pd.DataFrame(
        {"account_id": list("ab"), "plan": "P", "is_trial": [True, None], "valid_to": pd.NaT}
    )
    frame["valid_from"] = pd.to_datetime(["2025-01-01", "2025-06-30"])
    frame["valid_to"] = pd.to_datetime(frame["valid_to"])
    assert subscriptions.spans(frame, pd.Timestamp("2025-07-01"))["account_id"].tolist() == ["b"]
    assert spans(("a", "2025-07-01", None)).empty
    assert spans(("a", "2025-06-01", "2025-06-01")).empty  # of no length


@pytest.mark.parametrize(("trend", "raised"), [(-0.31, True), (-0.30, False), (0.5, False), (None, None)])
def test_api_calls_fall_beyond_the_share_that_counts_as_a_fall(trend, raised):
    fall = product().churn.fall
    value = None if trend is None else fall / 0.30 * trend
    (found,) = flags._with_api(pd.DataFrame({"api_call_trend": [value]}), product())["flag_api_falling"]
    assert (None if pd.isna(found) else bool(found)) is raised


def test_a_source_without_api_calls_has_no_such_flag():
    assert "flag_api_falling" not in flags._with_api(pd.DataFrame({"events": [1]}), product())
