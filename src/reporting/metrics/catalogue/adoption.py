"""Chapter: adoption."""

from __future__ import annotations

from reporting.metrics.catalogue.entry import UP, Chapter, Metric

_m = Chapter("adoption")

ENTRIES: tuple[Metric, ...] = (
    _m("feature_breadth", "Feature breadth", "A P", "H C", "share", UP,
       "How much of the product's core the account used in the month.",
       "core features used / core features; portfolio: mean over paying accounts",
       place="account_month.feature_breadth", thresholds=("core_features", "adoption.breadth_risk")),
    _m("adoption_recent", "Adoption, recent", "A", "H C", "share", UP,
       "Core features used in the last months.",
       "core features used in the last recent_months / core features",
       place="account_month.adoption_recent", thresholds=("adoption.recent_months",)),
    _m("adoption_all_time", "Adoption, all time", "A", "H C", "share", UP,
       "Core features ever used; the gap to the recent figure is what the account gave up.",
       "core features used since the first event on record / core features",
       place="account_month.adoption_all_time", thresholds=("core_features",)),
    _m("feature_adoption_rate", "Feature adoption rate", "P", "H", "share", UP,
       "Share of the active users who used a feature. Low for months after launch: a candidate for "
       "removal, unless it "
       "is hidden in a menu.",
       "users of the feature / active users of the month (feature_month); the portfolio figure is the mean "
       "over core "
       "features",
       place="feature_month.users",
       thresholds=("adoption.feature_good", "adoption.feature_remove", "adoption.remove_after_months",
                   "adoption.hidden_features"),
       needs=("events.user_id",)),
    _m("feature_depth", "Feature depth", "A", "H", "count", UP,
       "Volume on the features that carry value.", "events in `value_events` in the month",
       place="account_month.value_events", thresholds=("value_events",)),
    _m("core_value_usage", "Core value usage", "A", "H", "per active user and week", UP,
       "How often an active user gets value.", "value events / active users / weeks of the month",
       place="account_month.core_value_usage", thresholds=("value_events",), needs=("events.user_id",)),
    _m("core_event_frequency", "Core event frequency", "A", "H", "per active user and week", UP,
       "How often an active user works with the core.", "core events / active users / weeks of the month",
       place="account_month.core_event_frequency", thresholds=("core_features",), needs=("events.user_id",)),
    _m("repeat_workflow_usage", "Repeat workflow usage", "A", "H", "days", UP,
       "Days of the month on which the key action was done; from two on, it is repeated.",
       "distinct days with the key action", place="account_month.repeat_workflow_usage",
       thresholds=("key_action",)),
    _m("active_users", "Active users", "A P", "H C", "count", UP,
       "Users with any event in the month. That three or more retain better is tested in the reports, not "
       "assumed.",
       "distinct users with an event; portfolio: mean over active accounts",
       place="account_month.active_users", thresholds=("adoption.many_users",), needs=("events.user_id",)),
    _m("engaged_users", "Engaged users", "A P", "H", "count", UP,
       "Users who got value in the month.",
       "distinct users with a value event; portfolio: their share of the active users",
       place="account_month.engaged_users", thresholds=("value_events",), needs=("events.user_id",),
       supporting=True),
    _m("invited_active_share", "Invited users who are active", "A", "H C", "share", UP,
       "Of the people invited, those who came in the last 30 days.",
       "invited users active in the last active_user_days / invited users",
       place="account_month.invited_active_share", needs=("users.invited_at", "events.user_id")),
    _m("team_count", "Teams in use", "A", "E", "count", UP,
       "Teams or departments with an active user.", "distinct teams of the month's active users",
       place="account_month.team_count", needs=("users.team", "events.user_id")),
    _m("integration_count", "Integrations", "A", "E H", "count", UP,
       "Other systems connected at the close.", "connected_at < close and not disconnected before it",
       place="account_month.integration_count", needs=("integrations",)),
)
