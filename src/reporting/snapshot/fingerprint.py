"""Notice which months of events have changed since they were rolled up, in one pass over the events."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from inspect import Parameter, Signature

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reporting.metrics.localtime import to_utc
from reporting.month import Month

SLOT = 900  # seconds; clocks differ from UTC by a multiple of a quarter of an hour
_EPOCH = dt.datetime(1970, 1, 1)
_ROW_HASH = {"duckdb": "hash", "snowflake": "hash", "pyspark": "xxhash64", "databricks": "xxhash64"}


@dataclass(frozen=True)
class Prints:
    """What a source's events look like from afar.

    Attributes:
        months: Month with events -> its fingerprint, fit for JSON.
        first: Start of the quarter of an hour of the first event, UTC; None without events.
        untimed: Events without a time.
        of_rows: The fingerprints cover whole rows, not their times alone.
    """

    months: dict[Month, dict[str, int]]
    first: dt.datetime | None
    untimed: int
    of_rows: bool

    @property
    def events(self) -> int:
        """Number of events with a time."""
        return sum(found["events"] for found in self.months.values())

    def digest(self) -> str | None:
        """SHA-256 over all months; None if rows may change without a trace."""
        if not self.of_rows:
            return None
        months = {str(month): found for month, found in self.months.items()}
        return hashlib.sha256(json.dumps(months, sort_keys=True).encode()).hexdigest()


def fingerprints(events: ir.Table, timezone: str) -> Prints:
    """Number of events and sum of their rows' hashes by month of the company's zone.

    A late, deleted or moved event changes them, and so does one rewritten in place: on DuckDB, Spark,
    Databricks and Snowflake, which can hash a row. Elsewhere the sum is over the times alone.

    Args:
        events: Canonical events, without the columns the source doesn't map.
        timezone: The company's zone.
    """
    seconds, row = events.occurred_at.epoch_seconds(), _row_hash(events)
    figures = {"events": events.count(), "content": (seconds if row is None else row).sum()}
    slots = events.group_by(slot=seconds // SLOT).aggregate(**figures).to_pyarrow()
    timed = slots.filter(pc.is_valid(slots["slot"]))
    untimed = pc.sum(slots["events"]).as_py() or 0
    if not timed.num_rows:
        return Prints({}, None, untimed, row is not None)
    sums = {name: _numbers(timed[name]) for name in figures}
    untimed -= int(sums["events"].sum())
    months, first = _by_month(_numbers(timed["slot"]), sums, timezone)
    return Prints(months, first, untimed, row is not None)


def _by_month(
    slots: np.ndarray, sums: dict[str, np.ndarray], timezone: str
) -> tuple[dict[Month, dict[str, int]], dt.datetime]:
    order = np.argsort(slots)
    slots = slots[order]
    first, last = (_EPOCH + dt.timedelta(seconds=int(slots[i]) * SLOT) for i in (0, -1))
    month, until = Month.of(first).shift(-1), Month.of(last).shift(1)
    found = {}
    while month <= until:
        edges = [(to_utc(moment, timezone) - _EPOCH).total_seconds() for moment in (month.start, month.close)]
        low, high = np.searchsorted(slots * SLOT, edges)
        if low < high:
            found[month] = {name: int(values[order][low:high].sum()) for name, values in sums.items()}
        month = month.shift(1)
    return found, first


def _numbers(column: pa.ChunkedArray) -> np.ndarray:
    return column.cast(pa.int64()).to_numpy()


def _row_hash(events: ir.Table) -> ir.IntegerColumn | None:
    """31 bits of a hash over all columns but the key; None where the engine has no such function."""
    engine = ibis.get_backend(events).name
    if engine not in _ROW_HASH:
        return None
    columns = {name: events[name] for name in events.columns if name != "event_id"}

    def row_hash(): ...

    row_hash.__signature__ = Signature([Parameter(c, Parameter.POSITIONAL_ONLY) for c in columns])
    types = (tuple(column.type() for column in columns.values()), "uint64" if engine == "duckdb" else "int64")
    hashed = ibis.udf.scalar.builtin(row_hash, name=_ROW_HASH[engine], signature=types)
    return hashed(*columns.values()) >> 33
