"""Canonical tables and months made by hand, on an in-memory DuckDB."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa
import pytest

from reporting.contract import TABLES
from reporting.month import Month
from reporting.params.product import Product, load_product

PRODUCT = Path(__file__).parents[2] / "params" / "product.yml"


@pytest.fixture(scope="session")
def con() -> ibis.BaseBackend:
    """One engine for all tests of the room; tests make memtables, no tables of their own."""
    return ibis.duckdb.connect()


@pytest.fixture(scope="session")
def product() -> Product:
    """The product definition that ships."""
    return load_product(PRODUCT)


def canonical(name: str, rows: list[dict]) -> ir.Table:
    """A canonical table with every column; what a row leaves out is null, text amounts become decimals."""
    columns = {column.name: column.type for column in TABLES[name].columns}
    full = [dict.fromkeys(columns) | row for row in rows]
    for row in full:
        for column, type in columns.items():
            if type.startswith("decimal") and row[column] is not None:
                row[column] = Decimal(str(row[column]))
            elif type.startswith("timestamp") and row[column] is not None:
                row[column] = pd.Timestamp(row[column]).to_pydatetime()
    return ibis.memtable(full, schema=columns)


def table(rows: list[dict], **types: str) -> ir.Table:
    """Rows with the columns named; what a row leaves out is null."""
    schema = ibis.schema(types)
    full = [dict.fromkeys(types) | row for row in rows]
    return ibis.memtable(pa.Table.from_pylist(full, schema=schema.to_pyarrow()), schema=schema)


def rates(months: list[Month], **by_currency: list[str]) -> ir.Table:
    """`rates(months, EUR=["1.1", "1.2"])`: one rate a month and currency."""
    rows = [
        {"month": month.start, "currency": currency, "rate": Decimal(rate)}
        for currency, values in by_currency.items()
        for month, rate in zip(months, values, strict=True)
    ]
    schema = {"month": "timestamp(6)", "currency": "string", "rate": "decimal(17, 8)"}
    return ibis.memtable(rows, schema=schema)


@pytest.fixture
def run(con: ibis.BaseBackend) -> Callable[[ir.Table], pd.DataFrame]:
    """Compute a table expression."""
    return lambda table: con.to_pyarrow(table).to_pandas()
