"""Chapter: health."""

from __future__ import annotations

from reporting.metrics.catalogue.entry import DOWN, NEITHER, UP, Chapter, Metric

_m = Chapter("health")

ENTRIES: tuple[Metric, ...] = (
    _m(
        "engagement_score",
        "Engagement score",
        "A P",
        "H E",
        "score 0-100",
        UP,
        "Four kinds of use in one figure. Above 70: talk about expansion; 40 to 70: outreach; under 40: "
        "rescue.",
        "0.30 session frequency + 0.30 feature breadth + 0.20 licence utilisation + 0.20 integrations, each "
        "scaled 0-100 "
        "by its line; parts without input leave their weight to the others and are named",
        place="account_month.engagement_score",
        thresholds=("engagement_score", "bands"),
    ),
    _m(
        "health_score",
        "Health score",
        "A P",
        "H",
        "score 0-100",
        UP,
        "Eight signs of health in one figure, with what each part costs and why it changed. Without a known "
        "renewal ahead the part renewal is absent.",
        "weighted mean of activation, core value usage, usage trend, active users, admin activity, feature "
        "adoption, "
        "support and renewal, each scaled 0-100; absent inputs are re-weighted and named; portfolio: mean "
        "over paying "
        "accounts",
        place="account_month.health_score",
        thresholds=("health_score", "bands"),
    ),
    _m(
        "health_trend",
        "Health trend",
        "P A",
        "H",
        "points",
        UP,
        "Change of the health score against the month before, and the part that caused it.",
        "score - score of the month before; portfolio: mean over accounts scored in both",
        place="account_month.health_score_change",
    ),
    _m(
        "lifecycle_funnel",
        "Lifecycle funnel",
        "P A",
        "B H",
        "count",
        NEITHER,
        "Accounts at each stage: signed up, activated, adopted, engaged, retained, expanded, declining, "
        "gone; and the flow "
        "between stages this month.",
        "accounts by `funnel_stage`: `lifecycle_funnel:<stage>`",
        place="account_month.funnel_stage",
        thresholds=("adoption.breadth_risk", "lifecycle.adoption_days", "churn.fall"),
    ),
    _m(
        "lifecycle_stage",
        "Lifecycle stage",
        "A",
        "H R",
        "text",
        NEITHER,
        "Stage by age: onboarding, adoption, expansion; none for accounts that are gone.",
        "by days since sign-up",
        place="account_month.lifecycle_stage",
        thresholds=("lifecycle.onboarding_days", "lifecycle.adoption_days"),
        supporting=True,
    ),
    _m(
        "north_star",
        "North star",
        "P",
        "B",
        "count",
        UP,
        "The value outcome the company steers by: its total and trend.",
        "sum over the month of the event named in the product definition",
        place="portfolio_month",
        thresholds=("north_star",),
    ),
    _m(
        "revenue_health_matrix",
        "Revenue and health",
        "P A",
        "H E",
        "text",
        NEITHER,
        "Where revenue and health part: large and weak accounts need people, small and strong ones an offer.",
        "health score above or below the healthy edge x MRR above or below the median of paying accounts",
        place="computed in monthly_health",
        thresholds=("bands.healthy",),
    ),
    _m(
        "mrr_in_churn_risk_band",
        "MRR in the churn-risk band",
        "P",
        "B H C",
        "share",
        DOWN,
        "MRR of the accounts in the churn-risk band, as share of all.",
        "MRR of paying accounts with band score below bands.at_risk / mrr (the amount is the numerator)",
        place="portfolio_month",
        thresholds=("bands.at_risk", "band_score"),
    ),
)
