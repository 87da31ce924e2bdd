"""An open source: canonical tables as Ibis expressions, ready for the checks and the metrics."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

import ibis.expr.types as ir

from reporting.contract import TABLES, Finding, refuse
from reporting.contract.check import check
from reporting.contract.conform import conform
from reporting.contract.usage import Usage
from reporting.errors import ConfigError, ReportingError, SourceError
from reporting.month import Month
from reporting.params.product import Product
from reporting.sources.connect import connect
from reporting.sources.control import Control, read_control
from reporting.sources.engine import Reader
from reporting.sources.exchange import no_rates, read_rates
from reporting.sources.faults import ServerFault, any_fault
from reporting.sources.file_memory import FileMemory
from reporting.sources.files import sha256
from reporting.sources.fingerprint import fingerprint
from reporting.sources.internal import without_internal
from reporting.sources.mapping import LOCAL_KINDS, Mapping, SourceFile, load_mappings, load_source_file
from reporting.sources.own_columns import require_own, with_own
from reporting.sources.places import local_path, named_folders, root_of
from reporting.sources.shares import Shares
from reporting.sources.units import undivided

if TYPE_CHECKING:
    from ibis.backends import BaseBackend


class Input(NamedTuple):
    """One thing the figures rest on: a file with its hash, or a server's table with a fingerprint."""

    name: str
    sha256: str


@dataclass
class Source:
    """An open source. Close it, or use it in a `with` statement.

    Attributes:
        name: Name of the source file without suffix.
        file: The source file.
        path: Where it stands.
        con: Ibis backend; every table is an expression on it.
        tables: Canonical tables that are mapped, with canonical names and types; a column that is not mapped
            is NULL throughout.
        exchange_rates: month, currency, rate to the reporting currency; without rows if none are declared.
        findings: What was noticed while reading; errors only if `open_source` was told to be lenient.
        selects: Canonical table -> the SELECT that maps it.
        control: What finance has booked.
    """

    name: str
    file: SourceFile
    path: Path
    con: BaseBackend
    exchange_rates: ir.Table
    tables: dict[str, ir.Table] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    selects: dict[str, str] = field(default_factory=dict)
    control: Control = field(default_factory=Control)
    _mapped: dict[str, frozenset[str]] = field(default_factory=dict)
    _mappings: dict[str, Mapping] = field(default_factory=dict)
    _files: list[Path] = field(default_factory=list)
    _reader: Reader | None = None

    def columns(self, table: str) -> frozenset[str]:
        """Canonical columns of `table` that the mapping returns; empty if the table is not mapped."""
        return self._mapped.get(table, frozenset())

    @property
    def product_path(self) -> Path:
        """The product definition that goes with this source."""
        return self.path.parent.parent / self.file.product

    def last_month(self, today: dt.date | None = None) -> Month:
        """The last month a report can be made for: `closed_through`, else the last one that has ended."""
        return self.file.last_month(today)

    def first_month(self) -> Month:
        """The month in which the first subscription starts."""
        first = self.tables["subscriptions"].valid_from.min().to_pyarrow().as_py()
        return self.last_month() if first is None else Month.of(self._local(first))

    def closing(self, month: Month) -> dt.datetime:
        """The month's close as naive UTC, comparable with the tables' timestamps."""
        local = month.close.replace(tzinfo=ZoneInfo(self.file.timezone))
        return local.astimezone(dt.UTC).replace(tzinfo=None)

    def _local(self, instant: dt.datetime) -> dt.datetime:
        return instant.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(self.file.timezone))

    def require_month(self, month: Month, today: dt.date | None = None) -> None:
        """Refuse a month that can't be reported.

        Raises:
            ConfigError: The month has not ended, or lies after `closed_through` or before the data.
        """
        first, last = self.first_month(), self.last_month(today)
        if month > last:
            says = f"`closed_through` in {self.path.name}" if self.file.closed_through else "the calendar"
            problem = f"the month {month} is not complete: {last} is the last complete month by {says}."
        elif month < first:
            problem = f"the month {month} lies before the data: the first subscription starts in {first}."
        else:
            return
        choice = f"Choose a month from {first} to {last}."
        if first > last:
            choice = (
                f"There is no month to choose from {first} to {last}; check `closed_through` and the dates."
            )
        raise ConfigError(problem, where=self.path, remedy=choice)

    def check(
        self, month: Month | None = None, usage: Usage | None = None, product: Product | None = None
    ) -> list[Finding]:
        """All findings: those of reading the source, and those of the contract as of the month's close.

        What reading has already found wrong is not said twice.

        Args:
            month: The report month; None = all rows.
            usage: Sums of the events, see `contract.check`.
            product: The product definition, whose names are looked for in the events.
        """
        found = check(
            self.tables,
            close=self.closing(month) if month else None,
            currency=self.file.currency,
            exchange_rates=self.exchange_rates,
            flags=month is None or month >= self.last_month(),
            usage=usage,
            timezone=self.file.timezone,
            product=product,
            declared=self.file.closed_through is not None,
        )
        unread = {(finding.table, finding.column) for finding in self.findings if finding.severity == "error"}
        return self.findings + [
            finding
            for finding in found
            if not (finding.check == "empty_value" and (finding.table, finding.column) in unread)
            and not (finding.check == "missing_table" and finding.table in self._mapped)
        ]

    def shares(self, table: str) -> Shares | None:
        """The rows of `table` by the local files they come from; None where these are not known for sure."""
        assert self._reader is not None, "an open source has a reader"
        return self._reader.shares(self._mappings[table], self.tables[table])

    def files(self, events: str | None = None, memory: FileMemory | None = None) -> list[Input]:
        """What the figures rest on: source file, SELECTs and data files with their SHA-256.

        A server's tables come with a fingerprint instead, see `fingerprint`.

        Args:
            events: Fingerprint of the events, if the caller has one; a server's are then not read again.
            seen: Files seen before; those unchanged are not read again.
        """
        memory = memory or FileMemory()
        inputs = [
            Input(self._label(path), memory.fact("sha256", [path], partial(sha256, path)))
            for path in self._files
        ]
        if self.file.connection.kind not in LOCAL_KINDS:
            known = {"events": events} if events else {}
            inputs += [
                Input(name, known.get(name) or fingerprint(table)) for name, table in self.tables.items()
            ]
        return inputs

    def _label(self, path: Path) -> str:
        path, root = path.resolve(), root_of(self.path)
        return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name

    def close(self) -> None:
        """Close the connection and remove temporary files."""
        with suppress(Exception):  # of a server that is gone; what that did to the run is told already
            self.con.disconnect()
        if self._reader is not None:
            self._reader.close()

    def __enter__(self) -> Source:
        return self

    def __exit__(self, kind: object, error: BaseException | None, *_: object) -> None:
        """Close it.

        Raises:
            SourceError: In the place of an error that the server's driver raised.
        """
        self.close()
        if isinstance(error, Exception) and not isinstance(error, ReportingError):
            fault = any_fault(error, self.file.connection, self.path)
            if fault:
                raise fault from None


def open_source(name: str, params_dir: Path, *, lenient: bool = False) -> Source:
    """Connect to a source and map it to the canonical tables.

    Args:
        name: `params/sources/<name>.yml`.
        params_dir: The folder `params/`.
        lenient: Keep errors of reading in `Source.findings` instead of raising; for `validate`.

    Raises:
        ConfigError: The source file is wrong, or an environment variable is not set.
        SourceError: Files or server can't be reached, or a SELECT fails.
        ContractError: A required column is missing, or values can't be read; all other faults are listed too.
    """
    file, path = load_source_file(name, params_dir)
    mappings = load_mappings(file, path)
    rates_path = path.parent / file.exchange_rates if file.exchange_rates else None
    rates = read_rates(rates_path) if rates_path else no_rates()
    control_path = path.parent / file.control_totals if file.control_totals else None
    control = read_control(control_path, file.control_tolerance) if control_path else Control()
    place = local_path(file.connection, path, root_of(path)) if file.connection.kind in LOCAL_KINDS else None
    folders = named_folders(file.connection, path, root_of(path))
    con = connect(file.connection, path, place)
    source = Source(name, file, path, con, rates, control=control)
    given = [extra for extra in (rates_path, control_path) if extra]
    source._files = [path, *(mapping.path for mapping in mappings), *given]
    try:
        _map_tables(source, mappings, Reader(con, path, file.connection, place, folders))
        if "internal" in source.columns("accounts") and "accounts" in source.tables:
            source.tables, left_out = without_internal(source.tables)
            source.findings += left_out
        if not lenient and any(finding.severity == "error" for finding in source.findings):
            refuse(source.check(), path)
    except BaseException as error:
        source.__exit__(type(error), error)
        raise
    return source


def _map_tables(source: Source, mappings: list[Mapping], reader: Reader) -> None:
    """Map every table; faults of several SELECTs are told together."""
    source._reader = reader
    faults: list[SourceError] = []
    for mapping in mappings:
        source.selects[mapping.table] = mapping.sql
        source._mappings[mapping.table] = mapping
        if mapping.table == "subscriptions":
            source.findings += undivided(mapping.sql)
        try:
            raw = reader.read(mapping)
            origin, file = reader.origin(mapping), source.file
            with reader.explaining(mapping):
                canonical = with_own(TABLES[mapping.table], file.account_columns)
                conformed = conform(raw, canonical, origin, file.formats, file.timezone)
                require_own(mapping, file.account_columns, conformed.mapped)
                source.findings += conformed.findings
                source._mapped[mapping.table] = conformed.mapped
                if conformed.table is not None:
                    source.tables[mapping.table] = reader.settle(mapping, conformed.table)
        except ServerFault:
            raise
        except SourceError as fault:
            faults.append(fault)
    source._files += dict.fromkeys(path for paths in reader.used.values() for path in paths)
    source._files += [
        path for folder in reader.folders for path in sorted(folder.rglob("*")) if path.is_file()
    ]
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise SourceError("\n" + "\n".join(str(fault) for fault in faults), where=source.path)
