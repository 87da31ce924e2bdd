"""The snapshot's tables: their columns, the keys they are sorted by, and how they lie in files."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import ibis
import ibis.expr.types as ir

from reporting.contract.tables import TABLES
from reporting.errors import ConfigError
from reporting.metrics.churn import FLAGS
from reporting.metrics.expansion import READINESS_PARTS
from reporting.metrics.registry import METRICS
from reporting.metrics.scores import ENGAGEMENT_PARTS, HEALTH_PARTS
from reporting.snapshot.frozen import OPTIONAL
from reporting.snapshot.workspace import Workspace

KEYS = {
    "accounts": ["account_id"],
    "account_month": ["month", "account_id"],
    "user_month": ["month", "account_id", "user_id"],
    "feature_month": ["month", "feature"],
    "account_feature_month": ["month", "account_id", "feature"],
    "account_week": ["week", "account_id"],
    "activation_steps": ["account_id", "position"],
    "ledger": ["account_id", "month", "movement"],
    "subscriptions": ["subscription_id"],
    "portfolio_month": ["metric", "month"],
    "outcomes": ["month", "metric", "account_id"],
    "findings": ["severity", "table", "check", "column", "message"],
    **{name: list(TABLES[name].key) for name in OPTIONAL},
}
IN_PARTS = ("account_month", "user_month", "account_feature_month", "account_week", "outcomes")
"""Monthly tables that lie in parts, see `freeze.parts`; a week belongs to the month of its last day."""
APPENDED = ("feature_month", "ledger", "portfolio_month")
"""Monthly tables small enough for one file."""

_INPUTS = (
    *("account_id", "month", "signed_up_at", "observed", "days"),
    # revenue and seats
    *("paying", "on_trial", "mrr_start_cents", "plan", "billing_frequency", "currency", "renewal_at"),
    *("paid_months", "spell_start", "seats_purchased", "seats_used", "seats_assigned", "seat_limit"),
    # use
    *("events", "core_events", "premium_events", "events_30", "active_days", "sessions", "features_used"),
    *("tasks", "tasks_done", "users_n", "user_days_n", "invited_users", "last_active_at"),
    *("value_trend_30", "key_trend_30", "premium_share", "top2_share", "single_champion", "role_count"),
    # around the product
    *("tickets_opened", "tickets_open", "escalations"),
    # activation and adoption
    *("steps_done", "steps_in_time", "steps_defined", "activated_at", "first_value_at", "adoption_drop"),
    # scores
    *("engagement_band", "engagement_score_change", "engagement_score_change_cause"),
    *("engagement_score_missing", *(f"score_{part}" for part in ENGAGEMENT_PARTS)),
    *(f"engagement_lost_{part}" for part in ENGAGEMENT_PARTS),
    *("health_band", "health_score_change_cause", "health_score_missing"),
    *(f"health_{part}" for part in HEALTH_PARTS),
    *(f"health_lost_{part}" for part in HEALTH_PARTS),
    *(f"readiness_{part}" for part in READINESS_PARTS),
    # warnings
    *(f"flag_{flag}" for flag in FLAGS),
)
"""What metrics of accounts rest on or come with."""
PANEL = tuple(dict.fromkeys([*_INPUTS, *(column for m in METRICS.values() for column in m.columns)]))
"""Columns of `account_month`: those, and every metric's of accounts."""


_SAID = ("band", "score", "stance", "rule", "reason", "also", "action", "owner", "due", "probability")
"""What is decided of accounts, and stands beside their attributes."""


def require_no_figures(own: Collection[str], where: Path) -> None:
    """Refuse a column of one's own that has the name of a figure: one of them would hide the other.

    Raises:
        ConfigError: Names the column.
    """
    taken = (*PANEL, *_SAID, "mrr", "currency", "first_paid_month")
    for name in own:
        if name in taken:
            raise ConfigError(
                f"account_columns: '{name}' is the name of a figure.",
                where=where,
                remedy=f"Give it another: `{name} AS own_{name}` in accounts.sql, and own_{name} here.",
            )


def frozen_tables(ws: Workspace) -> dict[str, ir.Table]:
    """The snapshot's tables as expressions on the workspace: the monthly ones for its fresh months, without
    `account_month`, which is the columns `PANEL` of the panel. Where no month is fresh, those that the close
    alone doesn't decide."""
    tables = {"accounts": _accounts(ws), "findings": ws["findings"]}
    tables |= {name: ws[name] for name in OPTIONAL if ws.get(name) is not None}
    if not ws.fresh:
        return tables
    return tables | {
        "user_month": ws["people_month"],
        "feature_month": ws["feature_month"],
        "account_feature_month": ws["account_feature_month"].drop("core", "premium"),
        "account_week": ws["account_week"],
        "activation_steps": ws["activation_steps"],
        "ledger": ws["ledger"],
        "subscriptions": _subscriptions(ws),
        "portfolio_month": ws["portfolio_month"],
        "outcomes": ws["outcomes"],
    }


_TERMS = ("account_id", "month", "plan", "billing_frequency", "currency", "first_paid_month")


def _accounts(ws: Workspace) -> ir.Table:
    """Attributes of each account, with the terms of its last month on record and its first paid month."""
    accounts, rows = ws["accounts"], ws.so_far("panel", *_TERMS)
    own = [c for c in accounts.columns if c not in ("plan", "billing_frequency", "currency", "internal")]
    ranked = rows.filter(rows.plan.notnull())
    newest = ranked.group_by("account_id").aggregate(month=ranked.month.max())
    terms = ranked.drop("first_paid_month")
    terms = terms.semi_join(newest, ["account_id", "month"]).drop("month")
    terms = terms.rename(last_plan="plan")
    paid = rows.group_by("account_id").aggregate(first_paid_month=rows.first_paid_month.min())
    joined = accounts.left_join(terms, "account_id").drop("account_id_right")
    joined = joined.left_join(paid, "account_id").drop("account_id_right")
    plan = ibis.coalesce(joined.last_plan, joined.plan)
    return joined.select(*own, "billing_frequency", "currency", "first_paid_month", plan=plan)


def _subscriptions(ws: Workspace) -> ir.Table:
    """Subscriptions as known at the close, with their MRR there (0 where they don't run)."""
    subscriptions, running = ws["subscriptions"], ws["running"]
    last = ibis.literal(ws.months[-1].start, "timestamp(6)")
    now = running.filter(running.month == last).select("subscription_id", "cents")
    joined = subscriptions.left_join(now, "subscription_id").drop("subscription_id_right")
    return joined.mutate(mrr_cents=joined.cents.fill_null(0)).drop("cents")
