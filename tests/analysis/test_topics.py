"""What to raise with an account: at each threshold, in the order of urgency."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.hand import NOW, product

from reporting.analysis.account import Account, People
from reporting.analysis.features import Features
from reporting.analysis.topics import topics
from reporting.metrics.churn import FLAGS
from reporting.params.playbook import STANCES


def account(standing: str = "pays", raised: tuple[str, ...] = (), **changes: Any) -> Account:
    """An account with nothing to raise, unless `changes` to its row, or `days_to_renewal`, say otherwise."""
    verdict = {"stance": "steady", "days_to_renewal": changes.pop("days_to_renewal", 200)}
    features = changes.pop("features", None)
    given: dict[str, Any] = {"cancellation": changes.pop("cancellation", {})}
    return Account(
        **{"id": "a", "name": "A", "standing": standing, "left": NOW if standing == "left" else None},
        **{"now": changes, "before": {}, "verdict": verdict if standing == "pays" else {}, "costs": {}},
        **{"course": {}, "flags": {flag: flag in raised for flag in FLAGS}, "flags_before": {}},
        **{"people": People(), "features": features},
        **given,
    )


def kinds(found: Account, most: int = 9) -> list[str]:
    return [topic.kind for topic in topics(found, product(), most)]


@pytest.mark.parametrize(
    ("changes", "met"),
    [
        ({"last_active_days": 14}, "steady"),
        ({"last_active_days": 15}, "silent"),
        ({"days_to_renewal": 90}, "steady"),
        ({"days_to_renewal": 89}, "renewal"),
        ({"seats_used": 8, "licence_utilisation": 0.8}, "steady"),
        ({"seats_used": 81, "licence_utilisation": 0.81}, "seats_full"),
        ({"seats_used": 10, "licence_utilisation": 1.0}, "seats_full"),
        ({"seats_used": 11, "licence_utilisation": 1.1}, "seats_over"),
        ({"licence_utilisation": 1.1}, "steady"),
        ({"plan_limit_proximity": 0.8}, "steady"),
        ({"plan_limit_proximity": 0.81}, "volume"),
        ({"tickets_open": 1}, "tickets"),
        ({"tickets_open": 1, "escalations": 1}, "escalated"),
        ({"single_champion": True}, "champion"),
        ({"activated": False}, "setup"),
        ({"activated": True}, "steady"),
        ({"raised": ("no_recent_admin",)}, "no_admin"),
        ({"features": Features({}, {"map": 0.49}, "", 2.0)}, "steady"),
        ({"features": Features({}, {"map": 0.5, "export": 0.4}, "Team", 2.0)}, "feature"),
    ],
)
def test_a_topic_is_raised_from_its_threshold_on(changes, met):
    assert kinds(account(**changes)) == [met]


def test_the_most_pressing_come_first_and_no_more_than_asked_for():
    found = account(
        raised=("frequency_falling", "active_users_falling"),
        escalations=1,
        tickets_open=3,
        last_active_days=40,
    )
    assert kinds(found) == ["escalated", "silent", "falling"]
    assert kinds(found, most=2) == ["escalated", "silent"]
    falls = topics(found, product(), 9)[-1].values["flags"]
    assert falls == ["active_users_falling", "frequency_falling"], "one question for all falls"


def test_where_nothing_else_is_to_be_asked_it_is_the_question_of_the_stance():
    found = account()
    for stance in STANCES:
        assert kinds(replace(found, verdict={**found.verdict, "stance": stance})) == [stance]


def test_accounts_that_do_not_pay_are_asked_about_that():
    assert kinds(account("never paid", last_active_days=40)) == []
    assert kinds(account("on trial", last_active_days=40)) == ["trial", "silent"]
    (left,) = topics(account("left", cancellation={"reason": "price"}, last_active_days=40), product(), 9)
    assert (left.kind, left.values["reason"]) == ("left", "price")
