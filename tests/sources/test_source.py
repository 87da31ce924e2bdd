"""An open source: tables of any kind of connection come out alike."""

from __future__ import annotations

import datetime as dt
import hashlib
from decimal import Decimal

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from reporting.contract import TABLES
from reporting.errors import ConfigError, ContractError
from reporting.month import Month
from reporting.sources import file_memory, open_source
from reporting.sources.fingerprint import fingerprint
from reporting.sources.validate import validate

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")  # Ibis with DuckDB 2


def rows(table):
    return table.order_by(table.columns[0]).to_pyarrow().to_pylist()


def test_csv_becomes_typed_canonical_tables(company):
    company.add("accounts", '"A4","She said ""hi""\nand left",2025-02-12T08:30:00Z')
    with company.open() as source:
        for name, table in source.tables.items():
            assert [(c.name, c.type) for c in TABLES[name].columns] == [
                (column, str(kind)) for column, kind in table.schema().items()
            ]
        assert source.columns("accounts") == {"account_id", "account_name", "signed_up_at"}
        assert source.columns("tickets") == frozenset()
        last = rows(source.tables["accounts"])[-1]
        paid = rows(source.tables["subscriptions"])[1]
    assert last["account_name"] == 'She said "hi"\nand left'
    assert last["signed_up_at"] == dt.datetime(2025, 2, 12, 8, 30)
    assert last["industry"] is None
    assert paid["amount"] == Decimal("1200.0000") and paid["valid_to"] == dt.datetime(2025, 3, 10)
    assert paid["is_trial"] is False and paid["seats"] is None


def test_crlf_and_a_byte_order_mark_change_nothing(company):
    with company.open() as source:
        before = {name: rows(table) for name, table in source.tables.items()}
    for path in company.data.glob("*.csv"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    with company.open() as source:
        assert {name: rows(table) for name, table in source.tables.items()} == before


def test_column_names_match_whatever_their_case(company):
    company.sql("accounts", "SELECT account_id AS ACCOUNT_ID, account_name, signed_up_at FROM accounts")
    with company.open() as source:
        assert "account_id" in source.columns("accounts")


@pytest.fixture
def typed() -> dict[str, pa.Table]:
    """The tiny company with the types a warehouse would have."""
    return {
        "accounts": pa.table(
            {
                "account_id": [1, 2],
                "account_name": ["Acme", "Bolt"],
                "signed_up_at": pa.array([dt.date(2025, 1, 3), dt.date(2025, 1, 20)]),
            }
        ),
        "subscriptions": pa.table(
            {
                "subscription_id": ["S1", "S2"],
                "account_id": [1, 2],
                "valid_from": pa.array([dt.datetime(2025, 1, 5)] * 2, pa.timestamp("ns")),
                "valid_to": pa.array([None, dt.datetime(2025, 3, 10)], pa.timestamp("us")),
                "plan": ["Pro", "Basic"],
                "amount": [19.99, 1200.0],
                "amount_period": ["month", "year"],
                "currency": ["USD", "USD"],
                "is_trial": [0, 0],
                "seats": [3.0, float("nan")],
            }
        ),
        "events": pa.table(
            {
                "account_id": [1, 2],
                "event_name": ["login", "login"],
                "occurred_at": pa.array([dt.datetime(2025, 1, 6, 9)] * 2, pa.timestamp("us", tz="UTC")),
            }
        ),
    }


def check_typed(source) -> None:
    accounts, subscriptions = rows(source.tables["accounts"]), rows(source.tables["subscriptions"])
    assert [row["account_id"] for row in accounts] == ["1", "2"]
    assert accounts[0]["signed_up_at"] == dt.datetime(2025, 1, 3)
    assert [row["amount"] for row in subscriptions] == [Decimal("19.9900"), Decimal("1200.0000")]
    assert [row["is_trial"] for row in subscriptions] == [False, False]
    assert [row["seats"] for row in subscriptions] == [3, None]
    assert rows(source.tables["events"])[0]["occurred_at"] == dt.datetime(2025, 1, 6, 9)
    assert {f.check for f in source.check(Month.parse("2025-01")) if f.severity == "error"} == set()


def test_parquet_files_and_folders(company, typed):
    company.source("title: Tiny\nconnection: {kind: parquet, path: data}\n")
    for name in ("accounts", "subscriptions"):
        pq.write_table(typed[name], company.data / f"{name}.parquet")
    for number in range(2):
        part = company.data / "events" / f"month={number}"
        part.mkdir(parents=True)
        pq.write_table(typed["events"].slice(number, 1), part / "part.parquet")
    with company.open() as source:
        check_typed(source)
        assert "data/events/month=1/part.parquet" in [name for name, _ in source.files()]


def test_a_data_file_seen_before_is_not_read_again(company, tmp_path, monkeypatch):
    monkeypatch.setattr(file_memory, "RACY", -1)
    notes = file_memory.FileMemory(tmp_path / "notes")
    with company.open() as source:
        before = source.files(memory=notes)
        monkeypatch.setattr("reporting.sources.source.sha256", lambda path: f"read {path.name}")
        assert source.files(memory=notes) == before
        company.add("events", "A1,login,2025-01-07")
        assert dict(source.files(memory=notes)) == dict(before) | {"data/events.csv": "read events.csv"}


def test_a_duckdb_file_is_opened_read_only(company, typed):
    path = company.root / "warehouse.duckdb"
    with duckdb.connect(path) as con:
        con.execute("CREATE SCHEMA crm")
        for name, table in typed.items():
            con.register("arrow", table)
            con.execute(f"CREATE TABLE crm.{name} AS SELECT * FROM arrow")
    for name in typed:
        company.sql(name, f"SELECT * FROM crm.{name}")
    company.source("title: Tiny\nconnection: {kind: duckdb, path: warehouse.duckdb}\n")
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    with company.open() as source:
        check_typed(source)
        assert ("warehouse.duckdb", before) in source.files()
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before


@pytest.mark.parametrize("amount", [float("inf"), float("nan")])
def test_amounts_that_are_not_finite_are_faults_in_typed_columns_too(company, typed, amount):
    typed["subscriptions"] = typed["subscriptions"].set_column(5, "amount", pa.array([19.99, amount]))
    for name, table in typed.items():
        pq.write_table(table, company.data / f"{name}.parquet")
    company.source("title: Tiny\nconnection: {kind: parquet, path: data}\n")
    with pytest.raises(ContractError, match="a finite number") as caught:
        company.open()
    assert f"subscription_id 'S2', amount '{amount}'" in str(caught.value)


def test_numbers_are_no_dates(company):
    company.sql("accounts", "SELECT account_id, account_name, 1735862400 AS signed_up_at FROM accounts")
    with pytest.raises(ContractError, match="expected a date, the SELECT returns int") as caught:
        company.open()
    assert "to_timestamp(signed_up_at)" in str(caught.value)


def test_dates_begin_at_midnight_of_the_source_and_months_close_there(company):
    company.declare("timezone: America/New_York\n")
    with company.open() as source:
        accounts, events = rows(source.tables["accounts"]), rows(source.tables["events"])
        assert accounts[0]["signed_up_at"] == dt.datetime(2025, 1, 3, 5), "midnight in New York is 5 a.m. UTC"
        assert events[0]["occurred_at"] == dt.datetime(2025, 1, 6, 9, 30), "a time without a zone is UTC"
        assert source.closing(Month.parse("2025-02")) == dt.datetime(2025, 3, 1, 5)
        assert source.closing(Month.parse("2025-03")) == dt.datetime(2025, 4, 1, 4), "summer time"


def test_declared_formats_by_column_and_by_default(company):
    company.csv(
        "accounts",
        "account_id,account_name,signed_up_at\nA1,a,03.01.2025\nA2,b,20.01.2025\nA3,c,11.02.2025\n",
    )
    company.csv("events", "account_id,event_name,occurred_at\nA1,x,2025-01-06 09:30:00 +0200\n")
    company.declare(
        """
        formats:
          default: "%Y-%m-%d"
          accounts.signed_up_at: "%d.%m.%Y"
          events.occurred_at: "%Y-%m-%d %H:%M:%S %z"
        """
    )
    with company.open() as source:
        assert rows(source.tables["accounts"])[2]["signed_up_at"] == dt.datetime(2025, 2, 11)
        assert rows(source.tables["events"])[0]["occurred_at"] == dt.datetime(2025, 1, 6, 7, 30)


def test_two_digit_years_are_not_read_as_the_first_century(company):
    company.csv("accounts", "account_id,account_name,signed_up_at\nA1,a,03.01.25\n")
    company.declare('formats: {accounts.signed_up_at: "%d.%m.%Y"}\n')
    with pytest.raises(ContractError, match="1 of 1 values"):
        company.open()


def test_months_of_a_source(company):
    with company.open() as source:
        assert (source.first_month(), source.last_month()) == (Month(2025, 1), Month(2025, 3))
    company.source("title: Tiny\nconnection: {kind: csv, path: data}\n")
    with company.open() as source:
        assert source.last_month(dt.date(2025, 6, 1)) == Month(2025, 5)
        source.require_month(Month(2025, 5), dt.date(2025, 6, 1))
        with pytest.raises(ConfigError, match="2025-06 is not complete"):
            source.require_month(Month(2025, 6), dt.date(2025, 6, 30))


def test_files_name_everything_the_figures_rest_on(company):
    company.csv("unused", "a\n1\n")
    with company.open() as source:
        files = dict(source.files())
    assert list(files) == [
        "params/sources/tiny.yml",
        *(f"params/sources/tiny/{name}.sql" for name in ("accounts", "subscriptions", "events")),
        *(f"data/{name}.csv" for name in ("accounts", "subscriptions", "events")),
    ]
    assert files["data/events.csv"] == hashlib.sha256((company.data / "events.csv").read_bytes()).hexdigest()


def test_a_fingerprint_notices_a_changed_amount_and_a_late_row(company):
    def print_of(table: str) -> str:
        with company.open() as source:
            return fingerprint(source.tables[table])

    before = {name: print_of(name) for name in ("subscriptions", "events")}
    assert {name: print_of(name) for name in before} == before
    company.add("events", "A1,login,2025-01-07")
    company.csv("subscriptions", (company.data / "subscriptions.csv").read_text().replace("1200", "1201"))
    assert print_of("events") != before["events"] and print_of("subscriptions") != before["subscriptions"]


def test_the_product_definition_of_a_source(company):
    company.declare("product: product.tiny.yml\n")
    with company.open() as source:
        assert source.product_path == company.params / "product.tiny.yml"


def test_validate_tells_rows_columns_and_dates(company):
    report = company.validate()
    accounts = report.tables[0]
    assert (report.title, report.month, report.ok) == ("Tiny", Month(2025, 3), True)
    assert (accounts.rows, accounts.first, accounts.last) == (3, dt.date(2025, 1, 3), dt.date(2025, 2, 11))
    assert accounts.mapped == ("account_id", "account_name", "signed_up_at") and "plan" in accounts.absent


def test_validate_goes_on_when_a_table_cannot_be_built(company):
    company.sql("accounts", "SELECT account_id, account_name FROM accounts")
    report = validate("tiny", company.params)
    assert [(f.check, f.column) for f in report.findings if f.severity == "error"] == [
        ("missing_column", "signed_up_at")
    ]
    assert report.tables[0].rows is None and report.tables[1].rows == 3


def test_sources_leave_nothing_behind(company, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "scratch"))
    (tmp_path / "scratch").mkdir()
    open_source("tiny", company.params).close()
    assert list((tmp_path / "scratch").iterdir()) == []
