"""The company as a whole, month by month: every figure that the panel gives.

Money is in minor units of the reporting currency. A ratio whose denominator sums to zero is null: "not
defined", never 0.
"""

from __future__ import annotations

from collections.abc import Iterable

import ibis
import ibis.expr.types as ir

from reporting.metrics.exact import exact_sum
from reporting.metrics.registry import METRICS, Metric
from reporting.metrics.values import Accounts, Figure, Median, Slices
from reporting.params.product import Product


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


def figures(
    panel: ir.Table, product: Product, metrics: Iterable[Metric] = METRICS.values()
) -> dict[str, Figure]:
    """What each account adds to every figure that the panel gives, with what `with_year_before` adds."""
    found: dict[str, Figure] = {}
    for metric in metrics:
        if isinstance(metric.value, Accounts):
            found[metric.id] = metric.value.of(panel, product)
        if isinstance(metric.slices, Slices):
            slices = metric.slices.of(panel, product)
            found |= {f"{metric.id}:{name}": figure for name, figure in slices.items()}
    return found


def medians(
    panel: ir.Table, product: Product, metrics: Iterable[Metric] = METRICS.values()
) -> dict[str, ir.NumericColumn]:
    """What every median is taken over, null for an account that doesn't count."""
    return {m.id: m.value.of(panel, product) for m in metrics if isinstance(m.value, Median)}


def by_month(panel: ir.Table, product: Product) -> ir.Table:
    """One row a month with columns `<id>/n` and, for ratios, `<id>/d`; a median is its own `n`."""
    columns: dict[str, ir.Scalar] = {}
    for name, figure in figures(panel, product).items():
        columns[f"{name}/n"] = _total(figure.n)
        if figure.d is not None:
            columns[f"{name}/d"] = _total(figure.d)
    columns |= {f"{name}/n": values.median() for name, values in medians(panel, product).items()}
    return panel.group_by("month").aggregate(**columns)


def _total(column: ir.NumericColumn) -> ir.FloatingScalar:
    """The sum; of floats at nine decimals, so that what many accounts round off doesn't show."""
    return exact_sum(column, digits=9) if column.type().is_floating() else column.sum().cast("float64")
