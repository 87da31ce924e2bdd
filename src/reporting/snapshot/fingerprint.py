"""Notice which months of events have changed since they were rolled up.

One pass over the events tells. Of events in files, only files that are new or have changed are passed over:
what the others hold is known, and fingerprints add up.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reporting.metrics.localtime import to_utc
from reporting.month import Month

if TYPE_CHECKING:
    from pathlib import Path

    from reporting.sources.file_memory import FileMemory
    from reporting.sources.shares import Shares

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

    def noted(self) -> dict[str, Any]:
        """The same, fit for JSON."""
        months = {str(month): found for month, found in self.months.items()}
        return vars(self) | {"months": months, "first": self.first and self.first.isoformat()}

    @classmethod
    def of(cls, noted: dict[str, Any]) -> Prints:
        """What `noted` gave."""
        months = {Month.parse(month): found for month, found in noted["months"].items()}
        first = noted["first"] and dt.datetime.fromisoformat(noted["first"])
        fields: dict[str, Any] = {**noted, "months": months, "first": first}
        return cls(**fields)


def fingerprints(events: ir.Table, timezone: str) -> Prints:
    """Number of events and sum of their rows' hashes by month of the company's zone.

    A late, deleted or moved event changes them, and so does one rewritten in place: on DuckDB, Spark,
    Databricks and Snowflake, which can hash a row. Elsewhere the sum is over the times alone.

    Args:
        events: Canonical events, without the columns the source doesn't map.
        timezone: The company's zone.
    """
    return _prints(_slots(events), timezone)


def known_fingerprints(
    shares: Shares, columns: Iterable[str], timezone: str, last: Month, memory: FileMemory
) -> Prints:
    """What `fingerprints` finds in the events up to the close of `last`, without reading a file twice.

    Args:
        shares: All events by the files they come from.
        columns: Columns of the events, those the source maps.
        timezone: The company's zone.
        last: Last month looked at.
        seen: Files seen before.
    """
    slots = _slots(shares.rows.select(*columns))
    question = json.dumps([shares.reading, ibis.to_sql(slots), timezone])

    def read(files: tuple[Path, ...]) -> dict[str, Any]:
        shares.turn_to(files)
        return _prints(slots, timezone).noted()

    parts = [Prints.of(memory.fact(question, files, partial(read, files))) for files in shares.files]
    months: dict[Month, dict[str, int]] = {}
    for month, figures in (item for part in parts for item in part.months.items() if item[0] <= last):
        sums = months.get(month, dict.fromkeys(figures, 0))
        months[month] = {name: sums[name] + figure for name, figure in figures.items()}
    first = min((part.first for part in parts if part.first), default=None) if months else None
    untimed = sum(part.untimed for part in parts)
    return Prints(months, first, untimed, all(part.of_rows for part in parts))


def _slots(events: ir.Table) -> ir.Table:
    """Events and the sum of their hashes by quarter of an hour."""
    seconds, row = events.occurred_at.epoch_seconds(), _row_hash(events)
    figures = {"events": events.count(), "content": (seconds if row is None else row).sum()}
    return events.group_by(slot=seconds // SLOT).aggregate(**figures)


def _prints(slots: ir.Table, timezone: str) -> Prints:
    of_rows, slots = ibis.get_backend(slots).name in _ROW_HASH, slots.to_pyarrow()
    timed = slots.filter(pc.is_valid(slots["slot"]))
    untimed = pc.sum(slots["events"]).as_py() or 0
    if not timed.num_rows:
        return Prints({}, None, untimed, of_rows)
    sums = {name: _numbers(timed[name]) for name in ("events", "content")}
    untimed -= int(sums["events"].sum())
    months, first = _by_month(_numbers(timed["slot"]), sums, timezone)
    return Prints(months, first, untimed, of_rows)


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

    signature = Signature([Parameter(c, Parameter.POSITIONAL_ONLY) for c in columns])
    row_hash.__signature__ = signature  # ty: ignore[missing-attribute]  # as `inspect` reads it
    types = (tuple(column.type() for column in columns.values()), "uint64" if engine == "duckdb" else "int64")
    hashed = ibis.udf.scalar.builtin(row_hash, name=_ROW_HASH[engine], signature=types)
    return hashed(*columns.values()) >> 33
