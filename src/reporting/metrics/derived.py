"""Ratios, ages and trends of an account at a close: what needs several columns of the panel at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

import ibis
import ibis.expr.types as ir

from reporting.metrics.activation import days_between
from reporting.metrics.engagement import trend
from reporting.metrics.exact import popcount
from reporting.metrics.panel import known_where, seen_by
from reporting.metrics.windows import TRENDS
from reporting.params.product import RHYTHM, Product

_Columns = dict[str, ir.Value]

_FIRSTS = (
    "activated_at",
    "first_value_at",
    "first_import_at",
    "first_repeat_core_use_at",
    "first_integration_at",
)


def derive(rows: ir.Table, product: Product, since: dt.datetime, have: Collection[str]) -> ir.Table:
    """The assembled panel with its `history`, and the columns that combine several of these.

    Args:
        rows: See `panel.assemble` and `panel.history`.
        product: The product definition.
        since: Local time from which events are on record.
        have: Canonical tables and columns that the source maps.
    """
    with_users = "events.user_id" in have
    rows = rows.mutate(**_counts(rows))
    rows = rows.mutate(
        **_standing(rows, since),
        **_seats_and_limits(rows, product),
        **_by_user_and_week(rows, rows.covered & with_users),
        **_adoption(rows, product),
        **_concentration(rows),
        **_tasks_and_sessions(rows),
        **_silence(rows, product),
        **_trends(rows, since),
        **{name: seen_by(rows[name], rows.close) for name in _FIRSTS},
    )
    if not with_users:
        rows = rows.mutate(licence_utilisation=ibis.null("float64"), seats_used=ibis.null("int64"))
    return rows.mutate(**_people(rows, product, have), **_onboarding(rows, product))


def _counts(rows: ir.Table) -> _Columns:
    """What the others are made of, counted from the roll-ups' bits and sums."""
    return {
        "on_trial": ~rows.paying & (rows.trials.fill_null(0) > 0),
        "active_days": known_where(popcount(rows.day_bits.fill_null(0), 31), rows.covered),
        "repeat_workflow_usage": known_where(popcount(rows.key_bits.fill_null(0), 31), rows.covered),
        "customer_engagement_score": rows.points,
        "weeks": rows.days / 7.0,
        "seats_used": rows.users_n,
        "invited_users_active": rows.invited_users_active.fill_null(0),
    }


def _standing(rows: ir.Table, since: dt.datetime) -> _Columns:
    """Whether the account is one now, and for how long it has been one and been watched."""
    age = (rows.close.epoch_seconds() - rows.signed_up_at.epoch_seconds()) // 86_400
    return {
        "live": rows.paying | rows.on_trial,
        "tenure_days": age.cast("int64"),
        "covered_days": _days_before(ibis.literal(since, "timestamp(6)"), rows.close),
    }


def _seats_and_limits(rows: ir.Table, product: Product) -> _Columns:
    return {
        "licence_utilisation": _ratio(rows.seats_used, rows.seats_purchased),
        "seat_limit": _by_plan(rows.plan, product.plan_seats),
        "plan_limit_proximity": _ratio(rows.limit_events, _limit(rows, product)),
    }


def _by_user_and_week(rows: ir.Table, known: ir.BooleanValue) -> _Columns:
    """Use per active user and week of the month; none where nobody was active."""
    counted = {
        "session_frequency": rows.sessions,
        "core_value_usage": rows.value_events,
        "core_event_frequency": rows.core_events,
    }
    return {
        name: known_where(_ratio(count, rows.active_users).fill_null(0.0) / rows.weeks, known)
        for name, count in counted.items()
    }


def _adoption(rows: ir.Table, product: Product) -> _Columns:
    """Shares of the features, and of the onboarding steps."""
    core, steps = len(product.core_features), len(product.onboarding_steps)
    return {
        "feature_breadth": rows.core_used / float(core),
        "adoption_recent": rows.core_recent / float(core),
        "adoption_all_time": rows.core_ever / float(core),
        "premium_feature_adoption": rows.premium_used / float(max(len(product.premium_features), 1)),
        "premium_share": _ratio(rows.premium_events, rows.events),
        "steps_defined": ibis.literal(steps, "int64"),
        "setup_completion_rate": rows.steps_done / float(steps),
    }


def _concentration(rows: ir.Table) -> _Columns:
    """How much of the use is that of one user, or of two."""
    return {
        "top1_share": _ratio(rows.top1_events, rows.personal_events),
        "top2_share": _ratio(rows.top2_events, rows.personal_events),
    }


def _tasks_and_sessions(rows: ir.Table) -> _Columns:
    return {
        "task_completion_rate": _ratio(rows.tasks_done, rows.tasks),
        "session_duration": _ratio(rows.duration_seconds, rows.sessions) / 60.0,
    }


def _silence(rows: ir.Table, product: Product) -> _Columns:
    """Days since the last use of each kind, and whether value comes in the product's rhythm."""
    period = ibis.interval(days=RHYTHM[product.rhythm])
    return {
        "last_active_days": _days_before(rows.last_active_at, rows.close),
        "last_admin_active_days": _days_before(rows.last_admin_at, rows.close),
        "key_action_gap_days": _days_before(rows.last_key_at, rows.close),
        "rhythm_kept": known_where(
            (rows.last_value_at >= rows.close - period).fill_null(False), rows.covered
        ),
    }


def _trends(rows: ir.Table, since: dt.datetime) -> _Columns:
    """Use of the last days against as many before, over several windows; of kinds of use over a month."""
    trends = {}
    for days in TRENDS:
        covered = _windows_known(rows, days, since)
        trends[f"usage_trend_{days}"] = trend(rows[f"events_{days}"], rows[f"events_{days}_before"], covered)
    month_covered = _windows_known(rows, 30, since)
    for kind in ("value", "core", "key", "api"):
        name = "api_call_trend" if kind == "api" else f"{kind}_trend_30"
        trends[name] = trend(rows[f"{kind}_30"], rows[f"{kind}_30_before"], month_covered)
    return trends


def _people(rows: ir.Table, product: Product, have: Collection[str]) -> _Columns:
    """Who uses it: of the seats, of the invited, the one who carries it, the admins."""
    silent = rows.last_admin_active_days.fill_null(ibis.least(rows.tenure_days, rows.covered_days))
    return {
        "active_user_share": rows.licence_utilisation,
        "single_champion": rows.top1_share > product.engagement.champion_share,
        "invited_active_share": _ratio(rows.invited_users_active, rows.invited_users),
        "admin_quiet_days": known_where(
            silent, rows.covered & ({"users.role", "events.user_id"} <= set(have))
        ),
    }


def _onboarding(rows: ir.Table, product: Product) -> _Columns:
    """How it began, where that was observed, and how far adoption has fallen since."""
    rules, steps = product.activation, len(product.onboarding_steps)
    late = rows.tenure_days >= rules.onboarding_days
    unknown = ibis.null("boolean")
    return {
        "adoption_drop": rows.adoption_all_time - rows.adoption_recent,
        "activated": ibis.cases((rows.activated_at.notnull(), True), (rows.observed, False), else_=unknown),
        "activated_at": known_where(rows.activated_at, rows.observed),
        "first_value_at": known_where(rows.first_value_at, rows.observed),
        "first_import_at": known_where(rows.first_import_at, rows.observed),
        "first_repeat_core_use_at": known_where(rows.first_repeat_core_use_at, rows.observed),
        "time_to_first_value": _duration(rows, rows.first_value_at),
        "onboarding_completed": ibis.cases(
            (rows.steps_in_time == steps, True), (rows.observed & late, False), else_=unknown
        ),
        "workspace_setup_depth": known_where(
            rows.depth_invites >= rules.depth_users, rows.depth_invites.notnull()
        ),
    }


def _windows_known(rows: ir.Table, days: int, since: dt.datetime) -> ir.BooleanColumn:
    start = rows.close - ibis.interval(days=2 * days)
    return (start >= since) & (start >= rows.signed_up_at)


def _ratio(part: ir.NumericColumn, whole: ir.NumericColumn) -> ir.FloatingColumn:
    return part.cast("float64") / whole.nullif(0).cast("float64")


def _days_before(moment: ir.TimestampColumn, close: ir.TimestampColumn) -> ir.IntegerColumn:
    return ((close.epoch_seconds() - moment.epoch_seconds()) // 86_400).cast("int64")


def _duration(rows: ir.Table, moment: ir.TimestampColumn) -> ir.FloatingColumn:
    valid = rows.observed & (moment >= rows.signed_up_at)
    return known_where(days_between(rows.signed_up_at, moment), valid)


def _by_plan(plan: ir.StringColumn, values: dict[str, int]) -> ir.IntegerColumn:
    cases = [(plan == name, value) for name, value in values.items()]
    return ibis.cases(*cases).cast("int64") if cases else ibis.null("int64")


def _limit(rows: ir.Table, product: Product) -> ir.IntegerColumn:
    return rows.event_limit.fill_null(_by_plan(rows.plan, product.plan_limits))
