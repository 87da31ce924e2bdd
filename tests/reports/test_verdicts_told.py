"""What is said of an account's verdict: the reason with its numbers, the offer with its plan, the owners."""

from __future__ import annotations

import pandas as pd
import pytest
from tests.hand import BEFORE, book

from reporting.params.playbook import Rule
from reporting.reports.telling import verdicts


def reason(now: dict, before: dict | None = None) -> str:
    rows = [now] + ([{"month": BEFORE, **before}] if before is not None else [])
    return verdicts.listed(book(*rows)).loc["a", "reason"]


@pytest.mark.parametrize(
    ("now", "before", "told"),
    [
        ({"last_active_days": 31}, None, "no use for 31 days"),
        (
            {"sessions": 10, "session_frequency": 1.25},
            {"sessions": 100, "session_frequency": 4.5},
            "sessions per user and week fell from 4.5 to 1.2",
        ),
        ({"events": 100}, {"events": 1000}, "events fell from 1,000 to 100 within a month"),
        (
            {"tenure_days": 100, "adoption_recent": 0.125},
            {"adoption_recent": 0.5},
            "core features in use fell from 50% to 12% within a month",
        ),
        ({"tenure_days": 100, "feature_breadth": 0.0}, None, "no core feature in use"),
        ({"tenure_days": 100, "feature_breadth": 0.25}, None, "only 25% of the core features in use"),
        ({"risk_flags": 3}, None, "3 warning flags"),
        ({"health_band": "at risk", "health_score": 55.0, "tenure_days": 90}, None, "a score of 55"),
        ({"tenure_days": 12, "activated": False}, None, "12 days since sign-up and not activated"),
        (
            {
                "flag_falling_before_renewal": True,
                "usage_trend_30": -0.4,
                "renewal_at": pd.Timestamp("2026-03-31"),
            },
            None,
            "renewal in 30 days and use down 40% in 30 days",
        ),
        ({}, None, "nothing that calls"),
    ],
)
def test_the_reason_carries_its_numbers(now, before, told):
    assert reason(now, before) == told


@pytest.mark.parametrize(
    ("shows", "risk", "told"),
    [
        (
            ["tasks", "probability"],
            {"probability": 0.3, "at_renewal": True},
            "3 and 30% likely to leave at the renewal",
        ),
        (["tasks", "probability"], {"probability": 0.3, "at_renewal": False}, "3 and 30% likely to leave"),
        (["tasks", "probability"], {}, "3"),
    ],
)
def test_a_probability_is_told_with_its_time_wherever_it_stands(shows, risk, told):
    made = book({"tasks": 3})
    rule = Rule(id="mine", stance="rescue", when={"tasks": 3}, action="Call", shows=tuple(shows))
    made.product = made.product.model_copy(update={"playbook": (rule,)})
    made.judgement._view = made
    made.judgement.risk = pd.DataFrame([risk], index=["a"]) if risk else pd.DataFrame()
    assert verdicts.listed(made).loc["a", "reason"].endswith(told)


OFFER = {"health_band": "healthy", "commercial_reason": "tier"}


@pytest.mark.parametrize(
    ("premium", "licence", "told"),
    [
        (0.10, 0.81, "10% of use on premium features and 81% of the seats in use"),
        (0.0, 0.81, "81% of the seats in use"),
        (None, 0.81, "81% of the seats in use"),
        (0.10, None, "10% of use on premium features"),
    ],
)
def test_the_reason_for_a_higher_plan_names_what_speaks_for_it(premium, licence, told):
    assert reason(OFFER | {"premium_share": premium, "licence_utilisation": licence}) == told


@pytest.mark.parametrize(
    ("plan", "step"),
    [
        ("Starter", "Show the Team plan"),
        ("Business", "Show the Enterprise plan"),
        ("Enterprise", "Show the higher plan"),  # there is none above
        ("Custom", "Show the higher plan"),  # not in the product definition's order
        (None, "Show the higher plan"),
    ],
)
def test_the_next_step_is_the_next_plan(plan, step):
    assert verdicts.listed(book(OFFER | {"plan": plan})).loc["a", "action"] == step


def test_stances_are_counted_most_urgent_first():
    rows = [{"account_id": "a"}, {"account_id": "b", "last_active_days": 40}, {"account_id": "c"}]
    assert verdicts.counted(book(*rows)) == "1 account to rescue and 2 with nothing that calls"
    assert verdicts.counted(book(*rows), "steady") == "2 accounts with nothing that calls"


@pytest.mark.parametrize(
    ("owners", "told"),
    [
        (["Kim", "Lee"], ""),
        ([None, "Lee"], " 1 of 2 has no owner."),
        ([None, None], " None of them has an owner."),
    ],
)
def test_no_owner_is_a_finding(owners, told):
    accounts = pd.DataFrame({"account_id": ["a", "b"], "csm": owners})
    rows = [{"account_id": "a", "last_active_days": 40}, {"account_id": "b", "last_active_days": 40}]
    assert verdicts.unowned(verdicts.listed(book(*rows, accounts=accounts))) == told
