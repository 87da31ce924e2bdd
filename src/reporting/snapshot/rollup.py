"""Roll-ups of events by month, kept in a cache so that a month of events is read once.

A month's part is used again while its fingerprint stays the same; an event that arrives late, or is
corrected, changes it and the part is rebuilt. A changed product definition has another cache altogether.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from reporting.contract.rules import kept
from reporting.contract.usage import Usage, blank
from reporting.metrics import usage
from reporting.month import Month
from reporting.params.product import Product
from reporting.snapshot.fingerprint import Prints, fingerprints
from reporting.sources.connect import embedded

VERSION = 3  # raise it when a roll-up's columns or meaning change
BATCH = 8_000_000  # events rolled up by one query; bounds memory
_BY_SUBSCRIPTION = "subscription_month"
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Rollups:
    """Where the parts are.

    Attributes:
        files: Roll-up -> Parquet files, one a month.
        prints: Fingerprints of the events.
        built: Months read from the source just now.
    """

    files: dict[str, list[Path]]
    prints: Prints
    built: list[Month]

    def usage(self) -> Usage:
        """The sums of events that the contract's checks need."""
        con = embedded()
        try:
            tables = {
                name: con.read_parquet([str(path) for path in paths])
                for name, paths in self.files.items()
                if paths
            }
            if not tables:
                return Usage(self.prints.untimed, {"no_time": self.prints.untimed}, None, None)
            people, names = tables["user_month"], tables["account_event"]
            faults = names.aggregate(
                no_account=people.events.sum(where=blank(people.account_id)).as_scalar(),
                no_name=names.events.sum(where=blank(names.event_name)),
                odd_quantity=names.odd_quantity.sum(),
            )
            (found,) = faults.to_pyarrow().to_pylist()
            return Usage(
                self.prints.events + self.prints.untimed,
                {"no_time": self.prints.untimed} | {name: int(count or 0) for name, count in found.items()},
                _spread(people, ["account_id", "user_id"]),
                _spread(tables[_BY_SUBSCRIPTION], ["subscription_id"])
                if _BY_SUBSCRIPTION in tables
                else None,
                _sums(names, ["event_name"], events=names.events.sum()),
                _by_day(tables["account_day"]),
            )
        finally:
            con.disconnect()


def _spread(rows: ir.Table, keys: list[str]) -> ir.Table:
    return _sums(rows, keys, events=rows.events.sum(), first=rows.first_at.min(), last=rows.last_at.max())


def _sums(rows: ir.Table, keys: list[str], **figures: ir.Value) -> ir.Table:
    sums = rows.group_by(keys).aggregate(**figures)
    return ibis.memtable(sums.to_pyarrow().combine_chunks())  # PySpark takes whole columns only


def _by_day(rows: ir.Table) -> dict[dt.date, int]:
    days = rows.group_by("day").aggregate(events=rows.events.sum()).to_pyarrow().to_pylist()
    return {row["day"].date(): int(row["events"]) for row in days}


def roll_up(
    events: ir.Table,
    product: Product,
    timezone: str,
    cache: Path,
    progress: Progress = lambda _: None,
    select: str = "",
    prints: Prints | None = None,
) -> Rollups:
    """Bring the cache up to date and say where the parts are.

    Args:
        events: Canonical events up to the close, without the columns the source doesn't map.
        product: Names of features and value events.
        timezone: The company's zone; months are its months.
        cache: Folder of the cache, one per source.
        progress: Told what is being read.
        select: The SELECT that maps the events. A changed one is read anew: not every engine can tell that
            events have changed with it.
        prints: Fingerprints of the events, if they are known; else every event is passed over.
    """
    prints = prints or fingerprints(events, timezone)
    folder = cache / _definition(product, timezone, events.columns, select)
    months = sorted(prints.months)
    stale = [month for month in months if _stored(folder / str(month)) != prints.months[month]]
    with ThreadPoolExecutor(1) as writer:  # writes one batch while the engine reads the next
        written: list[Future[None]] = []
        for batch in _batches(stale, prints):
            progress(f"events of {batch[0]}" if len(batch) == 1 else f"events of {batch[0]} to {batch[-1]}")
            tables = _read(events, batch, product, timezone)
            for future in written:
                future.result()
            written = [
                writer.submit(_write_part, folder / str(month), month, tables, prints.months[month])
                for month in batch
            ]
        for future in written:
            future.result()
    names = [*usage.ROLLUPS, *([_BY_SUBSCRIPTION] if "subscription_id" in events.columns else [])]
    files = {name: [folder / str(month) / f"{name}.parquet" for month in months] for name in names}
    return Rollups(files, prints, stale)


def _read(events: ir.Table, batch: list[Month], product: Product, timezone: str) -> dict[str, pa.Table]:
    """The roll-ups of consecutive months."""
    rows = usage.readable(events, timezone, batch[0], batch[-1])
    named = "session_id" in events.columns
    gap = None if named else product.engagement.session_gap_minutes
    with kept(usage.spans(rows, product, gap)) as spans:
        people = usage.user_month(spans, product, gap)
        found = {
            "user_month": usage.with_named_sessions(people, rows) if named else people,
            "account_day": usage.account_day(spans),
            "account_event": usage.account_event(rows),
        }
        if "subscription_id" in events.columns:
            found[_BY_SUBSCRIPTION] = usage.subscription_month(rows)
        return {name: expression.to_pyarrow() for name, expression in found.items()}


def _definition(product: Product, timezone: str, columns: tuple[str, ...], select: str) -> str:
    """Name of the cache folder: changes with everything a roll-up depends on but the events."""
    parts = {
        "version": VERSION,
        "timezone": timezone,
        "columns": sorted(columns),
        "select": select,
        "gap": product.engagement.session_gap_minutes,
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


def _batches(months: list[Month], prints: Prints) -> Iterator[list[Month]]:
    """Runs of consecutive months of at most `BATCH` events together (or a single month)."""
    batch: list[Month] = []
    size = 0
    for month in months:
        count = prints.months[month]["events"]
        if batch and (batch[-1].shift(1) != month or size + count > BATCH):
            yield batch
            batch, size = [], 0
        batch.append(month)
        size += count
    if batch:
        yield batch


def _write_part(
    folder: Path, month: Month, tables: dict[str, pa.Table], fingerprint: Mapping[str, object]
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
