"""Write tables so that equal figures give equal bytes: sorted, typed, without anything that names a time or
a machine."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from reporting.month import Month


def parts(folder: Path, rows: pa.Table, fresh: list[Month]) -> Iterator[tuple[str, pa.Table]]:
    """What has to be written of a monthly table that lies in parts: a file for each month of the report
    month's year, and one for each year before, so that there are never many.

    Args:
        folder: The parts of an earlier snapshot, if any; months of a year that is over are taken out of it.
        rows: Rows of the fresh months, in order of their `month`; that of a week is left out of the parts.
        fresh: The fresh months, the last one is the report month.

    Yields:
        Name and rows of each part.
    """
    times = rows["month"].cast(pa.timestamp("us")).to_numpy()
    rows = canonical(rows.drop("month") if "week" in rows.column_names else rows)
    year = fresh[-1].year
    over = [path for path in sorted(folder.glob("????-??.parquet")) if int(path.stem[:4]) < year]
    months = {str(month): month for month in fresh if month.year == year}
    years = {*(path.stem[:4] for path in over), *(str(month.year) for month in fresh if month.year < year)}
    for name in sorted({*years, *months}):
        first, last = (months[name],) * 2 if name in months else (Month(int(name), 1), Month(int(name), 12))
        begin, end = np.searchsorted(times, np.array([first.start, last.close], "datetime64[us]"))
        earlier = [path for path in over if path.stem[:4] == name]
        yield name, pa.concat_tables([*map(pq.read_table, earlier), rows.slice(begin, end - begin)])
        for path in earlier:
            path.unlink()


def write(rows: pa.Table, path: Path) -> dict[str, object]:
    """Write `rows`, sorted by what identifies them; returns `{"sha256": content hash, "rows": number}`."""
    table = canonical(rows)
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)  # it may have another name in an earlier snapshot
    pq.write_table(table, path, compression="zstd", row_group_size=1 << 20, store_schema=False)
    return {"sha256": content_hash(table), "rows": table.num_rows}


def canonical(table: pa.Table) -> pa.Table:
    """One chunk a column, plain types: int64, float64, bool, string, timestamp[us]; no metadata."""
    columns = {name: _plain(table[name]) for name in table.column_names}
    return pa.table(columns).replace_schema_metadata(None)


def _plain(column: pa.ChunkedArray) -> pa.Array:
    type = column.type
    if pa.types.is_integer(type):
        column = column.cast(pa.int64())
    elif pa.types.is_timestamp(type) or pa.types.is_date(type):
        column = column.cast(pa.timestamp("us"))
    elif pa.types.is_decimal(type) or pa.types.is_floating(type):
        column = column.cast(pa.float64())
    elif pa.types.is_large_string(type) or pa.types.is_string_view(type) or pa.types.is_null(type):
        column = column.cast(pa.string())
    array = column.combine_chunks()
    return array if isinstance(array, pa.Array) else pa.concat_arrays(array.chunks)


def content_hash(table: pa.Table) -> str:
    """SHA-256 over names, types, null flags and values: independent of how Parquet encodes them."""
    digest = hashlib.sha256()
    for name, column in zip(table.column_names, table.columns, strict=True):
        digest.update(f"{name}\x00{column.type}\x00{len(column)}\x00".encode())
        digest.update(np.asarray(pc.is_valid(column.combine_chunks())).tobytes())
        for part in _bytes(column):
            digest.update(part)
    return digest.hexdigest()


def hash_of_file(path: Path) -> str:
    """The content hash of a table that `write` wrote."""
    return content_hash(canonical(pq.read_table(path)))


def _bytes(column: pa.ChunkedArray) -> list[bytes | memoryview]:
    if pa.types.is_string(column.type):
        text = pc.fill_null(column, "").combine_chunks()
        text = text if isinstance(text, pa.Array) else pa.concat_arrays(text.chunks)
        _, offsets, characters = text.buffers()
        ends = np.frombuffer(offsets, "<i4", len(text) + 1, 4 * text.offset)
        return [np.diff(ends).astype("<i4").tobytes(), memoryview(characters or b"")[ends[0] : ends[-1]]]
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.int64())
    if pa.types.is_boolean(column.type):
        return [pc.fill_null(column, False).to_numpy().tobytes()]
    filled = pc.fill_null(column, 0).to_numpy()
    if filled.dtype.kind == "f":
        filled = filled + 0.0  # one zero, not two
    return [np.ascontiguousarray(filled).astype(filled.dtype.newbyteorder("<")).tobytes()]


def snapshot_hash(files: dict[str, dict[str, object]]) -> str:
    """SHA-256 over the files' names and content hashes."""
    text = "".join(f"{name}\x00{files[name]['sha256']}\n" for name in sorted(files))
    return hashlib.sha256(text.encode()).hexdigest()
