"""Expansion: room to grow, and a reason for it."""

from __future__ import annotations

from functools import partial

import ibis.expr.types as ir

from reporting.metrics.metric import UP, Metric
from reporting.metrics.reading import Over
from reporting.metrics.values import Accounts, Figure, mean, part
from reporting.params.product import Product

_metric = partial(Metric, chapter="expansion")


def _seats(p: ir.Table, _: Product) -> Figure:
    seated = p.paying & p.seats_purchased.notnull() & p.seats_used.notnull()
    return Figure(seated.ifelse(p.seats_used, 0), seated.ifelse(p.seats_purchased, 0))


METRICS = (
    _metric(
        id="licence_utilisation",
        label="Licence utilisation",
        definition=(
            "Seats used of seats bought; above {expansion.offer_seats:%}, offer seats before they ask."
        ),
        formula=(
            "users active in the last {engagement.active_user_days} days / seats bought (the other "
            "reading, users assigned, is `seats_assigned`)"
        ),
        unit="share",
        direction=UP,
        reports=("expansion_readiness", "monthly_health"),
        value=Accounts(_seats),
        account="licence_utilisation",
        reading=Over("expansion.offer_seats", "offer seats", "room left"),
        needs=("events.user_id", "subscriptions.seats"),
    ),
    _metric(
        id="seat_growth",
        label="Seat growth",
        definition="Seats bought in the last three months.",
        formula="seats - seats three closes ago",
        unit="count",
        direction=UP,
        reports=("expansion_readiness",),
        account="seat_growth",
        needs=("subscriptions.seats",),
    ),
    _metric(
        id="team_growth",
        label="Team growth",
        definition="Teams gained in the last three months.",
        formula="team_count - team_count three closes ago",
        unit="count",
        direction=UP,
        reports=("expansion_readiness",),
        account="team_growth",
        needs=("users.team", "events.user_id"),
    ),
    _metric(
        id="cross_team_usage",
        label="Use across teams",
        definition=(
            "The product has spread beyond the first team: said to be the strongest predictor of growth, "
            "tested in the report."
        ),
        formula="team_count >= {expansion.spread_teams}",
        unit="yes/no",
        direction=UP,
        reports=("expansion_readiness",),
        account="cross_team_usage",
        needs=("users.team", "events.user_id"),
    ),
    _metric(
        id="usage_growth",
        label="Usage growth",
        definition="Use of the last three months against the three before.",
        formula="events / events of the three months before - 1",
        unit="share",
        direction=UP,
        reports=("expansion_readiness",),
        account="usage_growth",
    ),
    _metric(
        id="value_signal_growth",
        label="Growth of value signals",
        definition="Value events of the last three months against the three before.",
        formula="value events / value events of the three months before - 1",
        unit="share",
        direction=UP,
        reports=("expansion_readiness",),
        account="value_signal_growth",
    ),
    _metric(
        id="premium_feature_adoption",
        label="Premium feature adoption",
        definition=(
            "Premium features the account used in the month; their share of its events stands beside it."
        ),
        formula="premium features used / premium features; premium_share = premium events / events",
        unit="share",
        direction=UP,
        reports=("expansion_readiness",),
        account="premium_feature_adoption",
        keys=(
            "premium_features",
            "expansion.premium_share",
        ),
    ),
    _metric(
        id="plan_limit_proximity",
        label="Plan limit proximity",
        definition="How much of the included volume is used; above {expansion.plan_limit:%}, offer more.",
        formula="events of the month that count against the limit / included volume",
        unit="share",
        direction=UP,
        reports=("expansion_readiness",),
        account="plan_limit_proximity",
        keys=(
            "plan_limits",
            "limit_events",
        ),
    ),
    _metric(
        id="commercial_reason",
        label="Commercial reason",
        definition=(
            "Why a larger contract would make sense, matched to how the account is priced: seats, volume "
            "or tier. No reason, no listing."
        ),
        formula=(
            "seats or tier (plan's seat limit reached) where licence utilisation > "
            "{expansion.offer_seats:%} and the plan is priced by seats; volume where plan_limit_proximity "
            "> {expansion.plan_limit:%}; tier where premium features carry >= {expansion.premium_share:%} "
            "of use"
        ),
        unit="text",
        direction=UP,
        reports=("expansion_readiness",),
        account="commercial_reason",
        keys=(
            "pricing_basis",
            "default_basis",
        ),
    ),
    _metric(
        id="expansion_readiness",
        label="Expansion readiness",
        definition=(
            "How ready an account is to grow, with its parts; the report sets beside it how often past "
            "accounts with such a score grew."
        ),
        formula=("weighted mean of licence use, teams, usage growth, premium use and plan limit, each 0-100"),
        unit="score 0-100",
        direction=UP,
        reports=("expansion_readiness",),
        value=Accounts(lambda p, _: mean(p.expansion_readiness, p.paying)),
        account="expansion_readiness",
        keys=("expansion",),
    ),
    _metric(
        id="expansion_pipeline",
        label="Expansion pipeline",
        definition="MRR of the accounts with a commercial reason, as share of all.",
        formula="MRR of accounts with a commercial reason / mrr (the amount is the numerator)",
        unit="share",
        direction=UP,
        reports=("expansion_readiness", "executive_brief"),
        value=Accounts(
            lambda p, _: Figure(
                part(p.mrr_cents, p.commercial_reason.notnull(), p.events.notnull()), p.mrr_cents
            )
        ),
    ),
)
