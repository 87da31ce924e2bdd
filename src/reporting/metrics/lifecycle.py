"""Where an account stands: by age (stage) and by what it does (funnel)."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from reporting.params.product import Product

FUNNEL = ("signed up", "activated", "adopted", "engaged", "retained", "expanded", "declining", "gone")


def with_lifecycle(rows: ir.Table, product: Product) -> ir.Table:
    """Add `lifecycle_stage` and `funnel_stage`.

    - `lifecycle_stage`: onboarding, adoption, expansion by days since sign-up; null for an account that is
      gone.
    - `funnel_stage`: the first of these that holds, read from below: gone (paid once, pays no more),
      declining (contracted this month, or use fell by more than the churn chapter's `fall`), expanded
      (engaged and grew in the last twelve months), retained (engaged beyond the adoption stage), engaged
      (adopted, with a value event this month), adopted (activated, with a core breadth over the threshold),
      activated (outcome reached, or on record before the first event and paying), signed up.
    """
    ends = product.lifecycle
    gone = rows.first_paid_month.notnull() & (rows.first_paid_month <= rows.month) & ~rows.live
    year = ibis.window(group_by="account_id", order_by="month", preceding=11, following=0)
    grew = rows.expansion_cents.sum().over(year) > 0
    activated = rows.activated.fill_null(rows.paying)
    adopted = activated & (rows.adoption_recent >= product.adoption.breadth_risk)
    engaged = adopted & (rows.value_events > 0)
    retained = engaged & (rows.tenure_days > ends.adoption_days)
    fell = (rows.usage_trend_30 < -product.churn.fall).fill_null(False)
    return rows.mutate(
        gone=gone,
        lifecycle_stage=ibis.cases(
            (gone, ibis.null("string")),
            (rows.tenure_days <= ends.onboarding_days, "onboarding"),
            (rows.tenure_days <= ends.adoption_days, "adoption"),
            (rows.tenure_days.notnull(), "expansion"),
        ),
        funnel_stage=ibis.cases(
            (gone, "gone"),
            (rows.paying & ((rows.contraction_cents > 0) | fell), "declining"),
            ((engaged & grew).fill_null(False), "expanded"),
            (retained.fill_null(False), "retained"),
            (engaged.fill_null(False), "engaged"),
            (adopted.fill_null(False), "adopted"),
            (activated, "activated"),
            else_="signed up",
        ),
    )
