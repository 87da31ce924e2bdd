"""Chapter: activation."""

from __future__ import annotations

from reporting.metrics.catalogue.entry import DOWN, NEITHER, UP, Chapter, Metric

_m = Chapter("activation")

ENTRIES: tuple[Metric, ...] = (
    _m("time_to_first_value", "Time to first value", "A P", "H R C", "days", DOWN,
       "How long a new account takes to get value for the first time.",
       "first value event - sign-up; null if the sign-up lies before the first event on record or after "
       "the value "
       "event. Portfolio: median over accounts whose onboarding window ended in the month",
       place="account_month.time_to_first_value", thresholds=("activation.value_days",)),
    _m("first_value_in_time", "First value in time", "P", "H R", "share", UP,
       "Accounts that got value within the days set for it.",
       "accounts with time to first value <= value_days / accounts whose onboarding window ended in the "
       "month",
       place="portfolio_month", thresholds=("activation.value_days",), supporting=True),
    _m("account_activated", "Account activated", "A", "H R", "yes/no", UP,
       "The account has reached the value outcome named in the product definition; a log-in doesn't count.",
       "an event `activation_outcome` before the close; null for accounts older than the first event on "
       "record",
       place="account_month.activated", thresholds=("activation_outcome",)),
    _m("activation_rate", "Activation rate", "P", "H R", "share", UP,
       "Accounts that reached the value outcome within the onboarding window, of those whose window ended "
       "in the month.",
       "activated within onboarding_days / accounts whose window ended in the month",
       place="portfolio_month", thresholds=("activation_outcome", "activation.onboarding_days")),
    _m("setup_completion_rate", "Set-up completion", "A P", "H", "share", UP,
       "How much of the onboarding is done: 5 of 7 steps is 71 %.",
       "steps done / steps defined; portfolio: steps done within the window over accounts whose window ended",
       place="account_month.setup_completion_rate", thresholds=("onboarding_steps", "activation.friction")),
    _m("onboarding_completion_rate", "Onboarding completion", "A P", "H", "share", UP,
       "Accounts that took every onboarding step within the window; a low rate is friction.",
       "accounts with all steps within onboarding_days / accounts whose window ended in the month; per "
       "account: "
       "`onboarding_completed`",
       place="account_month.onboarding_completed",
       thresholds=("activation.onboarding_days", "activation.friction")),
    _m("onboarding_drop_off", "Onboarding drop-off", "P", "H", "share", DOWN,
       "The step at which accounts stop; the figure is the largest loss from one step to the next.",
       "max over steps of (accounts at the step before - accounts at the step) / accounts whose window "
       "ended; "
       "`onboarding_drop_off:<step>` = share that had not taken the step",
       place="portfolio_month", thresholds=("onboarding_steps",)),
    _m("onboarding_invites", "Onboarding invites", "A", "H", "count", UP,
       "Users invited soon after sign-up.", "users with invited_at within invite_days of sign-up",
       place="account_month.onboarding_invites", thresholds=("activation.invite_days",),
       needs=("users.invited_at",)),
    _m("workspace_setup_depth", "Workspace set-up depth", "A", "C", "yes/no", UP,
       "Colleagues were invited in the first days.",
       "users invited within depth_days of sign-up >= depth_users",
       place="account_month.workspace_setup_depth",
       thresholds=("activation.depth_days", "activation.depth_users"), needs=("users.invited_at",)),
    _m("first_integration_at", "First integration", "A", "H", "date", NEITHER,
       "When the account first connected another system.", "min(connected_at)",
       place="account_month.first_integration_at", needs=("integrations",)),
    _m("first_import_at", "First import", "A", "H", "date", NEITHER,
       "When the account first brought its data in.", "min(time of an event in `import_events`)",
       place="account_month.first_import_at", thresholds=("import_events",)),
    _m("first_repeat_core_use_at", "First repeat use of the core", "A", "H", "date", NEITHER,
       "The second day on which the account used a core feature: the first sign of a habit.",
       "second distinct day with an event in `core_features`",
       place="account_month.first_repeat_core_use_at", thresholds=("core_features",)),
)
