"""Adoption: how much of the product is used, and by how many."""

from __future__ import annotations

from functools import partial

from reporting.metrics.metric import UP, Metric
from reporting.metrics.outcomes import core_adoption
from reporting.metrics.reading import AtLeast
from reporting.metrics.values import Accounts, Figure, Outcome, mean, one

_metric = partial(Metric, chapter="adoption")


METRICS = (
    _metric(
        id="feature_breadth",
        label="Feature breadth",
        definition=(
            "How much of the product's core the account used in the month; below "
            "{adoption.breadth_risk:%} is a risk."
        ),
        formula="core features used / core features; portfolio: mean over paying accounts",
        unit="share",
        direction=UP,
        reports=("monthly_health", "churn_drivers"),
        value=Accounts(lambda p, _: mean(p.feature_breadth, p.paying)),
        account="feature_breadth",
        reading=AtLeast("adoption.breadth_risk", "no risk", "risk"),
        keys=("core_features",),
    ),
    _metric(
        id="adoption_recent",
        label="Adoption, recent",
        definition="Core features used in the last months.",
        formula="core features used in the last {adoption.recent_months} months / core features",
        unit="share",
        direction=UP,
        reports=("monthly_health", "churn_drivers"),
        account="adoption_recent",
    ),
    _metric(
        id="adoption_all_time",
        label="Adoption, all time",
        definition="Core features ever used; the gap to the recent figure is what the account gave up.",
        formula="core features used since the account's first month / core features",
        unit="share",
        direction=UP,
        reports=("monthly_health", "churn_drivers"),
        account="adoption_all_time",
        keys=("core_features",),
    ),
    _metric(
        id="feature_adoption_rate",
        label="Feature adoption rate",
        definition=(
            "Share of the active users who used a feature; from {adoption.feature_good:%} on, a core "
            "feature is well adopted. Under {adoption.feature_remove:%}, {adoption.remove_after_months} "
            "months after launch, it is a candidate for removal, unless it is hidden in a menu."
        ),
        formula=(
            "users of the feature / active users of the month (feature_month); the portfolio figure is "
            "the mean over core features"
        ),
        unit="share",
        direction=UP,
        reports=("monthly_health",),
        value=Outcome(lambda ws, product: core_adoption(ws["account_feature_month"], ws["panel"], product)),
        reading=AtLeast("adoption.feature_good", "good", "low"),
        keys=("adoption.hidden_features",),
        needs=("events.user_id",),
    ),
    _metric(
        id="feature_depth",
        label="Feature depth",
        definition="Volume on the features that carry value.",
        formula="events in `value_events` in the month",
        unit="count",
        direction=UP,
        reports=("monthly_health",),
        account="value_events",
        keys=("value_events",),
    ),
    _metric(
        id="core_value_usage",
        label="Core value usage",
        definition="How often an active user gets value.",
        formula="value events / active users / weeks of the month",
        unit="per active user and week",
        direction=UP,
        reports=("monthly_health",),
        account="core_value_usage",
        keys=("value_events",),
        needs=("events.user_id",),
    ),
    _metric(
        id="core_event_frequency",
        label="Core event frequency",
        definition="How often an active user works with the core.",
        formula="core events / active users / weeks of the month",
        unit="per active user and week",
        direction=UP,
        reports=("monthly_health",),
        account="core_event_frequency",
        keys=("core_features",),
        needs=("events.user_id",),
    ),
    _metric(
        id="repeat_workflow_usage",
        label="Repeat workflow usage",
        definition="Days of the month on which the key action was done; from two on, it is repeated.",
        formula="distinct days with the key action",
        unit="days",
        direction=UP,
        reports=("monthly_health",),
        account="repeat_workflow_usage",
        keys=("key_action",),
    ),
    _metric(
        id="active_users",
        label="Active users",
        definition=(
            "Users with any event in the month. That {adoption.many_users} or more retain better is "
            "tested in the reports, not assumed."
        ),
        formula="distinct users with an event; portfolio: mean over active accounts",
        unit="count",
        direction=UP,
        reports=("monthly_health", "churn_drivers"),
        value=Accounts(lambda p, _: Figure(p.active_users, one(p.events > 0))),
        account="active_users",
        reading=AtLeast("adoption.many_users", "several", "few"),
        needs=("events.user_id",),
    ),
    _metric(
        id="engaged_users",
        label="Engaged users",
        definition="Users who got value in the month.",
        formula="distinct users with a value event; portfolio: their share of the active users",
        unit="count",
        unit_of_all="share",
        direction=UP,
        reports=("monthly_health",),
        value=Accounts(lambda p, _: Figure(p.engaged_users, p.active_users)),
        account="engaged_users",
        keys=("value_events",),
        needs=("events.user_id",),
    ),
    _metric(
        id="invited_active_share",
        label="Invited users who are active",
        definition="Of the people invited, those who came in the last {engagement.active_user_days} days.",
        formula="invited users active in the last {engagement.active_user_days} days / invited users",
        unit="share",
        direction=UP,
        reports=("monthly_health", "churn_drivers"),
        account="invited_active_share",
        needs=("users.invited_at", "events.user_id"),
    ),
    _metric(
        id="team_count",
        label="Teams in use",
        definition="Teams or departments with an active user.",
        formula="distinct teams of the month's active users",
        unit="count",
        direction=UP,
        reports=("expansion_readiness",),
        account="team_count",
        needs=("users.team", "events.user_id"),
    ),
    _metric(
        id="integration_count",
        label="Integrations",
        definition="Other systems connected at the close.",
        formula="connected_at < close and not disconnected before it",
        unit="count",
        direction=UP,
        reports=("expansion_readiness", "monthly_health"),
        account="integration_count",
        needs=("integrations",),
    ),
)
