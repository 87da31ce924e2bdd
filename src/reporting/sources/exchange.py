"""Exchange rates of a source: how much of the reporting currency one unit of another is worth, by month."""

from __future__ import annotations

import csv
import datetime as dt
import re
from decimal import Decimal, InvalidOperation
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from reporting.errors import ConfigError
from reporting.month import Month

SCHEMA = ibis.schema({"month": "date", "currency": "string", "rate": "decimal(18, 8)"})
_HEADER = ["month", "currency", "rate"]


def no_rates() -> ir.Table:
    """The table of a source that counts in one currency: no rows."""
    return _table([])


def read_rates(path: Path) -> ir.Table:
    """Read `month,currency,rate`.

    Returns:
        month (first day), currency (ISO 4217), rate (units of the reporting currency for one unit).

    Raises:
        ConfigError: The file is missing, or a line is malformed or stands twice; every such line is listed.
    """
    if not path.exists():
        raise ConfigError(
            "the file of exchange rates does not exist.",
            where=path,
            remedy="Correct `exchange_rates:` in the source file; the path is relative to it.",
        )
    rows: dict[tuple[dt.date, str], Decimal] = {}
    faults: list[str] = []
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream)
        header = [name.strip() for name in next(reader, [])]
        if header != _HEADER:
            raise ConfigError(
                f"the header is '{','.join(header)}'; expected '{','.join(_HEADER)}'.",
                where=f"{path}:1",
                remedy="Write these three columns in this order.",
            )
        for row in reader:
            if not row:
                continue
            try:
                month, currency, rate = _read_row(row)
                if (month, currency) in rows:
                    raise ValueError(f"{currency} in {month:%Y-%m} stands twice")
                rows[month, currency] = rate
            except ValueError as error:
                faults.append(f"{path}:{reader.line_num}: {error}.")
    if faults:
        raise ConfigError("\n".join(faults), remedy="Write lines such as 2026-10,EUR,1.0843.")
    data: list[dict[str, object]] = [
        {"month": month, "currency": currency, "rate": rate}
        for (month, currency), rate in sorted(rows.items())
    ]
    return _table(data)


def _table(rows: list[dict[str, object]]) -> ir.Table:
    return ibis.memtable(pa.Table.from_pylist(rows, schema=SCHEMA.to_pyarrow()))


def _read_row(row: list[str]) -> tuple[dt.date, str, Decimal]:
    if len(row) != len(_HEADER):
        raise ValueError(f"{len(row)} values; expected month, currency and rate")
    text, currency, number = (value.strip() for value in row)
    try:
        month = Month.parse(text.removesuffix("-01") if len(text) == 10 else text).start.date()
    except ConfigError:
        raise ValueError(f"'{text}' is not a month such as 2026-10") from None
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise ValueError(f"'{currency}' is not a currency code such as EUR") from None
    try:
        rate = Decimal(number)
    except InvalidOperation:
        raise ValueError(f"'{number}' is not a number") from None
    if not (rate.is_finite() and 0 < rate < 10**9):
        raise ValueError(f"the rate {number} is not positive and finite")
    return month, currency, round(rate, 8)
