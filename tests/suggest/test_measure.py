"""What is told of each event, worked by hand on three accounts."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from tests.suggest.conftest import day, paid

from reporting.errors import SourceError
from reporting.suggest.measure import measure
from reporting.suggest.plans import add_ons, measure_plans

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")  # Ibis with DuckDB 2

CLOSE = dt.datetime(2026, 1, 1)


def event(account: str, name: str | None, at: str, user: str | None = None, hour: int = 12) -> dict:
    return {"account_id": account, "event_name": name, "occurred_at": day(at, hour), "user_id": user}


@pytest.fixture
def tables(table):
    """A and B from January on, A leaves on 1 June; C signs up in May and never pays."""
    return {
        "accounts": table(
            "accounts",
            [
                {"account_id": account, "account_name": account, "signed_up_at": day(at, 0)}
                for account, at in (("A", "2025-01-01"), ("B", "2025-01-01"), ("C", "2025-05-01"))
            ],
        ),
        "subscriptions": table(
            "subscriptions", [paid("A", "2025-01-01", "2025-06-01"), paid("B", "2025-01-01")]
        ),
        "events": table(
            "events",
            [
                event("A", "look", "2025-01-01"),
                event("A", "look", "2025-03-10"),
                event("A", "look", "2025-04-10"),
                event("B", "look", "2025-01-01"),
                event("B", "make", "2025-01-20"),
                event("B", "make", "2025-01-21"),
                event("B", "make", "2025-03-20"),
                event("B", "look", "2025-04-30"),
                event("C", "make", "2025-05-05"),
                event("C", None, "2025-05-06"),
            ],
        ),
    }


def test_each_name_is_counted(tables):
    look, make = measure(tables, CLOSE, "UTC").uses
    assert (look.name, look.events, look.accounts, look.users) == ("look", 5, 2, None)
    assert (look.first, look.last) == (dt.date(2025, 1, 1), dt.date(2025, 4, 30))
    assert (make.events, make.accounts, make.per_month) == (4, 2, 4 / 3)


def test_breadth_is_of_active_account_months_and_regularity_of_those_since_the_first(tables):
    look, make = measure(tables, CLOSE, "UTC").uses
    # Active: A in 1, 3, 4; B in 1, 3, 4; C in 5. Looks: A 1, 3, 4; B 1, 4. Makes: B 1, 3; C 5.
    assert (look.breadth, make.breadth) == (5 / 7, 3 / 7)
    # Looks: A 3 of 3, B 2 of 3. Makes: B 2 of 3, C 1 of 1.
    assert (look.regularity, make.regularity) == (5 / 6, 3 / 4)


def test_a_month_is_followed_by_leaving_if_the_account_ends_within_three(tables):
    look, make = measure(tables, CLOSE, "UTC").uses
    # A ends on 1 June: March and April are within three months of it, January is not.
    assert (look.left_with, look.left_without) == ((2, 5), (0, 1))
    assert (make.left_with, make.left_without) == ((0, 2), (2, 4))


def test_months_whose_three_months_are_not_over_do_not_count(tables):
    look, _ = measure(tables, dt.datetime(2025, 8, 1), "UTC").uses  # up to April: three months after it
    assert (look.left_with, look.left_without) == ((2, 5), (0, 1))
    look, _ = measure(tables, dt.datetime(2025, 7, 31), "UTC").uses  # April is left out
    assert (look.left_with, look.left_without) == ((1, 3), (0, 1))


def test_new_accounts_begin_and_stay(tables):
    look, make = measure(tables, CLOSE, "UTC").uses
    # A, B and C are new; all are 180 days old; B alone pays then.
    assert (look.new, look.day) == ((2, 3), 0.5)
    assert (make.new, make.day) == ((2, 3), (19.5 + 4.5) / 2)
    assert (look.stay_with, look.stay_without) == ((1, 2), (0, 1))
    assert (make.stay_with, make.stay_without) == ((0, 1), (1, 2)), "B makes on day 19, too late"


def test_accounts_from_before_the_events_and_of_the_last_thirty_days_are_not_new(tables):
    assert measure(tables, dt.datetime(2025, 5, 31), "UTC").uses[0].new[1] == 2, "C is 30 days old, not more"
    assert measure(tables, dt.datetime(2025, 5, 31, 0, 0, 1), "UTC").uses[0].new[1] == 3
    later = tables["events"].filter(lambda t: t.occurred_at > day("2025-01-01"))
    assert measure(tables | {"events": later}, CLOSE, "UTC").uses[0].new[1] == 1


def test_a_month_begins_when_it_does_for_the_company(tables, table):
    late = table(
        "events", [event("A", "look", "2025-01-31", hour=23), event("A", "look", "2025-02-01", hour=1)]
    )
    assert measure(tables | {"events": late}, CLOSE, "UTC").uses[0].per_month == 1
    assert measure(tables | {"events": late}, CLOSE, "Europe/Berlin").uses[0].per_month == 2


@pytest.mark.parametrize(("user", "person", "gap"), [(None, "account", 1.0), ("u", "user", 2.0)])
def test_the_gap_is_between_days_of_use_of_users_where_they_are_known(tables, table, user, person, gap):
    days = (1, 2, 3, 4, 5, 7, 9)
    events = [event("A", "look", f"2025-03-{d:02}", user and f"u{d % 2}") for d in days]
    found = measure(tables | {"events": table("events", events)}, CLOSE, "UTC")
    # The account: 1, 1, 1, 1, 2, 2. User 1: days 1, 3, 5, 7, 9; user 0 has one gap, too few to count.
    assert (found.person, found.gap) == (person, gap)


def test_without_events_there_is_nothing_to_propose(tables, table):
    with pytest.raises(SourceError, match="no events"):
        measure(tables | {"events": table("events", [])}, CLOSE, "UTC")


def test_a_plan_has_its_middle_price_a_month_in_the_usual_currency(table):
    sold = table(
        "subscriptions",
        [
            paid("A", "2025-01-01", plan="Big", amount=Decimal(2400), amount_period="year", seats=9),
            paid("B", "2025-01-01", plan="Small", seats=5),
            paid("C", "2025-01-01", plan="Small", amount=Decimal(140), seats=5),
            paid("D", "2025-01-01", plan="Small", amount=Decimal(9), currency="EUR", seats=2),
            paid("E", "2025-01-01", plan="Free", amount=Decimal(0)),
            paid("F", "2025-01-01", plan="Abroad", amount=Decimal(1), currency="EUR"),
        ],
    )
    found = measure_plans(sold)
    assert [(plan.name, plan.price, plan.seats, plan.full) for plan in found] == [
        ("Small", 120.0, 5, 2), ("Big", 200.0, 9, 1), ("Abroad", None, None, 0),
    ]  # fmt: skip


def test_what_is_had_beside_another_plan_only_is_an_add_on(table):
    sold = [
        paid("A", "2025-01-01", plan="Team"),
        paid("A", "2025-02-01", plan="Extra"),
        paid("B", "2025-01-01", "2025-03-01", plan="Team"),
        paid("B", "2025-02-01", plan="Extra"),
    ]
    assert add_ons(measure_plans(table("subscriptions", sold))) == {"Extra"}
    alone = [*sold, paid("C", "2025-01-01", plan="Extra")]
    assert add_ons(measure_plans(table("subscriptions", alone))) == set()
    apart = [*sold[:3], paid("B", "2025-03-01", plan="Extra")]
    assert add_ons(measure_plans(table("subscriptions", apart))) == set(), "one ends as the other begins"


def test_shares_by_plan_are_those_of_the_plan_an_account_is_on_in_the_month(tables, table):
    sold = [
        paid("A", "2025-01-01", "2025-04-01", plan="Small", amount=Decimal(10)),
        paid("A", "2025-04-01", plan="Big"),
        paid("B", "2025-01-01", plan="Big"),
    ]
    look, make = measure(tables | {"subscriptions": table("subscriptions", sold)}, CLOSE, "UTC").uses
    # Small: A in 1, 3. Big: A in 4; B in 1, 3, 4.
    assert look.by_plan == {"Small": 1.0, "Big": 3 / 4}
    assert make.by_plan == {"Small": 0.0, "Big": 2 / 4}
    assert list(look.by_plan) == ["Small", "Big"]
