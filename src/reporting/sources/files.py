"""Make the files of a folder readable as tables: a view per file, or sub-folder of files, named after it.

CSV columns stay text: what they mean is said by the mapping and the declared formats, never guessed.
"""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path

import duckdb

from reporting.errors import SourceError
from reporting.sources import excel
from reporting.sources.connect import quoted
from reporting.sources.encodings import Utf8, wrong_encoding
from reporting.sources.mapping import Connection

_DELIMITERS = ";\t|,"


def tables_in(place: Path, kind: str) -> dict[str, list[Path]]:
    """Files by table name; a sub-folder is one table in several files."""
    if kind == "excel":
        return excel.tables_in(place)
    found = {path.stem: [path] for path in sorted(place.glob(f"*.{kind}"))}
    for path in sorted(place.iterdir()):
        if path.is_dir() and (parts := sorted(path.rglob(f"*.{kind}"))):
            found.setdefault(path.name, parts)
    return found


def create_view(
    con: duckdb.DuckDBPyConnection, name: str, paths: list[Path], connection: Connection, utf8: Utf8
) -> None:
    """Make `paths` readable as the table `name`; what must be written anew goes to the scratch of `utf8`.

    Raises:
        SourceError: A file is empty, has an unusable header or another encoding than declared.
    """
    if connection.kind == "csv":
        reader = _read_csv(paths, connection, utf8)
    elif connection.kind == "excel":
        reader = read_parquet([excel.as_parquet(paths[0], name, utf8.scratch)])
    else:
        reader = read_parquet(paths)
    try:
        con.execute(f"CREATE TEMP VIEW {identifier(name)} AS SELECT * FROM {reader}")
    except duckdb.Error as error:
        first = str(error).splitlines()[0]
        raise SourceError(
            f"the file can't be read: {first}", where=paths[0], remedy="Export it again."
        ) from None


def read_parquet(paths: list[Path]) -> str:
    """SQL of a table in one or several Parquet files; the first says what columns there are."""
    files = ", ".join(quoted(path) for path in paths)
    return f"read_parquet([{files}], hive_partitioning = {'true' if len(paths) > 1 else 'false'})"


def identifier(name: str) -> str:
    """`name` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def sha256(path: Path) -> str:
    """Hash of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _read_csv(paths: list[Path], connection: Connection, utf8: Utf8) -> str:
    """SQL of a table in one or several CSV files, whose columns may stand in any order."""
    alike: dict[tuple[str, ...], list[Path]] = {}
    for path in paths:
        alike.setdefault(tuple(_header(path, connection, utf8)), []).append(utf8.of(path))
    first = next(iter(alike))
    for header, (path, *_) in alike.items():
        if odd := sorted(set(first) ^ set(header)):
            raise SourceError(
                f"the column '{odd[0]}' is in {'this file' if odd[0] in header else paths[0].name} only; the "
                "files of a folder are one table.",
                where=utf8.origin(path),
                remedy="Export it again with the same columns, or move it out of the folder.",
            )
    return " UNION ALL BY NAME SELECT * FROM ".join(
        _reader(header, files, connection.delimiter) for header, files in alike.items()
    )


def _reader(header: tuple[str, ...], files: list[Path], delimiter: str) -> str:
    columns = ", ".join(f"{quoted(name)}: 'VARCHAR'" for name in header)
    return (
        f"read_csv([{', '.join(map(quoted, files))}], auto_detect = false, header = true, "
        f"delim = {quoted(delimiter)}, quote = '\"', escape = '\"', columns = {{{columns}}})"
    )


def _header(path: Path, connection: Connection, utf8: Utf8) -> list[str]:
    encoding = utf8.encoding(path)
    try:
        with path.open(encoding=encoding, newline="") as stream:
            header = next(csv.reader(stream, delimiter=connection.delimiter), [])
    except UnicodeError:
        raise wrong_encoding(path, encoding) from None
    names = [name.strip() for name in header]
    if not any(names):
        raise SourceError("the file is empty; expected a header line.", where=path, remedy="Export it again.")
    other = max(_DELIMITERS, key=names[0].count)
    if len(names) == 1 and other in names[0]:
        raise SourceError(
            f"the header is one column, {names[0][:80]!r}, when split at {connection.delimiter!r}.",
            where=f"{path}:1",
            remedy=f"Declare `delimiter: {json.dumps(other)}` under `connection:`.",
        )
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        raise SourceError(
            f"the header names the column '{repeated[0]}' twice.",
            where=f"{path}:1",
            remedy="Rename one of them.",
        )
    if "" in names:
        raise SourceError(
            f"column {names.index('') + 1} has no name.",
            where=f"{path}:1",
            remedy="Name it in the header line.",
        )
    return names
