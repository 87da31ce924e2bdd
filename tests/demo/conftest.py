"""One default company for all tests of this room."""

from __future__ import annotations

import pickle
from pathlib import Path

import duckdb
import pytest
from tests.shared import built_once

from reporting import demo


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The company's tables, and beside them what `build` said of them."""

    def build(folder: Path) -> None:
        truth = demo.build(folder / "tables")
        (folder / "truth.pickle").write_bytes(pickle.dumps(truth))

    return built_once(tmp_path_factory, "default-company", build)


@pytest.fixture(scope="session")
def folder(built: Path) -> Path:
    return built / "tables"


@pytest.fixture(scope="session")
def truth(built: Path) -> demo.Truth:
    return pickle.loads((built / "truth.pickle").read_bytes())


@pytest.fixture(scope="session")
def db(folder: Path, truth: demo.Truth) -> duckdb.DuckDBPyConnection:
    """A database with one view per published table."""
    connection = duckdb.connect()
    for name in truth.rows:
        connection.execute(f"CREATE VIEW {name} AS SELECT * FROM '{folder}/{name}.parquet'")
    return connection
