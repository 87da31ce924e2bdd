"""Use by hand: bitmaps of windows, what users add up to, users by row, weeks that touch two months."""

from __future__ import annotations

import datetime as dt

import ibis
import pandas as pd
import pytest
from tests.metrics.conftest import table

from reporting.metrics import adoption, engagement
from reporting.metrics.calendar import month_table, weeks_between
from reporting.metrics.windows import windows
from reporting.month import Month

JAN, FEB, MARCH, APRIL = (Month(2026, number) for number in (1, 2, 3, 4))
COUNTS = (
    *("day_bits", "key_bits", "features_0", "features_1", "events", "value_events"),
    *("core_events", "premium_events", "tasks", "tasks_done", "sessions"),
)
TYPES = {
    **dict.fromkeys(("account_id", "user_id", "role", "team"), "string"),
    **dict.fromkeys(("month", "first_at", "last_at"), "timestamp(6)"),
    **dict.fromkeys(("is_admin", "invited"), "boolean"),
    **dict.fromkeys(COUNTS, "int64"),
    **dict.fromkeys(("points", "duration_seconds"), "float64"),
}


def days(*numbers: int) -> int:
    """A bitmap of days of a month."""
    return sum(1 << (number - 1) for number in numbers)


def use(month: Month, account: str, user: str | None, active: int, **more) -> dict:
    row = dict.fromkeys(COUNTS, 0) | {"is_admin": False, "invited": False, "points": 0.0}
    return row | {"account_id": account, "user_id": user, "month": month.start, "day_bits": active} | more


def masks_of(run, month: Month, length: int) -> dict:
    (row,) = run(engagement.window_masks([month], length)).to_dict("records")
    return row


@pytest.mark.parametrize(
    ("month", "length", "last_7", "weekdays", "here", "before"),
    [
        (FEB, 30, range(22, 29), range(23, 28), range(1, 29), range(30, 32)),  # ends on a Saturday
        (FEB, 28, range(22, 29), range(23, 28), range(1, 29), ()),
        (FEB, 29, range(22, 29), range(23, 28), range(1, 29), (31,)),
        (FEB, 1, range(22, 29), range(23, 28), (28,), ()),
        (MARCH, 30, range(25, 32), (25, 26, 27, 30, 31), range(2, 32), ()),
        (MARCH, 31, range(25, 32), (25, 26, 27, 30, 31), range(1, 32), ()),
        (MARCH, 56, range(25, 32), (25, 26, 27, 30, 31), range(1, 32), range(4, 29)),
        (APRIL, 30, range(24, 31), (24, 27, 28, 29, 30), range(1, 31), ()),
    ],
)
def test_windows_end_at_the_close_and_reach_into_the_month_before(
    run, month, length, last_7, weekdays, here, before
):
    assert masks_of(run, month, length) == {
        "month": pd.Timestamp(month.start),
        "previous": pd.Timestamp(month.shift(-1).start),
        "last_7": days(*last_7),
        "weekdays_7": days(*weekdays),
        "last_n": days(*here),
        "before_n": days(*before),
    }


LATE = dt.datetime(2026, 2, 27, 12)
EARLY = dt.datetime(2026, 2, 3, 12)
PEOPLE = [
    # on three of the last seven days, of which Sunday the 22nd is one
    use(FEB, "A", "boss", days(1, 22, 23, 24), events=5, value_events=2, core_events=4, premium_events=1,
        sessions=3, tasks=2, tasks_done=1, points=10.5, duration_seconds=60.25, features_0=1,
        key_bits=days(1), last_at=EARLY, role="Owner", team="Sales", is_admin=True),
    use(FEB, "A", "busy", days(23, 24, 25, 26), events=9, sessions=4, points=0.25, duration_seconds=1.5,
        features_0=0b10, key_bits=days(23), last_at=LATE, role="Member", team="Sales", invited=True),
    use(FEB, "A", "calm", days(2), events=1, value_events=1, sessions=1, last_at=EARLY, role="Member",
        team="Support", features_1=1),
    use(FEB, "A", None, days(3, 28), events=100, value_events=50, sessions=7,
        last_at=dt.datetime(2026, 2, 28)),
    use(JAN, "A", "busy", days(29, 30, 31), events=1),
    use(JAN, "A", "gone", days(31), events=1, invited=True),
    use(JAN, "A", "long gone", days(29), events=1),
    use(JAN, "A", None, days(30, 31), events=1),
    use(JAN, "B", "only before", days(30), events=1),
]  # fmt: skip


def test_what_the_users_of_an_account_add_up_to(run):
    rows = run(engagement.account_use(table(PEOPLE, **TYPES), engagement.window_masks([FEB], 30), 3))
    found = rows.set_index("account_id")
    expected = {
        "events": 115,
        "value_events": 53,
        "core_events": 4,
        "premium_events": 1,
        "sessions": 15,
        "tasks": 2,
        "tasks_done": 1,
        "points": 10.75,
        "duration_seconds": 61.75,
        "day_bits": days(1, 2, 3, 22, 23, 24, 25, 26, 28),
        "key_bits": days(1, 23),
        "features_0": 0b11,
        "features_1": 1,
        "active_at": dt.datetime(2026, 2, 28),
        "admin_at": EARLY,
        "active_users": 3,
        "engaged_users": 2,
        "invited_users_active": 1,
        "users_7": 2,
        "a3x7_users": 2,
        "a3x7_weekday_users": 1,  # without Sunday, boss was there on two
        "top1_events": 9,
        "top2_events": 14,
        "personal_events": 15,
        "team_count": 2,
        "role_count": 2,
        "users_n": 4,  # three of February, and the one who was last there on 31 January
        "user_days_n": 4 + 4 + 1 + 2 + 1,
    }
    assert found.loc["A", list(expected)].to_dict() == expected
    assert set(rows.columns) == {"account_id", "month", *expected}
    assert found.month.tolist() == [pd.Timestamp(FEB.start)] * 2
    assert found.loc["B", ["users_n", "user_days_n"]].tolist() == [1, 1]
    assert pd.isna(found.loc["B", "events"])


def test_an_account_used_by_machines_alone_has_no_users(run):
    rows = [use(MARCH, "A", None, days(31), events=4, last_at=dt.datetime(2026, 3, 31), is_admin=None)]
    found = run(engagement.account_use(table(rows, **TYPES), engagement.window_masks([MARCH], 30), 3)).iloc[0]
    people = ["active_users", "engaged_users", "invited_users_active", "users_7", "users_n", "user_days_n"]
    assert found[[*people, "a3x7_users", "top1_events", "top2_events", "personal_events"]].eq(0).all()
    assert (found.events, found.day_bits) == (4, days(31))


def test_of_two_users_with_as_many_events_one_is_the_busiest(run):
    rows = [use(MARCH, "A", user, days(1), events=n) for user, n in (("b", 5), ("a", 5), ("c", 2))]
    found = run(engagement.account_use(table(rows, **TYPES), engagement.window_masks([MARCH], 30), 3)).iloc[0]
    assert (found.top1_events, found.top2_events) == (5, 10)


def test_each_user_of_a_month_in_a_row(run):
    rows = [
        PEOPLE[0],
        use(FEB, "A", "first day", days(1), key_bits=days(1), features_0=(1 << 61) | 1, features_1=0b11),
        use(FEB, "A", "last day", days(28), key_bits=days(2, 28)),
        PEOPLE[3],
    ]
    masks = engagement.window_masks([FEB], 30)
    found = run(engagement.user_table(table(rows, **TYPES), month_table([FEB]), masks)).set_index("user_id")
    assert found.loc["boss"].to_dict() == {
        "account_id": "A",
        "month": pd.Timestamp(FEB.start),
        "role": "Owner",
        "team": "Sales",
        "events": 5,
        "value_events": 2,
        "sessions": 3,
        "tasks": 2,
        "tasks_done": 1,
        "duration_seconds": 60.25,
        "active_days": 4,
        "active_days_7": 3,
        "features_used": 1,
        "last_active_at": EARLY,
        "key_action_gap_days": 27,
        "customer_engagement_score": 10.5,
    }
    assert found.features_used.to_dict() == {"boss": 1, "first day": 4, "last day": 0}
    assert found.key_action_gap_days.to_dict() == {"boss": 27, "first day": 27, "last day": 0}


def test_a_user_without_a_key_action_has_no_gap(run):
    rows = [use(MARCH, "A", "none", days(31)), use(MARCH, "A", "last day", days(31), key_bits=days(31))]
    masks = engagement.window_masks([MARCH], 30)
    found = run(engagement.user_table(table(rows, **TYPES), month_table([MARCH]), masks)).set_index("user_id")
    assert pd.isna(found.loc["none", "key_action_gap_days"])
    assert found.loc["last day", "key_action_gap_days"] == 0


def test_a_week_belongs_to_the_month_of_its_last_day_and_counts_a_user_once(run):
    monday = dt.datetime(2026, 3, 30)  # two days of March, five of April
    active = [
        {"account_id": "A", "day": monday + dt.timedelta(days=n), "events": n + 2, "value_events": n}
        for n in (-1, 0, 1, 6, 7)
    ]
    by_day = table(active, account_id="string", day="timestamp(6)", events="int64", value_events="int64")
    people = [
        use(MARCH, "A", "both", days(30, 31)),
        use(APRIL, "A", "both", days(1)),
        use(APRIL, "A", "april", days(5)),
        use(MARCH, "A", "before", days(29)),
        use(APRIL, "A", "after", days(6)),
        use(APRIL, "A", None, days(1)),
    ]
    weeks = [monday, monday + dt.timedelta(days=7)]
    rows = engagement.account_week(table(people, **TYPES), by_day, weeks, [MARCH, APRIL])
    found = run(rows).sort_values("week")
    assert found.week.tolist() == weeks
    assert found.month.tolist() == [pd.Timestamp(APRIL.start)] * 2
    columns = ["events", "value_events", "active_days", "active_users"]
    assert found[columns].values.tolist() == [[2 + 3 + 8, 0 + 1 + 6, 3, 2], [9, 7, 1, 1]]


def test_a_week_of_machines_alone_has_no_users(run):
    monday = dt.datetime(2026, 3, 2)
    by_day = table(
        [{"account_id": "A", "day": monday, "events": 3, "value_events": 1}],
        **{"account_id": "string", "day": "timestamp(6)", "events": "int64", "value_events": "int64"},
    )
    rows = engagement.account_week(
        table([use(MARCH, "A", None, days(2))], **TYPES), by_day, [monday], [MARCH]
    )
    assert run(rows).active_users.tolist() == [0]


def test_weeks_touch_the_time_from_its_first_to_its_last_instant():
    start, close = dt.datetime(2026, 3, 1), dt.datetime(2026, 4, 6)  # a Sunday to a Monday
    mondays = [dt.datetime(2026, 2, 23) + dt.timedelta(days=7 * n) for n in range(6)]
    assert weeks_between(start, close) == mondays
    assert weeks_between(dt.datetime(2026, 3, 2), close) == mondays[1:]
    assert weeks_between(start, close + dt.timedelta(microseconds=1)) == [*mondays, close]


@pytest.mark.parametrize(
    ("starts", "first", "working"),
    [
        ("monday", 23, range(23, 28)),
        ("sunday", 22, range(22, 27)),
        ("saturday", 21, (22, 23, 24, 25, 28)),  # a week of Saturday to Wednesday, and a last day of work
    ],
)
def test_a_working_week_of_another_country(run, starts, first, working):
    row, *_ = run(engagement.window_masks([FEB], 30, starts)).to_dict("records")
    assert row["weekdays_7"] == days(*working)
    start = dt.datetime(2026, 2, first)
    assert weeks_between(start, start + dt.timedelta(days=7), starts) == [start]
    active = [
        {"account_id": "A", "day": start + dt.timedelta(days=n), "events": 1, "value_events": 1}
        for n in (-1, 0, 6, 7)
    ]
    by_day = table(active, account_id="string", day="timestamp(6)", events="int64", value_events="int64")
    people = [use(FEB, "A", "first", days(first)), use(FEB, "A", "before", days(first - 1))]
    found = run(engagement.account_week(table(people, **TYPES), by_day, [start], [FEB, MARCH]))
    assert found[["events", "active_users"]].values.tolist() == [[2, 1]]


def test_a_day_counts_in_a_window_by_its_age_at_the_close(run):
    ages = (1, 7, 8, 14, 15, 30, 31, 60, 61, 120, 121, 180, 181)
    kinds = ("value", "core", "key", "api")
    rows = [
        {"account_id": str(age), "day": MARCH.close - dt.timedelta(days=age), "events": 2}
        | {f"{kind}_events": 3 + i for i, kind in enumerate(kinds)}
        for age in (0, *ages)
    ]
    types = dict.fromkeys(("events", *(f"{kind}_events" for kind in kinds)), "int64")
    found = run(windows(table(rows, account_id="string", day="timestamp(6)", **types), [MARCH]))
    found = found.set_index("account_id")

    def those(column: str, count: int) -> set[int]:
        assert set(found[column]) <= {0, count}, column
        return {int(key) for key in found.index[found[column] == count]}

    for length in (7, 30, 60, 90):
        assert those(f"events_{length}", 2) == {a for a in ages if a <= length}
        assert those(f"events_{length}_before", 2) == {a for a in ages if length < a <= 2 * length}
    for i, kind in enumerate(kinds):
        assert those(f"{kind}_30", 3 + i) == {a for a in ages if a <= 30}
        assert those(f"{kind}_30_before", 3 + i) == {a for a in ages if 30 < a <= 60}
    assert those("active_days_7", 1) == {1, 7}
    assert "0" not in found.index and "181" not in found.index


def test_features_used_now_lately_and_ever(run, product):
    small = product.model_copy(
        update={
            "core_features": ("a", "b"),
            "premium_features": ("c",),
            "other_features": ("d",),
            "adoption": product.adoption.model_copy(update={"recent_months": 2}),
        }
    )
    words = [0b1001, 0b0110, None, 0b1000]
    rows = [
        {"account_id": "A", "month": JAN.shift(i).start, "features_0": word} for i, word in enumerate(words)
    ]
    rows.append({"account_id": "B", "month": FEB.start, "features_0": 0b1})
    given = table(rows, account_id="string", month="timestamp(6)", features_0="int64")
    found = run(adoption.with_adoption(given, small)).sort_values(["account_id", "month"])
    columns = ["core_used", "features_used", "premium_used", "core_recent", "core_ever"]
    assert found[columns].values.tolist() == [
        [1, 2, 0, 1, 1],
        [1, 2, 1, 2, 2],
        [0, 0, 0, 1, 2],
        [0, 1, 0, 0, 2],
        [1, 1, 0, 1, 1],
    ]


def test_accounts_users_and_events_of_a_feature(run):
    keys = {"account_id": "string", "month": "timestamp(6)", "feature": "string"}
    rows = [
        {"account_id": a, "month": JAN.start, "feature": f, "core": f == "x", "events": e, "users": u}
        for a, f, e, u in (("A", "x", 5, 2), ("B", "x", 3, 0), ("A", "y", 1, 1))
    ]
    given = table(rows, **keys, core="boolean", premium="boolean", events="int64", users="int64")
    found = run(adoption.feature_month(given)).set_index("feature")
    assert set(found.columns) == {"month", "core", "premium", "accounts", "users", "events"}
    assert found[["accounts", "users", "events"]].T.to_dict("list") == {"x": [2, 2, 8], "y": [1, 1, 1]}


def test_users_of_the_source_are_matched_to_what_they_are_at_the_close(run):
    unknown = table([use(MARCH, "A", "u", days(1))], **TYPES).drop("role", "team", "is_admin", "invited")
    row = run(engagement.with_people(unknown, None, ("admin",))).iloc[0]
    assert row[["role", "team"]].isna().all()
    assert not row.is_admin and not row.invited
    listed = ibis.memtable(
        [{"user_id": user, "role": role, "team": "T"} for user, role in (("u", "ADMIN"), ("v", "Owner"))],
        schema={"user_id": "string", "role": "string", "team": "string"},
    ).mutate(created_at=ibis.null("timestamp(6)"), invited_at=ibis.null("timestamp(6)"))
    both = table([use(MARCH, "A", user, days(1)) for user in "uvw"], **TYPES)
    both = both.drop("role", "team", "is_admin", "invited")
    found = run(engagement.with_people(both, listed, ("Admin",))).set_index("user_id")
    assert found.is_admin.to_dict() == {"u": True, "v": False, "w": False}
    assert found.team.fillna("").to_dict() == {"u": "T", "v": "T", "w": ""}
    assert not found.invited.any()
