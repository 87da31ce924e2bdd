"""One small company in three engines: Parquet files for DuckDB, a private PostgreSQL, a local Spark."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import ibis
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from reporting import demo

STRANGER = "stranger_7"
"""The user of the private PostgreSQL who needs a password, and is refused."""
PARAMS = Path(__file__).parents[2] / "params"


@pytest.fixture(scope="session")
def company(tmp_path_factory) -> Path:
    """A project folder whose `tables/` hold the demo company: sixty accounts, eighteen months."""
    root = tmp_path_factory.mktemp("company")
    demo.build(root / "tables", accounts=60, months=18)
    (root / "params" / "sources").mkdir(parents=True)
    shutil.copy(PARAMS / "product.yml", root / "params")
    shutil.copy(PARAMS / "sources" / "demo" / "exchange_rates.csv", root / "params" / "sources")
    return root


@pytest.fixture(scope="session")
def postgres(company: Path) -> Iterator[str]:
    """URL of a PostgreSQL of our own that holds the company's tables; it listens on a socket only."""
    pytest.importorskip("psycopg", reason="the extra `postgres` is not installed")
    binaries = _postgres_binaries()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed")
    who = _not_root()
    with tempfile.TemporaryDirectory(prefix="parity-", ignore_cleanup_errors=True) as name:
        place = Path(name)
        if who:
            shutil.chown(place, *who.values())

        def run(program: str, *arguments: str) -> None:
            command = [str(binaries / program), "-D", str(place / "data"), *arguments]
            with open(place / "log", "a") as log:
                done = subprocess.run(command, stdout=log, stderr=log, cwd=place, **who)
            assert done.returncode == 0, (place / "log").read_text()

        run("initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync")
        rules = place / "data" / "pg_hba.conf"
        rules.write_text(f"local all {STRANGER} scram-sha-256\n{rules.read_text()}")
        run("pg_ctl", "-w", "-o", f"-c listen_addresses='' -c fsync=off -k {place}", "start")
        try:
            url = f"postgres://postgres@/postgres?{urlencode({'host': place})}"
            _load(url, company / "tables")
            yield url
        finally:
            run("pg_ctl", "-w", "-m", "immediate", "stop")


def _postgres_binaries() -> Path | None:
    """Folder of `initdb` and `pg_ctl`; Debian keeps them off the PATH."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(folders, key=lambda folder: int(folder.parent.name), default=None)


def _not_root() -> dict[str, str]:
    """PostgreSQL refuses to run as root: the user that its Debian package brings."""
    if os.geteuid() != 0:
        return {}
    pwd = pytest.importorskip("pwd")
    try:
        pwd.getpwnam("postgres")
    except KeyError:
        pytest.skip("PostgreSQL refuses to run as root, and there is no user `postgres`")
    return {"user": "postgres", "group": "postgres"}


def _load(url: str, tables: Path) -> None:
    """Every Parquet file as a table of the same name."""
    con = ibis.connect(url)
    for path in sorted(tables.glob("*.parquet")):
        rows = pq.read_table(path)
        con.create_table(path.stem, schema=ibis.Schema.from_pyarrow(rows.schema))
        text = pyarrow.BufferOutputStream()
        pyarrow.csv.write_csv(rows, text, pyarrow.csv.WriteOptions(include_header=False))
        with con.con.cursor() as cursor, cursor.copy(f"COPY {path.stem} FROM STDIN (FORMAT csv)") as copy:
            copy.write(text.getvalue().to_pybytes())
    con.con.commit()
    con.disconnect()


@pytest.fixture(scope="session")
def spark(company: Path) -> str:
    """URL of a Spark on this machine's threads."""
    if importlib.util.find_spec("pyspark") is None:
        pytest.skip("the extra `spark` is not installed")
    java = _java_version()
    if java is None or java < 17:
        pytest.skip(f"Spark 4 needs Java 17 or newer; there is {java or 'none'}")
    settings = {
        "spark.ui.enabled": "false",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.sql.shuffle.partitions": "1",
        "spark.sql.codegen.wholeStage": "false",  # compiling takes longer than running on tables this small
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        "spark.sql.warehouse.dir": str(company / "warehouse"),
    }
    return "spark://local:2?" + urlencode(settings, quote_via=quote)


def _java_version() -> int | None:
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=f"{home}/bin" if home else None)
    if java is None:
        return None
    said = subprocess.run([java, "-version"], capture_output=True, text=True).stderr
    version = re.search(r'version "(?:1\.)?(\d+)', said)
    return int(version[1]) if version else None
