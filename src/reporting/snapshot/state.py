"""A digest of all that a month's snapshot rests on: while it is the same, so are the figures."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from importlib.metadata import version

import ibis.expr.types as ir
import pyarrow as pa

from reporting.contract.asof import as_of
from reporting.metrics.localtime import to_utc
from reporting.month import Month
from reporting.params.product import Product
from reporting.snapshot.code import code_hash
from reporting.snapshot.freeze import canonical, content_hash
from reporting.snapshot.workspace import Workspace

_CODE = ("contract", "metrics", "params", "snapshot", "sources", "month.py")
_ENGINE = ("duckdb", "ibis-framework", "pyarrow")
_PANEL_READS = {"accounts": ["account_id", "signed_up_at"]}
"""Columns that a month's rows are made of, where it isn't all of them: an account's attributes at present are
told once, beside the months."""


@dataclass(frozen=True)
class State:
    """What the source and the definitions say today.

    Attributes:
        ws: The workspace with the source's small tables.
        rates: Exchange rates, see `workspace.rate_table`.
        product: The product definition.
        have: Mapped canonical tables and columns.
        events: Month -> fingerprint of its events.
        reading: What else decides how events and money are read: SELECT, time zone, currency, first day.
    """

    ws: Workspace
    rates: ir.Table
    product: Product
    have: frozenset[str]
    events: dict[Month, dict[str, int]]
    reading: tuple[str, ...]

    def at(self, month: Month) -> str:
        """Digest of all that is known at the month's close."""
        tables = as_of(self.ws.raw, to_utc(month.close, self.ws.timezone))
        rates = self.rates.filter(self.rates.month < month.close)
        parts = {
            "code": code_hash(*_CODE),
            "versions": [version(name) for name in _ENGINE],
            "product": self.product.model_dump(mode="json"),
            "have": sorted(self.have),
            "reading": self.reading,
            "events": {str(m): found for m, found in sorted(self.events.items()) if m <= month},
            "tables": {name: _content(name, table) for name, table in sorted(tables.items())},
            "rates": content_hash(canonical(self.ws.con.to_pyarrow(rates.order_by("month", "currency")))),
        }
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _content(name: str, table: ir.Table) -> str:
    rows = table.select(_PANEL_READS.get(name, table.columns))
    found: pa.Table = rows.order_by(rows.columns).to_pyarrow()
    return content_hash(canonical(found))
