"""An account in words: what changed, what was advised, what is not known."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
from tests.hand import BEFORE, NOW, book, months

from reporting.analysis.account import Account, Cost, Past, People
from reporting.reports.account_pages import details
from reporting.reports.account_pages.page import told

MONTH = book(*months("a", [100, 100]))
PAYS = Account(
    id="a",
    name="A",
    standing="pays",
    left=None,
    now={
        "mrr_cents": 20_000,
        "plan": "Team",
        "events": 5.0,
        "health_score": 60.0,
        "health_score_change": -9.0,
    },
    before={"mrr_cents": 10_000, "plan": "Team", "health_score": 69.0},
    verdict={"account_id": "a", "stance": "protect", "rule": "r", "reason": "{}", "action": "Call"},
    costs={"health_score": (Cost("support", 40.0, 6.0), Cost("renewal", *[float("nan")] * 2))},
    course={BEFORE: None, NOW: {"mrr_cents": 20_000, "score": 60.0}},
    flags={"low_adoption": True, "weak_onboarding": None, "no_recent_admin": False},
    flags_before={"low_adoption": False, "weak_onboarding": None, "no_recent_admin": None},
    people=People(),
    features=None,
    past=(Past(BEFORE, 1, "rescue", "gone_rule", "recovered", True),),
)


def test_only_what_is_known_at_both_closes_is_told_as_changed():
    assert details.changed(MONTH, PAYS) == (
        "To rescue then, to protect now.",
        "Health score 69 to 60.",
        "MRR $100 to $200.",
        "Raised since: low adoption.",
    )


def test_a_new_account_has_no_month_to_be_held_against():
    assert details.changed(MONTH, replace(PAYS, before={})) == ("It was not on record a month ago.",)


def test_advice_of_a_rule_that_is_gone_is_told_by_its_name_with_what_came_of_it():
    told_of = details.advised(MONTH, PAYS)
    outcome = "It recovered: it is on no list to save; contacted since."
    assert told_of == (("January 2026", "To rescue: gone rule", outcome),)
    unknown = replace(PAYS.past[0], contacted=None, stance="steady", outcome="unchanged")
    assert details.outcome(unknown) == "Nothing of note."


def test_what_is_not_known_is_not_available_and_never_zero():
    page = told(MONTH, PAYS)
    assert page.scores[0].rows == (
        ("Support", "40", "\u22126.0"),
        ("Renewal", "not available", "not available"),
    )
    assert dict(page.people)["Active this month"] == "not available"
    assert dict(page.contract)["Open tickets"] == "not available"
    assert dict(page.flags) == {
        "Raised": "Low adoption",
        "Not raised": "1",
        "Not available": "Weak onboarding",
    }
    assert page.features == "not available"
    assert page.at(0) == () and page.at(1) == ("$200", "not available", "not available", "60")
    assert [one.line for one in page.series] == ["M9 1", "", "", "M9 1"]


def test_an_account_that_left_says_why_in_its_words():
    said = {"reason": "too_dear", "feedback": "See <you>"}
    gone = replace(PAYS, standing="left", left=pd.Timestamp(NOW), verdict={}, cancellation=said)
    page = told(MONTH, gone)
    assert page.verdict.reason == (
        "It stopped paying in February 2026. It said: too dear. In its words: See <you>"
    )
    assert page.contract == page.flags == page.scores == () and page.verdict.action == ""
