"""Roll-ups of events by month, kept in a cache so that a month of events is read once.

A month's part is used again while its fingerprint (events, latest time, sum of times) stays the same; an
event that arrives late changes it and the part is rebuilt. A changed product definition has another cache
altogether.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from reporting.metrics import usage
from reporting.metrics.localtime import to_local, to_utc
from reporting.month import Month
from reporting.params.product import Product

VERSION = 1  # raise it when a roll-up's columns or meaning change
BATCH = 8_000_000  # events rolled up by one query; bounds memory
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Rollups:
    """Where the parts are.

    Attributes:
        files: Roll-up -> Parquet files, one a month.
        months: Months with events.
        built: Months read from the source just now.
        first_event: Earliest UTC time of an event; None without events.
    """

    files: dict[str, list[Path]]
    months: list[Month]
    built: list[Month]
    first_event: dt.datetime | None


def roll_up(
    events: ir.Table,
    product: Product,
    timezone: str,
    has_sessions: bool,
    cache: Path,
    progress: Progress = lambda _: None,
) -> Rollups:
    """Bring the cache up to date and say where the parts are.

    Args:
        events: Canonical events up to the close.
        product: Names of features and value events.
        timezone: The company's zone; months are its months.
        has_sessions: `session_id` is mapped.
        cache: Folder of the cache, one per source.
        progress: Told what is being read.
    """
    prints = fingerprints(events, timezone)
    folder = cache / _definition(product, timezone, has_sessions)
    months = sorted(prints)
    stale = [month for month in months if _stored(folder / str(month)) != prints[month]]
    for batch in _batches(stale, prints):
        progress(f"events of {batch[0]}" if len(batch) == 1 else f"events of {batch[0]} to {batch[-1]}")
        _build(events, batch, product, timezone, has_sessions, folder, prints)
    files = {name: [folder / str(month) / f"{name}.parquet" for month in months] for name in usage.ROLLUPS}
    first = min((prints[month]["first"] for month in months), default=None)
    return Rollups(files, months, stale, dt.datetime.fromisoformat(first) if first else None)


def fingerprints(events: ir.Table, timezone: str) -> dict[Month, dict[str, object]]:
    """By month: number of events, earliest and latest time, sum of times in seconds."""
    edges = (
        events.aggregate(first=events.occurred_at.min(), last=events.occurred_at.max())
        .to_pyarrow()
        .to_pylist()[0]
    )
    if edges["first"] is None:
        return {}
    moment = events.occurred_at
    local = to_local(moment, timezone, edges["first"], edges["last"])
    rows = events.group_by(month=local.truncate("M")).aggregate(
        events=events.count(), first=moment.min(), last=moment.max(), seconds=moment.epoch_seconds().sum()
    )
    return {
        Month.of(row["month"]): {
            "events": row["events"],
            "first": row["first"].isoformat(),
            "last": row["last"].isoformat(),
            "seconds": int(row["seconds"]),
        }
        for row in rows.to_pyarrow().to_pylist()
    }


def _definition(product: Product, timezone: str, has_sessions: bool) -> str:
    """Name of the cache folder: changes with everything a roll-up depends on but the events."""
    parts = {
        "version": VERSION,
        "timezone": timezone,
        "sessions": has_sessions or product.engagement.session_gap_minutes,
        "events": {
            name: getattr(product, name)
            for name in (
                "core_features",
                "premium_features",
                "other_features",
                "value_events",
                "api_events",
                "key_action",
                "event_points",
                "limit_events",
            )
        },
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def _stored(folder: Path) -> dict[str, object] | None:
    try:
        return json.loads((folder / "part.json").read_text())
    except (OSError, json.JSONDecodeError):
        return None


def _batches(months: list[Month], prints: dict[Month, dict]) -> Iterator[list[Month]]:
    """Runs of consecutive months of at most `BATCH` events together (or a single month)."""
    batch: list[Month] = []
    size = 0
    for month in months:
        count = prints[month]["events"]
        if batch and (batch[-1].shift(1) != month or size + count > BATCH):
            yield batch
            batch, size = [], 0
        batch.append(month)
        size += count
    if batch:
        yield batch


def _build(
    events: ir.Table,
    batch: list[Month],
    product: Product,
    timezone: str,
    has_sessions: bool,
    folder: Path,
    prints: dict[Month, dict],
) -> None:
    rows = usage.readable(
        events, timezone, to_utc(batch[0].start, timezone), to_utc(batch[-1].close, timezone)
    )
    expressions = {
        "user_month": usage.user_month(rows, product, product.engagement.session_gap_minutes, has_sessions),
        "account_day": usage.account_day(rows, product),
        "account_event": usage.account_event(rows),
    }
    tables = {name: expression.to_pyarrow() for name, expression in expressions.items()}
    for month in batch:
        _write_part(folder / str(month), month, tables, prints[month])


def _write_part(
    folder: Path, month: Month, tables: dict[str, pa.Table], fingerprint: dict[str, object]
) -> None:
    """Write a month's part; the fingerprint comes last, so a broken part is never taken for a whole one."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, table in tables.items():
        time = table["day" if name == "account_day" else "month"]
        inside = pc.and_(
            pc.greater_equal(time, pa.scalar(month.start, time.type)),
            pc.less(time, pa.scalar(month.close, time.type)),
        )
        pq.write_table(table.filter(inside), folder / f"{name}.parquet", compression="zstd")
    (folder / "part.json").write_text(json.dumps(fingerprint))
