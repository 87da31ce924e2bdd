"""A project begun with presets, whose tables are written by hand in the systems' own columns."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from reporting.metrics.exact import mrr_cents
from reporting.month import Month
from reporting.params.product import load_product
from reporting.snapshot.build import build_snapshot
from reporting.snapshot.frozen import Snapshot
from reporting.sources import Source, open_source
from reporting.starter.project import begin


class Begun:
    """The company `acme` of a new project."""

    def __init__(self, root: Path, presets: Sequence[str]) -> None:
        self.root = root
        begin(root, "acme", presets)
        self.folder = root / "params" / "sources" / "acme"
        self.declare('closed_through: "2025-12"')

    def declare(self, *lines: str) -> None:
        """Add keys to the source file."""
        path = self.root / "params" / "sources" / "acme.yml"
        path.write_text(path.read_text() + "\n" + "\n".join(lines) + "\n")

    def table(self, name: str, rows: Sequence[dict[str, object]]) -> None:
        """Write a table as CSV; columns are those of all rows."""
        columns = list(dict.fromkeys(column for row in rows for column in row))
        with (self.root / "data" / "acme" / f"{name}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(rows)

    def select(self, table: str, sql: str) -> None:
        """Take the place of a SELECT of the template."""
        (self.folder / f"{table}.sql").write_text(sql)

    def open(self) -> Source:
        return open_source("acme", self.root / "params")

    def rows(self, table: str) -> list[dict]:
        """Rows of a canonical table."""
        with self.open() as source:
            return source.tables[table].to_pyarrow().to_pylist()

    def mrr(self, *months: str) -> dict[str, list[float]]:
        """Account -> MRR at the close of each month, of those that ever pay."""
        found: dict[str, list[float]] = {}
        with self.open() as source:
            t, rates = source.tables["subscriptions"], source.exchange_rates
            for number, month in enumerate(Month.parse(text) for text in months):
                known = rates.filter(rates.month == month.start.date()).select(code="currency", rate="rate")
                rows = t.left_join(known, t.currency == known.code)
                rows = rows.filter(
                    rows.valid_from < month.close,
                    rows.valid_to.isnull() | (rows.valid_to >= month.close),
                    ~rows.is_trial,
                )
                rate = rows.rate.fill_null(Decimal(1)).cast("decimal(17, 8)")
                cents = mrr_cents(rows.amount, rows.amount_period, rows.discount_percent, rate)
                for row in rows.select("account_id", cents=cents).to_pyarrow().to_pylist():
                    found.setdefault(row["account_id"], [0.0] * len(months))
                    found[row["account_id"]][number] += row["cents"] / 100
        return {name: [round(value, 2) for value in values] for name, values in sorted(found.items())}

    def snapshot(self, month: str = "2025-12") -> Snapshot:
        product = load_product(self.root / "params" / "product.yml")
        with self.open() as source:
            return build_snapshot(source, product, Month.parse(month), self.root / f"snapshot-{month}")


@pytest.fixture
def begun(tmp_path, monkeypatch):
    monkeypatch.setattr("reporting.starter.project.keep_package", lambda root: "wheels/the.whl")

    def make(*presets: str) -> Begun:
        return Begun(tmp_path / "project", presets)

    return make
