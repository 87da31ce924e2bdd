"""Open the engine a source lives in.

Local files are read by an in-memory DuckDB; a DuckDB file is opened read-only; a server is reached through
Ibis. Only the driver that is needed gets imported.
"""

from __future__ import annotations

import logging
import os
import socket
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlparse

import ibis

from reporting.errors import ConfigError, SourceError
from reporting.secrets import keep
from reporting.sources.faults import first_lines
from reporting.sources.mapping import LOCAL_KINDS, Connection

if TYPE_CHECKING:
    from ibis.backends import BaseBackend

_SCHEMES = {
    "postgres": ("postgres", "postgresql"),
    "snowflake": ("snowflake",),
    "bigquery": ("bigquery",),
    "databricks": ("databricks",),
    "spark": ("spark", "pyspark"),
}
_PATIENCE = 10  # seconds
_EXTRAS = {"spark": "pyspark"}
_COUNT_IN_UTC = {
    **dict.fromkeys(LOCAL_KINDS, "SET TimeZone = 'UTC'"),
    "postgres": "SET TIME ZONE 'UTC'",
    "snowflake": "ALTER SESSION SET TIMEZONE = 'UTC'",
    "databricks": "SET TIME ZONE 'UTC'",
    "spark": "SET TIME ZONE 'UTC'",
}


def connect(connection: Connection, where: Path, path: Path | None) -> BaseBackend:
    """Open the engine; its session counts in UTC.

    Args:
        connection: The source's description.
        where: The source file, named in messages.
        path: Folder or file of a local source.

    Raises:
        ConfigError: The environment variable is unset, or holds a URL of another kind.
        SourceError: The driver is missing, or the server refuses.
    """
    kind = connection.kind
    try:
        if kind in LOCAL_KINDS:
            con = embedded(path if kind == "duckdb" else None)
        else:
            con = _server(kind, _url(connection, where))
        if kind in _COUNT_IN_UTC:
            con.raw_sql(_COUNT_IN_UTC[kind])
    except (ConfigError, SourceError):
        raise
    except ImportError as error:
        raise SourceError(
            f"the driver for {kind} is not installed ({error.name}).",
            where=where,
            remedy=f"pip install 'ibis-framework[{_EXTRAS.get(kind, kind)}]'",
        ) from None
    except Exception as error:
        raise SourceError(
            f"can't connect to {kind}: {first_lines(error)}",
            where=where,
            remedy=f"Check the URL in {connection.url_env} and that the server can be reached."
            if connection.url_env
            else "Check that it exists and that no one else has opened it for writing.",
        ) from None
    return con


def embedded(path: Path | None = None) -> BaseBackend:
    """A DuckDB in memory, or the one in a file, to read; what it can't hold goes to the temporary folder."""
    con = ibis.duckdb.connect(path, read_only=True) if path else ibis.duckdb.connect()
    spill = Path(tempfile.gettempdir()) / f"reporting-spill-{os.getpid()}"
    con.raw_sql(f"SET temp_directory = {quoted(spill)}; SET enable_progress_bar = false")
    return con


def lock(con: BaseBackend, files: Iterable[Path], folders: Iterable[Path]) -> None:
    """Let DuckDB read these files, what lies in these folders and what it spills itself, and for good nothing
    else: no other file, no extension, no setting."""
    paths, places = (", ".join(map(quoted, names)) for names in (files, folders))
    con.raw_sql(
        f"SET allowed_paths = [{paths}]; SET allowed_directories = [{places}]; "
        "SET enable_external_access = false; SET lock_configuration = true"
    )


def _url(connection: Connection, where: Path) -> str | None:
    name = connection.url_env
    if name is None:
        return None
    url = os.environ.get(name)
    if not url:
        raise ConfigError(
            f"the environment variable {name} is not set.",
            where=where,
            remedy=f"Set {name} to the connection URL of {connection.kind}; docs/sources.md shows its form.",
        )
    keep(url)
    _require_form(name, url, connection.kind, where)
    return url


def _require_form(name: str, url: str, kind: str, where: Path) -> None:
    """Refuse a URL that would be read otherwise than it is meant, without telling a part of it."""
    form = f"{_SCHEMES[kind][0]}://"
    scheme = url.partition("://")[0] if "://" in url else ""
    if scheme not in _SCHEMES[kind]:
        known = {scheme for schemes in _SCHEMES.values() for scheme in schemes}
        held = f"a URL that starts with '{scheme}://'" if scheme in known else "no URL of a known kind"
        raise ConfigError(
            f"{name} holds {held}; kind is '{kind}'.",
            where=where,
            remedy=f"Write a URL that starts with {form}, or change `kind:`.",
        )
    try:
        parsed = urlparse(url)
        plain = kind == "spark" or (parsed.port or True)  # Spark names several masters with a port each
    except ValueError:
        plain = False
    if not plain or "@" in f"{parsed.path}{parsed.fragment}":
        raise ConfigError(
            f"the URL in {name} can't be taken apart.",
            where=where,
            remedy="In user and password write %2F for /, %3F for ?, %23 for #, %40 for @ and %5B for [.",
        )


def _server(kind: str, url: str | None) -> BaseBackend:
    if kind == "spark":
        return _spark(url)
    if kind == "databricks":
        return _databricks(str(url))
    return ibis.connect(str(url))


def _spark(url: str | None) -> BaseBackend:
    """A Spark session: `spark://host:7077?key=value` names master and settings, or spark-defaults."""
    from pyspark.sql import SparkSession

    # Py4J prints a traceback for each call to a driver that is gone; what it raises is told once, by us.
    logging.getLogger().addFilter(lambda record: "py4j" not in record.pathname)
    builder = SparkSession.builder.config("spark.sql.execution.arrow.pyspark.enabled", "true")
    if url:
        parsed = urlparse(url)
        if parsed.netloc:
            local = parsed.netloc.partition(":")[0] == "local"
            if not local:
                _require_master(parsed.netloc)
            builder = builder.master(
                f"local[{parsed.netloc[6:] or '*'}]" if local else f"spark://{parsed.netloc}"
            )
        for key, value in parse_qsl(parsed.query):
            builder = builder.config(key, value)
    return ibis.pyspark.connect(builder.getOrCreate())


def _require_master(places: str) -> None:
    """Raise unless one of the masters answers: Spark itself would try for a minute and not say why."""
    refused: OSError | None = None
    for place in places.split(","):
        host, _, port = place.rpartition(":") if ":" in place else (place, "", "7077")
        try:
            socket.create_connection((host.strip("[]"), int(port)), timeout=_PATIENCE).close()
            return
        except OSError as error:
            refused = error
    assert refused is not None
    raise refused


def _databricks(url: str) -> BaseBackend:
    """`databricks://TOKEN@HOST/sql/1.0/warehouses/ID?catalog=main&schema=crm`."""
    parsed = urlparse(url)
    return ibis.databricks.connect(
        server_hostname=parsed.hostname,
        http_path=parsed.path,
        access_token=unquote(parsed.username or ""),
        **dict(parse_qsl(parsed.query)),
    )


def quoted(value: object) -> str:
    """`value` as an SQL string literal."""
    return "'" + str(value).replace("'", "''") + "'"
