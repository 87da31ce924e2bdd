"""Health: scores over paying accounts, their bands, the funnel."""

from __future__ import annotations

from functools import partial

import ibis.expr.types as ir

from reporting.metrics import outcomes
from reporting.metrics.lifecycle import FUNNEL
from reporting.metrics.metric import DOWN, NEITHER, UP, Metric
from reporting.metrics.reading import BANDS, Banded
from reporting.metrics.values import Accounts, Elsewhere, Figure, Outcome, Slices, mean, one, part
from reporting.params.product import Product

_metric = partial(Metric, chapter="health")


def _by_band(p: ir.Table, band: ir.StringColumn) -> dict[str, Figure]:
    return {name: Figure(one(p.paying & (band == name))) for name in BANDS}


def _low(p: ir.Table, product: Product) -> Figure:
    band = p[product.band_column]
    return Figure(part(p.mrr_cents, band == "churn risk", band.notnull()), p.mrr_cents)


METRICS = (
    _metric(
        id="engagement_score",
        label="Engagement score",
        definition=(
            "Four kinds of use in one figure. Above {bands.healthy}: talk about expansion; "
            "{bands.at_risk} to {bands.healthy}: outreach; under {bands.at_risk}: rescue."
        ),
        formula=(
            "{engagement_score.session_frequency.weight} session frequency + "
            "{engagement_score.feature_breadth.weight} feature breadth + "
            "{engagement_score.licence_utilisation.weight} licence utilisation + "
            "{engagement_score.integrations.weight} integrations, each scaled 0-100 by its line; parts "
            "without input leave their weight to the others and are named"
        ),
        unit="score 0-100",
        direction=UP,
        reports=("monthly_health", "expansion_readiness"),
        value=Accounts(lambda p, _: mean(p.engagement_score, p.paying)),
        slices=Slices(lambda p, _: _by_band(p, p.engagement_band)),
        account="engagement_score",
        keys=("engagement_score",),
        reading=Banded("engagement_score"),
    ),
    _metric(
        id="health_score",
        label="Health score",
        definition=(
            "Eight signs of health in one figure, with what each part costs and why it changed. Without a "
            "known renewal ahead the part renewal is absent."
        ),
        formula=(
            "weighted mean of activation, core value usage, usage trend, active users, admin activity, "
            "feature adoption, support and renewal, each scaled 0-100; absent inputs are re-weighted and "
            "named; portfolio: mean over paying accounts"
        ),
        unit="score 0-100",
        direction=UP,
        reports=("monthly_health",),
        value=Accounts(lambda p, _: mean(p.health_score, p.paying)),
        slices=Slices(lambda p, _: _by_band(p, p.health_band)),
        account="health_score",
        reading=Banded("health_score"),
        keys=("health_score",),
    ),
    _metric(
        id="health_trend",
        label="Health trend",
        definition="Change of the health score against the month before, and the part that caused it.",
        formula="score - score of the month before; portfolio: mean over accounts scored in both",
        unit="points",
        direction=UP,
        reports=("monthly_health",),
        value=Accounts(lambda p, _: mean(p.health_score - p.health_before, p.paying)),
        account="health_score_change",
    ),
    _metric(
        id="lifecycle_funnel",
        label="Lifecycle funnel",
        definition=(
            "Accounts at each stage: signed up, activated, adopted, engaged, retained, expanded, "
            "declining, gone; and the flow between stages this month."
        ),
        formula="accounts by `funnel_stage`: `lifecycle_funnel:<stage>`",
        unit="count",
        direction=NEITHER,
        reports=("executive_brief", "monthly_health"),
        slices=Slices(lambda p, _: {stage: Figure(one(p.funnel_stage == stage)) for stage in FUNNEL}),
        account="funnel_stage",
        keys=(
            "adoption.breadth_risk",
            "lifecycle.adoption_days",
            "churn.fall",
        ),
    ),
    _metric(
        id="lifecycle_stage",
        label="Lifecycle stage",
        definition="Stage by age: onboarding, adoption, expansion; none for accounts that are gone.",
        formula=(
            "by days since sign-up: onboarding to {lifecycle.onboarding_days}, adoption to "
            "{lifecycle.adoption_days}, expansion after it"
        ),
        unit="text",
        direction=NEITHER,
        reports=("monthly_health", "retention_cohorts"),
        account="lifecycle_stage",
    ),
    _metric(
        id="north_star",
        label="North star",
        definition="The value outcome the company steers by: its total and trend.",
        formula="sum over the month of the event named in the product definition",
        unit="count",
        direction=UP,
        reports=("executive_brief",),
        value=Outcome(
            lambda ws, product: outcomes.north_star(ws.latest(ws["account_event"]), product), total=True
        ),
        keys=("north_star",),
    ),
    _metric(
        id="revenue_health_matrix",
        label="Revenue and health",
        definition=(
            "Where revenue and health part: large and weak accounts need people, small and strong ones an "
            "offer."
        ),
        formula=(
            "health score above {bands.healthy} or not x MRR above or below the median of paying accounts"
        ),
        unit="text",
        direction=NEITHER,
        reports=("monthly_health", "expansion_readiness"),
        value=Elsewhere("monthly_health"),
        account=Elsewhere("monthly_health"),
    ),
    _metric(
        id="mrr_in_churn_risk_band",
        label="MRR in the churn-risk band",
        definition="MRR of the accounts in the churn-risk band, as share of all.",
        formula=(
            "MRR of paying accounts with band score ({band_score}) below {bands.at_risk} / mrr (the "
            "amount is the numerator)"
        ),
        unit="share",
        direction=DOWN,
        reports=("executive_brief", "monthly_health", "churn_drivers"),
        value=Accounts(_low),
    ),
)
