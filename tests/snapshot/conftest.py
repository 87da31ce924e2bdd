"""Sources in memory: a small demo company, and tables made by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from tests.shared import built_once

from reporting import demo
from reporting.contract import TABLES, Finding
from reporting.contract.check import check
from reporting.contract.usage import Usage
from reporting.metrics.localtime import to_utc
from reporting.month import Month
from reporting.params.product import Product, load_product
from reporting.sources.control import Control
from reporting.sources.exchange import SCHEMA as RATES

PARAMS = Path(__file__).parents[2] / "params"


PAID = {
    "plan": "Team",
    "amount": "100",
    "amount_period": "month",
    "currency": "EUR",
    "is_trial": False,
    "seats": 3,
}
"""Terms of a subscription."""


@dataclass
class MemorySource:
    """What `build_snapshot` reads of a source, over tables in memory."""

    raw: Mapping[str, pa.Table]
    rates: pa.Table | None = None
    timezone: str = "UTC"
    currency: str = "USD"
    name: str = "memory"
    path: Path = Path("memory.yml")
    control: Control = field(default_factory=Control)
    tables: dict[str, ir.Table] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.file = SimpleNamespace(
            title="Memory",
            currency=self.currency,
            timezone=self.timezone,
            account_columns=[],
            fiscal_year_starts=1,
        )
        self.con = ibis.duckdb.connect()
        self.selects = dict.fromkeys(self.raw, "SELECT")
        for name, rows in self.raw.items():
            given = ibis.memtable(rows)
            columns = {
                c.name: (given[c.name] if c.name in given.columns else ibis.null(c.type)).cast(c.type)
                for c in TABLES[name].columns
            }
            self.tables[name] = given.select(**columns)
        self.exchange_rates = (
            ibis.memtable([], schema=RATES) if self.rates is None else ibis.memtable(self.rates)
        )

    def columns(self, table: str) -> frozenset[str]:
        return frozenset(self.raw[table].column_names)

    def check(self, month: Month, usage: Usage | None = None, _product: object = None) -> list[Finding]:
        return check(self.tables, close=to_utc(month.close, self.timezone), usage=usage)

    def shares(self, table: str) -> None:
        return None

    def files(self, events: str | None = None, seen: object = None) -> list[tuple[str, str]]:
        return [("memory", "0" * 64)]


def cut(tables: dict[str, pa.Table], close: dt.datetime) -> dict[str, pa.Table]:
    """The source as an export made at the close would have been."""
    seen = {}
    for name, rows in tables.items():
        born = "signed_up_at" if name == "accounts" else TABLES[name].born
        if born:
            instants = rows[born].cast(pa.timestamp("us"))
            rows = rows.filter(pc.less(instants, pa.scalar(close, pa.timestamp("us"))))
        for end in TABLES[name].ends:
            known = pc.less(rows[end], pa.scalar(close, rows[end].type))
            rows = rows.set_column(rows.column_names.index(end), end, pc.if_else(known, rows[end], None))
        if name == "tickets":
            closed = pc.is_valid(rows["closed_at"])
            column = rows.column_names.index("satisfaction")
            rows = rows.set_column(column, "satisfaction", pc.if_else(closed, rows["satisfaction"], None))
        seen[name] = rows
    return seen


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below `folder` with its bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def table(name: str, rows: list[dict]) -> pa.Table:
    """A canonical table of the columns that the rows name; dates as ISO text, amounts as text."""
    names = list(dict.fromkeys(column for row in rows for column in row))
    fields, columns = [], {}
    for column in names:
        type = TABLES[name][column].type
        values = [row.get(column) for row in rows]
        if type.startswith("timestamp"):
            values, arrow = [v and dt.datetime.fromisoformat(v) for v in values], pa.timestamp("us")
        elif type == "date":
            values, arrow = [v and dt.date.fromisoformat(v) for v in values], pa.date32()
        elif type.startswith("decimal"):
            values, arrow = [v and Decimal(str(v)) for v in values], pa.decimal128(18, 4)
        else:
            arrow = {
                "string": pa.string(),
                "int64": pa.int64(),
                "float64": pa.float64(),
                "boolean": pa.bool_(),
            }[type]
        columns[column] = values
        fields.append((column, arrow))
    return pa.table(columns, schema=pa.schema(fields))


@pytest.fixture(scope="session")
def product() -> Product:
    return load_product(PARAMS / "product.yml")


@pytest.fixture(scope="session")
def demo_tables(tmp_path_factory) -> dict[str, pa.Table]:
    """A demo company of some thirty accounts over fourteen months."""
    folder = built_once(tmp_path_factory, "small-company", partial(demo.build, accounts=30, months=14))
    return {path.stem: pq.read_table(path) for path in sorted(folder.glob("*.parquet"))}


@pytest.fixture(scope="session")
def demo_rates() -> pa.Table:
    """Exchange rates of the demo company."""
    from reporting.sources.exchange import read_rates

    rates = read_rates(PARAMS / "sources" / "demo" / "exchange_rates.csv")
    return ibis.duckdb.connect().to_pyarrow(rates)
