"""Reading a snapshot and its events: schemas, months, parts and what a close leaves out."""

from __future__ import annotations

import datetime as dt
import json

import ibis
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.snapshot.conftest import MemorySource, table

from reporting.errors import SourceError
from reporting.month import Month
from reporting.snapshot.fingerprint import Prints, fingerprints, known_fingerprints
from reporting.snapshot.frozen import Snapshot
from reporting.snapshot.rollup import Rollups, roll_up
from reporting.sources.file_memory import FileMemory
from reporting.sources.shares import Shares

JAN, FEB, MAR = Month(2026, 1), Month(2026, 2), Month(2026, 3)
META = {
    "schema": 2, "month": "2026-02", "currency": "EUR", "unavailable": {"nps": ["surveys"]}, "hash": "abc",
}  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    """A snapshot of two accounts; its panel lies in a year and two months."""
    (tmp_path / "meta.json").write_text(json.dumps(META))
    accounts = pa.table({"account_id": ["A", "B"], "account_name": ["Ada", "Bolt"], "plan": ["x", "y"]})
    pq.write_table(accounts, tmp_path / "accounts.parquet")
    (tmp_path / "account_month").mkdir()
    for name, month, mrr in (("2026-02", FEB, 3), ("2025", Month(2025, 12), 1), ("2026-01", JAN, 2)):
        rows = {"account_id": ["A"], "month": pa.array([month.start], pa.timestamp("us")), "mrr_cents": [mrr]}
        pq.write_table(pa.table(rows | {"plan": ["p"]}), tmp_path / "account_month" / f"{name}.parquet")
    figures = {
        "month": pa.array([FEB.start, JAN.start, FEB.start], pa.timestamp("us")),
        "metric": ["mrr", "mrr", "ltv"],
        "value": [3.0, 2.0, None],
    }
    pq.write_table(pa.table(figures), tmp_path / "portfolio_month.parquet")
    return tmp_path


@pytest.mark.parametrize(("schema", "fine"), [(0, False), (1, True), (2, True), (3, False), (None, False)])
def test_two_schemas_are_read(folder, schema, fine):
    (folder / "meta.json").write_text(json.dumps(META | {"schema": schema}))
    if fine:
        assert Snapshot.load(folder).meta["schema"] == schema
    else:
        with pytest.raises(
            SourceError, match=f"the snapshot has schema {schema}, this version reads"
        ) as caught:
            Snapshot.load(str(folder))
        assert caught.value.where == str(folder)


def test_a_note_that_is_torn_says_so(folder):
    (folder / "meta.json").write_text("{")
    with pytest.raises(SourceError, match="is not readable") as caught:
        Snapshot.load(folder)
    assert "Build it again" in str(caught.value)


def test_parts_of_a_table_are_one_in_order_of_time(folder):
    snapshot = Snapshot.load(folder)
    assert snapshot.account_month["mrr_cents"].tolist() == [1, 2, 3]
    assert [path.stem for path in snapshot.files("account_month")] == ["2025", "2026-01", "2026-02"]
    assert [path.name for path in snapshot.files("accounts")] == ["accounts.parquet"]
    assert snapshot.account_month is snapshot.account_month


def test_a_table_in_one_file_comes_before_its_parts(folder):
    pq.write_table(pa.table({"mrr_cents": [9]}), folder / "account_month.parquet")
    assert Snapshot.load(folder).account_month["mrr_cents"].tolist() == [9]


@pytest.mark.parametrize("name", ["tickets", "cancellations", "acquisition", "surveys"])
def test_optional_tables_may_be_absent(folder, name):
    assert getattr(Snapshot.load(folder), name) is None


def test_rows_of_one_month_with_what_the_account_is(folder):
    snapshot = Snapshot.load(folder)
    assert snapshot.at()["mrr_cents"].tolist() == [3]
    assert snapshot.at(JAN)["mrr_cents"].tolist() == [2]
    assert snapshot.at(MAR).empty
    (row,) = snapshot.at().to_dict("records")
    assert (row["account_name"], row["plan"]) == ("Ada", "p")


def test_figures_stand_by_month_and_are_none_where_not_available(folder):
    snapshot = Snapshot.load(folder)
    assert snapshot.series("mrr").tolist() == [2.0, 3.0]
    assert (snapshot.value("mrr"), snapshot.value("mrr", JAN), snapshot.value("mrr", MAR)) == (3.0, 2.0, None)
    assert snapshot.value("ltv") is snapshot.value("nps") is None
    assert snapshot.series("nps").empty
    assert (snapshot.month, snapshot.hash, snapshot.currency) == (FEB, "abc", "EUR")
    assert snapshot.unavailable == {"nps": ["surveys"]}


@pytest.mark.parametrize(
    ("month", "against", "pair"),
    [
        (None, None, (JAN, FEB)),
        (JAN, None, (Month(2025, 12), JAN)),
        (None, Month(2025, 2), (Month(2025, 2), FEB)),
    ],
)
def test_a_change_is_against_the_month_before_unless_another_is_named(folder, month, against, pair):
    assert Snapshot.load(folder).changes(month, against)._months == pair


def test_yes_or_no_is_nullable_only_where_something_is_unknown(folder):
    rows = pa.table({"account_id": ["A", "B"], "known": [True, False], "unknown": [True, None]})
    pq.write_table(rows, folder / "feature_month.parquet")
    frame = Snapshot.load(folder).feature_month
    assert (str(frame["known"].dtype), str(frame["unknown"].dtype)) == ("bool", "boolean")
    assert pd.isna(frame["unknown"].iloc[1])


def event(time: str | None, **other) -> dict:
    base = {
        "event_id": "1",
        "account_id": "A",
        "user_id": "U",
        "event_name": "workflow_run",
        "quantity": None,
    }
    return base | {"occurred_at": time, "subscription_id": None} | other


def events(*rows: dict):
    return MemorySource({"events": table("events", list(rows))}).tables["events"]


@pytest.fixture
def shares(tmp_path):
    """Events by the files they come from, one a file; `turned` says which file was read."""

    def make(*times: str | None) -> tuple[Shares, list[str]]:
        con = ibis.duckdb.connect()
        con.create_table("now", ibis.memtable(events(event("2026-01-01")).to_pyarrow()))
        paths, turned = [tmp_path / f"{number}.csv" for number in range(len(times))], []
        whole = dict(zip(paths, times, strict=True))

        def turn_to(files) -> None:
            turned.extend(path.name for path in files)
            rows = events(*[event(whole[path]) for path in files]).to_pyarrow()
            con.create_table("now", ibis.memtable(rows), overwrite=True)

        return Shares([(path,) for path in paths], con.table("now"), turn_to, "reading"), turned

    return make


def known(shares: Shares, last: Month) -> Prints:
    return known_fingerprints(shares, ["account_id", "occurred_at"], "UTC", last, FileMemory(None))


def test_fingerprints_of_files_add_up_to_those_of_all_events(shares):
    times = ("2026-01-05", "2026-01-31 23:59", "2026-02-01", None)
    found, turned = shares(*times)
    whole = fingerprints(events(*map(event, times)).select("account_id", "occurred_at"), "UTC")
    assert known(found, FEB) == whole
    assert {month: figures["events"] for month, figures in whole.months.items()} == {JAN: 2, FEB: 1}
    assert (whole.first, whole.untimed, whole.events) == (dt.datetime(2026, 1, 5), 1, 3)
    assert turned == ["0.csv", "1.csv", "2.csv", "3.csv"]


@pytest.mark.parametrize(
    ("last", "months"), [(Month(2025, 12), []), (JAN, [JAN]), (FEB, [JAN, FEB]), (MAR, [JAN, FEB])]
)
def test_months_after_the_close_are_left_out(shares, last, months):
    found = known(shares("2026-01-31 23:59:59", "2026-02-01")[0], last)
    assert sorted(found.months) == months
    assert found.first == (dt.datetime(2026, 1, 31, 23, 45) if months else None)


def usage(tmp_path, product, *rows: dict) -> tuple[Rollups, dict]:
    found = roll_up(events(*rows), product, "UTC", tmp_path)
    sums = found.usage()
    frames = {
        name: None if rows is None else rows.to_pyarrow().to_pylist()
        for name, rows in (("user", sums.by_user), ("subscription", sums.by_subscription))
    }
    return sums, frames


def test_roll_ups_tell_what_the_checks_need(tmp_path, product):
    sums, frames = usage(
        tmp_path,
        product,
        event("2026-01-05 10:00", subscription_id="S"),
        event("2026-02-05 10:00", subscription_id="S", quantity=-1.0),
        event("2026-02-06 10:00", event_name="", quantity=float("inf")),
        event("2026-02-07 10:00", account_id=None, user_id=None),
        event("2026-02-08 10:00", account_id="", user_id="V", event_name=None),
        event(None),
    )
    assert sums.total == 6
    assert sums.faults == {"no_time": 1, "no_account": 2, "no_name": 2, "odd_quantity": 2}
    by_user = {
        (row["account_id"], row["user_id"]): (row["events"], row["first"], row["last"])
        for row in frames["user"]
    }
    assert by_user[("A", "U")] == (3, dt.datetime(2026, 1, 5, 10), dt.datetime(2026, 2, 6, 10))
    assert by_user[(None, None)][0] == by_user[("", "V")][0] == 1
    by_subscription = {
        row["subscription_id"]: (row["events"], row["first"], row["last"]) for row in frames["subscription"]
    }
    assert by_subscription["S"] == (2, dt.datetime(2026, 1, 5, 10), dt.datetime(2026, 2, 5, 10))


def test_events_without_any_time_have_no_roll_ups(tmp_path, product):
    sums, frames = usage(tmp_path, product, event(None), event(None))
    assert (sums.total, sums.faults) == (2, {"no_time": 2})
    assert frames == {"user": None, "subscription": None}
