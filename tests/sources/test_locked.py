"""A source reads its own tables, and what its file names, and nothing else on the machine."""

from __future__ import annotations

import re

import duckdb
import pytest

from reporting.errors import ConfigError, SourceError

from .conftest import Company

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")  # Ibis with DuckDB 2

FOREIGN = {
    "an absolute path": "SELECT content FROM read_text('/etc/hostname')",
    "a listing": "SELECT file FROM glob('/home/*')",
    "a way up": "SELECT * FROM read_csv('../../x.csv')",
    "the folder's other files": "SELECT * FROM read_text('{data}/notes.txt')",
    "the source's own folder": "SELECT file FROM glob('{data}/*')",
    "a file as a table": "SELECT * FROM '{root}/elsewhere/more.csv'",
}


@pytest.fixture
def company(company: Company) -> Company:
    """With a file in the source's folder that is no table, and one elsewhere."""
    (company.data / "notes.txt").write_text("private")
    (company.root / "elsewhere").mkdir()
    (company.root / "elsewhere" / "more.csv").write_text(
        "account_id,account_name,signed_up_at\nA9,Nine,2025-01-02\n"
    )
    return company


def foreign(company: Company, sql: str) -> str:
    return f"SELECT *, NULL AS industry FROM accounts WHERE EXISTS ({sql})".format(
        data=company.data, root=company.root
    )


@pytest.mark.parametrize("kind", FOREIGN)
def test_a_select_that_reads_anything_else_is_refused(company, kind):
    company.sql("accounts", foreign(company, FOREIGN[kind]))
    with pytest.raises(SourceError, match="which is no table of this source") as caught:
        company.open()
    assert "accounts.sql" in str(caught.value) and "`folders:`" in str(caught.value)


def test_no_select_changes_what_may_be_read(company):
    with company.open() as source:
        for setting in (
            "allowed_directories = ['/']",
            "enable_external_access = true",
            "memory_limit = '1GB'",
        ):
            with pytest.raises(duckdb.Error, match="configuration"):
                source.con.raw_sql(f"SET {setting}")


def test_a_folder_that_the_source_file_names_is_read_and_its_files_are_inputs(company):
    company.source("title: T\nconnection: {kind: csv, path: data, folders: [elsewhere]}\n")
    more = f"'{company.root}/elsewhere/more.csv'"
    company.sql(
        "accounts", f"SELECT * FROM accounts UNION ALL SELECT * FROM read_csv({more}, all_varchar = true)"
    )
    with company.open() as source:
        assert source.tables["accounts"].count().to_pyarrow().as_py() == 4
        assert "elsewhere/more.csv" in [name for name, _ in source.files()]


def test_a_table_may_be_a_link_to_a_file_elsewhere(company):
    moved = company.data.rename(company.root / "archive")
    company.data.mkdir()
    for path in moved.glob("*.csv"):
        (company.data / path.name).symlink_to(path)
    with company.open() as source:
        assert source.tables["accounts"].count().to_pyarrow().as_py() == 3


def test_a_view_of_a_duckdb_file_reads_no_other_file(company):
    con = duckdb.connect(str(company.data / "tiny.duckdb"))
    for name in ("accounts", "subscriptions", "events"):
        con.execute(f"CREATE TABLE {name} AS SELECT * FROM '{company.data}/{name}.csv'")
    con.execute(f"CREATE VIEW nearby AS SELECT content FROM read_text('{company.data}/notes.txt')")
    con.close()
    company.source("title: T\nconnection: {kind: duckdb, path: data/tiny.duckdb}\n")
    company.sql("accounts", foreign(company, "SELECT * FROM nearby"))
    with pytest.raises(SourceError, match=re.escape("notes.txt', which is no table of this source")):
        company.open()


def test_rows_that_a_duckdb_file_holds_beside_itself_are_an_input(company):
    con = duckdb.connect(str(company.data / "tiny.duckdb"))
    for name in ("accounts", "subscriptions", "events"):
        con.execute(f"CREATE TABLE {name} AS SELECT * FROM '{company.data}/{name}.csv'")
    con.execute("PRAGMA disable_checkpoint_on_shutdown")
    con.execute("CHECKPOINT")
    con.execute("INSERT INTO accounts VALUES ('A4', 'Four', '2025-01-02')")
    con.close()
    company.source("title: T\nconnection: {kind: duckdb, path: data/tiny.duckdb}\n")
    with company.open() as source:
        assert source.tables["accounts"].count().to_pyarrow().as_py() == 4
        assert {"data/tiny.duckdb", "data/tiny.duckdb.wal"} <= {name for name, _ in source.files()}


def test_a_link_in_a_named_folder_opens_no_other(company):
    (company.root / "elsewhere" / "way").symlink_to(company.data)
    company.source("title: T\nconnection: {kind: csv, path: data, folders: [elsewhere]}\n")
    with pytest.raises(SourceError, match="way is a link"):
        company.open()


@pytest.mark.parametrize(
    ("connection", "error", "message"),
    [
        ("{kind: csv, path: data, folders: [nowhere]}", SourceError, "nowhere does not exist"),
        ("{kind: postgres, url_env: X, folders: [data]}", ConfigError, "takes url_env, not path"),
    ],
)
def test_folders_are_those_of_local_files_and_exist(company, connection, error, message):
    company.source(f"title: T\nconnection: {connection}\n")
    with pytest.raises(error, match=message):
        company.open()
