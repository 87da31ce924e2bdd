"""The company as a whole, month by month: every figure as a numerator over a denominator.

Money is in minor units of the reporting currency. A ratio whose denominator is zero is null: "not defined",
never 0.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from reporting.metrics.churn import FLAGS
from reporting.metrics.exact import exact_sum
from reporting.metrics.lifecycle import FUNNEL
from reporting.params.product import Product

Figures = dict[str, tuple[ir.Scalar, ir.Scalar | None]]
CHURN_TYPES = (
    "never activated",
    "contraction",
    "user inactivity",
    "account abandonment",
    "engaged and yet gone",
)
BANDS = ("healthy", "at risk", "churn risk")


def with_year_before(rows: ir.Table) -> ir.Table:
    """Add what the figures need of earlier months: `mrr_year_ago_cents`, `stayed_cents` (today's MRR of an
    account that has paid at every close since), `events_before`, `health_before` and
    `new_3_ago` (began to pay three closes ago)."""
    by_month = ibis.window(group_by="account_id", order_by="month")
    rows = rows.mutate(mrr_year_ago_cents=rows.mrr_cents.lag(12).over(by_month).fill_null(0))
    stayed = (rows.paid_months >= 12) & (rows.mrr_year_ago_cents > 0)
    return rows.mutate(
        stayed_cents=stayed.fill_null(False).ifelse(rows.mrr_cents, 0),
        events_before=rows.events.lag().over(by_month),
        health_before=rows.health_score.lag().over(by_month),
        new_3_ago=rows.new_cents.lag(3).over(by_month) > 0,
    )


def revenue(p: ir.Table, product: Product) -> Figures:
    """Recurring revenue, its movements and retention."""
    start, end = p.mrr_start_cents.sum(), p.mrr_cents.sum()
    accounts = _count(p.paying)
    at_start, lost = _count(p.mrr_start_cents > 0), _count(p.churned_cents > 0)
    began = _count(p.new_cents > 0)
    new, expansion = p.new_cents.sum(), p.expansion_cents.sum()
    contraction, churned = p.contraction_cents.sum(), p.churned_cents.sum()
    same = p.mrr_start_cents > 0
    kept = same.ifelse(ibis.least(p.mrr_start_cents, p.mrr_cents), 0).sum()
    year_ago = p.mrr_year_ago_cents.sum()
    year_accounts = _count(p.mrr_year_ago_cents > 0)
    margin = product.revenue.gross_margin
    return {
        "mrr": (end, None),
        "arr": (end * 12, None),
        "arpa": (end, accounts),
        "paying_accounts": (accounts, None),
        "new_mrr": (new, None),
        "expansion_mrr": (expansion, None),
        "contraction_mrr": (contraction, None),
        "churned_mrr": (churned, None),
        "reactivation_mrr": (p.reactivation_cents.sum(), None),
        "fx_mrr": (p.fx_cents.sum(), None),
        "new_accounts": (began, None),
        "churned_accounts": (lost, None),
        "reactivated_accounts": (_count(p.reactivation_cents > 0), None),
        "expanded_accounts": (_count(p.expansion_cents > 0), None),
        "contracted_accounts": (_count(p.contraction_cents > 0), None),
        "grr": (kept, start),
        "nrr": (same.ifelse(p.mrr_cents, 0).sum(), start),
        "grr_12": (ibis.least(p.mrr_year_ago_cents, p.stayed_cents).sum(), year_ago),
        "nrr_12": (p.stayed_cents.sum(), year_ago),
        "logo_retention": (_count(same & p.paying), at_start),
        "logo_retention_12": (_count(p.stayed_cents > 0), year_accounts),
        "monthly_churn_rate": (lost, at_start),
        "quick_ratio": (new + expansion, contraction + churned),
        "ltv": (end.cast("float64") * margin / accounts.nullif(0), lost.cast("float64") / at_start.nullif(0)),
        "retention_90d": (_count(p.new_3_ago & p.paying), _count(p.new_3_ago)),
        "mrr_at_risk": (p.mrr_cents.sum(where=p.health_band == "churn risk"), end),
        "expansion_pipeline": (p.mrr_cents.sum(where=p.commercial_reason.notnull()), end),
    }


def engagement(p: ir.Table, product: Product) -> Figures:
    """Active users and accounts, stickiness, adoption. Daily figures are means over the active-user
    window."""
    days = product.engagement.active_user_days
    mau, wau = p.users_n.sum(), p.users_7.sum()
    daily = p.user_days_n.sum()
    active = _count(p.events_30 > 0)
    gained = _count((p.events > 0) & (p.events_before.fill_null(0) == 0))
    dropped = _count((p.events_before > 0) & (p.events == 0))
    in_month = p.active_users.sum()
    return {
        "dau": (daily.cast("float64"), ibis.literal(days)),
        "wau": (wau, None),
        "mau": (mau, None),
        "stickiness": (daily.cast("float64") / days, mau),
        "stickiness_wau": (wau, mau),
        "a3x7": (p.a3x7_users.sum(), wau),
        "a3x7_weekdays": (p.a3x7_weekday_users.sum(), wau),
        "active_accounts": (active, None),
        "account_stickiness": (p.active_days.sum().cast("float64"), _count(p.events > 0) * p.days.max()),
        "active_account_growth": (gained, gained + dropped),
        "active_users": (in_month, _count(p.events > 0)),
        "engaged_users": (p.engaged_users.sum(), in_month),
        "session_frequency": (p.sessions.sum() / p.weeks.max(), in_month),
        "feature_breadth": (
            exact_sum(p.feature_breadth, p.paying),
            _count(p.paying & p.feature_breadth.notnull()),
        ),
        "licence_utilisation": (
            p.seats_used.sum(where=p.paying & p.seats_purchased.notnull()),
            p.seats_purchased.sum(where=p.paying),
        ),
        "product_rhythm": (_count(p.paying & p.rhythm_kept), _count(p.paying & p.rhythm_kept.notnull())),
        "task_completion_rate": (p.tasks_done.sum(), p.tasks.sum()),
    }


def activation(p: ir.Table, product: Product) -> Figures:
    """Outcomes of the accounts whose onboarding window ended in the month: old enough, and none counted
    twice."""
    window = ibis.interval(days=product.activation.onboarding_days)
    ends = p.signed_up_at + window
    ripe = (ends >= p.month) & (ends < p.close) & p.observed
    ripe_accounts = _count(ripe)
    in_time = p.activated_at <= ends
    steps = len(product.onboarding_steps)
    quick = p.time_to_first_value <= product.activation.value_days
    return {
        "activation_rate": (_count(ripe & in_time), ripe_accounts),
        "setup_completion_rate": (p.steps_in_time.sum(where=ripe), ripe_accounts * steps),
        "onboarding_completion_rate": (_count(ripe & (p.steps_in_time == steps)), ripe_accounts),
        "time_to_first_value": (p.time_to_first_value.median(where=ripe), None),
        "first_value_in_time": (_count(ripe & quick), ripe_accounts),
    }


def health(p: ir.Table) -> Figures:
    """Scores over paying accounts, bands, funnel, flags and kinds of churn. `id:slice` counts accounts of a
    slice."""
    scored = p.paying & p.health_score.notnull()
    both = scored & p.health_before.notnull()
    figures: Figures = {
        "health_score": (exact_sum(p.health_score, scored), _count(scored)),
        "health_trend": (exact_sum(p.health_score - p.health_before, both), _count(both)),
        "engagement_score": (
            exact_sum(p.engagement_score, p.paying),
            _count(p.paying & p.engagement_score.notnull()),
        ),
        "expansion_readiness": (
            exact_sum(p.expansion_readiness, p.paying),
            _count(p.expansion_readiness.notnull()),
        ),
        "risk_flags": (_count(p.risk_flags > 0), _count(p.paying)),
    }
    for band in BANDS:
        figures[f"engagement_score:{band}"] = (_count(p.paying & (p.engagement_band == band)), None)
        figures[f"health_score:{band}"] = (_count(p.paying & (p.health_band == band)), None)
    for stage in FUNNEL:
        figures[f"lifecycle_funnel:{stage}"] = (_count(p.funnel_stage == stage), None)
    for flag in FLAGS:
        raised = p[f"flag_{flag}"]
        figures[f"risk_flags:{flag}"] = (_count(raised), _count(raised.notnull()))
    for kind in CHURN_TYPES:
        figures[f"churn_type:{kind}"] = (_count(p.churn_type == kind), None)
    return figures


def by_month(panel: ir.Table, product: Product) -> tuple[ir.Table, dict[str, bool]]:
    """One row a month with every figure of the panel.

    Args:
        panel: The finished panel, with what `with_year_before` adds.
        product: The product definition.

    Returns:
        The table, with columns `<id>/n` and `<id>/d`, and by id whether it has a denominator.
    """
    figures = (
        revenue(panel, product) | engagement(panel, product) | activation(panel, product) | health(panel)
    )
    columns: dict[str, ir.Scalar] = {}
    for name, (numerator, denominator) in figures.items():
        columns[f"{name}/n"] = numerator.cast("float64")
        if denominator is not None:
            columns[f"{name}/d"] = denominator.cast("float64")
    return panel.group_by("month").aggregate(**columns), {
        name: d is not None for name, (_, d) in figures.items()
    }


def _count(condition: ir.BooleanValue) -> ir.IntegerScalar:
    return condition.fill_null(False).ifelse(1, 0).sum()
