"""Early warnings and kinds of churn. A flag is a warning sign, not proof; the churn report tests which ones
hold."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from reporting.params.product import Product

FLAGS = (
    "core_workflow_falling",
    "active_users_falling",
    "value_features_falling",
    "frequency_falling",
    "no_recent_admin",
    "weak_onboarding",
    "low_adoption",
    "falling_before_renewal",
)
CHURN_TYPES = (
    "never activated",
    "contraction",
    "user inactivity",
    "account abandonment",
    "engaged and yet gone",
    "no clear pattern",
)


def with_flags(rows: ir.Table, product: Product) -> ir.Table:
    """Add one boolean `flag_*` per entry of `FLAGS` and `risk_flags`, their number.

    A flag is null where its input is not available, and for accounts that don't pay. Falls of users and of
    frequency are measured against the month before, others 30 days against the 30 before.
    """
    limit = product.churn
    by_month = ibis.window(group_by="account_id", order_by="month")

    def fell(column: str) -> ir.BooleanColumn:
        before = rows[column].lag().over(by_month).nullif(0).cast("float64")
        return rows[column] / before - 1 < -limit.fall

    ahead = rows.renewal_at.notnull() & (
        rows.renewal_at < rows.close + ibis.interval(days=limit.renewal_days)
    )
    past_onboarding = rows.tenure_days > product.lifecycle.onboarding_days
    conditions = {
        "core_workflow_falling": rows.key_trend_30 < -limit.fall,
        "active_users_falling": fell("active_users"),
        "value_features_falling": rows.value_trend_30 < -limit.fall,
        "frequency_falling": fell("session_frequency"),
        "no_recent_admin": rows.last_admin_active_days > limit.admin_days,
        "weak_onboarding": past_onboarding & (rows.setup_completion_rate < product.activation.friction),
        "low_adoption": past_onboarding & (rows.feature_breadth < limit.low_adoption),
        "falling_before_renewal": ahead & (rows.usage_trend_30 < -limit.fall),
    }
    null = ibis.null("boolean")
    rows = rows.mutate(
        **{f"flag_{name}": rows.paying.ifelse(held, null) for name, held in conditions.items()}
    )
    raised = sum(
        (rows[f"flag_{name}"].fill_null(False).ifelse(1, 0) for name in FLAGS[1:]),
        rows[f"flag_{FLAGS[0]}"].fill_null(False).ifelse(1, 0),
    )
    return rows.mutate(risk_flags=rows.paying.ifelse(raised, ibis.null("int64")))


def with_churn_type(rows: ir.Table, product: Product) -> ir.Table:
    """Add `churn_type` in months with churn or contraction, the first that holds: contraction; never
    activated; account abandonment (no use for `high_risk_days` at the close before); user inactivity (fewer
    active users than the month before that); engaged and yet gone (an engagement score that read as high at
    the close before: look at price or a one-off need); no clear pattern (none of these)."""
    by_month = ibis.window(group_by="account_id", order_by="month")
    quiet = product.high_risk_days
    idle = rows.last_active_days.lag().over(by_month) >= quiet
    users = rows.active_users.fill_null(rows.active_days)
    fewer = users.lag(1).over(by_month) < users.lag(2).over(by_month)
    engaged = rows.engagement_score.lag().over(by_month) > product.bands.healthy
    never = ~rows.activated.fill_null(True)
    return rows.mutate(
        churn_type=ibis.cases(
            (rows.contraction_cents > 0, "contraction"),
            (rows.churned_cents == 0, ibis.null("string")),
            (never, "never activated"),
            (idle.fill_null(False), "account abandonment"),
            (fewer.fill_null(False), "user inactivity"),
            (engaged.fill_null(False), "engaged and yet gone"),
            (rows.covered, "no clear pattern"),
        )
    )
