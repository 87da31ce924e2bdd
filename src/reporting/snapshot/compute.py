"""From canonical tables and roll-ups to the snapshot: every step in the order in which they depend on each
other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

import ibis
import ibis.expr.types as ir

from reporting.metrics import activation, adoption, engagement, panel, portfolio, revenue, support
from reporting.metrics.calendar import weeks_between
from reporting.metrics.churn import with_churn_type, with_flags
from reporting.metrics.derived import derive
from reporting.metrics.expansion import with_growth, with_readiness
from reporting.metrics.lifecycle import with_lifecycle
from reporting.metrics.scores import (
    ENGAGEMENT_PARTS,
    HEALTH_PARTS,
    with_change,
    with_parts,
    with_score,
)
from reporting.metrics.windows import windows
from reporting.params.product import Product
from reporting.snapshot.workspace import Workspace


def compute(
    ws: Workspace, rates: ir.Table, product: Product, have: Collection[str], since: dt.datetime | None
) -> None:
    """Fill the workspace with every table of the snapshot but `outcomes` and `portfolio_month`.

    Monthly tables are computed for the workspace's fresh months. What looks back over earlier ones reads them
    with `so_far`.

    Args:
        ws: Canonical tables and roll-ups.
        rates: See `workspace.rate_table`.
        product: The product definition.
        have: Canonical tables and columns the source maps.
        since: Local time of the first day with events; None = no events at all.
    """
    since = since or ws.months[-1].close
    months, accounts = ws["months"], ws["accounts"]
    ws.keep("rates", rates)
    ws.keep("grid", panel.grid(accounts, ws["subscriptions"], months))
    ws.keep("running", revenue.running(ws["subscriptions"], months, ws["rates"]))
    ws.keep("terms", revenue.terms(ws["running"]))
    ws.keep("movements", ws.latest(revenue.movements(ws.so_far("grid"), ws.so_far("terms"))))
    ws.keep("ledger", revenue.ledger(ws["movements"]))
    _use(ws, product)
    _activation(ws, product)
    _side_by_side(ws, product, have, since)
    rows, before = ws["derived"], ws.so_far("derived")
    _extend(ws, "lifecycle", with_lifecycle(before, product), rows)
    _extend(ws, "warnings", with_flags(before, product), rows)
    growth = _extend(ws, "growth", with_growth(before), rows)
    _extend(ws, "readiness", with_readiness(panel.attach(rows, growth), product), rows, growth)
    _scores(ws, product)
    added = ("lifecycle", "warnings", "growth", "readiness", "scores")
    rows = ws.keep("full", panel.attach(rows, *[ws[name] for name in added]))
    ws.forget("derived", *added)
    _extend(ws, "before", portfolio.with_year_before(ws.so_far("full")), rows)
    _extend(ws, "losses", with_churn_type(ws.so_far("full"), product), rows)
    ws.keep("panel", panel.attach(rows, ws["before"], ws["losses"]))
    ws.forget("full", "before", "losses")


_JOINED = (
    "grid",
    "movements",
    "terms",
    "use",
    "windows",
    "limits",
    "steps_done",
    "milestones",
    "invitations",
    "ticket_counts",
    "integration_counts",
)


def _side_by_side(ws: Workspace, product: Product, have: Collection[str], since: dt.datetime) -> None:
    """The chapters' tables side by side, as `derived`."""
    parts = {name: table for name in _JOINED if (table := ws.get(name)) is not None}
    rows = ws.keep("assembled", panel.assemble(parts, have, product, since))
    ws.forget(*(name for name in parts if name not in ("grid", "movements")))
    history = ws.keep("history", ws.latest(panel.history(ws.so_far("assembled"), product)))
    ws.keep("derived", derive(panel.attach(rows, history), product, since, have))
    ws.forget("assembled", "history")


def _extend(ws: Workspace, name: str, wider: ir.Table, *rows: ir.Table) -> ir.Table:
    """Keep only what `wider` adds to `rows`: narrow tables are joined once, instead of wide ones copied."""
    known = {column for table in rows for column in table.columns}
    return ws.keep(name, ws.latest(wider.select(*panel.KEYS, *[c for c in wider.columns if c not in known])))


def _scores(ws: Workspace, product: Product) -> None:
    """Both scores: parts, then scores, then their change against the month before."""
    rows = ws["derived"]
    parts = with_parts(rows, product)
    added = [c for c in parts.columns if c not in rows.columns]
    rows = ws.keep("score_parts", parts.select(*panel.KEYS, "live", *added))
    for name in ("engagement_score", "health_score"):
        rows = with_score(rows, name, getattr(product, name), product.bands)
    ws.keep("score_levels", rows.drop("live"))
    rows = with_change(ws.so_far("score_levels"), "engagement_score", ENGAGEMENT_PARTS)
    rows = with_change(rows, "health_score", HEALTH_PARTS)
    ws.keep("scores", ws.latest(rows))
    ws.forget("score_parts", "score_levels")


def _use(ws: Workspace, product: Product) -> None:
    """Engagement and adoption from the roll-ups."""
    rules, months, known = product.engagement, ws["months"], ws["grid"].select(panel.KEYS)
    around = [ws.fresh[0].shift(-1), *ws.fresh]  # the windows of a short month reach into the one before
    near = ws["user_month"].filter(ibis._.month >= ibis.literal(around[0].start, "timestamp(6)"))
    masks = ws.keep("masks", engagement.window_masks(ws.fresh, rules.active_user_days, rules.week_starts))
    people = engagement.with_people(near, ws.get("users"), product.admin_roles)
    ws.keep("use", engagement.account_use(people, masks, rules.a3x7_days))
    ws.define("people_month", engagement.user_table(people, months, masks).semi_join(known, panel.KEYS))
    ws.keep("windows", windows(ws["account_day"], ws.fresh))
    weeks = weeks_between(ws.fresh[0].start, ws.fresh[-1].close, rules.week_starts)
    ended = [week for week in weeks if week + dt.timedelta(days=7) <= ws.fresh[-1].close]
    by_week = engagement.account_week(near, ws["account_day"], ended, around)
    ws.define("account_week", by_week.semi_join(known, panel.KEYS))
    events = ws.latest(ws["account_event"])
    by_account = adoption.account_feature_month(events.semi_join(known, panel.KEYS), ws.latest(near), product)
    ws.keep("account_feature_month", by_account)
    ws.keep("feature_month", adoption.feature_month(ws["account_feature_month"]))
    ws.keep("limits", _limits(events, product))


def _limits(account_event: ir.Table, product: Product) -> ir.Table:
    """Events that count against the limit, last key action and last value event, per account and month."""
    name = account_event.event_name
    counts = name.isin(product.limit_events) if product.limit_events else name.notnull()
    return account_event.group_by("account_id", "month").aggregate(
        limit_events=account_event.events.sum(where=counts),
        key_at=account_event.last_at.max(where=name == product.key_action),
        value_at=account_event.last_at.max(where=name.isin(product.value_events)),
    )


def _activation(ws: Workspace, product: Product) -> None:
    """Steps, first times, invitations, tickets and integrations."""
    events, users = ws["account_event"], ws.get("users")
    ws.keep("activation_steps", activation.steps(events.semi_join(ws["accounts"], "account_id"), product))
    days = product.activation.onboarding_days
    ws.keep("steps_done", activation.steps_done(ws["grid"], ws["activation_steps"], days))
    ws.keep(
        "milestones",
        activation.milestones(ws["accounts"], events, ws["account_day"], ws.get("integrations"), product),
    )
    if users is not None:
        ws.keep("invitations", activation.invitations(ws["grid"], users, product))
    if ws.get("tickets") is not None:
        ws.keep("ticket_counts", support.tickets(ws["months"], ws["tickets"]))
    if ws.get("integrations") is not None:
        ws.keep("integration_counts", support.integrations(ws["months"], ws["integrations"]))
