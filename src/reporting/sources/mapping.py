"""How a source is described: `params/sources/<name>.yml` and one SELECT per canonical table beside it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from reporting.contract.tables import DATE, REQUIRED_TABLES, TABLES, TIME
from reporting.errors import ConfigError, SourceError, did_you_mean
from reporting.month import Month
from reporting.params.load import SECRET, Strict, load_yaml

Kind = Literal[
    "csv", "parquet", "excel", "duckdb", "postgres", "snowflake", "bigquery", "databricks", "spark"
]
FILE_KINDS = ("csv", "parquet", "excel")
"""A table is a file of the folder that `path` names, or a sheet of a workbook."""
LOCAL_KINDS = (*FILE_KINDS, "duckdb")
SQL_DIALECTS = {kind: "duckdb" for kind in LOCAL_KINDS}


class Connection(Strict):
    """Where the tables are. Secrets never stand here: `url_env` names the variable that holds the URL."""

    kind: Kind
    """What is connected to."""
    path: str | None = None
    """Folder of CSV, Parquet or Excel files, a workbook or a DuckDB file; relative to the folder that holds
    `params/`."""
    path_env: str | None = None
    """Environment variable that, where set, gives the path instead."""
    url_env: str | None = None
    """Environment variable with the connection URL of a server."""
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    """Separates the columns of a CSV file."""
    encoding: str = "utf-8"
    """Character encoding of the CSV files, as Python names it; one that begins with the mark of UTF-16 is
    UTF-16."""
    folders: list[str] = Field(default_factory=list)
    """Other folders whose files the SELECTs may read by themselves; relative as `path` is."""

    @model_validator(mode="after")
    def _knows_where(self) -> Connection:
        if self.kind in LOCAL_KINDS:
            if self.url_env:
                raise ValueError(f"kind '{self.kind}' takes path or path_env, not url_env")
            if not (self.path or self.path_env):
                raise ValueError(f"kind '{self.kind}' needs path, path_env or both")
        elif self.path or self.path_env or self.folders:
            raise ValueError(f"kind '{self.kind}' takes url_env, not path, path_env or folders")
        elif not self.url_env and self.kind != "spark":
            raise ValueError(f"kind '{self.kind}' needs url_env, the name of an environment variable")
        return self

    @field_validator("url_env", "path_env")
    @classmethod
    def _is_a_variable(cls, name: str | None) -> str | None:
        if name is not None and not re.fullmatch(r"[A-Za-z_]\w*", name):
            raise PydanticCustomError(
                SECRET,
                "expected the name of an environment variable such as WAREHOUSE_URL; put the URL into it",
            )
        return name

    @field_validator("encoding")
    @classmethod
    def _is_an_encoding(cls, name: str) -> str:
        try:
            "".encode(name)
        except LookupError:
            raise ValueError("expected an encoding such as utf-8, cp1252 or utf-16") from None
        return name


class SourceFile(Strict):
    """A company's tables: `params/sources/<name>.yml`; a folder beside it holds a SELECT for each table."""

    title: str
    """Company name printed on the reports."""
    connection: Connection
    """Where the tables are."""
    currency: str = Field(default="USD", pattern=r"^[A-Z]{3}$")
    """Currency of the reports, ISO 4217."""
    timezone: str = "UTC"
    """Time zone in which months are counted. A date without a time is midnight there; a timestamp without a
    zone is UTC."""
    closed_through: str | None = None
    """Last complete month of a source that no longer changes, in quotes; absent = the calendar decides."""
    fiscal_year_starts: int = Field(default=1, ge=1, le=12)
    """Number of the month with which the company's year begins: that of targets and of cohorts' quarters."""
    formats: dict[str, str] = Field(default_factory=dict)
    """How text columns write dates, in strftime codes, by `default` and by `table.column`. Never guessed:
    without an entry only ISO 8601 is read."""
    exchange_rates: str | None = None
    """CSV file `month,currency,rate`, relative to this file."""
    product: str = "product.yml"
    """Product definition, relative to `params/`."""
    account_columns: list[str] = Field(default_factory=list)
    """Columns of one's own that `accounts.sql` returns, carried through as text: tier, parent account ..."""
    control_totals: str | None = None
    """CSV file `month,mrr,customers` of what finance has booked, relative to this file."""
    control_tolerance: float = Field(default=0.005, ge=0, le=1)
    """Share of a control total by which the figures may differ from it."""

    def last_month(self, today: dt.date | None = None) -> Month:
        """The last month a report can be made for: `closed_through`, else the last one that has ended."""
        if self.closed_through:
            return Month.parse(self.closed_through)
        return Month.last_closed(today or dt.datetime.now(ZoneInfo(self.timezone)).date())

    @field_validator("timezone")
    @classmethod
    def _is_a_zone(cls, name: str) -> str:
        if name not in available_timezones():
            raise ValueError(
                f"expected a time zone such as Europe/Berlin.{did_you_mean(name, available_timezones())}"
            )
        return name

    @field_validator("account_columns")
    @classmethod
    def _are_no_others(cls, names: list[str]) -> list[str]:
        for name in names:
            if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
                raise ValueError(f"'{name}' is no name for a column: use lower-case letters, digits and _")
            if name in TABLES["accounts"].names:
                raise ValueError(f"'{name}' is a column of accounts already; leave it out here")
            if names.count(name) > 1:
                raise ValueError(f"'{name}' stands twice")
        return names

    @field_validator("closed_through")
    @classmethod
    def _is_a_month(cls, text: str | None) -> str | None:
        try:
            return text if text is None else str(Month.parse(text))
        except ConfigError:
            raise ValueError('expected a month in quotes such as "2026-10"') from None

    @field_validator("formats")
    @classmethod
    def _are_formats_of_time_columns(cls, formats: dict[str, str]) -> dict[str, str]:
        known = [f"{t.name}.{c.name}" for t in TABLES.values() for c in t.columns if c.type in (TIME, DATE)]
        for key, text in formats.items():
            if key not in ("default", *known):
                raise ValueError(f"'{key}' is not a date or time column.{did_you_mean(key, known)}")
            codes = set(re.findall(r"%-?([a-zA-Z])", text))
            if not (codes & set("yY") and codes & set("mbB") and codes & set("dje")) and not codes & set(
                "cxs"
            ):
                raise ValueError(f"'{text}' names no year, month and day; write for example %d/%m/%Y")
        return formats


@dataclass(frozen=True)
class Mapping:
    """The SELECT that gives one canonical table.

    Args:
        table: Canonical name.
        path: The `.sql` file.
        sql: Its one statement, without a closing semicolon.
    """

    table: str
    path: Path
    sql: str

    def mentions(self, name: str) -> bool:
        """Whether the statement holds `name` as a word; how the files it reads are found."""
        return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", self.sql, re.IGNORECASE) is not None


def list_sources(params_dir: Path) -> list[str]:
    """Names of the sources described under `params_dir`."""
    return sorted(
        path.stem for path in (params_dir / "sources").glob("*.yml") if not path.stem.startswith("_")
    )


def load_source_file(name: str, params_dir: Path) -> tuple[SourceFile, Path]:
    """Read `params/sources/<name>.yml`.

    Returns:
        The description, and the file it was read from.

    Raises:
        ConfigError: There is no such source, or its file is malformed.
    """
    path = params_dir / "sources" / f"{name}.yml"
    if not path.exists():
        known = list_sources(params_dir)
        raise ConfigError(
            f"there is no source '{name}'.{did_you_mean(name, known)}",
            where=path,
            remedy=f"Use one of: {', '.join(known) or 'none yet'}; docs/sources.md says how to add one.",
        )
    return load_yaml(path, SourceFile), path


def load_mappings(file: SourceFile, path: Path) -> list[Mapping]:
    """Read the SELECTs in the folder beside the source file, in the order of the canonical tables.

    Raises:
        ConfigError: The folder is missing, or a file is named after no canonical table.
        SourceError: A file holds no SELECT, or more than one statement.
    """
    folder = path.with_suffix("")
    files = {sql.stem: sql for sql in sorted(folder.glob("*.sql"))}
    for stem, sql in files.items():
        if stem not in TABLES:
            raise ConfigError(
                f"'{stem}' is not a canonical table.{did_you_mean(stem, TABLES)}",
                where=sql,
                remedy=f"Name the file after one of: {', '.join(TABLES)}.",
            )
    if absent := [name for name in REQUIRED_TABLES if name not in files]:
        raise ConfigError(
            f"no SELECT for the required table{'s' * (len(absent) > 1)} {', '.join(absent)}.",
            where=folder,
            remedy=f"Write {', '.join(f'{name}.sql' for name in absent)}; see params/sources/_template.",
        )
    dialect = SQL_DIALECTS.get(file.connection.kind, file.connection.kind)
    return [Mapping(name, files[name], _one_select(files[name], dialect)) for name in TABLES if name in files]


def _one_select(path: Path, dialect: str) -> str:
    import sqlglot  # takes a while, and is needed where a source is opened only
    from sqlglot.tokens import TokenType

    sql = path.read_text(encoding="utf-8")
    try:
        tokens = sqlglot.tokenize(sql, read=dialect)
    except sqlglot.errors.TokenError as error:
        message = f"the SQL can't be read: {' '.join(str(error).split())}."
        raise SourceError(message, where=path, remedy="Look for an open quote or comment.") from None
    while tokens and tokens[-1].token_type == TokenType.SEMICOLON:
        tokens.pop()
    if not tokens:
        raise SourceError("the file is empty.", where=path, remedy="Write one SELECT.")
    extra = next((token for token in tokens if token.token_type == TokenType.SEMICOLON), None)
    if extra is not None:
        raise SourceError(
            f"more than one statement: there is a semicolon in line {extra.line}.",
            where=path,
            remedy="Keep one SELECT; put preparations into WITH.",
        )
    if tokens[0].text.upper() not in ("SELECT", "WITH", "FROM", "("):
        raise SourceError(
            f"the statement starts with {tokens[0].text.upper()}.", where=path, remedy="Write one SELECT."
        )
    return sql[: tokens[-1].end + 1]
