"""A month of events is read once; a late event rebuilds its month and no other."""

from __future__ import annotations

import datetime as dt

import ibis
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.snapshot.conftest import MemorySource, table

from reporting.month import Month
from reporting.snapshot import fingerprint, rollup
from reporting.snapshot.fingerprint import fingerprints
from reporting.snapshot.rollup import roll_up

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")
JAN, FEB, MAR = Month(2026, 1), Month(2026, 2), Month(2026, 3)


def events(*times: str) -> ibis.Table:
    rows = [
        {
            "event_id": str(i),
            "account_id": "A",
            "user_id": "U",
            "event_name": "workflow_run",
            "occurred_at": t,
        }
        for i, t in enumerate(times)
    ]
    return MemorySource({"events": table("events", rows)}).tables["events"]


def held(parts: rollup.Rollups, name: str) -> pd.DataFrame:
    """All parts of a roll-up, in an order of their own: an engine may hand out groups in any."""
    rows = pa.concat_tables([pq.read_table(path) for path in parts.files[name]]).to_pandas()
    keys = [c for c in ("account_id", "user_id", "month", "day", "event_name") if c in rows]
    return rows.sort_values(keys, ignore_index=True)


def test_months_already_rolled_up_are_not_read_again(tmp_path, product):
    first = roll_up(events("2026-01-05", "2026-02-05"), product, "UTC", tmp_path)
    assert first.built == [JAN, FEB]
    again = roll_up(events("2026-01-05", "2026-02-05", "2026-03-05"), product, "UTC", tmp_path)
    assert again.built == [MAR]
    assert sorted(again.prints.months) == [JAN, FEB, MAR]
    assert held(again, "user_month").events.tolist() == [1, 1, 1]
    assert again.prints.first == dt.datetime(2026, 1, 5)


def test_a_late_event_rebuilds_its_month_alone(tmp_path, product):
    roll_up(events("2026-01-05", "2026-02-05"), product, "UTC", tmp_path)
    late = roll_up(events("2026-01-05", "2026-02-05", "2026-01-20"), product, "UTC", tmp_path)
    assert late.built == [JAN]
    assert held(late, "user_month").events.tolist() == [2, 1]
    assert held(late, "user_month").day_bits[0] == (1 << 4) | (1 << 19)


def test_an_event_moved_in_time_is_noticed(tmp_path, product):
    roll_up(events("2026-01-05", "2026-01-06", "2026-01-31"), product, "UTC", tmp_path)
    moved = roll_up(events("2026-01-05", "2026-01-07", "2026-01-31"), product, "UTC", tmp_path)
    assert moved.built == [JAN]


def test_an_event_rewritten_in_place_is_noticed(tmp_path, product):
    given = events("2026-01-05", "2026-02-05")
    roll_up(given, product, "UTC", tmp_path)
    february = given.occurred_at >= dt.datetime(2026, 2, 1)
    renamed = given.mutate(event_name=february.ifelse("data_import", given.event_name))
    again = roll_up(renamed, product, "UTC", tmp_path)
    assert again.built == [FEB]
    assert held(again, "account_event").event_name.tolist() == ["workflow_run", "data_import"]


def test_an_engine_that_cannot_hash_a_row_notices_late_and_moved_events(tmp_path, product, monkeypatch):
    assert fingerprints(events("2026-01-05"), "UTC").digest() is not None
    monkeypatch.setattr(fingerprint, "_ROW_HASH", {})
    assert fingerprints(events("2026-01-05"), "UTC").digest() is None
    roll_up(events("2026-01-05", "2026-02-05 00:01"), product, "UTC", tmp_path)
    moved = roll_up(events("2026-01-05", "2026-02-05 00:16"), product, "UTC", tmp_path)
    assert moved.built == [FEB]
    late = roll_up(events("2026-01-05", "2026-02-05 00:16", "2026-01-09"), product, "UTC", tmp_path)
    assert late.built == [JAN]


def test_months_are_those_of_the_zone(tmp_path, product):
    times = ["2026-01-31 22:59:59", "2026-01-31 23:00:00"]  # midnight in Berlin is at 23:00
    parts = roll_up(events(*times), product, "Europe/Berlin", tmp_path)
    assert parts.built == [JAN, FEB]
    assert held(parts, "user_month").events.tolist() == [1, 1]
    half = roll_up(
        events("2026-01-31 18:29:59", "2026-01-31 18:30"), product, "Asia/Kolkata", tmp_path / "half"
    )
    assert half.built == [JAN, FEB]


def test_another_zone_has_its_own_roll_ups_though_its_clocks_agree(tmp_path, product):
    roll_up(events("2026-01-05"), product, "UTC", tmp_path)
    assert roll_up(events("2026-01-05"), product, "Europe/London", tmp_path).built == [JAN]


def test_another_select_is_read_anew(tmp_path, product):
    roll_up(events("2026-01-05"), product, "UTC", tmp_path, select="SELECT * FROM events")
    again = roll_up(events("2026-01-05"), product, "UTC", tmp_path, select="SELECT * FROM events WHERE real")
    assert again.built == [JAN]


def test_another_definition_of_value_has_its_own_roll_ups(tmp_path, product):
    roll_up(events("2026-01-05"), product, "UTC", tmp_path)
    other = product.model_copy(update={"value_events": ("data_import",)})
    again = roll_up(events("2026-01-05"), other, "UTC", tmp_path)
    assert again.built == [JAN]
    assert held(again, "user_month").value_events.tolist() == [0]


def test_months_are_built_in_batches_of_bounded_size(tmp_path, product, monkeypatch):
    times = ["2026-01-05", "2026-02-05", "2026-02-06", "2026-03-05"]
    said: list[str] = []
    whole = roll_up(events(*times), product, "UTC", tmp_path / "whole", said.append)
    assert said == ["events of 2026-01 to 2026-03"]
    monkeypatch.setattr(rollup, "BATCH", 2)
    said.clear()
    small = roll_up(events(*times), product, "UTC", tmp_path / "small", said.append)
    assert said == ["events of 2026-01", "events of 2026-02", "events of 2026-03"]
    for name in whole.files:
        pd.testing.assert_frame_equal(held(whole, name), held(small, name))


def test_a_part_torn_while_it_was_written_is_built_again(tmp_path, product):
    parts = roll_up(events("2026-01-05"), product, "UTC", tmp_path)
    (parts.files["user_month"][0].parent / "part.json").unlink()
    assert roll_up(events("2026-01-05"), product, "UTC", tmp_path).built == [JAN]


def test_no_events_at_all(tmp_path, product):
    parts = roll_up(events("2026-01-05").filter(ibis.literal(False)), product, "UTC", tmp_path)
    assert (parts.prints.months, parts.prints.first) == ({}, None)
