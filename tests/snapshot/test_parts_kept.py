"""Months fall into parts, batches and fingerprints at their edges."""

from __future__ import annotations

import datetime as dt
import json

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from reporting.month import Month
from reporting.snapshot import freeze, rollup
from reporting.snapshot.fingerprint import SLOT, Prints, _prints
from reporting.snapshot.rollup import _batches, _definition, _write_part

NOV, DEC, JAN, FEB, MAR = (Month(2025, 11).shift(n) for n in range(5))
SECOND = dt.timedelta(microseconds=1)


def monthly(*moments: dt.datetime, name: str = "month") -> pa.Table:
    schema = pa.schema([(name, pa.timestamp("us")), ("n", pa.int64())])
    return pa.table([list(moments), list(range(len(moments)))], schema=schema)


def split(folder, rows, fresh):
    return {name: part["n"].to_pylist() for name, part in freeze.parts(folder, rows, fresh)}


def test_a_file_for_each_month_of_the_year_and_one_for_each_year_before(tmp_path):
    rows = monthly(NOV.start, DEC.start, JAN.start, JAN.start, FEB.start)
    assert split(tmp_path, rows, [NOV, DEC, JAN, FEB]) == {"2025": [0, 1], "2026-01": [2, 3], "2026-02": [4]}
    assert split(tmp_path, rows.slice(0, 2), [NOV, DEC]) == {"2025-11": [0], "2025-12": [1]}


def test_a_month_or_a_year_without_rows_has_a_file_as_well(tmp_path):
    assert split(tmp_path, monthly(), [DEC, JAN, FEB]) == {"2025": [], "2026-01": [], "2026-02": []}


def test_rows_belong_to_the_month_from_its_first_instant_to_its_last(tmp_path):
    rows = monthly(JAN.start, JAN.close - SECOND, FEB.start, FEB.close - SECOND)
    assert split(tmp_path, rows, [JAN, FEB]) == {"2026-01": [0, 1], "2026-02": [2, 3]}
    years = monthly(JAN.start - SECOND, JAN.start)
    assert split(tmp_path, years, [DEC, JAN]) == {"2025": [0], "2026-01": [1]}


def test_months_of_a_year_that_is_over_move_into_its_file(tmp_path):
    for month, n in ((NOV, 10), (DEC, 11)):
        table = pa.table({"month": pa.array([month.start], pa.timestamp("us")), "n": [n]})
        pq.write_table(table, tmp_path / f"{month}.parquet")
    earlier = pa.table({"month": pa.array([Month(2024, 5).start], pa.timestamp("us")), "n": [9]})
    pq.write_table(earlier, tmp_path / "2024.parquet")
    rows = monthly(JAN.start, FEB.start)
    assert split(tmp_path, rows, [JAN, FEB]) == {"2025": [10, 11], "2026-01": [0], "2026-02": [1]}
    assert [path.name for path in tmp_path.iterdir()] == ["2024.parquet"]


def test_months_of_the_same_year_stay_where_they_are(tmp_path):
    table = pa.table({"month": pa.array([JAN.start], pa.timestamp("us")), "n": [7]})
    pq.write_table(table, tmp_path / "2026-01.parquet")
    assert split(tmp_path, monthly(FEB.start), [FEB]) == {"2026-02": [0]}
    assert [path.name for path in tmp_path.iterdir()] == ["2026-01.parquet"]


def test_the_month_of_a_week_is_left_out_of_its_parts(tmp_path):
    weeks = monthly(JAN.start).append_column(
        "week", pa.array([dt.datetime(2025, 12, 29)], pa.timestamp("us"))
    )
    ((name, part),) = freeze.parts(tmp_path, weeks, [JAN])
    assert (name, part.column_names) == ("2026-01", ["n", "week"])


def test_what_is_written_replaces_a_file_and_not_its_other_name(tmp_path):
    path, other = tmp_path / "a" / "2026.parquet", tmp_path / "other.parquet"
    first = freeze.write(pa.table({"n": pa.array([1], pa.int32())}), path)
    other.hardlink_to(path)
    second = freeze.write(pa.table({"n": [1, 2]}), path)
    assert pq.read_table(other)["n"].to_pylist() == [1]
    assert pq.read_table(path)["n"].to_pylist() == [1, 2]
    assert (first["rows"], second["rows"]) == (1, 2)
    assert first["sha256"] == freeze.content_hash(freeze.canonical(pa.table({"n": [1]})))
    assert str(pq.read_schema(path).field("n").type) == "int64"


@pytest.mark.parametrize(
    ("column", "type"),
    [
        (pa.array([1], pa.uint8()), "int64"),
        (pa.array([1.5], pa.float32()), "double"),
        (pa.array(["1.50"]).cast(pa.decimal128(18, 4)), "double"),
        (pa.array([dt.date(2026, 1, 1)]), "timestamp[us]"),
        (pa.array([dt.datetime(2026, 1, 1)], pa.timestamp("ns")), "timestamp[us]"),
        (pa.array(["x"], pa.large_string()), "string"),
        (pa.array(["x"], pa.string_view()), "string"),
        (pa.nulls(2), "string"),
        (pa.array([True]), "bool"),
    ],
)
def test_tables_have_plain_types(column, type):
    table = freeze.canonical(pa.table({"c": column}).replace_schema_metadata({"made": "here"}))
    assert str(table["c"].type) == type
    assert table["c"].num_chunks == 1 and not table.schema.metadata
    assert len(table) == len(column)


def test_one_zero_and_not_two_and_every_row_counts():
    def digest(*values):
        return freeze.content_hash(pa.table({"c": pa.array(values, pa.float64())}))

    assert digest(0.0) == digest(-0.0)
    assert len({digest(0.0), digest(0.0, 0.0), digest(None), digest()}) == 4
    text = [["a", "b"], ["ab", ""], ["", "ab"], ["a", None]]
    assert len({freeze.content_hash(pa.table({"c": values})) for values in text}) == 4
    assert freeze.content_hash(pa.table({"c": ["x", "a", "b"]}).slice(1)) == freeze.content_hash(
        pa.table({"c": ["a", "b"]})
    )


def prints(**events) -> Prints:
    months = {
        Month.parse(name.replace("_", "-")[1:]): {"events": n, "content": 1} for name, n in events.items()
    }
    return Prints(months, None, 0, True)


@pytest.mark.parametrize(
    ("january", "february", "march", "batches"),
    [
        (40, 59, 1, [[JAN, FEB, MAR]]),
        (40, 60, 1, [[JAN, FEB], [MAR]]),
        (40, 61, 1, [[JAN], [FEB, MAR]]),
        (101, 1, 1, [[JAN], [FEB, MAR]]),
        (1, 1, 101, [[JAN, FEB], [MAR]]),
        (101, 101, 101, [[JAN], [FEB], [MAR]]),
    ],
)
def test_batches_hold_at_most_so_many_events(monkeypatch, january, february, march, batches):
    monkeypatch.setattr(rollup, "BATCH", 100)
    found = prints(m2026_01=january, m2026_02=february, m2026_03=march)
    assert list(_batches([JAN, FEB, MAR], found)) == batches


def test_batches_are_of_consecutive_months():
    found = prints(m2025_12=1, m2026_01=1, m2026_02=1, m2026_03=1)
    assert list(_batches([DEC, JAN, MAR], found)) == [[DEC, JAN], [MAR]]
    assert list(_batches([], found)) == []


def test_a_part_holds_its_month_and_its_fingerprint(tmp_path):
    times = [JAN.start - SECOND, JAN.start, JAN.close - SECOND, JAN.close]
    days = pa.table({"day": pa.array([t.date() for t in times], pa.date32()), "n": list(range(4))})
    tables = {"user_month": monthly(*times), "account_day": days}
    folder = tmp_path / "2026-01"
    folder.mkdir()
    (folder / "torn.parquet").write_text("left by a broken-off run")
    _write_part(folder, JAN, tables, {"events": 2})
    assert {path.name for path in folder.iterdir()} == {
        "user_month.parquet",
        "account_day.parquet",
        "part.json",
    }
    for name in tables:
        assert pq.read_table(folder / f"{name}.parquet")["n"].to_pylist() == [1, 2], name
    assert json.loads((folder / "part.json").read_text()) == {"events": 2}


DEFINED = {
    "core_features": ("a",), "premium_features": ("a",), "other_features": ("a",), "value_events": ("a",),
    "api_events": ("a",), "key_action": "a", "event_points": {"a": 1}, "limit_events": ("a",),
}  # fmt: skip


def test_roll_ups_have_another_folder_for_whatever_they_depend_on(product):
    def name(product=product, timezone="UTC", columns=("b", "a"), select="SELECT"):
        return _definition(product, timezone, columns, select)

    engagement = product.engagement.model_copy(update={"session_gap_minutes": 31})
    others = [product.model_copy(update={key: value}) for key, value in DEFINED.items()]
    others.append(product.model_copy(update={"engagement": engagement}))
    found = [name(), *map(name, others), name(timezone="Asia/Tokyo"), name(columns=("a",)), name(select="")]
    assert len(set(found)) == len(found) == 13
    assert name(columns=("a", "b")) == name()
    unrelated = product.model_copy(update={"churn": product.churn.model_copy(update={"fall": 0.1})})
    assert name(unrelated) == name()
    assert {len(folder) for folder in found} == {16}


EPOCH = dt.datetime(1970, 1, 1)


def slots(*moments: dt.datetime | None) -> pa.Table:
    """One event in each quarter of an hour that begins at one of `moments`."""
    numbers = [m and int((m - EPOCH).total_seconds()) // SLOT for m in moments]
    return pa.table(
        {"slot": pa.array(numbers, pa.int64()), "events": [1] * len(moments), "content": [7] * len(moments)}
    )


def fingerprints(timezone, *moments) -> Prints:
    con = ibis.duckdb.connect()
    return _prints(con.create_table("slots", slots(*moments)), timezone)


@pytest.mark.parametrize(
    ("timezone", "midnight"),
    [
        ("UTC", dt.datetime(2026, 2, 1)),
        ("Asia/Kathmandu", dt.datetime(2026, 1, 31, 18, 15)),
        ("America/New_York", dt.datetime(2026, 2, 1, 5)),
        ("Pacific/Kiritimati", dt.datetime(2026, 1, 31, 10)),
    ],
)
def test_a_quarter_of_an_hour_belongs_to_the_month_of_the_zone(timezone, midnight):
    quarter = dt.timedelta(seconds=SLOT)
    found = fingerprints(timezone, midnight, midnight - quarter, None, midnight + quarter)
    assert found.months == {JAN: {"events": 1, "content": 7}, FEB: {"events": 2, "content": 14}}
    assert (found.first, found.untimed, found.events) == (midnight - quarter, 1, 3)
    assert Prints.of(json.loads(json.dumps(found.noted()))) == found


def test_events_without_any_time_have_no_month():
    found = fingerprints("UTC", None, None)
    assert found == Prints({}, None, 2, True)
    assert Prints.of(json.loads(json.dumps(found.noted()))) == found


def test_the_digest_follows_every_month_and_says_nothing_of_times_alone():
    one, two = prints(m2026_01=1, m2026_02=2), prints(m2026_02=2, m2026_01=1)
    assert one.digest() == two.digest() != prints(m2026_01=1, m2026_02=3).digest()
    assert one.digest() != prints(m2026_01=1).digest()
    assert Prints(one.months, None, 0, False).digest() is None
