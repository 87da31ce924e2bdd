"""Engagement from roll-ups equals engagement counted from raw events."""

from __future__ import annotations

import datetime as dt

import ibis
import numpy as np
import pandas as pd
import pytest
from tests.metrics import world

from reporting.metrics import adoption, engagement, usage
from reporting.metrics.calendar import month_table, weeks_between
from reporting.metrics.windows import TRENDS, windows
from reporting.params.product import Product

DAY = pd.Timedelta(days=1)


@pytest.fixture(scope="module")
def frame(product: Product) -> pd.DataFrame:
    return world.events(product)


@pytest.fixture(scope="module")
def rollups(con, product, frame) -> dict:
    rows = world.readable(frame)
    expressions = {
        "user_month": world.user_month(rows, product),
        "account_day": usage.account_day(usage.spans(rows, product, 30)),
        "account_event": usage.account_event(rows),
    }
    return {name: ibis.memtable(con.to_pyarrow(expression)) for name, expression in expressions.items()}


def within(frame: pd.DataFrame, close: pd.Timestamp, days: int, back: int = 0) -> pd.DataFrame:
    end = close - back * days * DAY
    return frame[(frame.occurred_at >= end - days * DAY) & (frame.occurred_at < end)]


def days_of_users(frame: pd.DataFrame) -> pd.Series:
    known = frame[frame.user_id.notna()]
    return known.groupby(["account_id", "user_id"]).occurred_at.agg(lambda t: t.dt.normalize().nunique())


def per_account(series: pd.Series) -> dict:
    return {account: int(n) for account, n in series.groupby("account_id").sum().items()}


def counted(found: pd.Series) -> dict:
    return {account: int(n) for account, n in found.items() if n}


def test_users_of_windows_that_cross_months_teams_and_concentration(run, product, frame, rollups):
    people = engagement.with_people(rollups["user_month"], world.users(), product.admin_roles)
    masks = engagement.window_masks(world.MONTHS, 30)
    found = run(engagement.account_use(people, masks, 3)).set_index("account_id")
    for month in world.MONTHS[1:]:
        close = pd.Timestamp(month.close)
        now = found[found.month == month.start]
        in_30, in_7 = days_of_users(within(frame, close, 30)), days_of_users(within(frame, close, 7))
        weekday = within(frame, close, 7)
        weekday = days_of_users(weekday[weekday.occurred_at.dt.day_of_week < 5])
        assert counted(now.users_n) == per_account(in_30 > 0), month
        assert counted(now.user_days_n) == per_account(in_30), month
        assert counted(now.users_7) == per_account(in_7 > 0), month
        assert counted(now.a3x7_users) == {k: v for k, v in per_account(in_7 >= 3).items() if v}, month
        assert counted(now.a3x7_weekday_users) == {k: v for k, v in per_account(weekday >= 3).items() if v}, (
            month
        )
        of_month = frame[(frame.occurred_at >= month.start) & (frame.occurred_at < close)]
        by_user = of_month.groupby(["account_id", "user_id"]).size().sort_values(ascending=False)
        top = by_user.groupby("account_id").head(2).groupby("account_id").sum()
        assert counted(now.top1_events) == per_account(by_user.groupby("account_id").head(1))
        assert counted(now.top2_events) == {k: int(v) for k, v in top.items()}
        assert now.events.to_dict() == of_month.groupby("account_id").size().to_dict()
        seen = of_month[of_month.user_id.notna()].assign(u=lambda f: f.user_id.str[-1].astype(int))
        teams = (
            seen.assign(team=seen.u.map(dict(enumerate(world.TEAMS)))).groupby("account_id").team.nunique()
        )
        assert now.team_count.to_dict() == teams.to_dict()
        admin = seen[seen.u == 0].groupby("account_id").occurred_at.max()
        assert now.admin_at.dropna().to_dict() == admin.to_dict()


@pytest.mark.parametrize("month", world.MONTHS, ids=str)
def test_windows_of_events_and_the_windows_before_them(run, frame, rollups, product, month):
    found = run(windows(rollups["account_day"], world.MONTHS))
    by_account = found[found.month == month.start].set_index("account_id")
    close = pd.Timestamp(month.close)
    for days in TRENDS:
        for back, suffix in ((0, ""), (1, "_before")):
            expected = within(frame, close, days, back).groupby("account_id").size()
            assert counted(by_account[f"events_{days}{suffix}"]) == expected.to_dict(), (days, back)
    for back, suffix in ((0, ""), (1, "_before")):
        value = within(frame, close, 30, back)
        value = value[value.event_name.isin(product.value_events)].groupby("account_id").size()
        assert counted(by_account[f"value_30{suffix}"]) == value.to_dict()
    week = within(frame, close, 7)
    active = week.groupby("account_id").occurred_at.agg(lambda t: t.dt.normalize().nunique())
    assert counted(by_account.active_days_7) == active.to_dict()


def test_weeks_count_users_once_though_they_cross_a_month(run, frame, rollups):
    weeks = weeks_between(world.START, world.CLOSE)
    table = engagement.account_week(rollups["user_month"], rollups["account_day"], weeks, world.MONTHS)
    found = run(table).set_index(["account_id", "week"]).sort_index()
    week = frame.occurred_at.dt.normalize() - pd.to_timedelta(frame.occurred_at.dt.day_of_week, unit="D")
    groups = frame.assign(week=week).groupby(["account_id", "week"])
    assert found.active_users.to_dict() == groups.user_id.nunique().to_dict()
    assert found.events.to_dict() == groups.size().to_dict()


def test_the_table_of_users(run, product, frame, rollups):
    people = engagement.with_people(rollups["user_month"], world.users(), product.admin_roles)
    masks = engagement.window_masks(world.MONTHS, 30)
    found = run(engagement.user_table(people, month_table(world.MONTHS), masks))
    month = world.MONTHS[2]
    now = found[found.month == month.start].set_index("user_id")
    of_month = frame[
        (frame.occurred_at >= month.start) & (frame.occurred_at < month.close) & frame.user_id.notna()
    ]
    days = of_month.groupby("user_id").occurred_at.agg(lambda t: t.dt.normalize().nunique())
    assert now.active_days.to_dict() == days.to_dict()
    features = of_month[of_month.event_name.isin(product.features)].groupby("user_id").event_name.nunique()
    assert counted(now.features_used) == features.to_dict()
    key = of_month[of_month.event_name == product.key_action].groupby("user_id").occurred_at.max()
    gap = (pd.Timestamp(month.close) - key.dt.normalize()).dt.days - 1
    assert now.key_action_gap_days.dropna().astype(int).to_dict() == gap.to_dict()


def test_features_by_account_and_users_of_each(run, product, frame, rollups):
    found = run(adoption.account_feature_month(rollups["account_event"], rollups["user_month"], product))
    found = found.set_index(["account_id", "month", "feature"])
    known = frame[frame.event_name.isin(product.features)]
    month = known.occurred_at.dt.to_period("M").dt.to_timestamp()
    groups = known.assign(month=month).groupby(["account_id", "month", "event_name"])
    assert found.events.to_dict() == groups.size().to_dict()
    assert found.users.to_dict() == groups.user_id.nunique().to_dict()


def test_a_trend_needs_both_windows_and_something_before(run):
    null = np.nan
    rows = pd.DataFrame(
        {"last": [15.0, 0, 5, 5], "before": [10.0, 10, 0, 10], "covered": [True, True, True, False]}
    )
    table = ibis.memtable(
        rows.to_dict("records"), schema={"last": "int64", "before": "int64", "covered": "boolean"}
    )
    found = run(table.select(t=engagement.trend(table.last, table.before, table.covered))).t
    np.testing.assert_allclose(found, [0.5, -1.0, null, null])


def test_weeks_begin_on_monday():
    weeks = weeks_between(dt.datetime(2026, 4, 1), dt.datetime(2026, 4, 13))  # a Wednesday to a Monday
    assert weeks == [dt.datetime(2026, 3, 30), dt.datetime(2026, 4, 6)]
