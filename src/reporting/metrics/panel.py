"""The account-month panel: everything known of an account at a close, side by side.

The panel is put together in steps, so that each stays readable: `assemble` joins the tables of the chapters
to the grid and settles what is null, `history` looks back over an account's months, `derive` adds the ratios,
ages and trends that need several of these.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

import ibis
import ibis.expr.types as ir

from reporting.metrics import adoption
from reporting.metrics.activation import days_between
from reporting.metrics.engagement import trend
from reporting.metrics.exact import popcount
from reporting.metrics.windows import TRENDS
from reporting.params.product import RHYTHM, Product

KEYS = ["account_id", "month"]
_USE = (
    "events",
    "value_events",
    "core_events",
    "premium_events",
    "sessions",
    "tasks",
    "tasks_done",
    "points",
)
_USERS = (
    "active_users",
    "engaged_users",
    "users_7",
    "users_n",
    "user_days_n",
    "a3x7_users",
    "a3x7_weekday_users",
    "personal_events",
    "top1_events",
    "top2_events",
)


def grid(accounts: ir.Table, subscriptions: ir.Table, months: ir.Table) -> ir.Table:
    """Every account's months from its sign-up or first subscription, whichever is earlier, without a gap.

    Returns:
        `account_id`, `signed_up_at` (null in months before it) and the columns of `months`.
    """
    first = subscriptions.group_by("account_id").aggregate(first_from=subscriptions.valid_from.min())
    known = accounts.left_join(first, "account_id").select("account_id", "signed_up_at", "first_from")
    born = known.mutate(since=ibis.least(known.signed_up_at, known.first_from))
    rows = born.join(months, born.since < months.close).drop("since", "first_from")
    return rows.mutate(signed_up_at=_seen(rows.signed_up_at, rows.close))


def attach(base: ir.Table, *others: ir.Table) -> ir.Table:
    """`base` with the other tables' columns by account and month; null where one of them has no row."""
    joined, names = base, list(base.columns)
    for i, other in enumerate(others):
        joined = joined.left_join(other, KEYS, rname=f"{{name}}_{i}")
        names += [name for name in other.columns if name not in KEYS]
    return joined.select(*names)


def assemble(
    parts: dict[str, ir.Table], have: Collection[str], product: Product, since: dt.datetime
) -> ir.Table:
    """Join the chapters' tables to the grid.

    Args:
        parts: `grid`, `movements`, `terms`, `use`, `windows`, `steps_done`, `milestones`, `limits`, and
            where the source has them `invitations`, `ticket_counts`,
            `integration_counts`.
        have: Canonical tables and columns (`users`, `users.role`) that the source maps.
        product: The product definition.
        since: Local time from which events are on record; use before it is unknown, not zero.
    """
    optional = [name for name in ("invitations", "ticket_counts", "integration_counts") if name in parts]
    always = ("movements", "terms", "use", "windows", "steps_done", "limits")
    known = parts | {"terms": parts["terms"].drop("mrr_cents")}
    rows = attach(parts["grid"], *[known[name] for name in (*always, *optional)])
    rows = rows.left_join(parts["milestones"], "account_id").drop("account_id_right")
    rows = rows.mutate(covered=rows.close > since, observed=rows.signed_up_at >= since)
    return rows.mutate(**_settle(rows, have))


def _settle(rows: ir.Table, have: Collection[str]) -> dict[str, ir.Value]:
    """Where a missing row means zero and where it means unknown."""
    settled: dict[str, ir.Value] = {}
    window_counts = [
        c for c in rows.columns if c.startswith(tuple(f"{kind}_{d}" for kind in _KINDS for d in TRENDS))
    ]
    zero_if_covered = [*_USE, *window_counts, "active_days_7", "limit_events"]
    for name in zero_if_covered:
        settled[name] = _known(rows[name].fill_null(0), rows.covered)
    for name in _USERS:
        settled[name] = _known(rows[name].fill_null(0), rows.covered & ("events.user_id" in have))
    for name, needs in (("team_count", "users.team"), ("role_count", "users.role")):
        settled[name] = _known(
            rows[name].fill_null(0), rows.covered & ({needs, "events.user_id"} <= set(have))
        )
    for name in ("steps_done", "steps_in_time"):
        settled[name] = _known(rows[name].fill_null(0), rows.observed)
    optional = (
        ("seats_assigned", "users"),
        ("invited_users", "users.invited_at"),
        ("onboarding_invites", "users.invited_at"),
        ("depth_invites", "users.invited_at"),
        ("tickets_opened", "tickets"),
        ("tickets_open", "tickets"),
        ("escalations", "tickets.escalated"),
        ("integration_count", "integrations"),
    )
    for name, needs in optional:
        present = name in rows.columns and needs in have
        settled[name] = rows[name].fill_null(0) if present else ibis.null("int64")
    return settled


_KINDS = ("events", "value", "core", "key", "api")


def _known(value: ir.Value, condition: ir.BooleanValue | bool) -> ir.Value:
    return ibis.ifelse(condition, value, ibis.null(value.type()))


LAST = ("active", "admin", "key", "value")
"""Last times: `active_at` is the last one of use in the month, `last_active_at` the last one so far."""


def history(rows: ir.Table, product: Product) -> ir.Table:
    """What the assembled panel's months up to each one say: the last times of use so far, and the features
    used, see `adoption.with_adoption`; unknown before events are on record."""
    so_far = ibis.cumulative_window(group_by="account_id", order_by="month")
    last = {f"last_{what}_at": rows[f"{what}_at"].max().over(so_far) for what in LAST}
    features = adoption.with_adoption(rows, product)
    counts = [name for name in features.columns if name not in rows.columns]
    known = {name: _known(features[name], features.covered) for name in counts}
    return features.select(*KEYS, **known, **last)


def derive(rows: ir.Table, product: Product, since: dt.datetime, have: Collection[str]) -> ir.Table:
    """Ratios, ages and trends of the assembled panel with its `history`."""
    with_users = "events.user_id" in have
    defined = len(product.onboarding_steps)
    core = len(product.core_features)
    rows = rows.mutate(
        on_trial=~rows.paying & (rows.trials.fill_null(0) > 0),
        active_days=_known(popcount(rows.day_bits.fill_null(0), 31), rows.covered),
        repeat_workflow_usage=_known(popcount(rows.key_bits.fill_null(0), 31), rows.covered),
        customer_engagement_score=rows.points,
        weeks=rows.days / 7.0,
        seats_used=rows.users_n,
        invited_users_active=rows.invited_users_active.fill_null(0),
    )
    age = (rows.close.epoch_seconds() - rows.signed_up_at.epoch_seconds()) // 86_400
    trends = {}
    for days in TRENDS:
        covered = _windows_known(rows, days, since)
        trends[f"usage_trend_{days}"] = trend(rows[f"events_{days}"], rows[f"events_{days}_before"], covered)
    month_covered = _windows_known(rows, 30, since)
    for kind in ("value", "core", "key", "api"):
        name = "api_call_trend" if kind == "api" else f"{kind}_trend_30"
        trends[name] = trend(rows[f"{kind}_30"], rows[f"{kind}_30_before"], month_covered)
    rows = rows.mutate(
        live=rows.paying | rows.on_trial,
        tenure_days=age.cast("int64"),
        covered_days=_days_before(ibis.literal(since, "timestamp(6)"), rows.close),
        licence_utilisation=_ratio(rows.seats_used, rows.seats_purchased),
        session_frequency=_known(
            _ratio(rows.sessions, rows.active_users).fill_null(0.0) / rows.weeks, rows.covered & with_users
        ),
        core_value_usage=_known(
            _ratio(rows.value_events, rows.active_users).fill_null(0.0) / rows.weeks,
            rows.covered & with_users,
        ),
        core_event_frequency=_known(
            _ratio(rows.core_events, rows.active_users).fill_null(0.0) / rows.weeks, rows.covered & with_users
        ),
        feature_breadth=rows.core_used / float(core),
        adoption_recent=rows.core_recent / float(core),
        adoption_all_time=rows.core_ever / float(core),
        top1_share=_ratio(rows.top1_events, rows.personal_events),
        top2_share=_ratio(rows.top2_events, rows.personal_events),
        premium_share=_ratio(rows.premium_events, rows.events),
        task_completion_rate=_ratio(rows.tasks_done, rows.tasks),
        session_duration=_ratio(rows.duration_seconds, rows.sessions) / 60.0,
        last_active_days=_days_before(rows.last_active_at, rows.close),
        last_admin_active_days=_days_before(rows.last_admin_at, rows.close),
        key_action_gap_days=_days_before(rows.last_key_at, rows.close),
        rhythm_kept=_known(
            (rows.last_value_at >= rows.close - ibis.interval(days=RHYTHM[product.rhythm])).fill_null(False),
            rows.covered,
        ),
        premium_feature_adoption=rows.premium_used / float(max(len(product.premium_features), 1)),
        steps_defined=ibis.literal(defined, "int64"),
        setup_completion_rate=rows.steps_done / float(defined),
        plan_limit_proximity=_ratio(rows.limit_events, _limit(rows, product)),
        seat_limit=_by_plan(rows.plan, product.plan_seats),
        **{name: _seen(rows[name], rows.close) for name in _FIRSTS},
        **trends,
    )
    if not with_users:
        rows = rows.mutate(
            licence_utilisation=ibis.null("float64"),
            **{name: ibis.null("int64") for name in ("seats_used",)},
        )
    in_time = rows.tenure_days >= product.activation.onboarding_days
    return rows.mutate(
        active_user_share=rows.licence_utilisation,
        single_champion=rows.top1_share > product.engagement.champion_share,
        invited_active_share=_ratio(rows.invited_users_active, rows.invited_users),
        admin_quiet_days=_known(
            rows.last_admin_active_days.fill_null(ibis.least(rows.tenure_days, rows.covered_days)),
            rows.covered & ({"users.role", "events.user_id"} <= set(have)),
        ),
        adoption_drop=rows.adoption_all_time - rows.adoption_recent,
        activated=ibis.cases(
            (rows.activated_at.notnull(), True), (rows.observed, False), else_=ibis.null("boolean")
        ),
        activated_at=_known(rows.activated_at, rows.observed),
        first_value_at=_known(rows.first_value_at, rows.observed),
        first_import_at=_known(rows.first_import_at, rows.observed),
        first_repeat_core_use_at=_known(rows.first_repeat_core_use_at, rows.observed),
        time_to_first_value=_duration(rows, rows.first_value_at),
        onboarding_completed=ibis.cases(
            (rows.steps_in_time == defined, True),
            (rows.observed & in_time, False),
            else_=ibis.null("boolean"),
        ),
        workspace_setup_depth=_known(
            rows.depth_invites >= product.activation.depth_users, rows.depth_invites.notnull()
        ),
    )


_FIRSTS = (
    "activated_at",
    "first_value_at",
    "first_import_at",
    "first_repeat_core_use_at",
    "first_integration_at",
)


def _windows_known(rows: ir.Table, days: int, since: dt.datetime) -> ir.BooleanColumn:
    start = rows.close - ibis.interval(days=2 * days)
    return (start >= since) & (start >= rows.signed_up_at)


def _ratio(part: ir.NumericColumn, whole: ir.NumericColumn) -> ir.FloatingColumn:
    return part.cast("float64") / whole.nullif(0).cast("float64")


def _days_before(moment: ir.TimestampColumn, close: ir.TimestampColumn) -> ir.IntegerColumn:
    return ((close.epoch_seconds() - moment.epoch_seconds()) // 86_400).cast("int64")


def _seen(moment: ir.TimestampColumn, close: ir.TimestampColumn) -> ir.TimestampColumn:
    return (moment < close).ifelse(moment, ibis.null("timestamp(6)"))


def _duration(rows: ir.Table, moment: ir.TimestampColumn) -> ir.FloatingColumn:
    valid = rows.observed & (moment >= rows.signed_up_at)
    return _known(days_between(rows.signed_up_at, moment), valid)


def _by_plan(plan: ir.StringColumn, values: dict[str, int]) -> ir.IntegerColumn:
    cases = [(plan == name, value) for name, value in values.items()]
    return ibis.cases(*cases).cast("int64") if cases else ibis.null("int64")


def _limit(rows: ir.Table, product: Product) -> ir.IntegerColumn:
    return rows.event_limit.fill_null(_by_plan(rows.plan, product.plan_limits))
