"""Make the files of a folder readable as tables: a view per file, named after it.

CSV columns stay text: what they mean is said by the mapping and the declared formats, never guessed.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import shutil
from pathlib import Path

import duckdb

from reporting.errors import SourceError
from reporting.sources.connect import quoted
from reporting.sources.mapping import Connection


def tables_in(folder: Path, kind: str) -> dict[str, list[Path]]:
    """Files of the folder by table name; for Parquet a sub-folder is one table in several files."""
    found = {path.stem: [path] for path in sorted(folder.glob(f"*.{kind}"))}
    if kind == "parquet":
        for path in sorted(folder.iterdir()):
            if path.is_dir() and (parts := sorted(path.rglob("*.parquet"))):
                found.setdefault(path.name, parts)
    return found


def create_view(
    con: duckdb.DuckDBPyConnection, name: str, paths: list[Path], connection: Connection, scratch: Path
) -> None:
    """Make `paths` readable as the table `name`; what must be re-encoded goes to `scratch`.

    Raises:
        SourceError: A file is empty, has an unusable header or another encoding than declared.
    """
    text = connection.kind == "csv"
    reader = _read_csv(paths[0], connection, scratch) if text else read_parquet(paths)
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


def _read_csv(path: Path, connection: Connection, scratch: Path) -> str:
    header = _header(path, connection)
    utf8 = _as_utf8(path, connection.encoding, scratch)
    columns = ", ".join(f"{quoted(name)}: 'VARCHAR'" for name in header)
    return (
        f"read_csv({quoted(utf8)}, auto_detect = false, header = true, "
        f"delim = {quoted(connection.delimiter)}, quote = '\"', escape = '\"', columns = {{{columns}}})"
    )


def _header(path: Path, connection: Connection) -> list[str]:
    try:
        with path.open(encoding=_python_name(connection.encoding), newline="") as stream:
            header = next(csv.reader(stream, delimiter=connection.delimiter), [])
    except UnicodeDecodeError:
        raise wrong_encoding(path, connection.encoding) from None
    names = [name.strip() for name in header]
    if not any(names):
        raise SourceError("the file is empty; expected a header line.", where=path, remedy="Export it again.")
    if len(names) == 1 and (other := next((mark for mark in ";\t|," if mark in names[0]), None)):
        raise SourceError(
            f"the header is one column, {names[0][:80]!r}, when split at {connection.delimiter!r}.",
            where=f"{path}:1",
            remedy=f"Declare `delimiter: {other!r}` under `connection:`.",
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


def _python_name(encoding: str) -> str:
    return "utf-8-sig" if codecs.lookup(encoding).name == "utf-8" else encoding


def _as_utf8(path: Path, encoding: str, scratch: Path) -> Path:
    """The file itself, or a UTF-8 copy of one in another encoding."""
    if codecs.lookup(encoding).name in ("utf-8", "utf-8-sig", "ascii"):
        return path
    copy = scratch / path.name
    try:
        with (
            path.open(encoding=encoding, newline="") as text,
            copy.open("w", encoding="utf-8", newline="") as out,
        ):
            shutil.copyfileobj(text, out)
    except UnicodeDecodeError:
        raise wrong_encoding(path, encoding) from None
    return copy


def wrong_encoding(path: Path, encoding: str) -> SourceError:
    """The error for a file that isn't in the declared encoding; names the first such line."""
    line = 0
    with path.open("rb") as stream:
        for line, content in enumerate(stream, start=1):  # noqa: B007
            try:
                content.decode(encoding)
            except UnicodeDecodeError:
                break
    return SourceError(
        f"the line is not {encoding} encoded.",
        where=f"{path}:{line}",
        remedy="Declare its `encoding:` under `connection:`, for example cp1252.",
    )
