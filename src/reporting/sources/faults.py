"""What a server or the way to it raises, told as an error of the source with the remedy that fits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from reporting.errors import SourceError
from reporting.secrets import hidden
from reporting.sources.mapping import LOCAL_KINDS, Connection

_DRIVERS = {
    "postgres": ("psycopg",),
    "snowflake": ("snowflake",),
    "bigquery": ("google",),
    "databricks": ("databricks",),
    "spark": ("pyspark", "py4j"),
}
_GONE = "The server or the way to it is gone. Nothing was published; run again when it is back."
_RIGHTS = (
    "Grant the role SELECT on the tables that the SELECTs read, and TEMPORARY on the database: what they "
    "return is looked up through a temporary view."
)
_POSTGRES = {
    "57014": "Raise `statement_timeout` of the role, or let the SELECT read less.",
    "42501": _RIGHTS,
    "57": _GONE,
    "08": _GONE,
    "53": "The server has no room, memory or connections left; its administrator can tell.",
    "25": "Connect to a server that is no standby: the SELECTs need temporary views, which those refuse.",
}
"""Remedy by SQLSTATE, or its class, of what is no fault of a SELECT."""


class ServerFault(SourceError):
    """A fault of the server, not of one SELECT: the others would meet it too."""


def first_lines(error: object, width: int = 300) -> str:
    """An engine's message on one line, without secrets, cut to `width`."""
    text = " ".join(hidden(str(error)).split())
    return text if len(text) <= width else text[:width] + "…"


def server_fault(error: BaseException, connection: Connection, where: Path) -> ServerFault | None:
    """What to tell of `error` if the server is to blame for it; None if it isn't, or if a SELECT may be."""
    if connection.kind in LOCAL_KINDS:
        return None
    for each in _chain(error):
        if remedy := _remedy(each, connection.kind):
            text = first_lines(str(each).strip() or type(each).__name__)
            return ServerFault(f"{connection.kind} fails: {text}", where=where, remedy=remedy)
    return None


def any_fault(error: BaseException, connection: Connection, where: Path) -> SourceError | None:
    """The same, and any other error of the server's driver: for what is no SELECT of the mapping."""
    if fault := server_fault(error, connection, where):
        return fault
    if connection.kind in LOCAL_KINDS or not any(_of_driver(each, connection.kind) for each in _chain(error)):
        return None
    return SourceError(
        f"{connection.kind} fails at a query of the report: {first_lines(error)}",
        where=where,
        remedy="The server's log may tell more. Nothing was published.",
    )


def _remedy(error: BaseException, kind: str) -> str | None:
    if not _of_driver(error, kind):
        return None
    if kind == "postgres":
        state = getattr(error, "sqlstate", None)
        if state is None:  # it never came to an answer
            return _GONE if type(error).__name__ in ("OperationalError", "InterfaceError") else None
        return _POSTGRES.get(state) or _POSTGRES.get(state[:2])
    if isinstance(error, OSError) or type(error).__name__ in ("Py4JNetworkError", "Py4JError"):
        return _GONE
    return _GONE if "stopped SparkContext" in str(error) else None


def _of_driver(error: BaseException, kind: str) -> bool:
    root = type(error).__module__.partition(".")[0]
    return root in _DRIVERS.get(kind, ()) or (
        kind == "spark" and isinstance(error, (ConnectionError, EOFError))
    )


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
