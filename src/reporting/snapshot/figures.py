"""Assemble `portfolio_month`: month, metric, value, numerator, denominator of every portfolio figure."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Iterator, Sequence
from typing import Protocol, TypeVar

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from reporting.metrics import portfolio
from reporting.metrics.registry import METRICS
from reporting.metrics.values import Composed, Outcome, Tables, Unowned
from reporting.month import Month
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

Kind = TypeVar("Kind")


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

    def __contains__(self, key: tuple[str, dt.datetime]) -> bool:
        return key in self._rows

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
    named = []
    for metric in METRICS.values():
        for outcome in (metric.value, metric.slices):
            rows = outcome.of(ws, product) if isinstance(outcome, Outcome) else None
            if rows is None:
                continue
            name = ibis.literal(metric.id)
            if outcome is metric.slices:
                name = ibis.literal(f"{metric.id}:") + rows["slice"]
            sums = {part: rows[part].cast("float64") for part in ("n", "d")}
            named.append(rows.select("account_id", "month", metric=name, **sums))
    return ibis.union(*named).semi_join(ws["grid"], ["account_id", "month"])


class Months(Tables, Protocol):
    """Tables, `panel` and `outcomes` among them, with the months of which figures are computed."""

    @property
    def fresh(self) -> Sequence[Month]:
        """In order."""
        ...


def portfolio_figures(ws: Months, product: Product, unavailable: Collection[str]) -> pa.Table:
    """All figures of the fresh months that the source's tables allow."""
    figures = Figures()
    for row in portfolio.by_month(ws["panel"], product).to_pyarrow().to_pylist():
        for column, n in row.items():
            metric, _, part = column.rpartition("/")
            if part == "n" and f"{metric}/d" in row:
                figures.ratio(metric, row["month"], n, row[f"{metric}/d"])
            elif part == "n":
                figures.total(metric, row["month"], n)
    months = [month.start for month in ws.fresh]
    add_outcomes(figures, ws, product, months)
    for month in months:
        compose(figures, month, product)
    return figures.table(unavailable)


def add_outcomes(figures: Figures, ws: Months, product: Product, months: Sequence[dt.datetime]) -> None:
    """Record what doesn't come from the panel."""
    rows = ws["outcomes"]
    sums = rows.group_by("metric", "month").aggregate(n=rows.n.sum(), d=rows.d.sum())
    totals = {id: outcome for id, outcome in _valued(Outcome) if outcome.total}
    for row in sums.to_pyarrow().to_pylist():
        if row["metric"] in totals:
            figures.total(row["metric"], row["month"], row["n"])
        else:
            figures.ratio(row["metric"], row["month"], row["n"], row["d"])
    for id, outcome in totals.items():
        for month in months:
            if outcome.otherwise is not None and (id, month) not in figures:
                figures.total(id, month, outcome.otherwise)
    for id, unowned in _valued(Unowned):
        table = unowned.of(ws, product)
        for row in table.to_pyarrow().to_pylist() if table is not None else ():
            figures.total(id, row["month"], row["n"])


def compose(figures: Figures, month: dt.datetime, product: Product) -> None:
    """Record what is made of other figures."""
    others = _Values(figures, month, product)
    for id, _ in _valued(Composed):
        others(id)


class _Values:
    """Figures of a month as operands; NaN where there is none."""

    def __init__(self, figures: Figures, month: dt.datetime, product: Product) -> None:
        self._figures, self._month, self._product = figures, month, product

    def __call__(self, id: str) -> float:
        metric = METRICS.get(id)
        if metric and isinstance(metric.value, Composed) and (id, self._month) not in self._figures:
            self._record(id, *metric.value.of(self, self._product))
        value = self._figures.value(id, self._month)
        return math.nan if value is None else value

    def _record(self, id: str, n: float, d: float | None) -> None:
        if math.isnan(n):
            return
        if d is None:
            self._figures.total(id, self._month, n)
        else:
            self._figures.ratio(id, self._month, n, None if math.isnan(d) else d)

    def largest(self, figures: Sequence[float]) -> float:
        """The largest; NaN if one is unknown."""
        return math.nan if any(map(math.isnan, figures)) else max(figures)


def _valued(kind: type[Kind]) -> Iterator[tuple[str, Kind]]:
    return ((metric.id, metric.value) for metric in METRICS.values() if isinstance(metric.value, kind))
