"""Assemble `portfolio_month`: every portfolio figure as rows of month, metric, value, numerator,
denominator."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

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

    def add(
        self,
        metric: str,
        month: dt.datetime,
        numerator: float | None,
        denominator: float | None = None,
        is_ratio: bool = False,
    ) -> None:
        """Record a figure; a ratio without a positive denominator is "not defined"."""
        self._rows[metric, month] = (numerator, denominator, is_ratio)

    def add_table(self, metric: str, table: ir.Table, is_ratio: bool) -> None:
        """Record every row of a table of `month`, `n`, `d`."""
        for row in table.to_pyarrow().to_pylist():
            self.add(metric, row["month"], row["n"], row["d"], is_ratio)

    def value(self, metric: str, month: dt.datetime) -> float | None:
        """The figure, None where it is not defined."""
        numerator, denominator, is_ratio = self._rows.get((metric, month), (None, None, False))
        if not is_ratio or numerator is None:
            return numerator
        return numerator / denominator if denominator else None

    def numerator(self, metric: str, month: dt.datetime) -> float | None:
        """What is divided."""
        return self._rows.get((metric, month), (None, None, False))[0]

    def table(self, first: dt.datetime, unavailable: Collection[str]) -> pa.Table:
        """All figures from month `first` on, without the metrics in `unavailable` and their slices."""
        rows = [
            {
                "month": month,
                "metric": metric,
                "value": self.value(metric, month),
                "numerator": numerator,
                "denominator": denominator,
            }
            for (metric, month), (numerator, denominator, _) in sorted(self._rows.items())
            if metric.split(":")[0] not in unavailable and month >= first
        ]
        return pa.Table.from_pylist(rows, schema=SCHEMA)


def portfolio_figures(ws: Workspace, product: Product, unavailable: Collection[str]) -> pa.Table:
    """All figures that the source's tables allow."""
    figures = Figures()
    wide, has_denominator = portfolio.by_month(ws["panel"], product)
    for row in wide.to_pyarrow().to_pylist():
        for metric, is_ratio in has_denominator.items():
            figures.add(metric, row["month"], row[f"{metric}/n"], row.get(f"{metric}/d"), is_ratio)
    _add_outcomes(figures, ws, product)
    for month in ws.months:
        _compose(figures, month.start, product)
    return figures.table(ws.months[0].start, unavailable)


def _add_outcomes(figures: Figures, ws: Workspace, product: Product) -> None:
    months, subscriptions = ws["months"], ws["subscriptions"]
    day1, month1 = outcomes.user_returns(ws["user_month"], months)
    ratios = {
        "free_to_paid_conversion": outcomes.free_to_paid(subscriptions, months),
        "feature_adoption_rate": outcomes.core_adoption(ws["feature_month"], ws["panel"], product),
        "day1_retention": day1,
        "month1_retention": month1,
    }
    totals = {
        "new_and_churned": outcomes.new_and_churned(subscriptions, ws["movements"], months),
        "north_star": outcomes.north_star(ws["account_event"], product),
    }
    if ws.get("surveys") is not None:
        ratios["nps"] = outcomes.nps(ws["surveys"], months)
    for metric, table in ratios.items():
        figures.add_table(metric, table, is_ratio=True)
    for metric, table in totals.items():
        figures.add_table(metric, table, is_ratio=False)
    if ws.get("acquisition") is not None:
        for row in outcomes.acquisition_cost(ws["acquisition"], ws["rates"]).to_pyarrow().to_pylist():
            figures.add("acquisition_cost", row["month"], row["cost_cents"])
    steps = outcomes.onboarding_drop_off(ws["panel"], ws["activation_steps"], product)
    worst: dict[dt.datetime, tuple[float, float]] = {}
    before: dict[dt.datetime, float] = {}
    for row in sorted(steps.to_pyarrow().to_pylist(), key=lambda r: (r["month"], r["position"])):
        figures.add(
            f"onboarding_drop_off:{row['step']}", row["month"], row["d"] - row["n"], row["d"], is_ratio=True
        )
        lost = before.get(row["month"], row["d"]) - row["n"]
        worst[row["month"]] = max(worst.get(row["month"], (0, row["d"])), (lost, row["d"]))
        before[row["month"]] = row["n"]
    for month, (lost, total) in worst.items():
        figures.add("onboarding_drop_off", month, lost, total, is_ratio=True)


def _compose(figures: Figures, month: dt.datetime, product: Product) -> None:
    """Figures made of other figures."""
    cost = figures.numerator("acquisition_cost", month)
    if cost is not None:
        new = (figures.numerator("new_mrr", month) or 0) * product.revenue.gross_margin
        figures.add("cac_payback", month, cost, new, is_ratio=True)
        figures.add("cac", month, cost, figures.numerator("new_accounts", month), is_ratio=True)
    parts = [
        figures.value(part, month)
        for part in ("feature_adoption_rate", "stickiness", "active_account_growth")
    ]
    if all(part is not None for part in parts):
        figures.add("product_engagement_score", month, 100 * sum(parts), len(parts), is_ratio=True)
