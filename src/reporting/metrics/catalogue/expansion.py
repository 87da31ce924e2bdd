"""Chapter: expansion."""

from __future__ import annotations

from reporting.metrics.catalogue.entry import UP, Chapter, Metric

_m = Chapter("expansion")
_SEATS = ("events.user_id", "subscriptions.seats")

ENTRIES: tuple[Metric, ...] = (
    _m(
        "licence_utilisation",
        "Licence utilisation",
        "A P",
        "E H",
        "share",
        UP,
        "Seats used of seats bought; above 80%, offer seats before they ask.",
        "users active in the last active_user_days / seats bought (the other reading, users assigned, is "
        "`seats_assigned`)",
        place="account_month.licence_utilisation",
        thresholds=("expansion.offer_seats", "engagement.active_user_days"),
        needs=_SEATS,
    ),
    _m(
        "seat_growth",
        "Seat growth",
        "A",
        "E",
        "count",
        UP,
        "Seats bought in the last three months.",
        "seats - seats three closes ago",
        place="account_month.seat_growth",
        needs=("subscriptions.seats",),
    ),
    _m(
        "team_growth",
        "Team growth",
        "A",
        "E",
        "count",
        UP,
        "Teams gained in the last three months.",
        "team_count - team_count three closes ago",
        place="account_month.team_growth",
        needs=("users.team", "events.user_id"),
    ),
    _m(
        "cross_team_usage",
        "Use across teams",
        "A",
        "E",
        "yes/no",
        UP,
        "The product has spread beyond the first team: said to be the strongest predictor of growth, tested "
        "in the report.",
        "team_count >= spread_teams",
        place="account_month.cross_team_usage",
        thresholds=("expansion.spread_teams",),
        needs=("users.team", "events.user_id"),
    ),
    _m(
        "usage_growth",
        "Usage growth",
        "A",
        "E",
        "share",
        UP,
        "Use of the last three months against the three before.",
        "events / events of the three months before - 1",
        place="account_month.usage_growth",
    ),
    _m(
        "value_signal_growth",
        "Growth of value signals",
        "A",
        "E",
        "share",
        UP,
        "Value events of the last three months against the three before.",
        "value events / value events of the three months before - 1",
        place="account_month.value_signal_growth",
    ),
    _m(
        "premium_feature_adoption",
        "Premium feature adoption",
        "A",
        "E",
        "share",
        UP,
        "Premium features the account used in the month; their share of its events stands beside it.",
        "premium features used / premium features; premium_share = premium events / events",
        place="account_month.premium_feature_adoption",
        thresholds=("premium_features", "expansion.premium_share"),
    ),
    _m(
        "plan_limit_proximity",
        "Plan limit proximity",
        "A",
        "E",
        "share",
        UP,
        "How much of the included volume is used; above 80%, offer more.",
        "events of the month that count against the limit / included volume",
        place="account_month.plan_limit_proximity",
        thresholds=("expansion.plan_limit", "plan_limits", "limit_events"),
    ),
    _m(
        "commercial_reason",
        "Commercial reason",
        "A",
        "E",
        "text",
        UP,
        "Why a larger contract would make sense, matched to how the account is priced: seats, volume or "
        "tier. No reason, "
        "no listing.",
        "seats or tier (plan's seat limit reached) where licence utilisation > offer_seats and the plan is "
        "priced by seats; "
        "volume where plan_limit_proximity > plan_limit; tier where premium features carry >= premium_share "
        "of use",
        place="account_month.commercial_reason",
        thresholds=(
            "pricing_basis",
            "default_basis",
            "expansion.offer_seats",
            "expansion.plan_limit",
            "expansion.premium_share",
        ),
    ),
    _m(
        "expansion_readiness",
        "Expansion readiness",
        "A P",
        "E",
        "score 0-100",
        UP,
        "How ready an account is to grow, with its parts; the report sets beside it how often past accounts "
        "with such a "
        "score grew.",
        "weighted mean of licence use, teams, usage growth, premium use and plan limit, each 0-100",
        place="account_month.expansion_readiness",
        thresholds=("expansion",),
    ),
    _m(
        "expansion_pipeline",
        "Expansion pipeline",
        "P",
        "E B",
        "share",
        UP,
        "MRR of the accounts with a commercial reason, as share of all.",
        "MRR of accounts with a commercial reason / mrr (the amount is the numerator)",
        place="portfolio_month",
    ),
)
