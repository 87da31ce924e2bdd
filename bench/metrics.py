"""Time and memory to roll up events and build a snapshot, beside what one would write instead.

    python bench/metrics.py [events, 100 million by default]

Over 10,000 accounts and 24 months in Parquet files, on the cores there are. A process for each measurement.
The yardstick is the plainest grouping over the same files: `count(*), max(occurred_at)` by account and month.
The floor is what no exact answer can do without: groups by visitor and half hour, and by account and name.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import duckdb
import metrics_world as world

ACCOUNTS = 10_000
SMALL = 10_000_000  # what pandas can hold
PLACE = world.ROOT / "build" / "bench"
BEFORE = world.LAST.shift(-1)

PLAIN = """
    SELECT account_id, date_trunc('month', occurred_at) AS month, count(*), max(occurred_at)
    FROM events GROUP BY ALL"""
NAIVE = """
    SELECT account_id, date_trunc('month', occurred_at) AS month, count(*), max(occurred_at),
        count(DISTINCT user_id), count(DISTINCT date_trunc('day', occurred_at)), count(DISTINCT event_name)
    FROM events GROUP BY ALL"""
FLOOR = (
    """
    SELECT account_id, user_id, epoch_us(occurred_at) // 1800000000 AS slot, count(*), min(occurred_at),
        max(occurred_at)
    FROM events WHERE {month} GROUP BY ALL""",
    """
    SELECT account_id, event_name, count(*), min(occurred_at), max(occurred_at)
    FROM events WHERE {month} GROUP BY ALL""",
)


def _events(folder: Path) -> duckdb.DuckDBPyConnection:
    """A connection with all events up to the last month but one."""
    con = duckdb.connect()
    con.execute("SET enable_progress_bar = false")
    con.execute(
        f"CREATE VIEW events AS SELECT * FROM read_parquet('{folder}/tables/events/*.parquet') "
        f"WHERE occurred_at < TIMESTAMP '{BEFORE.close}'"
    )
    return con


def sql(folder: Path, query: str) -> dict[str, float]:
    """A query over all events, its result fetched."""
    con, start = _events(folder), time.perf_counter()
    con.sql(query).to_arrow_table()
    return {"all": time.perf_counter() - start}


def floor(folder: Path) -> dict[str, float]:
    """The two groupings that any exact answer needs, month by month, their results kept in the engine."""
    con, start, month = _events(folder), time.perf_counter(), world.FIRST
    while month <= BEFORE:
        within = f"occurred_at >= TIMESTAMP '{month.start}' AND occurred_at < TIMESTAMP '{month.close}'"
        for query in FLOOR:
            con.execute(f"CREATE OR REPLACE TEMP TABLE found AS {query.format(month=within)}")
        month = month.shift(1)
    return {"all": time.perf_counter() - start}


def snapshot(folder: Path, month: object, cache: Path) -> dict[str, float]:
    """Our snapshot of a month: seconds until the events are rolled up, and in all."""
    from reporting.params.product import load_product
    from reporting.snapshot.build import build_snapshot
    from reporting.sources import open_source

    start, told = time.perf_counter(), []
    with open_source("bench", folder / "params") as source, tempfile.TemporaryDirectory() as scratch:
        product = load_product(folder / "params" / "product.yml")

        def say(text: str) -> None:
            told.append((text, time.perf_counter() - start))

        build_snapshot(source, product, month, Path(scratch) / "snapshot", cache, say)
    read = sum(text.startswith("events of") for text, _ in told)
    return {"events": dict(told)["checking the data"], "all": time.perf_counter() - start, "read": read}


def pandas_script(folder: Path) -> dict[str, float]:
    """The usual notebook cell: the same figures by user and month, then by account, with `nunique`."""
    import pandas as pd

    start = time.perf_counter()
    columns = ["account_id", "user_id", "event_name", "occurred_at"]
    events = pd.read_parquet(folder / "tables" / "events", columns=columns)
    events = events[events.occurred_at < pd.Timestamp(BEFORE.close)]
    events["month"] = events.occurred_at.dt.to_period("M")
    events["day"] = events.occurred_at.dt.normalize()
    by_account = events.groupby(["account_id", "month"]).agg(
        events=("event_name", "size"), last=("occurred_at", "max"), users=("user_id", "nunique"),
        days=("day", "nunique"), features=("event_name", "nunique"),
    )  # fmt: skip
    events = events.sort_values(["account_id", "user_id", "occurred_at"])
    gap = events.groupby(["account_id", "user_id", "month"], dropna=False).occurred_at.diff()
    events["starts"] = gap.isna() | (gap >= pd.Timedelta(minutes=30))
    by_account["sessions"] = events.groupby(["account_id", "month"]).starts.sum()
    events.groupby(["account_id", "day"]).size()
    names = ["account_id", "month", "event_name"]
    events.groupby(names).agg(n=("day", "size"), first=("occurred_at", "min"), last=("occurred_at", "max"))
    return {"all": time.perf_counter() - start}


def measured(work: str, *given: object) -> dict[str, float]:
    """One contestant in this process, with its peak memory in GB."""
    found = globals()[work](*given)
    return found | {"memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6}


def late_events(folder: Path) -> Path:
    """A thousand events of a month long closed, in a file of their own."""
    parts = folder / "tables" / "events"
    path, month = parts / "late.parquet", parts / "2025-06.parquet"
    con = duckdb.connect()
    con.execute("SET enable_progress_bar = false")
    con.execute(
        f"COPY (SELECT * REPLACE ('late' || event_id AS event_id) FROM read_parquet('{month}') LIMIT 1000) "
        f"TO '{path}' (FORMAT parquet)"
    )
    return path


def main() -> None:
    size = int(float(sys.argv[1])) if len(sys.argv) > 1 else 100_000_000
    fresh = {"mp_context": multiprocessing.get_context("spawn"), "max_tasks_per_child": 1}
    with tempfile.TemporaryDirectory() as caches, ProcessPoolExecutor(1, **fresh) as process:

        def run(*work: object) -> dict[str, float]:
            return process.submit(measured, *work).result()

        def row(name: str, found: dict[str, float], yardstick: float, part: str = "all") -> None:
            print(
                f"{name:58} {found[part]:7.2f} s {found[part] / yardstick:6.2f} x plain "
                f"{found['memory']:5.1f} GB",
                flush=True,
            )

        first = {}
        for events in sorted({min(SMALL, size), size}):
            folder = PLACE / f"{ACCOUNTS}-{events}"
            process.submit(world.build, folder, events, ACCOUNTS).result()
            (folder / "tables" / "events" / "late.parquet").unlink(missing_ok=True)
            cache = Path(caches) / str(events)
            print(f"\n{events:,} events, {ACCOUNTS:,} accounts, 24 months; {os.cpu_count()} cores")
            plain = min((run("sql", folder, PLAIN) for _ in range(3)), key=lambda found: found["all"])
            yardstick = plain["all"]
            row("plain: count(*), max(time) by account and month", plain, yardstick)
            row("floor: the two groupings any exact answer needs", run("floor", folder), yardstick)
            row("naive: with exact distinct users, days, names", run("sql", folder, NAIVE), yardstick)
            if events <= SMALL:
                row("the usual pandas script", run("pandas_script", folder), yardstick)
            first[events] = run("snapshot", folder, BEFORE, cache)
            row("ours, first: events to roll-ups", first[events], yardstick, "events")
            row("ours, first: whole snapshot", first[events], yardstick)
            later = run("snapshot", folder, world.LAST, cache)
            row("ours, next month: events to roll-ups", later, yardstick, "events")
            row("ours, next month: whole snapshot", later, yardstick)
            again = run("snapshot", folder, world.LAST, cache)
            row("ours, the same month again: events to roll-ups", again, yardstick, "events")
            row("ours, the same month again: whole snapshot", again, yardstick)
            for part in ("events", "all"):
                print(f"  next month / first, {part}: {later[part] / first[events][part]:.3f}")
            late = late_events(folder)
            behind = run("snapshot", folder, world.LAST, cache)
            row("ours, with late events in 2025-06: whole snapshot", behind, yardstick)
            print(f"  months read again: {behind['read']:.0f}")
            late.unlink()
        if len(first) > 1:
            small, large = (first[events] for events in sorted(first))
            for part in ("events", "all"):
                print(f"growth {SMALL:,} to {size:,}, {part}: {large[part] / small[part]:.1f} x")


if __name__ == "__main__":
    main()
