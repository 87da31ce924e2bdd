"""Chapter: churn."""

from __future__ import annotations

from reporting.metrics.catalogue.entry import DOWN, NEITHER, UP, Chapter, Metric

_m = Chapter("churn")
_HERE = "computed in churn_drivers"

ENTRIES: tuple[Metric, ...] = (
    _m(
        "risk_flags",
        "Risk flags",
        "A P",
        "C B",
        "count",
        DOWN,
        "Early warnings: falling core workflow, active users, high-value features or frequency, no recent "
        "admin activity, "
        "weak onboarding, low adoption, falling use before renewal. A flag is an early warning, not proof.",
        "number of flags raised; one column `flag_*` each; `risk_flags:<flag>` = share of accounts it can "
        "be judged for",
        portfolio_unit="share",
        place="account_month.risk_flags",
        thresholds=(
            "churn.fall",
            "churn.admin_days",
            "churn.renewal_days",
            "churn.low_adoption",
            "activation.friction",
        ),
    ),
    _m(
        "churn_type",
        "Type of churn",
        "P A",
        "C",
        "text",
        NEITHER,
        "What kind of loss it was: never activated, contraction, user inactivity, account abandonment, "
        "engaged and yet gone (look at price or a one-off need), no clear pattern.",
        "first that holds in a month with churn or contraction; activity judged at the close before; engaged "
        "is an engagement score above bands.healthy",
        place="account_month.churn_type",
        thresholds=("engagement.high_risk_days", "rhythm", "bands.healthy"),
    ),
    _m(
        "pre_churn_pattern",
        "Use before churn",
        "P",
        "C",
        "index",
        NEITHER,
        "Use in the weeks before the churn date, aligned on it, against accounts that stayed.",
        "mean weekly use relative to each account's own earlier level",
        place=_HERE,
    ),
    _m(
        "churn_lead_time",
        "Lead time of churn",
        "P",
        "C",
        "weeks",
        UP,
        "How many weeks ahead the decline shows.",
        "weeks from the first lasting fall of use to the churn date",
        place=_HERE,
    ),
    _m(
        "aha_moment",
        "Aha moment",
        "P",
        "C",
        "text",
        NEITHER,
        "The early action, and how often it was done, that goes with retention most.",
        "cut between the 10th and 90th percentile with the largest standardised log-rank statistic, "
        "permutation p-value, "
        "landmark after the window, confirmed on later cohorts",
        place=_HERE,
    ),
    _m(
        "churn_risk",
        "Churn risk",
        "A",
        "C B",
        "share",
        DOWN,
        "Probability that the account churns within one and three months, or at the renewal of its term, "
        "with interval and reasons.",
        "discrete-time hazard model on the panel; not shown where too few accounts ever churned",
        place=_HERE,
    ),
)
