"""Which account gets which action or offer: each rule at its edge, just below and just above.

The edges are those of the shipped product definition: quiet 15 and 30 days, new up to 30 days, long-standing
over 90, bands at 40 and 70, a fall of more than 25 %, breadth below 0.3, licence use over 80 %.
"""

from __future__ import annotations

import pandas as pd
import pytest
from tests.reports.hand import BEFORE, book

from reporting.analysis.frames import is_false, is_true
from reporting.reports.common import actions, offers


def rules(now: dict, before: dict | None = None, high_risk: bool = False) -> set[str]:
    """The rules that an account meets."""
    rows = [now] + ([{"month": BEFORE, **before}] if before is not None else [])
    return set(actions.suggest(book(*rows), frozenset({"a"} if high_risk else ()))["rule"])


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (14, set()),
        (15, {"quiet_15_days"}),
        (16, {"quiet_15_days"}),
        (29, {"quiet_15_days"}),
        (30, {"quiet_30_days"}),
        (31, {"quiet_30_days"}),
        (400, {"quiet_30_days"}),
    ],
)
def test_quiet_this_long(days, expected):
    assert rules({"last_active_days": days}) == expected


@pytest.mark.parametrize(
    ("score", "high_risk", "expected"),
    [
        (70.0, True, set()),
        (70.1, True, {"price_or_need"}),
        (70.1, False, set()),
        (None, True, set()),
    ],
)
def test_likely_to_leave_in_spite_of_high_engagement(score, high_risk, expected):
    assert rules({"engagement_score": score}, high_risk=high_risk) == expected


@pytest.mark.parametrize(
    ("days", "activated", "expected"),
    [
        (30, False, {"new_not_activated"}),
        (29, False, {"new_not_activated"}),
        (31, False, set()),
        (30, True, set()),
        (30, None, set()),
        (None, False, set()),
    ],
)
def test_new_and_not_activated(days, activated, expected):
    assert rules({"tenure_days": days, "activated": activated}) == expected


@pytest.mark.parametrize(
    ("score", "activated", "expected"),
    [
        (40.0, True, set()),
        (39.9, True, {"activated_low_engagement"}),
        (39.9, False, set()),
        (39.9, None, set()),
        (40.1, True, set()),
    ],
)
def test_activated_and_hardly_engaged(score, activated, expected):
    assert rules({"engagement_score": score, "activated": activated}) == expected


@pytest.mark.parametrize(
    ("days", "breadth", "expected"),
    [
        (31, 0.30, set()),
        (31, 0.29, {"low_adoption"}),
        (31, 0.31, set()),
        (31, 0.0, {"low_adoption"}),
        (30, 0.29, set()),
        (31, None, set()),
    ],
)
def test_low_adoption_after_the_first_month(days, breadth, expected):
    assert rules({"tenure_days": days, "feature_breadth": breadth}) == expected


@pytest.mark.parametrize(
    ("days", "had", "has", "expected"),
    [  # in eighths, for there are eight core features
        (91, 8, 5, {"slipping_adoption"}),
        (90, 8, 5, set()),
        (92, 8, 5, {"slipping_adoption"}),
        (91, 8, 6, set()),  # a fall of exactly a quarter
        (91, 7, 5, {"slipping_adoption"}),  # two features, 29 %
        (91, 3, 2, set()),  # a third, but one feature only
        (91, 2, 0, {"slipping_adoption"}),
        (91, 5, 8, set()),
    ],
)
def test_long_standing_and_slipping(days, had, has, expected):
    now = {"tenure_days": days, "adoption_recent": has / 8}
    assert rules(now, {"adoption_recent": had / 8}) == expected


@pytest.mark.parametrize(
    ("had", "has", "expected"),
    [  # a fall of counts is believed beyond two standard deviations: difference > 2 sqrt(sum)
        (12, 4, set()),  # 8 = 2 sqrt(16)
        (12, 3, {"falling_frequency"}),  # 9 > 7.7
        (12, 5, set()),
        (100, 74, set()),  # 26 < 26.4
        (100, 73, {"falling_frequency"}),  # 27 > 26.3
        (100, 127, set()),  # a rise
    ],
)
def test_a_fall_of_sessions_is_believed_beyond_chance(had, has, expected):
    now = {"sessions": has, "session_frequency": 1.0}
    assert rules(now, {"sessions": had, "session_frequency": 4.0}) == expected


@pytest.mark.parametrize(
    ("rate", "expected"),
    [(3.0, set()), (2.99, {"falling_frequency"}), (3.01, set()), (4.0, set()), (5.0, set())],
)
def test_a_fall_of_the_rate_is_one_of_more_than_a_quarter(rate, expected):
    now = {"sessions": 100, "session_frequency": rate}
    assert rules(now, {"sessions": 300, "session_frequency": 4.0}) == expected


@pytest.mark.parametrize(
    ("events", "sessions", "expected"),
    [(750, None, set()), (749, None, {"falling_frequency"}), (749, 4.0, set()), (1000, None, set())],
)
def test_events_stand_in_where_sessions_are_unknown(events, sessions, expected):
    now = {"events": events, "session_frequency": sessions}
    assert rules(now, {"events": 1000, "session_frequency": sessions}) == expected


def test_who_was_not_there_a_month_ago_did_not_fall():
    assert rules({"sessions": 1, "session_frequency": 0.1, "events": 1, "adoption_recent": 0.0}) == set()


def test_suggestions_stand_by_urgency_then_mrr_then_account():
    found = actions.suggest(
        book(
            {"account_id": "c", "mrr_cents": 500, "last_active_days": 20},
            {"account_id": "a", "mrr_cents": 500, "last_active_days": 20},
            {"account_id": "b", "mrr_cents": 900, "last_active_days": 20},
            {"account_id": "d", "mrr_cents": 100, "last_active_days": 40},
            {"account_id": "e", "mrr_cents": 0, "last_active_days": 40},
        )
    )
    assert found["account_id"].tolist() == ["d", "b", "a", "c"]
    assert found["urgency"].tolist() == [1, 4, 4, 4]
    assert found["purpose"].unique().tolist() == [actions.KEEP]
    assert list(found) == actions.COLUMNS
    assert found.index.tolist() == [0, 1, 2, 3]


def test_the_catalogue_s_order_is_its_urgency():
    order = [rule.name for rule in actions.rules(book({}))]
    assert order == [
        *("quiet_30_days", "price_or_need", "new_not_activated", "quiet_15_days", "falling_frequency"),
        *("slipping_adoption", "low_adoption", "activated_low_engagement"),
    ]


def test_the_most_urgent_rule_of_an_account_is_kept_and_the_largest_comes_first():
    low = {"tenure_days": 31, "feature_breadth": 0.1}
    found = actions.first(
        actions.suggest(
            book(
                {"account_id": "a", "mrr_cents": 500, "last_active_days": 30, **low},
                {"account_id": "b", "mrr_cents": 700, **low},
                {"account_id": "d", "mrr_cents": 500, **low},
                {"account_id": "c", "mrr_cents": 500, **low},
            )
        )
    )
    assert found[["account_id", "rule"]].to_numpy().tolist() == [
        ["b", "low_adoption"],
        ["a", "quiet_30_days"],
        ["c", "low_adoption"],
        ["d", "low_adoption"],
    ]
    assert actions.first(found, "grow").empty


def test_reasons_carry_their_numbers():
    now = {"session_frequency": 1.25, "sessions": 10, "last_active_days": 17, "feature_breadth": 0.0}
    now |= {"tenure_days": 100, "adoption_recent": 0.125, "engagement_score": 12.0, "activated": True}
    before = {"session_frequency": 4.5, "sessions": 100, "adoption_recent": 0.5}
    found = actions.suggest(book(now, {"month": BEFORE, **before})).set_index("rule")["reason"]
    assert found.to_dict() == {
        "quiet_15_days": "no use for 17 days",
        "falling_frequency": "sessions per user and week fell from 4.5 to 1.2",
        "slipping_adoption": "core features in use fell from 50% to 12% within a month",
        "low_adoption": "no core feature in use",
        "activated_low_engagement": "activated, but an engagement score of 12",
    }


# --- offers -------------------------------------------------------------------------------------------


def listed(*rows: dict) -> pd.DataFrame:
    reasoned = [{"commercial_reason": "seats", "seats_used": 1, "seats_purchased": 1, **row} for row in rows]
    return offers.listed(book(*reasoned))


@pytest.mark.parametrize(("score", "band"), [(70.1, 2), (70.0, 1), (40.0, 1), (39.9, 0), (None, 0)])
def test_readiness_bands_end_at_forty_and_seventy(score, band):
    assert listed({"expansion_readiness": score})["readiness_band"].tolist() == [band]


def test_offers_stand_by_band_then_mrr_then_account():
    found = listed(
        {"account_id": "d", "expansion_readiness": 75.0, "mrr_cents": 100},
        {"account_id": "c", "expansion_readiness": 90.0, "mrr_cents": 100},
        {"account_id": "b", "expansion_readiness": 60.0, "mrr_cents": 900},
        {"account_id": "a", "expansion_readiness": 72.0, "mrr_cents": 500},
        {"account_id": "n", "expansion_readiness": 99.0, "mrr_cents": 900, "commercial_reason": None},
        {"account_id": "z", "expansion_readiness": 99.0, "mrr_cents": 0},
    )
    assert found.index.tolist() == ["a", "c", "d", "b"]


@pytest.mark.parametrize(
    ("premium", "licence", "reason"),
    [
        (0.10, 0.80, "higher plan: 10% of use on premium features"),
        (0.10, 0.81, "higher plan: 10% of use on premium features and 81% of the seats in use"),
        (0.0, 0.81, "higher plan: 81% of the seats in use"),
        (None, 0.79, "higher plan"),
        (None, None, "higher plan"),
    ],
)
def test_the_reason_for_a_higher_plan_names_what_speaks_for_it(premium, licence, reason):
    row = {"commercial_reason": "tier", "premium_share": premium, "licence_utilisation": licence}
    assert listed(row)["reason"].tolist() == [reason]


@pytest.mark.parametrize(
    ("plan", "band", "step"),
    [
        ("Starter", "healthy", "Show the Team plan"),
        ("Business", "at risk", "Show the Enterprise plan"),
        ("Enterprise", None, "Show the higher plan"),  # there is none above
        ("Custom", None, "Show the higher plan"),  # not in the product definition's order
        ("Starter", "churn risk", "Repair use first; then: show the Team plan"),
    ],
)
def test_the_next_step_is_the_next_plan_unless_use_is_ill(plan, band, step):
    row = {"commercial_reason": "tier", "plan": plan, "engagement_band": band}
    assert listed(row)["next_step"].tolist() == [step]


def test_seats_and_volume_have_their_own_step():
    rows = [
        {"account_id": "s", "seats_used": 9, "seats_purchased": 10},
        {"account_id": "v", "commercial_reason": "volume", "plan_limit_proximity": 0.81, "plan": "Team"},
    ]
    found = listed(*rows)
    assert found["reason"].tolist() == ["seats: 9 of 10 in use", "volume: 81% of the included volume used"]
    assert found["next_step"].tolist() == [offers.STEPS["seats"], offers.STEPS["volume"]]


def test_an_unknown_flag_is_neither_true_nor_false():
    flags = pd.Series([True, False, None], dtype="boolean")
    assert is_true(flags).tolist() == [True, False, False]
    assert is_false(flags).tolist() == [False, True, False]
