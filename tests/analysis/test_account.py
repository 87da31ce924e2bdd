"""What a month knows of one account: nothing unknown becomes zero, and every account is told of once."""

from __future__ import annotations

import math
from types import SimpleNamespace

import pandas as pd
import pytest
from tests.hand import BEFORE, NOW, book, months

from reporting.analysis.account import Account, Accounts, People
from reporting.analysis.features import features

USERS = ["account_id", "user_id", "month", "role", "events"]


def users(*rows: tuple) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=USERS)
    return frame.assign(month=pd.to_datetime(frame["month"]))


def accounts(*rows: dict, listed: dict[str, str] | None = None, **tables) -> dict[str, Account]:
    """The accounts of these panel rows; those listed have the stance given."""
    month = book(*rows, **{"user_month": users(), **tables})
    told = pd.DataFrame(
        [{"account_id": a, "account_name": a, "stance": s, "owner": None} for a, s in (listed or {}).items()],
        columns=["account_id", "account_name", "stance", "owner"],
    )
    judgement = SimpleNamespace(accounts=told.set_index("account_id", drop=False), followed={})
    return {one.id: one for one in Accounts(month, judgement)}  # ty: ignore[invalid-argument-type]


def test_every_account_is_told_of_once_those_that_pay_first():
    rows = [*months("z", [100, 100]), *months("a", [100, 0]), *months("b", [0, 0]), *months("c", [0, 100])]
    found = accounts(*rows, listed={"z": "rescue", "c": "steady"})
    assert list(found) == ["z", "c", "a", "b"]
    assert [one.standing for one in found.values()] == ["pays", "pays", "left", "never paid"]


def test_of_one_that_left_the_month_of_its_leaving_is_told_and_of_one_that_came_back_none():
    rows = [*months("a", [100, 0, 0]), *months("b", [100, 0, 100])]
    found = accounts(*rows, listed={"b": "steady"})
    assert found["a"].left == BEFORE and not found["a"].verdict
    assert (found["b"].standing, found["b"].left) == ("pays", None)


def test_an_account_one_month_old_has_one_close_and_no_month_before():
    (one,) = accounts(*months("a", [100], events=7), listed={"a": "onboard"}).values()
    known = {close: row for close, row in one.course.items() if row}
    assert len(one.course) == 12 and list(known) == [NOW]
    assert known[NOW] == {"mrr_cents": 100, "events": 7}
    assert one.before == {} and set(one.flags_before.values()) == {None}


def test_unknown_values_are_left_out_and_never_zero():
    (one,) = accounts(*months("a", [100], health_support=40.0, health_lost_support=6.0)).values()
    costs = {cost.part: cost for cost in one.costs["health_score"]}
    assert (costs["support"].value, costs["support"].points) == (40, 6)
    assert math.isnan(costs["renewal"].value) and math.isnan(costs["renewal"].points)
    assert one.people == People() and "events" not in one.now
    assert set(one.flags.values()) == {None}


def test_flags_tell_raised_not_raised_and_unknown_apart():
    row = {"flag_low_adoption": True, "flag_no_recent_admin": False}
    (one,) = accounts(*months("a", [100], **row)).values()
    known = {name: raised for name, raised in one.flags.items() if raised is not None}
    assert known == {"low_adoption": True, "no_recent_admin": False}


def test_people_are_counted_by_the_last_month_they_were_active_in():
    seen = users(
        ("a", "u1", NOW, "admin", 5),
        ("a", "u2", NOW, "member", 1),
        ("a", "u2", BEFORE, "admin", 1),  # an admin then, not now
        ("a", "u3", BEFORE, "admin", 9),  # silent
        ("a", "u4", NOW - pd.DateOffset(months=11), "member", 1),  # silent, within the year
        ("a", "u5", NOW - pd.DateOffset(months=12), "member", 1),  # too long ago
    )
    row = {"active_users": 2, "last_admin_active_days": 1}
    found = accounts(*months("a", [100], **row), *months("b", [100], active_users=0), user_month=seen)
    assert found["a"].people == People(active=2, silent=2, admins=1)
    assert found["b"].people == People(active=0, silent=0, admins=None)  # roles are not known


@pytest.mark.parametrize(("fifth", "plan", "middle"), [("Team", "Team", 2), ("Starter", "", 2)])
def test_features_are_held_against_five_of_the_same_plan_or_all(fifth, plan, middle):
    plans = dict(zip("abcde", ["Team"] * 4 + [fifth], strict=True))
    rows = [row for a, name in plans.items() for row in months(a, [100], plan=name, events=1)]
    counts = {"a": 1, "b": 2, "c": 3, "d": 2, "e": 0}
    names = ["data_import", "report_created", "workflow_run"]
    used = [(a, NOW, name, 10, 1) for a, n in counts.items() for name in names[:n]]
    columns = ["account_id", "month", "feature", "events", "users"]
    found = features(book(*rows, account_feature_month=pd.DataFrame(used, columns=columns)))
    assert found["a"].used == {"data_import": 10}
    assert (found["a"].peers, found["a"].middle) == (plan, middle)
    assert list(found["a"].unused)[:2] == ["report_created", "workflow_run"]
    assert found["a"].unused["report_created"] == 3 / 5 and found["a"].unused["workflow_run"] == 1 / 5


def test_an_account_whose_use_is_not_on_record_has_no_features():
    assert features(book(*months("a", [100]))) == {}
