"""Exchange rates for every month, or a message that names the gap."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import ibis
import pyarrow as pa
import pytest

from reporting.errors import SourceError
from reporting.metrics.calendar import months_between
from reporting.month import Month
from reporting.snapshot.workspace import rate_table

MONTHS = months_between(Month(2026, 1), Month(2026, 2))


def given(*rates: tuple[int, str, str]) -> pa.Table:
    rows = [{"month": dt.date(2026, m, 1), "currency": c, "rate": Decimal(r)} for m, c, r in rates]
    return pa.Table.from_pylist(
        rows,
        schema=pa.schema([("month", pa.date32()), ("currency", pa.string()), ("rate", pa.decimal128(18, 8))]),
    )


def test_the_reporting_currency_is_one_whatever_the_file_says():
    table = rate_table(
        given((1, "EUR", "1.1"), (2, "EUR", "1.2"), (1, "USD", "9")), ["EUR", "USD"], "USD", MONTHS
    )
    rows = ibis.duckdb.connect().to_pyarrow(table.order_by("currency", "month")).to_pylist()
    assert [(r["currency"], r["month"].month, r["rate"]) for r in rows] == [
        ("EUR", 1, Decimal("1.1")),
        ("EUR", 2, Decimal("1.2")),
        ("USD", 1, Decimal(1)),
        ("USD", 2, Decimal(1)),
    ]


def test_a_missing_rate_is_named_with_its_month():
    with pytest.raises(
        SourceError, match="1 exchange rates to USD are missing, the first for EUR in 2026-02"
    ):
        rate_table(given((1, "EUR", "1.1")), ["EUR"], "USD", MONTHS)
