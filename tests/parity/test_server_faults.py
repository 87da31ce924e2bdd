"""A server that refuses, stops or forbids is an error of the source, and no secret is told on the way."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import traceback
from pathlib import Path
from urllib.parse import parse_qs, quote, urlparse

import pytest

from reporting.contract import TABLES
from reporting.errors import ReportingError
from reporting.sources import open_source
from reporting.sources.faults import ServerFault

from .conftest import PARAMS, STRANGER

pytestmark = pytest.mark.server
PASSWORD = "hun/ter2 x:y"  # with all that a URL takes for something else
TOLD = ("hun", "ter2", "x:y", STRANGER, "cellar", "hidden_db")
URL = "WAREHOUSE_URL"


@pytest.fixture
def source(company: Path, monkeypatch):
    """Open the company in the PostgreSQL at a URL."""
    folder = company / "params" / "sources" / "warehouse"
    folder.mkdir(exist_ok=True)
    for table in TABLES:
        (folder / f"{table}.sql").write_text(f"SELECT * FROM {table}")

    def open_it(url: str, kind: str = "postgres"):
        monkeypatch.setenv(URL, url)
        folder.with_suffix(".yml").write_text(
            "title: W\nclosed_through: '2025-04'\nexchange_rates: exchange_rates.csv\n"
            f"connection: {{kind: {kind}, url_env: {URL}}}\n"
        )
        return open_source("warehouse", company / "params")

    return open_it


def of_role(postgres: str, role: str, *statements: str) -> str:
    """The URL of a new role, which may read every table, after `statements`."""
    import psycopg

    with psycopg.connect(postgres.replace("postgres://", "postgresql://"), autocommit=True) as con:
        con.execute(f"DROP OWNED BY {role}" if exists(con, role) else f"CREATE ROLE {role} LOGIN")
        con.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}")
        for statement in statements:
            con.execute(statement)
    return postgres.replace("postgres@", f"{role}@")


def exists(con, role: str) -> bool:
    return con.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone() is not None


def forms(postgres: str) -> dict[str, str]:
    """Ways of writing a URL that no server accepts."""
    (folder,) = parse_qs(urlparse(postgres).query)["host"]
    place = f"/hidden_db?host={quote(folder, safe='')}"
    return {
        "percent": f"postgres://{STRANGER}:{quote(PASSWORD, safe='')}@{place}",
        "slash": f"postgres://{STRANGER}:{PASSWORD}@{place}",
        "space": f"postgres://{STRANGER}:hun ter2@{place}",
        "query": f"postgres://cellar{place}&user={STRANGER}&password={quote(PASSWORD, safe='')}",
        "words": f"user={STRANGER} password='{PASSWORD}' host={folder} dbname=hidden_db",
        "no scheme": f"{STRANGER}:{PASSWORD}@cellar/hidden_db",
        "another scheme": f"{STRANGER}://{PASSWORD}@cellar/hidden_db",
        "nobody there": f"postgres://{STRANGER}:{quote(PASSWORD, safe='')}@cellar.invalid/hidden_db",
    }


@pytest.mark.parametrize("form", forms("postgres://@/x?host=/x"))
def test_a_refusal_tells_nothing_of_the_url(postgres, source, form):
    url = forms(postgres)[form]
    with pytest.raises(ReportingError) as caught:
        source(url)
    told = "".join(traceback.format_exception(caught.value))
    assert caught.value.exit_code == 2 and URL in told
    assert not [part for part in (*TOLD, url, quote(PASSWORD, safe="")) if part in told], told


def test_the_command_tells_nothing_either(postgres, source, company):
    with pytest.raises(ReportingError):
        source(forms(postgres)["percent"])  # writes the source file and sets the variable
    (company / "notebooks").mkdir(exist_ok=True)
    (company / "params" / "monthly.yml").write_text("source: warehouse\n")
    for command in ("validate", "doctor"):
        done = subprocess.run(
            [sys.executable, "-m", "reporting.cli", "--debug", "--project", str(company), command],
            capture_output=True,
            text=True,
        )
        told = done.stdout + done.stderr
        assert not [part for part in TOLD if part in told], told
    assert not [path for path in company.rglob("*") if path.is_file() and b"ter2" in path.read_bytes()]


def test_a_role_without_temporary_tables_is_told_once(postgres, source):
    url = of_role(postgres, "reader_a", "REVOKE TEMPORARY ON DATABASE postgres FROM PUBLIC")
    with pytest.raises(ServerFault, match="permission denied to create temporary tables") as caught:
        source(url)
    assert "TEMPORARY on the database" in str(caught.value) and str(caught.value).count("->") == 1


def test_a_query_that_takes_too_long_is_an_error_of_the_source(postgres, source):
    grant = "GRANT TEMPORARY ON DATABASE postgres TO reader_b"
    url = of_role(postgres, "reader_b", grant, "ALTER ROLE reader_b SET statement_timeout = '1s'")
    opened = source(url)
    with pytest.raises(ServerFault, match="statement timeout") as caught, opened:
        opened.con.raw_sql("SELECT pg_sleep(5)")
    assert "`statement_timeout` of the role" in str(caught.value)


def test_a_server_that_stops_meanwhile_is_an_error_of_the_source(postgres, source):
    import psycopg

    opened = source(postgres)
    with pytest.raises(ServerFault, match="terminating connection") as caught, opened:
        with psycopg.connect(postgres.replace("postgres://", "postgresql://"), autocommit=True) as con:
            con.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            )
        opened.tables["events"].count().to_pyarrow()
    assert "run again when it is back" in str(caught.value) and caught.value.exit_code == 2


def test_a_spark_master_that_is_not_there_is_told_at_once(source, spark):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(ReportingError, match=re.escape("can't connect to spark: ")) as caught:
        source(f"spark://{place}", "spark")
    assert "refused" in str(caught.value) and place not in str(caught.value)


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for the driver in /proc")
def test_a_spark_driver_that_is_killed_in_a_run_is_an_error_of_the_source(spark, company):
    folder = company / "params" / "sources" / "warehouse"
    folder.mkdir(exist_ok=True)
    for table in TABLES:
        place = company / "tables" / f"{table}.parquet"
        (folder / f"{table}.sql").write_text(f"SELECT * FROM parquet.`{place}`")
    folder.with_suffix(".yml").write_text(
        "title: W\nclosed_through: '2025-04'\nexchange_rates: exchange_rates.csv\n"
        f"connection: {{kind: spark, url_env: {URL}}}\n"
    )
    shutil.copytree(PARAMS.parent / "notebooks", company / "notebooks", dirs_exist_ok=True)
    (company / "params" / "monthly.yml").write_text("source: warehouse\n")
    command = [sys.executable, "-m", "reporting.cli", "--project", str(company), "run"]
    given = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    process = subprocess.Popen(command, env={**os.environ, URL: spark}, **given)
    assert process.stdout is not None
    began = any("Freezing the snapshot" in line for line in process.stdout)
    assert began, process.communicate()
    (driver,) = java_of(process.pid)
    os.kill(driver, signal.SIGKILL)
    told, error = process.communicate(timeout=120)
    assert process.returncode == 2, error
    assert "spark fails: " in error and "run again when it is back" in error, error
    assert "Traceback" not in told + error and "fault in the program" not in error, error
    assert not (company / "reports" / "warehouse").exists()


def java_of(parent: int) -> list[int]:
    """The Java processes that a process started, or one that it started."""
    started: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            started.setdefault(int(fields[1]), []).append(int(folder.name))
    family = [parent]
    for each in family:
        family += started.get(each, [])
    return [each for each in family if program_of(each) == "java"]


def program_of(process: int) -> str:
    """Name of the program that a process runs; empty if it has ended meanwhile."""
    try:
        return Path(os.readlink(f"/proc/{process}/exe")).name
    except OSError:
        return ""
