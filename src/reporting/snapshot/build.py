"""Build a month's snapshot: cut the source at the close, roll up its events, compute, freeze."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from reporting.contract import Finding, refuse
from reporting.contract.asof import as_of
from reporting.metrics.localtime import to_utc, zone
from reporting.metrics.registry import unavailable
from reporting.month import Month
from reporting.params.product import Product
from reporting.snapshot import freeze
from reporting.snapshot.compute import compute
from reporting.snapshot.figures import outcome_table, portfolio_figures
from reporting.snapshot.fingerprint import known_fingerprints
from reporting.snapshot.frozen import SCHEMA, Snapshot
from reporting.snapshot.rollup import Rollups, roll_up
from reporting.snapshot.tables import KEYS, frozen_tables
from reporting.snapshot.workspace import Workspace, rate_table
from reporting.sources.seen import Seen

if TYPE_CHECKING:
    from reporting.sources import Source
    from reporting.sources.source import Input

Progress = Callable[[str], None]


def build_snapshot(
    source: Source,
    product: Product,
    month: Month,
    out: Path,
    cache: Path | None = None,
    progress: Progress | None = None,
) -> Snapshot:
    """Compute all that the reports of `month` may know and freeze it in folder `out`.

    Args:
        source: The open source.
        product: What the product is.
        month: The report month.
        out: Folder of the snapshot; it is replaced as a whole, or not at all if anything fails.
        cache: Folder for roll-ups, one per source; without it every event is read again.
        progress: Told what is being done.

    Raises:
        ContractError: The data break the contract.
        SourceError: An exchange rate is missing.
    """
    say = progress or (lambda _: None)
    with tempfile.TemporaryDirectory(prefix="reporting-") as scratch:
        have = _have(source)
        tables = as_of(source.tables, to_utc(month.close, source.file.timezone))
        if "events" not in tables:
            refuse(source.check(month), source.path)
        events = tables.pop("events").select(sorted(source.columns("events")))
        folder, select = cache or Path(scratch) / "cache", source.selects["events"]
        seen, shares, prints = Seen(folder / "seen"), source.shares("events"), None
        if shares:
            prints = known_fingerprints(shares, events.columns, source.file.timezone, month, seen)
        rollups = roll_up(events, product, source.file.timezone, folder, say, select, prints)
        say("checking the data")
        findings = source.check(month, usage=rollups.usage())
        refuse(findings, source.path)
        say("computing the metrics")
        small = {name: table.to_pyarrow() for name, table in tables.items()}
        ws = Workspace(small, rollups.files, month, source.file.timezone)
        try:
            fresh = Path(scratch) / "snapshot"
            fresh.mkdir()
            missing = unavailable(have)
            _compute(ws, source, product, have, rollups, findings, missing)
            say("freezing the snapshot")
            with ThreadPoolExecutor(1) as writer:  # writes one table while the engine computes the next
                written = {
                    name: writer.submit(
                        freeze.write, table.order_by(KEYS[name]).to_pyarrow(), fresh / f"{name}.parquet"
                    )
                    for name, table in sorted(frozen_tables(ws).items())
                }
            files = {name: future.result() for name, future in written.items()}
        finally:
            ws.close()
        inputs = source.files(rollups.prints.digest(), seen)
        meta = _meta(source, product, month, missing, files, inputs)
        # Keys stay in the order given: that of the onboarding steps has a meaning.
        (fresh / "meta.json").write_text(json.dumps(meta, indent=1, ensure_ascii=False) + "\n")
        _replace(fresh, out)
    return Snapshot.load(out)


def _have(source: Source) -> frozenset[str]:
    """Mapped canonical tables and columns: `users`, `users.role`."""
    columns = {f"{table}.{column}" for table in source.tables for column in source.columns(table)}
    return frozenset(columns | set(source.tables))


def _compute(
    ws: Workspace,
    source: Source,
    product: Product,
    have: frozenset[str],
    rollups: Rollups,
    findings: list[Finding],
    missing: dict[str, list[str]],
) -> None:
    currencies = set(ws["subscriptions"].currency.to_pyarrow().unique().to_pylist())
    if ws.get("acquisition") is not None:
        currencies |= set(ws["acquisition"].currency.to_pyarrow().unique().to_pylist())
    rates = rate_table(
        source.exchange_rates.to_pyarrow(), sorted(currencies), source.file.currency, ws.months
    )
    compute(ws, rates, product, have, _first_day(rollups, source.file.timezone))
    ws.keep("findings", _finding_table(findings))
    ws.keep("outcomes", outcome_table(ws, product))
    ws.keep("portfolio_month", portfolio_figures(ws, product, missing))


def _first_day(rollups: Rollups, timezone: str) -> dt.datetime | None:
    """Local midnight of the first day with an event."""
    if rollups.prints.first is None:
        return None
    local = rollups.prints.first.replace(tzinfo=dt.UTC).astimezone(zone(timezone))
    return dt.datetime.combine(local.date(), dt.time())


_FINDING = pa.schema(
    [
        ("check", pa.string()),
        ("severity", pa.string()),
        ("table", pa.string()),
        ("column", pa.string()),
        ("count", pa.int64()),
        ("total", pa.int64()),
        ("message", pa.string()),
        ("examples", pa.string()),
        ("remedy", pa.string()),
    ]
)


def _finding_table(findings: list[Finding]) -> pa.Table:
    rows = [
        {name: getattr(finding, name) for name in _FINDING.names if name != "examples"}
        | {"examples": json.dumps(finding.examples, ensure_ascii=False)}
        for finding in findings
    ]
    return pa.Table.from_pylist(rows, schema=_FINDING)


def _meta(
    source: Source,
    product: Product,
    month: Month,
    missing: dict[str, list[str]],
    files: dict[str, dict[str, Any]],
    inputs: Iterable[Input],
) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "source": source.name,
        "title": source.file.title,
        "month": str(month),
        "close": to_utc(month.close, source.file.timezone).isoformat(),
        "currency": source.file.currency,
        "timezone": source.file.timezone,
        "product": product.model_dump(mode="json"),
        "tables": sorted(source.tables),
        "unavailable": missing,
        "sources": [{"name": name, "sha256": sha256} for name, sha256 in inputs],
        "files": files,
        "hash": freeze.snapshot_hash(files),
    }


def _replace(fresh: Path, out: Path) -> None:
    """Put `fresh` in the place of `out`: first beside it, then by renaming."""
    out.parent.mkdir(parents=True, exist_ok=True)
    beside = out.with_name(f".{out.name}.new")
    shutil.rmtree(beside, ignore_errors=True)
    shutil.copytree(fresh, beside)
    shutil.rmtree(out, ignore_errors=True)
    beside.rename(out)
