"""Canonical tables made by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest

from reporting.contract import TABLES


@pytest.fixture(scope="module")
def con() -> Iterator[ibis.BaseBackend]:
    """An engine of the test module whose clock is in UTC."""
    con = ibis.duckdb.connect()
    con.raw_sql("SET TimeZone = 'UTC'")
    yield con
    con.disconnect()


@pytest.fixture
def canonical() -> Callable[..., ir.Table]:
    """`canonical("events", [{"account_id": "A"}])`: a canonical table; times as ISO text, the rest NULL."""
    con = ibis.duckdb.connect()

    def make(name: str, rows: list[dict]) -> ir.Table:
        schema = ibis.schema({column.name: column.type for column in TABLES[name].columns})
        filled = [{key: _value(schema[key], row.get(key)) for key in schema} for row in rows]
        con.con.register("rows", pa.Table.from_pylist(filled, schema=schema.to_pyarrow()))
        con.raw_sql(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM rows")
        return con.table(name)

    yield make
    con.disconnect()


def _value(kind, value):
    if value is None:
        return None
    if kind.is_timestamp():
        return dt.datetime.fromisoformat(value)
    if kind.is_date():
        return dt.date.fromisoformat(value)
    return Decimal(value) if kind.is_decimal() else value
