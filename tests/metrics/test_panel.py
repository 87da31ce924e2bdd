"""The account-month panel: what a missing row means, and every ratio, age and trend worked by hand."""

from __future__ import annotations

import datetime as dt

import ibis
import pandas as pd
import pytest
from tests.metrics.conftest import table

from reporting.metrics import panel
from reporting.metrics.calendar import month_table
from reporting.metrics.derived import derive
from reporting.metrics.windows import TRENDS
from reporting.month import Month

MARCH = Month(2026, 3)  # 31 days: a month of 31/7 weeks
OPEN, CLOSE = MARCH.start, MARCH.close
DAY, SOON = dt.timedelta(days=1), dt.timedelta(microseconds=1)
SINCE = CLOSE - 400 * DAY
HAVE = {
    *("events", "events.user_id", "users", "users.team", "users.role", "users.invited_at"),
    *("tickets", "tickets.escalated", "integrations"),
}
WINDOWS = [
    f"{kind}_{days}{end}"
    for kind, spans in {"events": TRENDS, **dict.fromkeys(("value", "core", "key", "api"), (30,))}.items()
    for days in spans
    for end in ("", "_before")
]
COUNTS = (
    *("days", "trials", "day_bits", "key_bits", "users_n", "invited_users_active", *WINDOWS, "sessions"),
    *("active_users", "events", "value_events", "core_events", "premium_events", "tasks", "tasks_done"),
    *("core_used", "core_recent", "core_ever", "premium_used", "top1_events", "top2_events"),
    *("personal_events", "limit_events", "event_limit", "seats_purchased", "steps_done", "steps_in_time"),
    *("invited_users", "depth_invites"),
)
FIRSTS = ("activated_at", "first_value_at", "first_import_at", "first_repeat_core_use_at")
TIMES = (
    *("month", "close", "signed_up_at", *FIRSTS, "first_integration_at"),
    *("last_active_at", "last_admin_at", "last_key_at", "last_value_at"),
)
TYPES = {
    "account_id": "string",
    "plan": "string",
    **dict.fromkeys(("paying", "covered", "observed"), "boolean"),
    **dict.fromkeys(("points", "duration_seconds"), "float64"),
    **dict.fromkeys(TIMES, "timestamp(6)"),
    **dict.fromkeys(COUNTS, "int64"),
}
PAYER = {
    "month": OPEN,
    "close": CLOSE,
    "days": 31,
    "signed_up_at": CLOSE - 200 * DAY,
    "paying": True,
    "covered": True,
    "observed": True,
    "plan": "Team",
}


@pytest.fixture
def derived(run, product):
    """`derived(a={...}, b={...})`: the panel's row of each account in March, as Python values."""

    def of(product=product, since=SINCE, have=frozenset(HAVE), **accounts: dict) -> pd.DataFrame:
        rows = table([PAYER | {"account_id": name} | row for name, row in accounts.items()], **TYPES)
        frame = run(derive(rows, product, since, have)).set_index("account_id").astype(object)
        return frame.where(frame.notna(), None)

    return of


BUSY = {
    "sessions": 31,
    "active_users": 7,
    "value_events": 62,
    "core_events": 93,
    "events": 200,
    "premium_events": 50,
    "personal_events": 160,
    "top1_events": 120,
    "top2_events": 140,
    "tasks": 8,
    "tasks_done": 6,
    "duration_seconds": 31 * 600.0,
    "users_n": 5,
    "seats_purchased": 20,
    "invited_users": 8,
    "invited_users_active": 6,
    "core_used": 2,
    "core_recent": 4,
    "core_ever": 6,
    "premium_used": 1,
    "steps_done": 5,
    "limit_events": 800,
    "event_limit": 1000,
    "day_bits": 1 << 30 | 1 << 4 | 1,
    "key_bits": 1 << 30 | 1,
    "points": 42.5,
}
WORKED = {
    "session_frequency": 1,  # 31 sessions / 7 users / (31 / 7) weeks
    "core_value_usage": 2,
    "core_event_frequency": 3,
    "premium_share": 50 / 200,
    "top1_share": 120 / 160,
    "top2_share": 140 / 160,
    "single_champion": True,
    "task_completion_rate": 6 / 8,
    "session_duration": 10,  # minutes
    "seats_used": 5,
    "licence_utilisation": 5 / 20,
    "active_user_share": 5 / 20,
    "invited_active_share": 6 / 8,
    "feature_breadth": 2 / 8,
    "adoption_recent": 4 / 8,
    "adoption_all_time": 6 / 8,
    "adoption_drop": 2 / 8,
    "premium_feature_adoption": 1 / 3,
    "steps_defined": 7,
    "setup_completion_rate": 5 / 7,
    "plan_limit_proximity": 0.8,
    "seat_limit": 12,
    "active_days": 3,
    "repeat_workflow_usage": 2,
    "customer_engagement_score": 42.5,
}


def test_ratios_of_an_account_are_those_of_the_catalogue(derived):
    found = derived(busy=BUSY).loc["busy"]
    assert found[list(WORKED)].to_dict() == pytest.approx(WORKED)


def test_a_zero_denominator_is_no_ratio_but_no_users_are_no_use(derived):
    zeros = dict.fromkeys(COUNTS, 0) | {"days": 31, "duration_seconds": 0.0}
    found = derived(idle=zeros).loc["idle"]
    ratios = [name for name in WORKED if name.endswith(("_share", "_utilisation", "_rate", "_duration"))]
    defined = {"setup_completion_rate"}  # seven steps are defined, none is done
    assert found[[*(set(ratios) - defined), "plan_limit_proximity"]].isna().all()
    frequencies = ["session_frequency", "core_value_usage", "core_event_frequency"]
    assert found[[*defined, *frequencies, "active_days", "repeat_workflow_usage"]].eq(0).all()


def test_what_an_account_did_not_do_is_zero_and_what_is_not_covered_unknown(derived):
    found = derived(quiet={}, before={"covered": False, "day_bits": 1, "key_bits": 1} | BUSY)
    known = ["active_days", "repeat_workflow_usage"]
    frequencies = ["session_frequency", "core_value_usage", "core_event_frequency"]
    assert found.loc["quiet", [*known, *frequencies]].eq(0).all()
    assert found.loc["before", [*known, *frequencies, "rhythm_kept", "admin_quiet_days"]].isna().all()
    assert found.loc["quiet", "rhythm_kept"] is False
    assert found.loc["quiet", "invited_users_active"] == 0


def test_without_users_nothing_is_said_of_people(derived):
    frequencies = ["session_frequency", "core_value_usage", "core_event_frequency"]
    people = ["licence_utilisation", "active_user_share", "seats_used", "admin_quiet_days"]
    found = derived(have=HAVE - {"events.user_id"}, busy=BUSY | {"last_admin_at": OPEN}).loc["busy"]
    assert found[[*frequencies, *people]].isna().all()
    assert found[["active_days", "setup_completion_rate"]].notna().all()
    found = derived(have=HAVE - {"users.role"}, busy=BUSY | {"last_admin_at": OPEN}).loc["busy"]
    assert found[[*frequencies, *people[:3]]].notna().all()
    assert found.admin_quiet_days is None


def test_one_user_is_a_champion_above_seven_tenths_of_the_events(derived):
    found = derived(
        at={"top1_events": 70, "personal_events": 100}, above={"top1_events": 71, "personal_events": 100}
    )
    assert found.single_champion.to_dict() == {"at": False, "above": True}


def test_an_account_on_trial_does_not_pay_and_is_live(derived):
    found = derived(
        pays={"trials": 1},
        tries={"paying": False, "trials": 1},
        left={"paying": False, "trials": 0},
        gone={"paying": False},
    )
    assert found.on_trial.to_dict() == {"pays": False, "tries": True, "left": False, "gone": False}
    assert found.live.to_dict() == {"pays": True, "tries": True, "left": False, "gone": False}


def test_days_before_the_close_are_whole_days(derived):
    ages = {"just": 15 * DAY, "almost": 15 * DAY - dt.timedelta(seconds=1), "last instant": SOON}
    times = ("last_active_at", "last_admin_at", "last_key_at", "signed_up_at")
    everyone = derived(never={}, **{name: dict.fromkeys(times, CLOSE - age) for name, age in ages.items()})
    found = everyone.drop("never")
    for name in ("last_active_days", "last_admin_active_days", "key_action_gap_days", "tenure_days"):
        assert found[name].to_dict() == {"just": 15, "almost": 14, "last instant": 0}, name
    assert set(found.covered_days) == {400}
    assert set(found.admin_quiet_days) == {15, 14, 0}
    assert everyone.loc["never", ["last_active_days", "last_admin_active_days"]].isna().all()


def test_where_no_admin_was_ever_seen_the_days_count_from_the_first_covered_day(derived):
    found = derived(young={}, old={"signed_up_at": CLOSE - 500 * DAY}, unknown={"signed_up_at": None})
    assert found.admin_quiet_days.to_dict() == {"young": 200, "old": 400, "unknown": 400}


USE = {name: 10 if name.endswith("before") else 15 for name in WINDOWS}
MONTHLY = ("value_trend_30", "core_trend_30", "key_trend_30", "api_call_trend")


def test_a_trend_is_the_last_window_against_the_one_before(derived):
    use = {name: 10 if name.endswith("before") else 10 + i for i, name in enumerate(WINDOWS)}
    found = derived(a=use).loc["a"]
    names = (*(f"usage_trend_{days}" for days in TRENDS), *MONTHLY)
    assert found[list(names)].to_dict() == pytest.approx({n: i * 0.2 for i, n in enumerate(names)})


def test_a_trend_needs_both_windows_since_the_sign_up(derived):
    starts = {days: CLOSE - 2 * days * DAY for days in TRENDS}
    at = {f"at {days}": USE | {"signed_up_at": start} for days, start in starts.items()}
    late = {f"late {days}": USE | {"signed_up_at": start + SOON} for days, start in starts.items()}
    found = derived(**at, **late)
    for days in TRENDS:
        for name in (f"usage_trend_{days}", *(MONTHLY if days == 30 else ())):
            assert found.loc[[f"at {days}", f"late {days}"], name].tolist() == [0.5, None]


@pytest.mark.parametrize(("late", "known"), [(0 * DAY, True), (SOON, False)])
def test_a_trend_needs_both_windows_since_the_first_event(derived, late, known):
    found = derived(since=CLOSE - 60 * DAY + late, a=USE).loc["a"]
    assert found[["usage_trend_30", *MONTHLY]].notna().tolist() == [known] * 5
    assert (found.usage_trend_7, found.usage_trend_60) == (0.5, None)


@pytest.mark.parametrize(("rhythm", "days"), [("daily", 1), ("weekly", 7)])
def test_the_rhythm_is_kept_with_value_within_one_period(derived, product, rhythm, days):
    edge = CLOSE - days * DAY
    found = derived(
        product.model_copy(update={"rhythm": rhythm}),
        at={"last_value_at": edge},
        before={"last_value_at": edge - SOON},
    )
    assert found.rhythm_kept.to_dict() == {"at": True, "before": False}


def test_the_plan_s_limit_holds_where_the_subscription_names_none(derived, product):
    limits = product.model_copy(update={"plan_limits": {"Team": 400}, "plan_seats": {}})
    found = derived(
        limits,
        named={"limit_events": 300, "event_limit": 1000},
        plan={"limit_events": 300},
        other={"limit_events": 300, "plan": "Business"},
    )
    assert found.plan_limit_proximity.to_dict() == {"named": 0.3, "plan": 0.75, "other": None}
    assert set(found.seat_limit) == {None}
    seats = derived(s={"plan": "Starter"}, b={"plan": "Business"}, e={"plan": "Enterprise"}).seat_limit
    assert seats.to_dict() == {"s": 5, "b": 30, "e": None}


def test_a_product_without_premium_features_has_none_adopted(derived, product):
    found = derived(product.model_copy(update={"premium_features": ()}), a={"premium_used": 0})
    assert found.loc["a", "premium_feature_adoption"] == 0


def test_first_times_are_told_once_they_are_past_and_the_account_was_watched(derived):
    names = [*FIRSTS, "first_integration_at"]
    moments = {"before": CLOSE - SOON, "at": CLOSE, "after": CLOSE + SOON}
    told = {when: dict.fromkeys(names, moment) for when, moment in moments.items()}
    everyone = derived(**told, old=dict.fromkeys(names, OPEN) | {"observed": False})
    found, unseen = everyone.drop("old"), everyone.loc["old"]
    for name in names:
        assert found[name].notna().to_dict() == {"before": True, "at": False, "after": False}, name
    assert unseen[[*FIRSTS, "time_to_first_value"]].isna().all()
    assert unseen.first_integration_at is not None  # integrations are on record before events are


def test_an_account_is_activated_not_yet_or_beyond_judgement(derived):
    found = derived(
        reached={"activated_at": OPEN},
        not_yet={},
        later={"activated_at": CLOSE},
        old={"observed": False},
        old_reached={"observed": False, "activated_at": OPEN},
        no_sign_up={"observed": None},
    ).activated
    assert found.to_dict() == {
        "reached": True,
        "not_yet": False,
        "later": False,
        "old": None,
        "old_reached": True,
        "no_sign_up": None,
    }


def test_time_to_first_value_counts_from_the_sign_up(derived):
    signed = CLOSE - 20 * DAY
    moments = {"later": signed + 1.5 * DAY, "at once": signed, "contradiction": signed - SOON, "never": None}
    found = derived(**{n: {"signed_up_at": signed, "first_value_at": t} for n, t in moments.items()})
    expected = {"later": 1.5, "at once": 0, "contradiction": None, "never": None}
    assert found.time_to_first_value.to_dict() == expected


def test_onboarding_is_judged_at_thirty_days_or_when_all_steps_are_done(derived):
    young, old = CLOSE - 30 * DAY + SOON, CLOSE - 30 * DAY
    found = derived(
        done={"steps_in_time": 7, "signed_up_at": young},
        waiting={"steps_in_time": 6, "signed_up_at": young},
        missed={"steps_in_time": 6, "signed_up_at": old},
        unseen={"steps_in_time": None, "signed_up_at": old, "observed": False},
    ).onboarding_completed
    assert found.to_dict() == {"done": True, "waiting": None, "missed": False, "unseen": None}


def test_a_workspace_is_set_up_from_two_invitations_on(derived):
    found = derived(one={"depth_invites": 1}, two={"depth_invites": 2}, unknown={}).workspace_setup_depth
    assert found.to_dict() == {"one": False, "two": True, "unknown": None}


USED = (
    *("events", "value_events", "core_events", "premium_events", "sessions", "tasks", "tasks_done"),
    *("points", "active_days_7", "limit_events", *WINDOWS),
)
PEOPLE = (
    *("active_users", "engaged_users", "users_7", "users_n", "user_days_n", "a3x7_users"),
    *("a3x7_weekday_users", "personal_events", "top1_events", "top2_events"),
)
TEAMS = ("team_count", "role_count")
ONBOARDING = ("steps_done", "steps_in_time")
OPTIONAL = {
    "invitations": ("seats_assigned", "invited_users", "onboarding_invites", "depth_invites"),
    "ticket_counts": ("tickets_opened", "tickets_open", "escalations"),
    "integration_counts": ("integration_count",),
}


def assembled(run, product, signed_up_at=OPEN, have=frozenset(HAVE), since=SINCE, without=()) -> pd.DataFrame:
    """Two accounts in March: of `seen` every part has a row of threes, of `unseen` none has."""
    keys = {"account_id": "string", "month": "timestamp(6)"}
    names = {
        "movements": ("mrr_cents",),
        "terms": ("mrr_cents", "seats_purchased"),
        "use": (*USED[:8], *PEOPLE, *TEAMS),
        "windows": ("active_days_7", *WINDOWS),
        "limits": ("limit_events",),
        "steps_done": ONBOARDING,
        **OPTIONAL,
    }

    def part(columns: tuple[str, ...], number: int) -> ibis.Table:
        row = {"account_id": "seen", "month": OPEN} | dict.fromkeys(columns, number)
        return table([row], **keys, **dict.fromkeys(columns, "int64"))

    parts = {name: part(columns, 9 if name == "terms" else 3) for name, columns in names.items()}
    accounts = [{"account_id": name, "signed_up_at": signed_up_at} for name in ("seen", "unseen")]
    grid = table(accounts, account_id="string", signed_up_at="timestamp(6)").cross_join(month_table([MARCH]))
    parts |= {"grid": grid, "milestones": table([{"account_id": "seen"}], account_id="string", a="int64")}
    rows = panel.assemble({n: t for n, t in parts.items() if n not in without}, have, product, since)
    assert len(set(rows.columns)) == len(rows.columns)
    return run(rows).set_index("account_id")


def test_a_missing_row_is_zero_where_the_data_would_have_shown_it(run, product):
    found = assembled(run, product)
    counted = [*USED, *PEOPLE, *TEAMS, *ONBOARDING, *(c for columns in OPTIONAL.values() for c in columns)]
    assert found.loc["seen", counted].eq(3).all()
    assert found.loc["unseen", counted].eq(0).all()
    assert found.mrr_cents.to_dict() == pytest.approx({"seen": 3, "unseen": float("nan")}, nan_ok=True)
    assert found.loc["seen", "seats_purchased"] == 9
    assert pd.isna(found.loc["unseen", "seats_purchased"])


def test_use_is_unknown_in_a_month_that_closed_before_the_first_event(run, product):
    for since, known in ((CLOSE - SOON, True), (CLOSE, False)):
        found = assembled(run, product, since=since)
        assert set(found.covered) == {known}
        for names in (USED, PEOPLE, TEAMS):
            assert found[list(names)].notna().all(axis=None) == known
            assert found[list(names)].isna().all(axis=None) != known
        assert found[["seats_assigned", "tickets_open", "integration_count"]].notna().all(axis=None)


def test_onboarding_is_unknown_where_the_sign_up_lies_before_the_first_event(run, product):
    for signed, seen in ((SINCE, True), (SINCE - SOON, False)):
        found = assembled(run, product, signed_up_at=signed)
        assert set(found.observed) == {seen}
        assert found[list(ONBOARDING)].notna().all(axis=None) == seen
        assert found[list(ONBOARDING)].isna().all(axis=None) != seen


@pytest.mark.parametrize(
    ("missing", "unknown"),
    [
        ("events.user_id", (*PEOPLE, *TEAMS)),
        ("users.team", ("team_count",)),
        ("users.role", ("role_count",)),
        ("users", ("seats_assigned",)),
        ("users.invited_at", ("invited_users", "onboarding_invites", "depth_invites")),
        ("tickets", ("tickets_opened", "tickets_open")),
        ("tickets.escalated", ("escalations",)),
        ("integrations", ("integration_count",)),
    ],
)
def test_what_the_source_does_not_map_is_unknown_and_nothing_else(run, product, missing, unknown):
    found = assembled(run, product, have=HAVE - {missing})
    counted = [*USED, *PEOPLE, *TEAMS, *ONBOARDING, *(c for columns in OPTIONAL.values() for c in columns)]
    assert set(found[counted].columns[found[counted].isna().any()]) == set(unknown)
    assert found[list(unknown)].isna().all(axis=None)


@pytest.mark.parametrize("part", OPTIONAL)
def test_a_table_the_source_does_not_have_leaves_its_columns_unknown(run, product, part):
    found = assembled(run, product, without=[part])
    assert found[list(OPTIONAL[part])].isna().all(axis=None)
    others = [c for name, columns in OPTIONAL.items() if name != part for c in columns]
    assert found[others].notna().all(axis=None)


def test_last_times_and_features_look_back_over_covered_months(run, product):
    months = [MARCH.shift(i) for i in (-2, -1, 0)]
    words = [1, 0b10, None]  # the first core feature, then the second, then nothing
    rows = [
        {"account_id": "A", "month": m.start, "covered": m is not months[0], "features_0": word}
        | ({f"{what}_at": m.start + i * DAY for i, what in enumerate(panel.LAST)} if word else {})
        for m, word in zip(months, words, strict=True)
    ]
    times = {f"{what}_at": "timestamp(6)" for what in panel.LAST}
    types = {"account_id": "string", "month": "timestamp(6)", "covered": "boolean", "features_0": "int64"}
    found = run(panel.history(table(rows, **types, **times), product)).sort_values("month")
    assert set(found.columns) == {
        *("account_id", "month", "core_used", "core_recent", "core_ever", "features_used", "premium_used"),
        *("last_active_at", "last_admin_at", "last_key_at", "last_value_at"),
    }
    for i, what in enumerate(("active", "admin", "key", "value")):
        seen = [m.start + i * DAY for m in (months[0], months[1], months[1])]
        assert found[f"last_{what}_at"].tolist() == [pd.Timestamp(t) for t in seen]
    assert pd.isna(found.core_ever.iloc[0])
    assert found[["core_used", "core_recent", "core_ever"]].iloc[1:].values.tolist() == [[1, 2, 2], [0, 2, 2]]
