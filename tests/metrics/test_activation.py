"""Activation: steps, first times, what can't be judged, and the windows after sign-up."""

from __future__ import annotations

import datetime as dt

import ibis
import pandas as pd
import pytest
from tests.metrics import world
from tests.metrics.conftest import canonical

from reporting.metrics import activation, usage
from reporting.metrics.calendar import month_table, months_between
from reporting.month import Month

MONTHS = months_between(Month(2026, 1), Month(2026, 3))


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def use(*rows: tuple[str, str]) -> ibis.Table:
    """Events of account A: name and time."""
    frame = pd.DataFrame(
        [{"account_id": "A", "user_id": "U", "event_name": n, "occurred_at": at(t)} for n, t in rows]
    )
    return world.readable(frame)


GRID = ibis.memtable(
    [{"account_id": "A", "signed_up_at": at("2026-01-10 12:00")}],
    schema={"account_id": "string", "signed_up_at": "timestamp(6)"},
)


def grid() -> ibis.Table:
    return GRID.cross_join(month_table(MONTHS))


def test_steps_are_counted_when_first_reached_and_within_the_window(run, product):
    events = usage.account_event(
        use(
            ("profile_completed", "2026-01-10 13:00"),
            ("data_import", "2026-01-20"),
            ("data_import", "2026-02-20"),
            ("invite_sent", "2026-02-09 12:00"),  # exactly thirty days after sign-up
            ("report_created", "2026-02-09 12:01"),
        )
    )
    reached = ibis.memtable(
        run(activation.steps(events, product)), schema=activation.steps(events, product).schema()
    )
    table = run(reached).set_index("step").reached_at
    assert table["first_import"] == pd.Timestamp("2026-01-20")
    done = run(activation.steps_done(grid(), reached, 30)).set_index("month").sort_index()
    assert done.steps_done.tolist() == [2, 4, 4]
    assert done.steps_in_time.tolist() == [2, 3, 3]


def test_first_times(run, product):
    rows = use(
        ("login", "2026-01-10 12:30"),
        ("data_import", "2026-01-11 09:00"),
        ("filter_saved", "2026-01-11 17:00"),
        ("filter_saved", "2026-01-15 10:00"),
        ("dashboard_shared", "2026-01-18 08:00"),
    )
    accounts = canonical(
        "accounts", [{"account_id": "A", "account_name": "A"}, {"account_id": "B", "account_name": "B"}]
    )
    integrations = canonical(
        "integrations",
        [
            {"integration_id": i, "account_id": "A", "name": "CRM", "connected_at": t}
            for i, t in (("1", "2026-02-02"), ("2", "2026-02-01"))
        ],
    )
    table = activation.milestones(
        accounts,
        usage.account_event(rows),
        usage.account_day(usage.spans(rows, product, 30)),
        integrations,
        product,
    )
    found = run(table).set_index("account_id")
    assert found.loc["A", "first_import_at"] == pd.Timestamp("2026-01-11 09:00")
    assert found.loc["A", "first_value_at"] == pd.Timestamp("2026-01-18 08:00")
    assert found.loc["A", "activated_at"] == pd.Timestamp("2026-01-18 08:00")
    assert found.loc["A", "first_repeat_core_use_at"] == pd.Timestamp(
        "2026-01-15"
    )  # the second day, not event
    assert found.loc["A", "first_integration_at"] == pd.Timestamp("2026-02-01")
    assert found.loc["B"].isna().all()


def test_invitations_and_seats_assigned(run, product):
    def user(id: str, invited: str | None, gone: str | None = None) -> dict:
        created = invited or "2026-01-10 12:00"
        return {
            "user_id": id,
            "account_id": "A",
            "created_at": created,
            "invited_at": invited,
            "deactivated_at": gone,
        }

    users = canonical(
        "users",
        [
            user("founder", None),
            user("soon", "2026-01-12"),
            user("week", "2026-01-17 12:00", "2026-02-15"),  # exactly seven days after sign-up
            user("month", "2026-02-05"),
            user("late", "2026-03-05"),
        ],
    )
    found = run(activation.invitations(grid(), users, product)).set_index("month").sort_index()
    assert found.invited_users.tolist() == [2, 3, 4]
    assert found.onboarding_invites.tolist() == [2, 3, 3]
    assert found.depth_invites.tolist() == [2, 2, 2]
    assert found.seats_assigned.tolist() == [3, 3, 4]


def test_days_between_counts_fractions(run):
    table = ibis.memtable(
        [{"a": at("2026-01-01 00:00"), "b": at("2026-01-02 12:00")}],
        schema={"a": "timestamp(6)", "b": "timestamp(6)"},
    )
    assert run(table.select(d=activation.days_between(table.a, table.b))).d[0] == pytest.approx(1.5)
