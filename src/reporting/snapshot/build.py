"""Build a month's snapshot: cut the source at the close, roll up its events, compute, freeze."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from reporting.contract import Finding, refuse
from reporting.contract.asof import as_of
from reporting.metrics.localtime import to_utc, zone
from reporting.metrics.registry import unavailable
from reporting.month import Month
from reporting.params.product import Product
from reporting.snapshot import freeze
from reporting.snapshot.compute import compute
from reporting.snapshot.control import control_findings
from reporting.snapshot.figures import outcome_table, portfolio_figures
from reporting.snapshot.fingerprint import known_fingerprints
from reporting.snapshot.frozen import SCHEMA, Snapshot
from reporting.snapshot.reuse import SNAPSHOT, WHOLE_PANEL, remember, take, workplace
from reporting.snapshot.rollup import Rollups, roll_up
from reporting.snapshot.state import State
from reporting.snapshot.tables import APPENDED, IN_PARTS, KEYS, PANEL, frozen_tables, require_no_figures
from reporting.snapshot.workspace import Workspace, rate_table
from reporting.sources.file_memory import FileMemory

if TYPE_CHECKING:
    from reporting.sources import Source, SourceFile
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
        cache: Folder for roll-ups and finished months, one per source; without it every event is read and
            every month computed again.
        progress: Told what is being done.

    Raises:
        ConfigError: A column of one's own has the name of a figure.
        ContractError: The data break the contract.
        SourceError: An exchange rate is missing.
    """
    require_no_figures(source.file.account_columns, source.path)
    say = progress or (lambda _: None)
    timezone = source.file.timezone
    with tempfile.TemporaryDirectory(prefix="reporting-") as scratch:
        folder = cache or Path(scratch)
        store, memory = folder / "kept", FileMemory(folder / "seen")
        tables, rollups, findings = _read(source, product, month, folder, memory, say)
        with (
            closing(Workspace(tables, rollups.files, month, timezone)) as ws,
            workplace(store, month) as place,
        ):
            have, since = _have(source), _first_day(rollups, timezone)
            rates, missing = _rates(ws, source), unavailable(have)
            reading = (source.selects["events"], timezone, source.file.currency, str(since))
            state = State(ws, rates, product, have, rollups.prints.months, reading)
            earlier = take(store, month, state.at, place)
            if earlier:
                ws.go_on_after(earlier.last, sorted((place / WHOLE_PANEL).glob("*.parquet")))
            if ws.fresh:
                after = f" after {earlier.last}" if earlier else ""
                say(f"computing the metrics{after}")
                compute(ws, rates, product, have, since)
                ws.keep("outcomes", outcome_table(ws, product))
                ws.keep("portfolio_month", portfolio_figures(ws, product, missing))
            findings += control_findings(
                source.control, ws.so_far("panel", "month", "mrr_cents", "paying"), month
            )
            ws.keep("findings", _finding_table(findings))
            say("freezing the snapshot")
            files = _freeze(ws, place, earlier.files if earlier else {})
            inputs = source.files(rollups.prints.digest(), memory)
            _write_meta(place / SNAPSHOT, _meta(source, product, month, missing, files, inputs))
            _replace(place / SNAPSHOT, out)
            if ws.fresh:
                remember(store, place, month, state.at(month), files)
    return Snapshot.load(out)


def _read(
    source: Source, product: Product, month: Month, cache: Path, memory: FileMemory, say: Progress
) -> tuple[dict[str, pa.Table], Rollups, list[Finding]]:
    """All tables but `events` as of the close, the roll-ups of these, and what the checks found."""
    tables = as_of(source.tables, to_utc(month.close, source.file.timezone))
    if "events" not in tables:
        refuse(source.check(month), source.path)
    rollups = _roll_up(source, tables.pop("events"), product, month, cache, memory, say)
    say("checking the data")
    findings = source.check(month, rollups.usage(), product)
    refuse(findings, source.path)
    return {name: table.to_pyarrow() for name, table in tables.items()}, rollups, findings


def _roll_up(
    source: Source,
    events: ir.Table,
    product: Product,
    month: Month,
    cache: Path,
    memory: FileMemory,
    say: Progress,
) -> Rollups:
    """The roll-ups of all events up to the close; of files seen before, nothing is read again."""
    timezone, shares, prints = source.file.timezone, source.shares("events"), None
    events = events.select(sorted(source.columns("events")))
    if shares:
        prints = known_fingerprints(shares, events.columns, timezone, month, memory)
    return roll_up(events, product, timezone, cache, say, source.selects["events"], prints)


def _freeze(ws: Workspace, place: Path, files: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Write what the workspace computed beside what was taken from an earlier snapshot.

    Tables are written while the engine computes the next.

    Args:
        ws: The workspace, computed.
        place: See `reuse.workplace`.
        files: Name -> content hash and rows, of the earlier snapshot's tables.

    Returns:
        The same of all tables.
    """
    folder, written = place / SNAPSHOT, {}
    with ThreadPoolExecutor(1) as writer:

        def write(name: str, rows: pa.Table, root: Path = folder) -> None:
            written[root, name] = writer.submit(freeze.write, rows, root / f"{name}.parquet")

        for name, table in sorted(frozen_tables(ws).items()):
            rows = table.order_by(KEYS[name]).to_pyarrow()
            if name in IN_PARTS:
                for part, some in freeze.parts(folder / name, rows, ws.fresh):
                    write(f"{name}/{part}", some)
            elif name in APPENDED and name in files:
                earlier = pq.read_table(folder / f"{name}.parquet")
                rows = pa.concat_tables([earlier, freeze.canonical(rows)])
                write(name, rows.sort_by([(key, "ascending") for key in KEYS[name]]))
            else:
                write(name, rows)
        for future in written.values():  # before the largest is in memory
            future.result()
        if ws.fresh:  # comes last: tables above read the earlier panel, whose files now change
            panel = ws["panel"].order_by(KEYS["account_month"]).to_pyarrow()
            for part, rows in freeze.parts(folder / "account_month", panel.select(PANEL), ws.fresh):
                write(f"account_month/{part}", rows)
            for part, rows in freeze.parts(place / WHOLE_PANEL, panel, ws.fresh):
                write(part, rows, place / WHOLE_PANEL)
    found = {(root, name): future.result() for (root, name), future in written.items()}
    files = files | {name: file for (root, name), file in found.items() if root == folder}
    return {name: files[name] for name in sorted(files) if (folder / f"{name}.parquet").exists()}


def _have(source: Source) -> frozenset[str]:
    """Mapped canonical tables and columns: `users`, `users.role`."""
    columns = {f"{table}.{column}" for table in source.tables for column in source.columns(table)}
    return frozenset(columns | set(source.tables))


def _rates(ws: Workspace, source: Source) -> ir.Table:
    """Exchange rates of every month and currency in use."""
    currencies = set(ws["subscriptions"].currency.to_pyarrow().unique().to_pylist())
    if ws.get("acquisition") is not None:
        currencies |= set(ws["acquisition"].currency.to_pyarrow().unique().to_pylist())
    return rate_table(source.exchange_rates.to_pyarrow(), sorted(currencies), source.file.currency, ws.months)


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
        **_declared(source.file),
        "sources": [{"name": name, "sha256": sha256} for name, sha256 in inputs],
        "files": files,
        "hash": freeze.snapshot_hash(files),
    }


def _declared(file: SourceFile) -> dict[str, Any]:
    """What a source file may say; a snapshot of one that doesn't is what it was before it could."""
    said = {"account_columns": file.account_columns, "fiscal_year_starts": file.fiscal_year_starts}
    return {key: value for key, value in said.items() if value not in ([], 1)}


def _write_meta(folder: Path, meta: dict[str, Any]) -> None:
    # Keys stay in the order given: that of the onboarding steps has a meaning.
    (folder / "meta.json").write_text(json.dumps(meta, indent=1, ensure_ascii=False) + "\n")


def _replace(fresh: Path, out: Path) -> None:
    """Put `fresh` in the place of `out`: first beside it, then by renaming."""
    out.parent.mkdir(parents=True, exist_ok=True)
    beside = out.with_name(f".{out.name}.new")
    shutil.rmtree(beside, ignore_errors=True)
    shutil.copytree(fresh, beside)
    shutil.rmtree(out, ignore_errors=True)
    beside.rename(out)
