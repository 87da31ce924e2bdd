"""What makes an event core, value, vanity or a first step: at, just below and just above each edge."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from reporting.suggest.decide import VANITY, decide, rhythm_of
from reporting.suggest.measure import Measured, Use
from reporting.suggest.plans import Plan

PLAIN = Use("", 100, 10, None, dt.date(2025, 1, 1), dt.date(2025, 12, 31), 0.8, 0.8, 5.0, new=(0, 100))
PLANS = (Plan("Small", 9, 10.0, 5, 3, 0.0), Plan("Big", 9, 99.0, 50, 9, 0.0))


def use(name: str, **figures: object) -> Use:
    return replace(PLAIN, name=name, **figures)  # ty: ignore[invalid-argument-type]


def proposal(*uses: Use, gap: float | None = 7.0, plans=PLANS, roles=()):
    return decide(Measured(uses, len(uses), gap, "user", plans, (), roles))


def names(uses) -> list[str]:
    return [use.name for use in uses]


@pytest.mark.parametrize(
    "name",
    ["login", "Logged In", "user_signed_in", "page_view", "$pageview", "$autocapture", "Session Started"],
)
def test_being_there_is_vanity_by_its_name(name):
    assert VANITY.search(name)


@pytest.mark.parametrize(
    "name", ["document_signed", "signing_begun", "workflow_run", "map_viewed", "blog_input"]
)
def test_doing_something_is_not(name):
    assert not VANITY.search(name)


def test_a_log_of_nothing_but_vanity_still_gives_a_definition():
    found = proposal(use("login"), use("page_view"))
    assert (names(found.features.core), found.features.vanity) == (["login", "page_view"], ())


def test_a_step_that_is_not_done_again_is_set_up_and_no_feature():
    step = {"new": (50, 100), "day": 1.0}
    found = proposal(use("work"), use("once", **step, regularity=0.39), use("again", **step, regularity=0.40))
    assert names(found.features.setup) == ["once"]
    assert names(found.features.core) == ["again", "work"]
    assert names(found.onboarding.steps) == ["again", "once"], "the same day: by name"


def test_a_step_is_taken_by_half_of_the_new_accounts():
    late, early = use("late", new=(50, 100), day=9.0), use("early", new=(99, 100), day=0.1)
    found = proposal(late, early, use("few", new=(49, 100), day=0.0)).onboarding
    assert (names(found.steps), found.ordered) == (["early", "late"], True)


def test_without_steps_the_value_events_stand_for_them():
    found = proposal(*(use(name, events=number) for name, number in zip("abcd", (4, 3, 2, 1), strict=True)))
    assert (names(found.onboarding.steps), found.onboarding.ordered) == (["a", "b", "c"], False)
    assert (found.onboarding.outcome.name, found.onboarding.separated) == ("a", False)


@pytest.mark.parametrize(
    ("small", "big", "premium"), [(0.02, 0.10, True), (0.021, 0.10, False), (0.02, 0.099, False)]
)
def test_premium_is_what_the_smallest_plan_does_not_do(small, big, premium):
    found = proposal(use("work"), use("x", by_plan={"Small": small, "Big": big})).features
    assert names(found.premium) == (["x"] if premium else [])


def test_what_came_later_or_is_rare_is_not_core():
    first = dt.date(2025, 1, 1)
    found = proposal(
        use("work"),
        use("in time", first=first + dt.timedelta(days=89)),
        use("later", first=first + dt.timedelta(days=90)),
        use("broad enough", breadth=0.2),
        use("rare", breadth=0.199),
    ).features
    assert names(found.core) == ["in time", "work", "broad enough"]
    assert names(found.other) == ["later", "rare"]


def test_of_many_alike_ten_are_chosen_and_it_is_said():
    alike = [use(f"f{number:02}", breadth=0.5 - number / 1000) for number in range(12)]
    found = proposal(*alike).features
    assert (names(found.core), found.alike) == ([f"f{number:02}" for number in range(10)], True)
    assert names(found.other) == ["f10", "f11"]
    apart = proposal(use("first", breadth=1.0), *alike[1:], use("last", breadth=0.3)).features
    assert (len(apart.core), apart.alike) == (10, False)


def test_value_is_done_often_and_again_and_imports_and_machines_stand_apart():
    found = proposal(
        use("most", per_month=10.0, events=9),
        use("often", per_month=6.0, events=10),
        use("seldom", per_month=5.9),
        use("fitful", per_month=10.0, regularity=0.39),
        use("kept up", per_month=10.0, regularity=0.40, events=1),
        use("csv_import", per_month=99.0),
        use("api_call", per_month=99.0),
    )
    assert names(found.value) == ["often", "most", "kept up"]
    assert (names(found.imports), names(found.api)) == (["csv_import"], ["api_call"])
    assert found.key_action.name == "often"


@pytest.mark.parametrize(("leavers", "judged"), [(29, False), (30, True)])
def test_what_goes_with_leaving_is_no_value_where_enough_left(leavers, judged):
    bad = use("bad", left_with=(leavers, 100), left_without=(0, 100))
    found = proposal(use("good", left_with=(1, 100), left_without=(leavers - 1, 100)), bad)
    assert (found.judged, names(found.value)) == (judged, ["good"] if judged else ["bad", "good"])


def test_the_outcome_is_the_step_that_best_separates_who_stays():
    step = {"new": (90, 100)}
    weak = use("weak", **step, stay_with=(60, 100), stay_without=(50, 100))  # 1.4 standard errors
    strong = use("strong", **step, stay_with=(70, 100), stay_without=(50, 100))  # 2.9
    few = use("few", **step, stay_with=(29, 29), stay_without=(1, 100))
    found = proposal(weak, strong, few).onboarding
    assert (found.outcome.name, found.separated) == ("strong", True)
    found = proposal(use("key", events=999), weak, few).onboarding
    assert (found.outcome.name, found.separated) == ("key", False)


@pytest.mark.parametrize(
    ("gap", "rhythm"),
    [(1.0, "daily"), (2.6, "daily"), (2.7, "weekly"), (14.5, "weekly"), (14.6, "monthly"), (52.0, "monthly"),
     (53.0, "quarterly"), (None, "weekly")],
)  # fmt: skip
def test_the_rhythm_is_the_nearest(gap, rhythm):
    assert rhythm_of(gap) == rhythm


def test_seats_are_a_limit_where_three_accounts_bought_just_as_many_and_a_dearer_plan_has_more():
    few = replace(PLANS[0], name="Few", full=2)
    assert proposal(use("work"), plans=(few, *PLANS)).plan_seats == {"Small": 5}
    assert proposal(use("work")).basis == "seats"
    bare = (replace(PLANS[0], seats=None),)
    found = proposal(use("work"), plans=bare)
    assert (found.plan_seats, found.basis) == ({}, "tier")


def test_roles_of_admins_are_found():
    assert proposal(use("work"), roles=("Org Owner", "admin", "viewer")).admin_roles == ("Org Owner", "admin")
    assert proposal(use("work")).admin_roles == ("admin", "owner")
