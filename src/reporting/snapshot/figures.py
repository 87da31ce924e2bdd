"""Assemble `portfolio_month`: month, metric, value, numerator, denominator of every portfolio figure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from reporting.metrics import outcomes, portfolio
from reporting.params.product import Product
from reporting.snapshot.workspace import Workspace

SCHEMA = pa.schema(
    [
        ("month", pa.timestamp("us")),
        ("metric", pa.string()),
        ("value", pa.float64()),
        ("numerator", pa.float64()),
        ("denominator", pa.float64()),
    ]
)


class Figures:
    """Portfolio figures by metric and month, kept as numerator and denominator."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, dt.datetime], tuple[float | None, float | None, bool]] = {}

    def total(self, metric: str, month: dt.datetime, value: float | None) -> None:
        """Record a figure without a denominator."""
        self._rows[metric, month] = (value, None, False)

    def ratio(self, metric: str, month: dt.datetime, n: float | None, d: float | None) -> None:
        """Record a ratio; without a positive denominator it is "not defined"."""
        self._rows[metric, month] = (n, d, True)

    def value(self, metric: str, month: dt.datetime) -> float | None:
        """The figure, None where it is not defined."""
        n, d, is_ratio = self._rows.get((metric, month), (None, None, False))
        if not is_ratio or n is None:
            return n
        return n / d if d else None

    def numerator(self, metric: str, month: dt.datetime) -> float | None:
        """What is divided."""
        return self._rows.get((metric, month), (None, None, False))[0]

    def table(self, unavailable: Collection[str]) -> pa.Table:
        """All figures, without the metrics in `unavailable` and their slices."""
        rows = [
            {
                "month": month,
                "metric": metric,
                "value": self.value(metric, month),
                "numerator": n,
                "denominator": d,
            }
            for (metric, month), (n, d, _) in sorted(self._rows.items())
            if metric.split(":")[0] not in unavailable
        ]
        return pa.Table.from_pylist(rows, schema=SCHEMA)


def outcome_table(ws: Workspace, product: Product) -> ir.Table:
    """`account_id`, `month`, `metric`, `n`, `d` of the figures that don't come from the panel."""
    months, subscriptions, users = ws["months"], ws["subscriptions"], ws["user_month"]
    tables = {
        "free_to_paid_conversion": outcomes.free_to_paid(subscriptions, months),
        "new_and_churned": outcomes.new_and_churned(subscriptions, ws["movements"], months),
        "north_star": outcomes.north_star(ws.latest(ws["account_event"]), product),
        "feature_adoption_rate": outcomes.core_adoption(ws["account_feature_month"], ws["panel"], product),
        "day1_retention": outcomes.day1_retention(users, months),
        "month1_retention": outcomes.month1_retention(users, months),
    }
    if ws.get("surveys") is not None:
        tables["nps"] = outcomes.nps(ws["surveys"], months, product.engagement.nps_days)
    missed = outcomes.step_missed(ws["panel"], ws["activation_steps"], product)
    named = [
        rows.select(
            "account_id",
            "month",
            metric=ibis.literal(metric),
            n=rows.n.cast("float64"),
            d=rows.d.cast("float64"),
        )
        for metric, rows in tables.items()
    ]
    named.append(
        missed.select(
            "account_id",
            "month",
            metric=ibis.literal("onboarding_drop_off:") + missed.step,
            n=missed.n.cast("float64"),
            d=missed.d.cast("float64"),
        )
    )
    return ibis.union(*named).semi_join(ws["grid"], ["account_id", "month"])


def portfolio_figures(ws: Workspace, product: Product, unavailable: Collection[str]) -> pa.Table:
    """All figures of the fresh months that the source's tables allow; needs `panel` and `outcomes` in the
    workspace."""
    figures = Figures()
    for row in portfolio.by_month(ws["panel"], product).to_pyarrow().to_pylist():
        for column, n in row.items():
            metric, _, part = column.rpartition("/")
            if part == "n" and f"{metric}/d" in row:
                figures.ratio(metric, row["month"], n, row[f"{metric}/d"])
            elif part == "n":
                figures.total(metric, row["month"], n)
    _add_outcomes(figures, ws)
    for month in ws.fresh:
        _compose(figures, month.start, product)
    return figures.table(unavailable)


def _add_outcomes(figures: Figures, ws: Workspace) -> None:
    rows = ws["outcomes"]
    sums = rows.group_by("metric", "month").aggregate(n=rows.n.sum(), d=rows.d.sum())
    for row in sums.to_pyarrow().to_pylist():
        if row["metric"] in outcomes.TOTALS:
            figures.total(row["metric"], row["month"], row["n"])
        else:
            figures.ratio(row["metric"], row["month"], row["n"], row["d"])
    if ws.get("acquisition") is not None:
        rates = ws["rates"].semi_join(ws["months"], "month")
        for row in outcomes.acquisition_cost(ws["acquisition"], rates).to_pyarrow().to_pylist():
            figures.total("acquisition_cost", row["month"], row["cost_cents"])


def _compose(figures: Figures, month: dt.datetime, product: Product) -> None:
    """Figures made of other figures."""
    margin = product.revenue.gross_margin
    figures.total("new_and_churned", month, figures.numerator("new_and_churned", month) or 0.0)
    arpa, churn = figures.value("arpa", month), figures.value("monthly_churn_rate", month)
    figures.ratio("ltv", month, None if arpa is None else arpa * margin, churn)
    cost = figures.numerator("acquisition_cost", month)
    if cost is not None:
        figures.ratio("cac_payback", month, cost, (figures.numerator("new_mrr", month) or 0) * margin)
        figures.ratio("cac", month, cost, figures.numerator("new_accounts", month))
    names = ("feature_adoption_rate", "stickiness", "active_account_growth")
    found = [figures.value(part, month) for part in names]
    parts = [part for part in found if part is not None]
    if len(parts) == len(found):
        figures.ratio("product_engagement_score", month, 100 * sum(parts), len(parts))
    steps = [f"onboarding_drop_off:{step}" for step in product.onboarding_steps]
    found = [figures.value(step, month) for step in steps]
    shares = [share for share in found if share is not None]
    if len(shares) == len(found):
        figures.total(
            "onboarding_drop_off", month, max(b - a for a, b in zip([0.0, *shares[:-1]], shares, strict=True))
        )
