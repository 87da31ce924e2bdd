"""Which account gets which stance: each rule of the shipped playbook at its edge, just below and just above.

The edges are those of the shipped product definition: quiet 15 and 30 days, new up to 30 days, long-standing
over 90, bands at 40 and 70, a fall of more than 25 %, breadth below 0.3, two flags, likely to leave from
20 %.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import pandas as pd
import pytest
from tests.hand import BEFORE, NOW, product, view_of

from reporting.analysis.facts import facts
from reporting.analysis.verdict import check_playbook, verdicts
from reporting.errors import ConfigError
from reporting.params.playbook import STANCES, Rule, shipped
from reporting.params.product import Product

CLOSE = NOW + pd.DateOffset(months=1)
LIKELY = {"likely_to_leave", "likely_at_renewal"}
"""Rules met by whoever is likely to leave and not bound."""


def decided(
    *rows: dict, chance: dict[str, float] | None = None, own: Sequence[dict] = (), **tables
) -> pd.DataFrame:
    """The verdicts on accounts of February 2026, by probabilities of leaving and rules of one's own."""
    view = view_of(*rows, **tables)
    view.product = Product.model_validate(view.product.model_dump() | {"playbook": list(own)})
    known = None if chance is None else pd.Series(chance, dtype=float)
    risk = pd.DataFrame() if known is None else pd.DataFrame({"p3": known})
    return verdicts(view, facts(view, known), risk)


def rules(now: dict, before: dict | None = None, chance: float | None = None) -> set[str]:
    """The rules that an account meets."""
    rows = [now] + ([{"month": BEFORE, **before}] if before is not None else [])
    found = decided(*rows, chance=None if chance is None else {"a": chance}).loc["a"]
    return {found["rule"], *found["also"].split()} - {"steady"}


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (14, set()),
        (15, {"quiet_15_days"}),
        (16, {"quiet_15_days"}),
        (29, {"quiet_15_days"}),
        (30, {"quiet_30_days", "quiet_15_days"}),
        (31, {"quiet_30_days", "quiet_15_days"}),
        (400, {"quiet_30_days", "quiet_15_days"}),
    ],
)
def test_quiet_this_long(days, expected):
    assert rules({"last_active_days": days}) == expected


@pytest.mark.parametrize(
    ("chance", "expected"),
    [(0.19, set()), (0.20, LIKELY), (0.21, LIKELY), (None, set())],
)
def test_likely_to_leave(chance, expected):
    assert rules({}, chance=chance) == expected


@pytest.mark.parametrize(
    ("days", "stance"), [(None, "rescue"), (89, "rescue"), (90, "rescue"), (91, "protect")]
)
def test_who_is_bound_for_long_is_protected_and_not_rescued(days, stance):
    renewal = pd.NaT if days is None else CLOSE + pd.Timedelta(days=days)
    (row,) = decided({"renewal_at": renewal}, chance={"a": 0.5}).to_dict("records")
    assert row["stance"] == stance
    assert row["rule"] == ("likely_to_leave" if stance == "rescue" else "likely_at_renewal")


@pytest.mark.parametrize(
    ("score", "chance", "expected"),
    [
        (70.0, 0.5, LIKELY),
        (70.1, 0.5, {"price_or_need", *LIKELY}),
        (70.1, 0.1, set()),
        (None, 0.5, LIKELY),
    ],
)
def test_likely_to_leave_in_spite_of_high_engagement(score, chance, expected):
    assert rules({"engagement_score": score}, chance=chance) == expected


@pytest.mark.parametrize(
    ("columns", "chance", "rule"),
    [
        ({"activated": False, "licence_utilisation": 0.4}, 0.5, "likely_not_activated"),
        ({"activated": True, "licence_utilisation": 0.49}, 0.5, "likely_idle_seats"),
        ({"activated": True, "licence_utilisation": 0.5}, 0.5, "likely_to_leave"),
        ({"activated": None, "licence_utilisation": None}, 0.5, "likely_to_leave"),
        ({"licence_utilisation": 0.4}, 0.1, None),
    ],
)
def test_what_is_asked_of_one_who_is_likely_to_leave_follows_the_cause(columns, chance, rule):
    row = decided({**columns}, chance={"a": chance}).iloc[0]
    assert row["rule"] == rule or (rule is None and row["stance"] != "rescue")


@pytest.mark.parametrize(
    ("band", "days", "expected"),
    [
        ("churn risk", 31, {"churn_risk_band"}),
        ("churn risk", 30, {"new"}),
        ("at risk", 31, {"at_risk_band"}),
        ("at risk", 30, {"new"}),
        ("healthy", 31, set()),
        (None, 31, set()),
    ],
)
def test_a_low_band_of_an_account_that_is_not_new(band, days, expected):
    assert rules({"health_band": band, "tenure_days": days}) == expected


@pytest.mark.parametrize(("flags", "expected"), [(1, set()), (2, {"warning_flags"}), (3, {"warning_flags"})])
def test_two_flags_at_once(flags, expected):
    assert rules({"risk_flags": flags}) == expected


@pytest.mark.parametrize(
    ("days", "activated", "expected"),
    [
        (30, False, {"new_not_activated", "not_activated", "new"}),
        (29, False, {"new_not_activated", "not_activated", "new"}),
        (31, False, {"not_activated"}),
        (30, True, {"new"}),
        (30, None, {"new"}),
        (None, False, {"not_activated"}),
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
    now = {"engagement_score": score, "activated": activated, "tenure_days": 31}
    assert rules(now) - {"not_activated"} == expected


@pytest.mark.parametrize(
    ("days", "breadth", "expected"),
    [
        (31, 0.30, set()),
        (31, 0.29, {"low_adoption"}),
        (31, 0.31, set()),
        (31, 0.0, {"low_adoption"}),
        (30, 0.29, {"new"}),
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


@pytest.mark.parametrize(
    ("closed", "escalated", "expected"),
    [
        (None, True, {"open_escalation"}),
        ("2026-02-20", True, set()),
        (None, False, set()),
        (None, None, set()),
    ],
)
def test_an_escalation_counts_while_it_is_open(closed, escalated, expected):
    ticket = {
        "ticket_id": ["t"],
        "account_id": ["a"],
        "opened_at": [NOW],
        "closed_at": [pd.Timestamp(closed or None)],
    }
    tickets = pd.DataFrame(ticket | {"escalated": pd.array([escalated], dtype="boolean")})
    found = decided({}, tickets=tickets).loc["a"]
    assert {found["rule"]} - {"steady"} == expected


READY = {"health_band": "healthy", "commercial_reason": "seats", "seats_used": 9, "seats_purchased": 10}


def test_a_healthy_account_with_a_reason_is_made_an_offer():
    found = decided(READY | {"licence_utilisation": 0.9}).loc["a"]
    assert found[["stance", "rule", "offer"]].tolist() == ["grow", "more_seats", "more_seats"]
    assert pd.isna(found["offer_blocked_by"])
    assert json.loads(found["reason"]) == {"seats_used": 9, "seats_purchased": 10}


@pytest.mark.parametrize(
    ("use", "rule"), [(1.0, "more_seats"), (1.01, "seats_over_limit"), (None, "more_seats")]
)
def test_seats_above_the_licence_are_billed(use, rule):
    found = decided(READY | {"licence_utilisation": use}).loc["a"]
    assert (found["rule"], found["offer"]) == (rule, rule)


@pytest.mark.parametrize(
    ("changed", "blocked"),
    [
        ({"last_active_days": 15}, "quiet_15_days"),
        ({"risk_flags": 2}, "warning_flags"),
        ({"health_band": "at risk", "tenure_days": 31}, "at_risk_band"),
        ({"tenure_days": 30}, "new"),
        ({"health_band": None}, "band"),
    ],
)
def test_nobody_is_sold_to_before_what_ails_them_is_mended(changed, blocked):
    found = decided(READY | changed).loc["a"]
    assert found["stance"] != "grow"
    assert (found["offer"], found["offer_blocked_by"]) == ("more_seats", blocked)


@pytest.mark.parametrize(
    ("renewal", "due"),
    [
        (None, "2026-03-06"),  # five days after the close
        ("2026-02-20", "2026-03-06"),  # passed
        ("2026-03-20", "2026-03-06"),
        ("2026-03-12", "2026-03-05"),  # a week before the contract ends
        ("2026-03-04", "2026-03-01"),  # the close itself
    ],
)
def test_what_is_to_be_done_is_due_a_week_before_a_renewal(renewal, due):
    row = {"last_active_days": 40, "renewal_at": pd.Timestamp(renewal) if renewal else pd.NaT}
    assert decided(row).loc["a", "due"] == pd.Timestamp(due)


def test_every_account_has_one_stance_and_they_stand_by_urgency_then_loss_then_mrr_then_account():
    found = decided(
        {"account_id": "s", "mrr_cents": 900},
        {"account_id": "p", "mrr_cents": 700, "last_active_days": 20},
        {"account_id": "q", "mrr_cents": 900, "last_active_days": 20},
        {"account_id": "r", "mrr_cents": 100, "last_active_days": 40},
        {"account_id": "t", "mrr_cents": 500, "last_active_days": 40},
        {"account_id": "u", "mrr_cents": 500, "last_active_days": 40},
        {"account_id": "gone", "mrr_cents": 0, "last_active_days": 40},
        chance={"p": 0.10, "q": 0.01, "r": 0.05, "t": 0.01, "u": 0.01},
    )
    # 100 x 0.05 = 500 x 0.01; 700 x 0.10 > 900 x 0.01
    assert found.index.tolist() == ["t", "u", "r", "p", "q", "s"]
    assert found["stance"].tolist() == ["rescue"] * 3 + ["protect"] * 2 + ["steady"]
    assert found["expected_loss_cents"].tolist()[:5] == pytest.approx([5, 5, 5, 70, 9])


def test_what_is_due_and_whose_it_is():
    accounts = pd.DataFrame({"account_id": ["a", "b"], "csm": ["Kim", None]})
    rows = [{"account_id": name, "last_active_days": 30} for name in ("a", "b")]
    found = decided(*rows, accounts=accounts)
    assert found["due"].tolist() == [pd.Timestamp("2026-03-06")] * 2  # five days after the close
    assert found["owner"].fillna("none").tolist() == ["Kim", "none"]


@pytest.mark.parametrize(
    ("renewal", "days"), [("2026-03-01", 0), ("2026-03-31", 30), ("2026-02-27", None), (None, None)]
)
def test_the_renewal_ahead(renewal, days):
    row = {"renewal_at": pd.Timestamp(renewal or None), "billing_frequency": "year", "mrr_cents": 500}
    found = decided(row).loc["a"]
    assert (None if pd.isna(found["days_to_renewal"]) else found["days_to_renewal"]) == days
    assert found["contract_value_cents"] == 6000


# --- the playbook ---------------------------------------------------------------------------------------


def test_a_rule_of_one_s_own_comes_first_in_its_stance_replaces_or_drops():
    mine = {"id": "large", "stance": "rescue", "when": {"mrr_cents": ">= 10000"}, "action": "Call"}
    quiet = {"account_id": "a", "last_active_days": 40}
    assert decided(quiet, own=[mine]).loc["a", "rule"] == "large"
    other = {
        "id": "quiet_30_days",
        "stance": "steady",
        "when": {"last_active_days": "> 100"},
        "action": "Wait",
    }
    assert decided(quiet, own=[other]).loc["a", "rule"] == "quiet_15_days"
    off = {"id": "quiet_30_days", "stance": "rescue", "action": "None", "skip": True}
    assert decided(quiet, own=[off]).loc["a", "rule"] == "quiet_15_days"


def test_who_meets_no_rule_is_steady():
    without = [{"id": "steady", "stance": "steady", "action": "None", "skip": True}]
    found = decided({}, own=without).loc["a"]
    assert found[["stance", "rule", "also", "action"]].tolist() == ["steady", "steady", "", "Keep in touch"]


def test_the_bands_are_those_of_the_band_score():
    row = {"health_band": "healthy", "engagement_band": "churn risk", "tenure_days": 40}
    assert decided(row).loc["a", "stance"] == "steady"
    view = view_of(row)
    view.product = view.product.model_copy(update={"band_score": "engagement_score"})
    assert verdicts(view, facts(view), pd.DataFrame()).loc["a", "rule"] == "churn_risk_band"


@pytest.mark.parametrize(
    ("when", "value", "met"),
    [
        ("> 5", 5, False),
        ("> 5", 6, True),
        (">= 5", 5, True),
        (">= 5", 4, False),
        ("< bands.at_risk", 40, False),
        ("< bands.at_risk", 39, True),
        ("<= 5", 5, True),
        ("<= 5", 6, False),
        ("known", 0, True),
        ("known", None, False),
        ("unknown", None, True),
        ("unknown", 0, False),
        (5, 5, True),
        (5, 6, False),
        (5, None, False),
    ],
)
def test_conditions(when, value, met):
    mine = {"id": "mine", "stance": "rescue", "when": {"tasks": when}, "action": "Call"}
    assert (decided({"tasks": value}, own=[mine]).loc["a", "rule"] == "mine") is met


def test_text_and_yes_or_no_are_compared_as_they_are():
    mine = {"id": "mine", "stance": "rescue", "when": {"plan": "Team", "activated": True}, "action": "Call"}
    found = decided(
        {"account_id": "a", "plan": "Team", "activated": True},
        {"account_id": "b", "plan": "Team", "activated": None},
        {"account_id": "c", "plan": "Pro", "activated": True},
        own=[mine],
    )
    assert found.index[found["rule"] == "mine"].tolist() == ["a"]


@pytest.mark.parametrize(
    ("when", "message"),
    [
        ({"tasks": "=> 5"}, "there is no operator '=>'; it can be >=, <=, >, <"),
        ({"tasks": "> bands.helthy"}, r"'bands.helthy' is neither a number nor a threshold.*'bands.healthy'"),
    ],
)
def test_a_condition_that_can_t_be_read_is_refused(when, message):
    with pytest.raises(ValueError, match=message):
        decided({}, own=[{"id": "mine", "stance": "rescue", "when": when, "action": "Call"}])


def test_a_column_that_accounts_don_t_have_is_refused_with_the_nearest():
    rule = Rule(id="mine", stance="rescue", when={"last_activ_days": "> 5"}, action="Call")
    with pytest.raises(ConfigError, match=r"'mine'.*'last_activ_days'.*'last_active_days'"):
        check_playbook(product().model_copy(update={"playbook": (rule,)}))


def test_the_shipped_playbook_names_columns_that_exist_and_ends_with_nothing_to_do():
    check_playbook(product().model_copy(update={"playbook": shipped()}))
    order = [STANCES.index(rule.stance) for rule in shipped()]
    assert order == sorted(order)
    assert (shipped()[-1].id, shipped()[-1].when) == ("steady", {})
