"""The company as a whole, month by month: every figure as a sum of numerators over a sum of denominators.

A figure is defined per account, so the same definition gives its value and says which accounts moved it.
Money is in minor units of the reporting currency. A ratio whose denominator sums to zero is null: "not
defined", never 0.
"""

from __future__ import annotations

from typing import NamedTuple

import ibis
import ibis.expr.types as ir

from reporting.metrics.churn import FLAGS
from reporting.metrics.exact import exact_sum
from reporting.metrics.lifecycle import FUNNEL
from reporting.params.product import Product


class Figure(NamedTuple):
    """What one account adds to a figure in one month.

    Attributes:
        n: Added to the numerator.
        d: Added to the denominator; None = the figure is a total.
    """

    n: ir.NumericColumn
    d: ir.NumericColumn | None = None


Figures = dict[str, Figure]
CHURN_TYPES = (
    "never activated",
    "contraction",
    "user inactivity",
    "account abandonment",
    "engaged and yet gone",
    "no clear pattern",
)
BANDS = ("healthy", "at risk", "churn risk")


def with_year_before(rows: ir.Table) -> ir.Table:
    """Add what the figures need of earlier months: `mrr_year_ago_cents`, `stayed_cents` (today's MRR of an
    account that has paid at every close since), `events_before`, `health_before` and `new_3_ago` (began to
    pay three closes ago)."""
    by_month = ibis.window(group_by="account_id", order_by="month")
    rows = rows.mutate(mrr_year_ago_cents=rows.mrr_cents.lag(12).over(by_month).fill_null(0))
    stayed = (rows.paid_months >= 12) & (rows.mrr_year_ago_cents > 0)
    return rows.mutate(
        stayed_cents=stayed.fill_null(False).ifelse(rows.mrr_cents, 0),
        events_before=rows.events.lag().over(by_month),
        health_before=rows.health_score.lag().over(by_month),
        new_3_ago=rows.new_cents.lag(3).over(by_month) > 0,
    )


def revenue(p: ir.Table) -> Figures:
    """Recurring revenue, its movements and retention."""
    start, end, paying = p.mrr_start_cents, p.mrr_cents, _one(p.paying)
    at_start = start > 0
    lost, year_ago = _one(p.churned_cents > 0), p.mrr_year_ago_cents
    return {
        "mrr": Figure(end),
        "arr": Figure(end * 12),
        "arpa": Figure(end, paying),
        "paying_accounts": Figure(paying),
        "new_mrr": Figure(p.new_cents),
        "expansion_mrr": Figure(p.expansion_cents),
        "contraction_mrr": Figure(p.contraction_cents),
        "churned_mrr": Figure(p.churned_cents),
        "reactivation_mrr": Figure(p.reactivation_cents),
        "fx_mrr": Figure(p.fx_cents),
        "new_accounts": Figure(_one(p.new_cents > 0)),
        "churned_accounts": Figure(lost),
        "reactivated_accounts": Figure(_one(p.reactivation_cents > 0)),
        "expanded_accounts": Figure(_one(p.expansion_cents > 0)),
        "contracted_accounts": Figure(_one(p.contraction_cents > 0)),
        "grr": Figure(at_start.ifelse(ibis.least(start, end), 0), start),
        "nrr": Figure(at_start.ifelse(end, 0), start),
        "grr_12": Figure(ibis.least(year_ago, p.stayed_cents), year_ago),
        "nrr_12": Figure(p.stayed_cents, year_ago),
        "logo_retention": Figure(_one(at_start & p.paying), _one(at_start)),
        "logo_retention_12": Figure(_one(p.stayed_cents > 0), _one(year_ago > 0)),
        "monthly_churn_rate": Figure(lost, _one(at_start)),
        "quick_ratio": Figure(p.new_cents + p.expansion_cents, p.contraction_cents + p.churned_cents),
        "retention_90d": Figure(_one(p.new_3_ago & p.paying), _one(p.new_3_ago)),
        "expansion_pipeline": Figure(_part(end, p.commercial_reason.notnull(), p.events.notnull()), end),
    }


def engagement(p: ir.Table, product: Product) -> Figures:
    """Active users and accounts, stickiness, adoption. Daily figures are means over the active-user
    window."""
    days = product.engagement.active_user_days
    in_month = p.events > 0
    gained = _one(in_month & (p.events_before.fill_null(0) == 0))
    dropped = _one((p.events_before > 0) & (p.events == 0))
    seated = p.paying & p.seats_purchased.notnull() & p.seats_used.notnull()
    return {
        "dau": Figure(p.user_days_n / days),
        "wau": Figure(p.users_7),
        "mau": Figure(p.users_n),
        "stickiness": Figure(p.user_days_n, p.users_n * days),
        "stickiness_wau": Figure(p.users_7, p.users_n),
        "a3x7": Figure(p.a3x7_users, p.users_7),
        "a3x7_weekdays": Figure(p.a3x7_weekday_users, p.users_7),
        "active_accounts": Figure(_one(p.events_30 > 0)),
        "account_stickiness": Figure(p.active_days, in_month.ifelse(p.days, 0)),
        "active_account_growth": Figure(gained, gained + dropped),
        "active_users": Figure(p.active_users, _one(in_month)),
        "engaged_users": Figure(p.engaged_users, p.active_users),
        "session_frequency": Figure(p.sessions, p.active_users * p.weeks),
        "feature_breadth": _mean(p.feature_breadth, p.paying),
        "licence_utilisation": Figure(seated.ifelse(p.seats_used, 0), seated.ifelse(p.seats_purchased, 0)),
        "product_rhythm": Figure(_one(p.paying & p.rhythm_kept), _one(p.paying & p.rhythm_kept.notnull())),
        "task_completion_rate": Figure(p.tasks_done, p.tasks),
    }


def ripe(p: ir.Table, product: Product) -> ir.BooleanColumn:
    """Accounts whose onboarding window ended in the month: old enough to be judged, and each judged once."""
    ends = p.signed_up_at + ibis.interval(days=product.activation.onboarding_days)
    return (p.observed & (ends >= p.month) & (ends < p.close)).fill_null(False)


def activation(p: ir.Table, product: Product) -> Figures:
    """Outcomes of the accounts whose onboarding window ended in the month."""
    old_enough = ripe(p, product)
    of = _one(old_enough)
    in_time = p.activated_at <= p.signed_up_at + ibis.interval(days=product.activation.onboarding_days)
    steps = len(product.onboarding_steps)
    quick = p.time_to_first_value <= product.activation.value_days
    return {
        "activation_rate": Figure(_one(old_enough & in_time), of),
        "setup_completion_rate": Figure(old_enough.ifelse(p.steps_in_time, 0), of * steps),
        "onboarding_completion_rate": Figure(_one(old_enough & (p.steps_in_time == steps)), of),
        "first_value_in_time": Figure(_one(old_enough & quick), of),
    }


def health(p: ir.Table, product: Product) -> Figures:
    """Scores over paying accounts, bands, funnel, flags and kinds of churn. `id:slice` counts a slice's
    accounts."""
    band = p[product.band_column]
    figures: Figures = {
        "mrr_in_churn_risk_band": Figure(
            _part(p.mrr_cents, band == "churn risk", band.notnull()), p.mrr_cents
        ),
        "health_score": _mean(p.health_score, p.paying),
        "health_trend": _mean(p.health_score - p.health_before, p.paying),
        "engagement_score": _mean(p.engagement_score, p.paying),
        "expansion_readiness": _mean(p.expansion_readiness, p.paying),
        "risk_flags": Figure(_one(p.risk_flags > 0), _one(p.paying)),
    }
    for name in BANDS:
        figures[f"engagement_score:{name}"] = Figure(_one(p.paying & (p.engagement_band == name)))
        figures[f"health_score:{name}"] = Figure(_one(p.paying & (p.health_band == name)))
    for stage in FUNNEL:
        figures[f"lifecycle_funnel:{stage}"] = Figure(_one(p.funnel_stage == stage))
    for flag in FLAGS:
        raised = p[f"flag_{flag}"]
        figures[f"risk_flags:{flag}"] = Figure(_one(raised), _one(raised.notnull()))
    for kind in CHURN_TYPES:
        figures[f"churn_type:{kind}"] = Figure(_one(p.churn_type == kind))
    return figures


def figures(panel: ir.Table, product: Product) -> Figures:
    """Every figure that the panel gives, with what `with_year_before` adds."""
    return revenue(panel) | engagement(panel, product) | activation(panel, product) | health(panel, product)


def by_month(panel: ir.Table, product: Product) -> ir.Table:
    """One row a month with columns `<id>/n` and, for ratios, `<id>/d`; and `time_to_first_value/n`, the
    median over the accounts whose onboarding window ended in the month."""
    columns: dict[str, ir.Scalar] = {}
    for name, figure in figures(panel, product).items():
        columns[f"{name}/n"] = _total(figure.n)
        if figure.d is not None:
            columns[f"{name}/d"] = _total(figure.d)
    columns["time_to_first_value/n"] = panel.time_to_first_value.median(where=ripe(panel, product))
    return panel.group_by("month").aggregate(**columns)


def _one(condition: ir.BooleanValue) -> ir.IntegerColumn:
    """1 where the condition holds, else 0."""
    return condition.fill_null(False).ifelse(1, 0)


def _part(value: ir.NumericColumn, counts: ir.BooleanColumn, known: ir.BooleanColumn) -> ir.NumericColumn:
    """`value` where it counts, 0 where it doesn't, null where that can't be known."""
    return ibis.cases((counts, value), (known, 0))


def _mean(value: ir.FloatingColumn, among: ir.BooleanColumn) -> Figure:
    """Mean over the accounts in `among` that have a value."""
    counted = among & value.notnull()
    return Figure(counted.ifelse(value, 0.0), _one(counted))


def _total(column: ir.NumericColumn) -> ir.FloatingScalar:
    """The sum; of floats at nine decimals, so that what many accounts round off doesn't show."""
    return exact_sum(column, digits=9) if column.type().is_floating() else column.sum().cast("float64")
