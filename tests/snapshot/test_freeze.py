"""Equal figures give equal hashes, different figures different ones."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pytest

from reporting.snapshot.freeze import canonical, content_hash, snapshot_hash


def rows(**columns) -> pa.Table:
    return canonical(pa.table(columns))


def test_the_hash_ignores_chunks_and_encodings_but_not_values():
    whole = pa.table({"a": ["x", "y", None], "n": [1, 2, 3]})
    parts = pa.concat_tables([whole.slice(0, 1), whole.slice(1)])
    packed = pa.table(
        {"a": whole["a"].dictionary_encode().cast(pa.large_string()), "n": whole["n"].cast(pa.int8())}
    )
    hashes = {content_hash(canonical(table)) for table in (whole, parts, packed)}
    assert len(hashes) == 1
    assert content_hash(rows(a=["x", "y", None], n=[1, 2, 4])) not in hashes


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": [None, 1]}, {"a": [0, 1]}),
        ({"a": ["ab", "c"]}, {"a": ["a", "bc"]}),
        ({"a": [True, None]}, {"a": [True, False]}),
        ({"a": [1.0]}, {"a": [1]}),
        ({"a": [1]}, {"b": [1]}),
        ({"a": [dt.datetime(2026, 1, 1)]}, {"a": [dt.datetime(2026, 1, 2)]}),
    ],
)
def test_what_differs_hashes_differently(one, other):
    assert content_hash(rows(**one)) != content_hash(rows(**other))


def test_dates_and_timestamps_of_one_instant_are_one():
    assert content_hash(rows(a=[dt.date(2026, 1, 1)])) == content_hash(rows(a=[dt.datetime(2026, 1, 1)]))


def test_the_snapshot_hash_follows_every_file_and_not_their_order():
    files = {"a": {"sha256": "1"}, "b": {"sha256": "2"}}
    assert snapshot_hash(files) == snapshot_hash(dict(reversed(files.items())))
    assert snapshot_hash(files) != snapshot_hash({"a": {"sha256": "2"}, "b": {"sha256": "1"}})
