"""Canonical tables made by hand, on DuckDB."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import ibis
import ibis.expr.types as ir
import pytest

from reporting.contract import TABLES


@pytest.fixture
def table():
    """A canonical table of the rows given; columns left out are null."""
    con = ibis.duckdb.connect()

    def make(name: str, rows: list[dict]) -> ir.Table:
        schema = ibis.schema({column.name: column.type for column in TABLES[name].columns})
        whole = [{column: row.get(column) for column in schema} for row in rows]
        memory = ibis.memtable(whole, schema=schema)
        return con.create_table(ibis.util.gen_name(name), memory)

    yield make
    con.disconnect()


def day(text: str, hour: int = 12) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(hour=hour)


def paid(account: str, since: str, until: str | None = None, **terms: object) -> dict[str, object]:
    terms = {"plan": "Team", "amount": Decimal(100), "amount_period": "month", "currency": "USD"} | terms
    return {
        "subscription_id": f"{account}-{since}-{terms['plan']}", "account_id": account, "is_trial": False,
        "valid_from": day(since, 0), "valid_to": until and day(until, 0),
    } | terms  # fmt: skip
