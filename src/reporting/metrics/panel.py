"""The account-month panel: everything known of an account at a close, side by side.

The panel is put together in steps, so that each stays readable: `assemble` joins the tables of the chapters
to the grid and settles what is null, `history` looks back over an account's months, `derived.derive` adds the
ratios, ages and trends that need several of these.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

import ibis
import ibis.expr.types as ir

from reporting.metrics import adoption
from reporting.metrics.windows import TRENDS
from reporting.params.product import Product

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
    return rows.mutate(signed_up_at=seen_by(rows.signed_up_at, rows.close))


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
        settled[name] = known_where(rows[name].fill_null(0), rows.covered)
    for name in _USERS:
        settled[name] = known_where(rows[name].fill_null(0), rows.covered & ("events.user_id" in have))
    for name, needs in (("team_count", "users.team"), ("role_count", "users.role")):
        settled[name] = known_where(
            rows[name].fill_null(0), rows.covered & ({needs, "events.user_id"} <= set(have))
        )
    for name in ("steps_done", "steps_in_time"):
        settled[name] = known_where(rows[name].fill_null(0), rows.observed)
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


def known_where(value: ir.Value, condition: ir.BooleanValue | bool) -> ir.Value:
    """`value`, null where the condition doesn't hold."""
    return ibis.ifelse(condition, value, ibis.null(value.type()))


def seen_by(moment: ir.TimestampColumn, close: ir.TimestampColumn) -> ir.TimestampColumn:
    """`moment`, null where it lies at the close or after it."""
    return (moment < close).ifelse(moment, ibis.null("timestamp(6)"))


LAST = ("active", "admin", "key", "value")
"""Last times: `active_at` is the last one of use in the month, `last_active_at` the last one so far."""


def history(rows: ir.Table, product: Product) -> ir.Table:
    """What the assembled panel's months up to each one say: the last times of use so far, and the features
    used, see `adoption.with_adoption`; unknown before events are on record."""
    so_far = ibis.cumulative_window(group_by="account_id", order_by="month")
    last = {f"last_{what}_at": rows[f"{what}_at"].max().over(so_far) for what in LAST}
    features = adoption.with_adoption(rows, product)
    counts = [name for name in features.columns if name not in rows.columns]
    known = {name: known_where(features[name], features.covered) for name in counts}
    return features.select(*KEYS, **known, **last)
