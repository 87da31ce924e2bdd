"""Run a mapping's SELECT in the engine: as a view or table over local files, or as a query on a server."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import ibis.expr.types as ir

from reporting.errors import ReportingError, SourceError, did_you_mean
from reporting.sources.connect import lock, quoted
from reporting.sources.encodings import Utf8, wrong_encoding
from reporting.sources.faults import first_lines, server_fault
from reporting.sources.files import create_view, identifier, read_parquet, tables_in
from reporting.sources.mapping import FILE_KINDS, LOCAL_KINDS, Connection, Mapping
from reporting.sources.shares import Shares, row_by_row, tables_read

if TYPE_CHECKING:
    from ibis.backends import BaseBackend

_NO_COLUMN = re.compile(r'(?:Referenced column|does not have a column named) "([^"]+)"')


@dataclass
class Reader:
    """Reads mappings on one connection.

    Attributes:
        con: Ibis backend.
        path: The source file.
        connection: The source's description.
        place: Folder or file of a local source.
        folders: Other folders whose files its SELECTs may read.
        used: Data files read so far, by the name of their table.
    """

    con: BaseBackend
    path: Path
    connection: Connection
    place: Path | None
    folders: list[Path] = field(default_factory=list)
    used: dict[str, list[Path]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._in_folder = self.connection.kind in FILE_KINDS
        self._available = (
            tables_in(self.place, self.connection.kind) if self._in_folder and self.place else {}
        )
        self._scratch = tempfile.TemporaryDirectory(prefix="reporting-")
        self._utf8 = Utf8(Path(self._scratch.name), self.connection.encoding)
        if self.connection.kind == "duckdb" and self.place:
            self.used = {self.place.stem: [path for path in _database(self.place) if path.exists()]}
        if self.connection.kind in LOCAL_KINDS:
            own = (path for paths in self._available.values() for path in paths)
            lock(self.con, own, [Path(self._scratch.name), *self.folders])

    def read(self, mapping: Mapping) -> ir.Table:
        """What the mapping's SELECT returns. CSV is read here, once; anything else stays an expression.

        Raises:
            SourceError: The SELECT fails, or a file it reads is missing or malformed.
        """
        for name, paths in self._available.items():
            if mapping.mentions(name) and name not in self.used:
                create_view(self.con.con, name, paths, self.connection, self._utf8)
                self.used[name] = paths
        with self.explaining(mapping):
            if self.connection.kind not in LOCAL_KINDS:
                return self.con.sql(mapping.sql)
            kind = "TABLE" if self.connection.kind == "csv" else "VIEW"
            self.con.raw_sql(f"CREATE TEMP {kind} {_raw(mapping)} AS\n{mapping.sql}")
            return self.con.table(_raw(mapping))

    @contextmanager
    def explaining(self, mapping: Mapping) -> Generator[None]:
        """Turns what the engine raises into a SourceError; our own mistakes stay what they are."""
        try:
            yield
        except ReportingError:
            raise
        except Exception as error:
            if type(error).__module__ == "builtins" and not isinstance(error, OSError):
                raise
            fault = server_fault(error, self.connection, self.path)
            raise fault or self._explain(error, mapping) from None

    def settle(self, mapping: Mapping, table: ir.Table) -> ir.Table:
        """Keep the typed rows of a CSV file in memory, so that no later query parses text again."""
        if self.connection.kind != "csv":
            return table
        typed = self.con.create_table(f"_{mapping.table}", table, temp=True)
        self.con.raw_sql(f"DROP TABLE {_raw(mapping)}")
        return typed

    def origin(self, mapping: Mapping) -> str:
        """The files a mapping's rows come from, for messages."""
        names = [
            paths[0].name for name, paths in self.used.items() if self._in_folder and mapping.mentions(name)
        ]
        return f"{', '.join(names)} (mapped by {mapping.path.name})" if names else mapping.path.name

    def shares(self, mapping: Mapping, table: ir.Table) -> Shares | None:
        """`table`, which `mapping` gives, by the files it comes from; None if these are not known for sure.

        The rows of CSV files are in memory already, so they are not told apart.
        """
        if self.connection.kind not in ("parquet", "duckdb"):
            return None
        names, held = tables_read(mapping.sql, self.con.con), self._held()
        read = {name: files for name, files in held.items() if names and name.lower() in names}
        if not names or len(read) < len(names):
            return None
        schemas = {name: str(self.con.table(name).schema()) for name in read} if self._in_folder else {}
        reading = json.dumps([duckdb.__version__, mapping.sql, schemas])
        files = list(dict.fromkeys(path for paths in read.values() for path in paths))
        if self._in_folder and row_by_row(mapping.sql, self.con.con):
            (name,) = read
            if "filename" not in map(str.lower, self.con.table(name).columns):
                return self._by_file(mapping, table, name, reading)
        return Shares([tuple(files)], table, lambda _: None, reading)

    def _by_file(self, mapping: Mapping, table: ir.Table, name: str, reading: str) -> Shares:
        """A share for each file of the table `name`. All are read as the first says, as they are together."""
        files, view = self.used[name], f"_share_{mapping.table}"

        def turn_to(share: tuple[Path, ...]) -> None:
            rows = f"SELECT * FROM {read_parquet(files)} WHERE filename = {quoted(share[0])}"
            self.con.raw_sql(
                f"CREATE OR REPLACE TEMP VIEW {view} AS\nWITH {identifier(name)} AS ({rows})\n{mapping.sql}"
            )

        turn_to((files[0],))
        swap = {self.con.table(_raw(mapping)).op(): self.con.table(view).op()}
        return Shares([(path,) for path in files], table.op().replace(swap).to_expr(), turn_to, reading)

    def _held(self) -> dict[str, list[Path]]:
        """Tables and their files. A view of a DuckDB file is none of them: it may read anything anywhere."""
        if self._in_folder:
            return self.used
        assert self.place is not None, "a DuckDB source has a file"
        kinds = self.con.con.execute(
            "SELECT table_name FROM information_schema.tables "
            "GROUP BY table_name HAVING bool_and(table_type = 'BASE TABLE')"
        )
        files = _database(self.place)
        return {name: files for (name,) in kinds.fetchall()}

    def close(self) -> None:
        """Remove temporary files."""
        self._scratch.cleanup()

    def _explain(self, error: Exception, mapping: Mapping) -> SourceError:
        """A short message in terms of the user's files."""
        text = str(error)
        if match := re.search(r'Cannot access (?:file|directory) "([^"]+)"', text):
            return SourceError(
                f"the SELECT reads '{match[1]}', which is no table of this source.",
                where=mapping.path,
                remedy="Put the file among the source's, or name its folder under `folders:`.",
            )
        if match := re.search(r"Table with name \"?([\w.]+)\"? does not exist", text):
            return self._no_table(match[1], mapping)
        if match := re.search(r"CSV Error on Line: (\d+)\s+Original Line: (.*)", text):
            return self._malformed(text, match[1], match[2], mapping)
        line = re.search(r"LINE (\d+):", text)
        where = mapping.path
        if line and isinstance(error, duckdb.Error):
            where, text = f"{where}:{max(int(line[1]) - 1, 1)}", text[: line.start()]
        if self._in_folder and (match := _NO_COLUMN.search(text)):
            return self._no_column(match[1], mapping, where)
        return SourceError(
            f"the SELECT fails: {first_lines(text)}", where=where, remedy="Correct the SELECT."
        )

    def _no_column(self, name: str, mapping: Mapping, where: object) -> SourceError:
        held = {
            paths[0].name: self.con.table(table).columns
            for table, paths in self.used.items()
            if mapping.mentions(table)
        }
        files = "; ".join(f"{file} has {', '.join(columns)}" for file, columns in held.items())
        known = [column for columns in held.values() for column in columns]
        return SourceError(
            f"the SELECT reads the column '{name}', which no file it reads has: {files}."
            f"{did_you_mean(name, known)}",
            where=where,
            remedy="Correct the name in the SELECT, or export the column.",
        )

    def _malformed(self, text: str, number: str, line: str, mapping: Mapping) -> SourceError:
        file = re.search(r"\n\s*file = (.*)", text)
        path = self._utf8.origin(Path(file[1].strip())) if file else mapping.path
        if "Invalid unicode" in text:
            return wrong_encoding(path, self.connection.encoding)
        reason = re.search(r"Expected Number of Columns.*|.*unterminated quote.*|Maximum line size.*", text)
        why = (reason[0] if reason else first_lines(text)).rstrip(".")
        return SourceError(
            f"the line {line[:80]!r} can't be read: {why}.",
            where=f"{path}:{number}",
            remedy="Look for a delimiter or a quote too many; declare `delimiter:` if it isn't a comma.",
        )

    def _no_table(self, name: str, mapping: Mapping) -> SourceError:
        if not self._in_folder or not self.place:
            return SourceError(
                f"the SELECT reads '{name}'; there is no such table.",
                where=mapping.path,
                remedy="Correct the name.",
            )
        missing = f"the file {self.place / name}.{self.connection.kind} is missing"
        if self.connection.kind == "excel":
            missing = f"{self.place} has no sheet '{name}'"
        held = ", ".join(self._available) or "no such files"
        return SourceError(
            f"{missing}; the SELECT reads '{name}'. There are: {held}.{did_you_mean(name, self._available)}",
            where=mapping.path,
            remedy="Put the file there, or correct the name in the SELECT.",
        )


def _database(file: Path) -> list[Path]:
    """A DuckDB file and the one beside it, if it is there, with what was not yet written into it."""
    return [file, file.with_name(f"{file.name}.wal")]


def _raw(mapping: Mapping) -> str:
    return f"_raw_{mapping.table}"
