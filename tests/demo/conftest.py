"""One default company for all tests of this room."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from reporting import demo


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("company")


@pytest.fixture(scope="session")
def truth(folder: Path) -> demo.Truth:
    return demo.build(folder)


@pytest.fixture(scope="session")
def db(folder: Path, truth: demo.Truth) -> duckdb.DuckDBPyConnection:
    """A database with one view per published table."""
    connection = duckdb.connect()
    for name in truth.rows:
        connection.execute(f"CREATE VIEW {name} AS SELECT * FROM '{folder}/{name}.parquet'")
    return connection
