"""Activation: how far an account has come on the way to value, and how soon.

An account that signed up before the first event on record can't be judged: its first steps were not seen, so
its activation is null, not false. A step seen *before* the sign-up contradicts the data and has no duration.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from reporting.params.product import Product

DAY = 86_400.0


def days_between(start: ir.TimestampValue, end: ir.TimestampValue) -> ir.FloatingValue:
    """Days from `start` to `end`, with fractions of seconds dropped."""
    return (end.epoch_seconds() - start.epoch_seconds()).cast("float64") / DAY


def steps(account_event: ir.Table, product: Product) -> ir.Table:
    """`account_id`, `step`, `position` (from 1), `reached_at`: when each onboarding step was first taken."""
    rows = [
        {"step": step, "position": position, "event_name": event}
        for position, (step, event) in enumerate(product.onboarding_steps.items(), start=1)
    ]
    defined = ibis.memtable(rows, schema={"step": "string", "position": "int64", "event_name": "string"})
    taken = account_event.join(defined, "event_name")
    return taken.group_by("account_id", "step", "position").aggregate(reached_at=taken.first_at.min())


def milestones(
    accounts: ir.Table,
    account_event: ir.Table,
    account_day: ir.Table,
    integrations: ir.Table | None,
    product: Product,
) -> ir.Table:
    """First times per account: `activated_at`, `first_value_at`, `first_import_at`,
    `first_repeat_core_use_at` (the second day with use of a core feature), `first_integration_at`."""
    name = account_event.event_name
    firsts = account_event.group_by("account_id").aggregate(
        activated_at=account_event.first_at.min(where=name == product.activation_outcome),
        first_value_at=account_event.first_at.min(where=name.isin(product.value_events)),
        first_import_at=account_event.first_at.min(where=name.isin(product.import_events)),
    )
    core = account_day.filter(account_day.core_events > 0)
    first_day = core.group_by("account_id").aggregate(first_day=core.day.min())
    later = core.join(first_day, "account_id")
    later = later.filter(later.day > later.first_day)
    repeat = later.group_by("account_id").aggregate(first_repeat_core_use_at=later.day.min())
    rows = accounts.select("account_id").left_join(firsts, "account_id").drop("account_id_right")
    rows = rows.left_join(repeat, "account_id").drop("account_id_right")
    if integrations is None:
        return rows.mutate(first_integration_at=ibis.null("timestamp(6)"))
    connected = integrations.group_by("account_id").aggregate(
        first_integration_at=integrations.connected_at.min()
    )
    return rows.left_join(connected, "account_id").drop("account_id_right")


def steps_done(grid: ir.Table, reached: ir.Table, onboarding_days: int) -> ir.Table:
    """Steps reached before each close.

    Args:
        grid: `account_id`, `month`, `close`, `signed_up_at`.
        reached: The result of `steps`.
        onboarding_days: Window of `steps_in_time`.

    Returns:
        `account_id`, `month`, `steps_done`, `steps_in_time` (those within the window after sign-up).
    """
    rows = grid.join(reached, [grid.account_id == reached.account_id, reached.reached_at < grid.close])
    in_time = rows.reached_at <= rows.signed_up_at + ibis.interval(days=onboarding_days)
    return rows.group_by("account_id", "month").aggregate(
        steps_done=rows.count(), steps_in_time=in_time.ifelse(1, 0).sum()
    )


def invitations(grid: ir.Table, users: ir.Table, product: Product) -> ir.Table:
    """Users invited before each close: `invited_users`, `onboarding_invites` (within the first days),
    `depth_invites` (within the first week), `seats_assigned` (valid log-ins at the close)."""
    rows = grid.join(users, [grid.account_id == users.account_id, users.created_at < grid.close])
    invited = rows.invited_at < rows.close
    limit = product.activation

    def within(days: int) -> ir.BooleanColumn:
        return invited & (rows.invited_at <= rows.signed_up_at + ibis.interval(days=days))

    valid = rows.deactivated_at.isnull() | (rows.deactivated_at >= rows.close)
    return rows.group_by("account_id", "month").aggregate(
        seats_assigned=valid.ifelse(1, 0).sum(),
        invited_users=invited.ifelse(1, 0).sum(),
        onboarding_invites=within(limit.invite_days).ifelse(1, 0).sum(),
        depth_invites=within(limit.depth_days).ifelse(1, 0).sum(),
    )


def ripe(panel: ir.Table, product: Product) -> ir.BooleanColumn:
    """Accounts whose onboarding window ended in the month: old enough to be judged, and each judged once."""
    ends = panel.signed_up_at + ibis.interval(days=product.activation.onboarding_days)
    return (panel.observed & (ends >= panel.month) & (ends < panel.close)).fill_null(False)
