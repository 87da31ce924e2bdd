"""Room to grow: growth of seats, teams and use, and the commercial reason to talk about it."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from reporting.metrics.scores import weighted
from reporting.params.product import Product

READINESS_PARTS = ("licence", "team", "growth", "premium", "limit")


def with_growth(rows: ir.Table) -> ir.Table:
    """Add growth over three months: `seat_growth` (seats bought), `team_growth`, and `usage_growth`,
    `value_signal_growth` (events and value events against the three months before, relative)."""
    by_month = ibis.window(group_by="account_id", order_by="month")

    def gained(column: str) -> ir.NumericColumn:
        return rows[column] - rows[column].lag(3).over(by_month)

    quarter = ibis.window(group_by="account_id", order_by="month", preceding=2, following=0)
    rows = rows.mutate(
        events_quarter=rows.events.sum().over(quarter), value_quarter=rows.value_events.sum().over(quarter)
    )
    full = rows.events.lag(5).over(by_month).notnull()

    def growth(column: str) -> ir.FloatingColumn:
        before = rows[column].lag(3).over(by_month).nullif(0).cast("float64")
        return full.ifelse(rows[column] / before - 1, ibis.null("float64"))

    return rows.mutate(
        seat_growth=gained("seats_purchased"),
        team_growth=gained("team_count"),
        usage_growth=growth("events_quarter"),
        value_signal_growth=growth("value_quarter"),
    ).drop("events_quarter", "value_quarter")


def with_readiness(rows: ir.Table, product: Product) -> ir.Table:
    """Add `cross_team_usage` (teams enough to count as spread), `commercial_reason` and
    `expansion_readiness` with its parts.

    The reason must match how the account's plan is priced: seats where licence use is high, volume where the
    included volume is nearly used, tier where premium features carry use (or the plan's seat limit is
    reached); null = no reason, no listing. Readiness is the weighted mean of five parts of 0 to 100, null
    unless paying.
    """
    limit = product.expansion
    basis = _basis(rows.plan, product)
    crowded = (rows.licence_utilisation > limit.offer_seats).fill_null(False)
    at_limit = (rows.plan_limit_proximity > limit.plan_limit).fill_null(False)
    premium = (rows.premium_share >= limit.premium_share).fill_null(False)
    full_plan = (crowded & (rows.seats_purchased >= rows.seat_limit)).fill_null(False)
    null = ibis.null("float64")
    parts = {
        "licence": _hundred(rows.licence_utilisation, limit.offer_seats),
        "team": _hundred((rows.team_count - 1).cast("float64"), limit.teams_full - 1.0),
        "growth": _hundred(rows.usage_growth, limit.growth_full),
        "premium": _hundred(rows.premium_share, limit.premium_full),
        "limit": _hundred(rows.plan_limit_proximity, 1.0),
    }
    rows = rows.mutate(
        cross_team_usage=rows.team_count >= limit.spread_teams,
        commercial_reason=ibis.cases(
            (~rows.paying, ibis.null("string")),
            (full_plan & (basis == "seats"), "tier"),
            (crowded & (basis == "seats"), "seats"),
            (at_limit & (basis == "volume"), "volume"),
            (premium & (basis == "tier"), "tier"),
            (at_limit, "volume"),
        ),
        **{f"readiness_{name}": rows.paying.ifelse(part, null) for name, part in parts.items()},
    )
    weights = {name: getattr(limit, f"{name}_weight") for name in READINESS_PARTS}
    score, _ = weighted({name: rows[f"readiness_{name}"] for name in READINESS_PARTS}, weights)
    return rows.mutate(expansion_readiness=score)


def _basis(plan: ir.StringColumn, product: Product) -> ir.StringColumn:
    cases = [(plan == name, basis) for name, basis in product.pricing_basis.items()]
    return ibis.cases(*cases, else_=product.default_basis) if cases else ibis.literal(product.default_basis)


def _hundred(value: ir.FloatingColumn, full: float) -> ir.FloatingColumn:
    return ibis.cases((value <= 0, 0.0), (value >= full, 100.0), else_=value / full * 100)
