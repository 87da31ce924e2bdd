"""Roll-ups hold exactly what the raw events hold."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from tests.metrics import world

from reporting.metrics import usage
from reporting.params.product import Product

KEY = ["account_id", "user_id", "month"]


@pytest.fixture(scope="module")
def frame(product: Product) -> pd.DataFrame:
    return world.events(product)


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """With day, month, and nobody as a name, so that pandas groups it too."""
    return frame.assign(
        day=frame.occurred_at.dt.day,
        month=frame.occurred_at.dt.to_period("M").dt.to_timestamp(),
        user_id=frame.user_id.fillna("nobody"),
    )


def indexed(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(user_id=table.user_id.fillna("nobody")).set_index(KEY).sort_index()


def bits(days) -> int:
    return sum(1 << (day - 1) for day in set(days))


def test_bitmaps_and_counts_per_user_and_month(run, product, frame):
    found = indexed(run(world.user_month(world.readable(frame), product)))
    groups = plain(frame).groupby(KEY)
    assert found.events.to_dict() == groups.size().to_dict()
    assert found.day_bits.to_dict() == groups.day.agg(bits).to_dict()

    def of(names) -> pd.Series:
        return plain(frame)[plain(frame).event_name.isin(names)].groupby(KEY)

    for column, names in {
        "value_events": product.value_events,
        "core_events": product.core_features,
        "premium_events": product.premium_features,
    }.items():
        assert found[column].to_dict() == of(names).size().reindex(found.index, fill_value=0).to_dict()
    assert (
        found.key_bits.to_dict()
        == of([product.key_action]).day.agg(bits).reindex(found.index, fill_value=0).to_dict()
    )
    known = {name: 1 << i for i, name in enumerate(product.features)}
    used = groups.event_name.agg(lambda names: sum({known[n]: 1 for n in names if n in known}))
    assert found.features_0.to_dict() == used.to_dict()
    points = plain(frame).event_name.map(product.event_points).fillna(0.0)
    assert found.points.to_dict() == points.groupby([plain(frame)[k] for k in KEY]).sum().to_dict()
    assert found.tasks.to_dict() == groups.completed.count().to_dict()
    assert found.tasks_done.to_dict() == groups.completed.agg(lambda told: told.eq(True).sum()).to_dict()
    assert (found.duration_seconds - groups.duration_seconds.sum()).abs().max() < 1e-6


def sessions_by_hand(frame: pd.DataFrame, minutes: int) -> dict:
    ordered = plain(frame).sort_values("occurred_at")
    gap = ordered.groupby(KEY).occurred_at.diff()
    starts = gap.isna() | (gap >= pd.Timedelta(minutes=minutes))
    return starts.groupby([ordered[k] for k in KEY]).sum().to_dict()


@pytest.mark.parametrize("minutes", [30, 7])
def test_sessions_split_at_the_gap_as_if_every_event_were_sorted(run, product, frame, minutes):
    found = indexed(run(world.user_month(world.readable(frame), product, minutes)))
    assert found.sessions.to_dict() == sessions_by_hand(frame, minutes)


def test_a_pause_of_exactly_the_gap_starts_a_session_and_a_shorter_one_does_not(run, product):
    noon = dt.datetime(2026, 3, 2, 12)
    times = [noon, noon + dt.timedelta(minutes=30), noon + dt.timedelta(minutes=59, seconds=59)]
    rows = [{"account_id": "A", "user_id": "U", "event_name": "login", "occurred_at": t} for t in times]
    found = run(world.user_month(world.readable(pd.DataFrame(rows)), product))
    assert found.sessions.tolist() == [2]


def test_a_session_goes_on_over_midnight(run, product):
    late = dt.datetime(2026, 3, 2, 23, 50)
    rows = [
        {
            "account_id": "A",
            "user_id": "U",
            "event_name": "login",
            "occurred_at": late + dt.timedelta(minutes=m),
        }
        for m in (0, 20, 40)
    ]
    found = run(world.user_month(world.readable(pd.DataFrame(rows)), product))
    assert (found.sessions.tolist(), found.day_bits.tolist()) == ([1], [0b110])


def test_session_ids_are_counted_where_they_are_given(run, product):
    noon = dt.datetime(2026, 3, 2, 12)
    rows = [
        {"account_id": "A", "user_id": "U", "event_name": "login", "occurred_at": noon, "session_id": s}
        for s in ["x", "x", "y", None]
    ]
    events = world.readable(pd.DataFrame(rows))
    people = usage.user_month(usage.spans(events, product, None), product, None)
    found = run(usage.with_named_sessions(people, events))
    assert found.sessions.tolist() == [2]


def test_days_are_days_of_the_zone(run):
    rows = [
        {
            "account_id": "A",
            "user_id": "U",
            "event_name": "login",
            "occurred_at": dt.datetime(2026, 3, 31, 23, 30),
        }
    ]
    found = run(world.readable(pd.DataFrame(rows), "Europe/Berlin"))
    assert found.day[0] == dt.date(2026, 4, 1)
    assert found.month[0] == pd.Timestamp("2026-04-01")


def test_counts_per_account_and_day(run, product, frame):
    days = usage.account_day(usage.spans(world.readable(frame), product, 30))
    found = run(days).set_index(["account_id", "day"]).sort_index()
    by_day = plain(frame).assign(day=frame.occurred_at.dt.normalize())
    assert found.events.to_dict() == by_day.groupby(["account_id", "day"]).size().to_dict()
    value = by_day[by_day.event_name.isin(product.value_events)].groupby(["account_id", "day"]).size()
    assert found.value_events.to_dict() == value.reindex(found.index, fill_value=0).to_dict()


def test_first_and_last_time_per_event(run, frame):
    found = run(usage.account_event(world.readable(frame))).set_index(["account_id", "month", "event_name"])
    groups = plain(frame).groupby(["account_id", "month", "event_name"]).occurred_at
    assert found.first_at.to_dict() == groups.min().to_dict()
    assert found.last_at.to_dict() == groups.max().to_dict()
    assert found.quantity.to_dict() == groups.size().astype(float).to_dict()  # no quantity: each counts once


def test_events_without_the_optional_columns_count_all_the_same(run, product, frame):
    few = world.readable(frame).drop(
        "user_id", "quantity", "completed", "duration_seconds", "subscription_id"
    )
    people = run(world.user_month(few, product))
    assert people.user_id.isna().all()
    assert (people.events.sum(), people.tasks.sum()) == (len(frame), 0)
    assert people.duration_seconds.isna().all()
    by_name = run(usage.account_event(few))
    assert (by_name.quantity == by_name.events).all()
    assert not by_name.odd_quantity.any()


def test_quantities_add_up_where_they_are_told_and_those_that_make_no_sense_are_counted(run):
    quantities = [2.5, None, -1.0, float("inf"), 0.0]
    rows = [
        {"account_id": "A", "event_name": "x", "occurred_at": dt.datetime(2026, 3, 2 + i), "quantity": q}
        for i, q in enumerate(quantities)
    ]
    found = run(usage.account_event(world.readable(pd.DataFrame(rows)))).iloc[0]
    assert (found.events, found.odd_quantity) == (5, 2)
    assert found.quantity == 2.5 + 1 - 1 + 1 + 0  # without one an event counts once
    assert (found.first_at, found.last_at) == (dt.datetime(2026, 3, 2), dt.datetime(2026, 3, 6))


def test_a_subscription_s_events_of_a_month(run):
    days = {"S": (2, 9, 5), "T": (3,)}
    rows = [
        {
            "account_id": "A",
            "event_name": "x",
            "occurred_at": dt.datetime(2026, 3, day),
            "subscription_id": key,
        }
        for key, found in days.items()
        for day in found
    ]
    events = world.readable(pd.DataFrame(rows))
    found = run(usage.subscription_month(events)).set_index("subscription_id")
    assert found.events.to_dict() == {"S": 3, "T": 1}
    assert found.first_at.dt.day.to_dict() == {"S": 2, "T": 3}
    assert found.last_at.dt.day.to_dict() == {"S": 9, "T": 3}
    assert set(found.month) == {pd.Timestamp("2026-03-01")}


def test_the_names_of_events_say_what_they_count_for(run, product):
    small = product.model_copy(
        update={
            "core_features": ("a", "b"),
            "premium_features": ("c",),
            "other_features": ("d",),
            "value_events": ("b", "v"),
            "api_events": ("p",),
            "key_action": "b",
            "event_points": {"a": 1.5, "l": 0.000001},
        }
    )
    found = run(usage.kinds(small)).set_index("kind")
    columns = [
        "value_events",
        "core_events",
        "premium_events",
        "key_events",
        "api_events",
        "points",
        "features_0",
    ]
    assert found[columns].T.to_dict("list") == {
        "v": [1, 0, 0, 0, 0, 0, 0],
        "a": [0, 1, 0, 0, 0, 1_500_000, 0b0001],
        "b": [1, 1, 0, 1, 0, 0, 0b0010],
        "c": [0, 0, 1, 0, 0, 0, 0b0100],
        "d": [0, 0, 0, 0, 0, 0, 0b1000],
        "p": [0, 0, 0, 0, 1, 0, 0],
        "l": [0, 0, 0, 0, 0, 1, 0],
    }


def test_more_features_than_one_bitmap_holds(run, product):
    many = tuple(f"feature_{i}" for i in range(70))
    wide = product.model_copy(update={"core_features": many})
    noon = dt.datetime(2026, 3, 2, 12)
    rows = [
        {"account_id": "A", "user_id": "U", "event_name": name, "occurred_at": noon}
        for name in ("feature_0", "feature_61", "feature_62", "feature_69")
    ]
    found = run(world.user_month(world.readable(pd.DataFrame(rows)), wide))
    assert found.features_0.tolist() == [1 | 1 << 61]
    assert found.features_1.tolist() == [1 | 1 << 7]
