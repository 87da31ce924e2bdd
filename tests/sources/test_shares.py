"""The fingerprints of files, each read once, add up to those of one pass over all of them."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import replace

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reporting.contract.asof import as_of
from reporting.metrics.localtime import to_utc
from reporting.month import Month
from reporting.snapshot.fingerprint import fingerprints, known_fingerprints
from reporting.sources import file_memory
from reporting.sources.file_memory import FileMemory
from reporting.sources.shares import row_by_row, tables_read

MARCH = Month(2025, 3)
PARQUET = "title: Tiny\nconnection: {kind: parquet, path: data}\ntimezone: Asia/Kolkata\n"
SELECT = """
    SELECT account AS account_id, lower(name) AS event_name, moment AS occurred_at,
        try_cast(n AS double) AS quantity
    FROM events WHERE name <> 'noise' ORDER BY moment"""


@pytest.fixture(autouse=True)
def settled(monkeypatch):
    monkeypatch.setattr(file_memory, "RACY", -1)


@pytest.fixture
def parquet(company):
    """The tiny company in Parquet files, events in a folder of them that is empty as yet."""
    for name in ("accounts", "subscriptions"):
        rows = duckdb.sql(f"FROM read_csv('{company.data / name}.csv')").to_arrow_table()
        pq.write_table(rows, company.data / f"{name}.parquet")
    (company.data / "events").mkdir()
    company.source(PARQUET)
    company.sql("events", SELECT)
    return company


def write(
    company, name: str, events: list[tuple[str | None, str, int | None]], number: str = "int64"
) -> None:
    times, names, numbers = ([event[i] for event in events] for i in range(3))
    columns = {
        "account": pa.array(["A1"] * len(events), pa.string()),
        "name": pa.array(names, pa.string()),
        "moment": pa.array([time and dt.datetime.fromisoformat(time) for time in times], pa.timestamp("us")),
        "n": pa.array(numbers, pa.int64()).cast(number),
    }
    path = company.data / "events" / f"{name}.parquet"
    path.parent.mkdir(exist_ok=True)
    pq.write_table(pa.table(columns), path)


def compared(company) -> int:
    """Check what is known against a full pass; returns how many shares were read."""
    read = []
    with company.open() as source:
        events = as_of(source.tables, to_utc(MARCH.close, source.file.timezone))["events"]
        events = events.select(sorted(source.columns("events")))
        shares, seen = source.shares("events"), FileMemory(company.root / "seen")
        counted = replace(shares, turn_to=lambda files: (read.append(files), shares.turn_to(files)))
        known = known_fingerprints(counted, events.columns, source.file.timezone, MARCH, seen)
        assert known == fingerprints(events, source.file.timezone)
        assert known.digest() == fingerprints(events, source.file.timezone).digest()
    return len(read)


def test_only_new_and_changed_files_are_read(parquet):
    write(parquet, "a", [("2025-01-05", "login", 1), ("2025-02-05", "login", 2)])
    write(parquet, "b", [("2025-02-06", "report_created", None), (None, "login", 1)])
    assert compared(parquet) == 2
    assert compared(parquet) == 0
    write(parquet, "c", [("2025-03-31 18:29:59.999999", "login", 1), ("2025-03-31 18:30", "login", 1)])
    assert compared(parquet) == 1
    write(parquet, "b", [("2025-02-06", "report_copied", None), (None, "login", 1)])  # as long as before
    assert compared(parquet) == 1
    (parquet.data / "events" / "a.parquet").unlink()
    assert compared(parquet) == 0
    parquet.sql("events", SELECT.replace("'noise'", "'login'"))
    assert compared(parquet) == 2


def test_another_first_file_may_give_the_others_other_types(parquet):
    write(parquet, "a", [("2025-01-05", "login", 1)], "string")
    write(parquet, "b", [("2025-01-05", "login", 1)])
    assert compared(parquet) == 2
    (parquet.data / "events" / "a.parquet").unlink()
    assert compared(parquet) == 1


def test_files_without_a_row_or_beyond_the_close(parquet):
    write(parquet, "a", [])
    write(parquet, "b", [("2025-05-05", "login", 1)])
    assert compared(parquet) == 2


def test_folders_that_name_a_column(parquet):
    for kind in ("login", "call"):
        write(parquet, f"kind={kind}/a", [("2025-01-05", "x", 1)])
    parquet.sql(
        "events", "SELECT account AS account_id, kind AS event_name, moment AS occurred_at FROM events"
    )
    assert compared(parquet) == 2


def test_a_select_that_mixes_rows_is_read_as_a_whole(parquet):
    write(parquet, "a", [("2025-01-05", "login", 1)])
    write(parquet, "b", [("2025-01-05", "login", 1)])
    parquet.sql("events", SELECT.replace("SELECT", "SELECT DISTINCT"))
    assert [compared(parquet) for _ in range(2)] == [1, 0]
    write(parquet, "c", [("2025-01-06", "login", 1)])
    assert compared(parquet) == 1


def test_a_column_of_the_data_called_filename(parquet):
    for name in "ab":
        write(parquet, name, [("2025-01-05", "login", 1)])
        path = parquet.data / "events" / f"{name}.parquet"
        pq.write_table(pq.read_table(path).append_column("FileName", [["x"]]), path)
    assert compared(parquet) == 1


def test_a_duckdb_file(parquet):
    write(parquet, "a", [("2025-01-05", "login", 1)])
    path = parquet.root / "warehouse.duckdb"
    with duckdb.connect(path) as con:
        for name in ("accounts", "subscriptions"):
            con.execute(f"CREATE TABLE {name} AS FROM '{parquet.data / name}.parquet'")
        con.execute(f"CREATE TABLE events AS FROM '{parquet.data}/events/a.parquet'")
        con.execute("CREATE VIEW elsewhere AS FROM events")
    parquet.source(PARQUET.replace("parquet", "duckdb").replace("path: data", f"path: {path.name}"))
    assert [compared(parquet) for _ in range(2)] == [1, 0]
    with duckdb.connect(path) as con:
        con.execute("UPDATE events SET name = 'logon'")
    assert compared(parquet) == 1
    parquet.sql("events", SELECT.replace("FROM events", "FROM elsewhere"))
    with parquet.open() as source:
        assert source.shares("events") is None


def test_csv_files_have_no_shares(company):
    with company.open() as source:
        assert source.shares("events") is None


TIMES = st.sampled_from([None, "2024-12-31 18:30", "2025-01-31 18:29:59.5", "2025-02-01", "2025-04-02"])
ROWS = st.lists(st.tuples(TIMES, st.sampled_from(["login", "noise"]), st.sampled_from([None, 1])), max_size=4)
EDIT = st.tuples(st.sampled_from("abc"), st.none() | ROWS)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=st.lists(EDIT, min_size=1, max_size=4))
def test_whatever_becomes_of_the_files(parquet, edits):
    shutil.rmtree(parquet.data / "events")
    write(parquet, "z", [("2025-01-05", "login", 1)])
    compared(parquet)
    for name, rows in edits:
        if rows is None:
            (parquet.data / "events" / f"{name}.parquet").unlink(missing_ok=True)
        else:
            write(parquet, name, rows)
        compared(parquet)


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        ("SELECT * FROM Events", {"events"}),
        ("WITH a AS (FROM events) SELECT * FROM a JOIN users USING (user_id)", {"events", "users"}),
        ("SELECT if(a > 1, nullif(b, ''), c) FROM events", {"events"}),
        ("SELECT uuid AS event_id, now FROM events", {"events"}),
        ("SELECT * FROM events WHERE at < now()", None),
        ("SELECT * FROM events WHERE at < current_date", None),
        ('SELECT "random"() FROM events', None),
        ("SELECT * FROM events USING SAMPLE 3 ROWS", None),
        ("SELECT * FROM read_parquet('other.parquet')", None),
    ],
)
def test_tables_a_select_is_sure_to_rest_on(sql, tables):
    assert tables_read(sql, duckdb.connect()) == tables


@pytest.mark.parametrize(
    ("sql", "alone"),
    [
        ("FROM events", True),
        (
            "SELECT e.a::int AS b, CASE WHEN a THEN 2 END, * EXCLUDE a FROM events e WHERE a ORDER BY b",
            True,
        ),
        ("SELECT DISTINCT * FROM events", False),
        ("SELECT max(at) FROM events", False),
        ("SELECT a, count(*) FROM events GROUP BY a", False),
        ("SELECT row_number() OVER (ORDER BY at) FROM events", False),
        ("SELECT * FROM events QUALIFY a > 1", False),
        ("SELECT * FROM events LIMIT 3", False),
        ("SELECT * FROM events, users", False),
        ("SELECT * FROM main.events", False),
        ("SELECT * FROM events UNION ALL SELECT * FROM events", False),
        ("SELECT * FROM events WHERE a IN (SELECT a FROM users)", False),
        ("SELECT * FROM events WHERE a IN (FROM users)", False),
        ("WITH events AS (FROM events) SELECT * FROM events", False),
        ("SELECT * FROM events PIVOT (sum(x) FOR y IN (1, 2))", False),
        ("SELECT FROM WHERE", False),
    ],
)
def test_selects_that_go_row_by_row(sql, alone):
    assert row_by_row(sql, duckdb.connect()) is alone
