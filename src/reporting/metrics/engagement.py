"""Engagement: how much, how often, by how many, and whether it rises or falls.

Everything follows from the roll-ups of `usage`. Windows end at the month's close: "the last 30 days" of a
month of 31 days leave out its first day, those of February reach into January.
"""

from __future__ import annotations

import datetime as dt

import ibis
import ibis.expr.types as ir

from reporting.metrics.calendar import day_of_week
from reporting.metrics.exact import count_where, exact_sum, popcount
from reporting.month import Month

_SUMS = ("events", "value_events", "core_events", "premium_events", "sessions", "tasks", "tasks_done")


def window_masks(months: list[Month], days: int, week_starts: str = "monday") -> ir.Table:
    """`month` and bitmaps of its last days: `last_7`, `weekdays_7` (the working days of them), `last_n` (the
    last `days` as far as they lie in the month) and `before_n` (the rest, as days of the month before)."""
    rows = []
    for month in months:
        length = (month.close - month.start).days
        last_7 = range(length - 6, length + 1)
        before = month.shift(-1)
        spill = max(days - length, 0)
        before_length = (before.close - before.start).days
        rows.append(
            {
                "month": month.start,
                "previous": before.start,
                "last_7": _mask(last_7),
                "weekdays_7": _mask(
                    d for d in last_7 if day_of_week(dt.date(month.year, month.number, d), week_starts) < 5
                ),
                "last_n": _mask(range(max(length - days, 0) + 1, length + 1)),
                "before_n": _mask(range(before_length - spill + 1, before_length + 1)),
            }
        )
    schema = {"month": "timestamp(6)", "previous": "timestamp(6)"}
    schema |= dict.fromkeys(("last_7", "weekdays_7", "last_n", "before_n"), "int64")
    return ibis.memtable(rows, schema=schema)


def _mask(days) -> int:
    return sum(1 << (day - 1) for day in days)


def account_use(user_month: ir.Table, masks: ir.Table, a3x7_days: int) -> ir.Table:
    """Use per account and month.

    Args:
        user_month: Roll-up with `role`, `team`, `is_admin` (see `with_people`), all months so far.
        masks: See `window_masks`.
        a3x7_days: Days of the last seven on which a user must have been active.

    Returns:
        Counts of the calendar month; `active_users`, `engaged_users` (users with a value event); `users_7`,
        `users_n` (active in the last 7, n days), `user_days_n` (their active days), `a3x7_users` and
        `a3x7_weekday_users`; `top1_events`, `top2_events` (events of the one and two busiest users);
        `team_count`, `role_count`; last times; bitmaps of days and features.
    """
    rows = user_month.join(masks, "month")
    person = rows.user_id.notnull()
    busiest = ibis.row_number().over(
        ibis.window(
            group_by=["account_id", "month"], order_by=[ibis.desc("person"), ibis.desc("events"), "user_id"]
        )
    )
    rows = rows.mutate(person=person)
    rows = rows.mutate(rank=busiest, days_7=popcount(rows.day_bits & rows.last_7, 31))
    in_n = rows.person & ((rows.day_bits & rows.last_n) != 0)
    weekdays = popcount(rows.day_bits & rows.weekdays_7, 31)
    words = [c for c in rows.columns if c.startswith("features_")]
    own = rows.group_by("account_id", "month").aggregate(
        **{name: rows[name].sum() for name in _SUMS},
        **{word: rows[word].bit_or() for word in words},
        points=exact_sum(rows.points),
        duration_seconds=exact_sum(rows.duration_seconds),
        day_bits=rows.day_bits.bit_or(),
        key_bits=rows.key_bits.bit_or(),
        active_at=rows.last_at.max(),
        admin_at=rows.last_at.max(where=rows.is_admin),
        active_users=count_where(rows.person),
        engaged_users=count_where(rows.person & (rows.value_events > 0)),
        invited_users_active=count_where(in_n & rows.invited),
        users_7=count_where(rows.person & (rows.days_7 > 0)),
        users_in_month_n=count_where(in_n),
        user_days_in_month_n=rows.person.ifelse(popcount(rows.day_bits & rows.last_n, 31), 0).sum(),
        a3x7_users=count_where(rows.person & (rows.days_7 >= a3x7_days)),
        a3x7_weekday_users=count_where(rows.person & (weekdays >= a3x7_days)),
        top1_events=(rows.person & (rows["rank"] == 0)).ifelse(rows.events, 0).sum(),
        top2_events=(rows.person & (rows["rank"] <= 1)).ifelse(rows.events, 0).sum(),
        personal_events=rows.person.ifelse(rows.events, 0).sum(),
        team_count=rows.team.nunique(),
        role_count=rows.role.nunique(),
    )
    spilled = _users_before(user_month, masks)
    keys = [own.account_id.identical_to(spilled.account_id), own.month == spilled.month]
    joined = own.outer_join(spilled, keys)
    return joined.select(
        account_id=ibis.coalesce(own.account_id, spilled.account_id),
        month=ibis.coalesce(own.month, spilled.month),
        **{c: own[c] for c in own.columns if c not in ("account_id", "month")},
        users_n=own.users_in_month_n.fill_null(0) + spilled.users.fill_null(0),
        user_days_n=own.user_days_in_month_n.fill_null(0) + spilled.user_days.fill_null(0),
    ).drop("users_in_month_n", "user_days_in_month_n")


def _users_before(user_month: ir.Table, masks: ir.Table) -> ir.Table:
    """Users whom a window reaches only through its days in the month before, and all active days there."""
    people = user_month.filter(user_month.user_id.notnull())
    reach = masks.filter(masks.before_n != 0).select("month", "previous", "before_n", "last_n")
    early = people.join(reach, people.month == reach.previous)
    early = early.filter((early.day_bits & early.before_n) != 0).select(
        "account_id",
        "user_id",
        "last_n",
        month="month_right",
        user_days=popcount(early.day_bits & early.before_n, 31),
    )
    late = people.select("account_id", "user_id", "month", later_bits="day_bits")
    both = early.left_join(late, ["account_id", "user_id", "month"])
    only_before = (both.later_bits.fill_null(0) & both.last_n) == 0
    return both.group_by("account_id", "month").aggregate(
        users=count_where(only_before), user_days=both.user_days.sum()
    )


def trend(last: ir.IntegerColumn, before: ir.IntegerColumn, covered: ir.BooleanValue) -> ir.FloatingColumn:
    """`last / before - 1`; null where the two windows aren't covered by data or nothing happened before."""
    ratio = last.cast("float64") / before.nullif(0).cast("float64") - 1
    return covered.ifelse(ratio, ibis.null("float64"))


def account_week(
    user_month: ir.Table, account_day: ir.Table, weeks: list[dt.datetime], months: list[Month]
) -> ir.Table:
    """`account_id`, `week` (its first day), `month` (that of its last day), `events`, `value_events`,
    `active_days`, `active_users` of complete weeks.

    Args:
        user_month: The roll-up.
        account_day: The roll-up.
        weeks: First days of the weeks wanted.
        months: Every month in which they have days.
    """
    week = ibis.memtable([{"week": first} for first in weeks], schema={"week": "timestamp(6)"})
    ahead = ibis.interval(days=-weeks[0].weekday() % 7 if weeks else 0)  # of the Monday that engines cut at
    days = account_day.mutate(week=(account_day.day + ahead).truncate("W") - ahead)
    counts = (
        days.semi_join(week, "week")
        .group_by("account_id", "week")
        .aggregate(
            events=ibis._.events.sum(), value_events=ibis._.value_events.sum(), active_days=ibis._.count()
        )
    )
    parts = _week_parts(weeks, months)
    people = user_month.filter(user_month.user_id.notnull()).select(
        "account_id", "user_id", "month", "day_bits"
    )
    seen = people.join(parts, "month")
    seen = seen.filter((seen.day_bits & seen.bits) != 0)
    whole = seen.filter(seen.whole).group_by("account_id", "week").aggregate(n=ibis._.count())
    split = seen.filter(~seen.whole).select("account_id", "week", "user_id").distinct()
    users = ibis.union(whole, split.group_by("account_id", "week").aggregate(n=ibis._.count()))
    joined = counts.left_join(users, ["account_id", "week"])
    rows = joined.select(*[counts[c] for c in counts.columns], active_users=users.n.fill_null(0))
    return rows.mutate(month=(rows.week + ibis.interval(days=6)).truncate("M"))


def _week_parts(weeks: list[dt.datetime], months: list[Month]) -> ir.Table:
    """Every week with the bitmap of its days in each month it touches; `whole` = all seven in one month."""
    rows = []
    for month in months:
        for first in weeks:
            days = [first + dt.timedelta(days=i) for i in range(7)]
            inside = [day.day for day in days if month.start <= day < month.close]
            if inside:
                rows.append(
                    {"month": month.start, "week": first, "bits": _mask(inside), "whole": len(inside) == 7}
                )
    schema = {"month": "timestamp(6)", "week": "timestamp(6)", "bits": "int64", "whole": "boolean"}
    return ibis.memtable(rows, schema=schema)


def with_people(user_month: ir.Table, users: ir.Table | None, admin_roles: tuple[str, ...]) -> ir.Table:
    """The roll-up with each user's `role` and `team`, `is_admin`, and `invited` (invited by someone), as
    known at the month's close: nothing of a user who was created later."""
    if users is None:
        return user_month.mutate(
            role=ibis.null("string"),
            team=ibis.null("string"),
            is_admin=ibis.literal(False),
            invited=ibis.literal(False),
        )
    rows = user_month.left_join(
        users.select("user_id", "role", "team", "created_at", "invited_at"), "user_id"
    ).drop("user_id_right")
    close = rows.month + ibis.interval(months=1)
    known = (rows.created_at < close).fill_null(True)
    rows = rows.mutate(
        role=known.ifelse(rows.role, ibis.null("string")),
        team=known.ifelse(rows.team, ibis.null("string")),
        invited=(known & (rows.invited_at < close)).fill_null(False),
    ).drop("created_at", "invited_at")
    return rows.mutate(
        is_admin=rows.role.lower().isin([role.lower() for role in admin_roles]).fill_null(False)
    )


def user_table(user_month: ir.Table, months: ir.Table, masks: ir.Table) -> ir.Table:
    """The snapshot's `user_month`: one row per user and month with use. `key_action_gap_days` counts the
    whole days from the last key action of the month to its close; null where there was none."""
    rows = user_month.filter(user_month.user_id.notnull()).join(masks.select("month", "last_7"), "month")
    rows = rows.join(months.select("month", "days"), "month")
    words = [c for c in rows.columns if c.startswith("features_")]
    last_key = ibis.cases(*[(rows.key_bits >= (1 << day), day) for day in range(31, -1, -1)], else_=-1)
    return rows.select(
        "account_id",
        "user_id",
        "month",
        "role",
        "team",
        "events",
        "value_events",
        "sessions",
        "tasks",
        "tasks_done",
        "duration_seconds",
        active_days=popcount(rows.day_bits, 31),
        active_days_7=popcount(rows.day_bits & rows.last_7, 31),
        features_used=sum((popcount(rows[word]) for word in words), ibis.literal(0, "int64")),
        last_active_at=rows.last_at,
        key_action_gap_days=(rows.key_bits > 0).ifelse(rows.days - 1 - last_key, ibis.null("int64")),
        customer_engagement_score=rows.points,
    )
