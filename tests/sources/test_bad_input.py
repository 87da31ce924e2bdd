"""A source that can't be read is refused with exit code 2, naming place, expectation and remedy."""

from __future__ import annotations

import pytest

from reporting.errors import ConfigError, ContractError, SourceError, UsageError
from reporting.month import Month

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")  # Ibis with DuckDB 2


def refused(company, kind: type[UsageError] = ContractError, month: str | None = None) -> str:
    """The message with which the source is refused."""
    with pytest.raises(kind) as caught, company.open() as source:
        source.require_month(Month.parse(month))
    assert caught.value.exit_code == 2
    assert "->" in str(caught.value), "a remedy"
    return str(caught.value)


def test_missing_file(company):
    (company.data / "subscriptions.csv").rename(company.data / "subscription.csv")
    message = refused(company, SourceError)
    assert str(company.data / "subscriptions.csv") in message
    assert "subscriptions.sql" in message and "Did you mean 'subscription'?" in message


def test_missing_folder_and_unset_variable_name_both_ways(company, monkeypatch):
    company.source(
        """
        title: Tiny
        connection: {kind: csv, path: nowhere, path_env: TINY_DIR}
        """
    )
    monkeypatch.delenv("TINY_DIR", raising=False)
    message = refused(company, SourceError)
    assert "TINY_DIR (not set)" in message and "nowhere" in message and "`path:`" in message
    monkeypatch.setenv("TINY_DIR", str(company.data))
    with company.open() as source:
        assert len(source.tables["accounts"].to_pyarrow()) == 3


def test_unset_variable_without_a_path(company, monkeypatch):
    monkeypatch.delenv("TINY_DIR", raising=False)
    company.source(
        """
        title: Tiny
        connection: {kind: csv, path_env: TINY_DIR}
        """
    )
    assert "environment variable TINY_DIR is not set" in refused(company, ConfigError)


def test_unset_url(company, monkeypatch):
    monkeypatch.delenv("WAREHOUSE_URL", raising=False)
    company.source(
        """
        title: Tiny
        connection: {kind: postgres, url_env: WAREHOUSE_URL}
        """
    )
    assert "environment variable WAREHOUSE_URL is not set" in refused(company, ConfigError)


def test_a_url_in_the_file_is_refused_without_printing_it(company):
    company.source(
        """
        title: Tiny
        connection: {kind: postgres, url_env: "postgres://me:hunter2@host/db"}
        """
    )
    message = refused(company, ConfigError)
    assert "name of an environment variable" in message and "hunter2" not in message


def test_a_url_of_another_kind(company, monkeypatch):
    monkeypatch.setenv("WAREHOUSE_URL", "snowflake://me:hunter2@account")
    company.source(
        """
        title: Tiny
        connection: {kind: postgres, url_env: WAREHOUSE_URL}
        """
    )
    message = refused(company, ConfigError)
    assert "snowflake://" in message and "kind is 'postgres'" in message and "hunter2" not in message


def test_malformed_yaml_with_its_line(company):
    company.source("title: Tiny\nconnection:\n  kind: csv\n path: data\n")
    assert "tiny.yml:4" in refused(company, ConfigError)


def test_unknown_key_with_its_line(company):
    company.declare("formatss: {}\n")
    message = refused(company, ConfigError)
    assert "tiny.yml:6" in message and "Did you mean 'formats'?" in message


def test_missing_required_column(company):
    company.sql("subscriptions", "SELECT * EXCLUDE amount, amount AS amout FROM subscriptions")
    message = refused(company)
    assert "subscriptions.amount" in message and "Did you mean 'amout'?" in message
    assert "tiny.yml" in message and "subscriptions.sql" in message


def test_day_first_dates_without_a_declared_format(company):
    company.add("accounts", "A4,Dove,17/02/2025")
    message = refused(company)
    assert "account_id 'A4', signed_up_at '17/02/2025'" in message
    assert '`accounts.signed_up_at: "%d/%m/%Y"`' in message and "day first" in message


def test_day_first_dates_declared_month_first(company):
    rows = "A1,a,03/01/2025\nA2,b,20/01/2025\nA3,c,11/02/2025\n"
    company.csv("accounts", "account_id,account_name,signed_up_at\n" + rows)
    company.declare('formats: {accounts.signed_up_at: "%m/%d/%Y"}\n')
    message = refused(company)
    assert "1 of 3 values" in message and "'20/01/2025'" in message
    assert "The declared format is %m/%d/%Y" in message and '"%d/%m/%Y"' in message
    company.declare('formats: {accounts.signed_up_at: "%d/%m/%Y"}\n')
    with company.open() as source:
        days = source.tables["accounts"].order_by("account_id").signed_up_at.to_pyarrow().to_pylist()
    assert [str(day.date()) for day in days] == ["2025-01-03", "2025-01-20", "2025-02-11"]


def test_an_empty_file(company):
    company.csv("events", "")
    message = refused(company, SourceError)
    assert str(company.data / "events.csv") in message and "expected a header line" in message


def test_a_line_with_too_many_values(company):
    company.add("accounts", "A4,Dove,2025-02-01,what")
    message = refused(company, SourceError)
    assert f"{company.data / 'accounts.csv'}:5" in message and "A4,Dove,2025-02-01,what" in message


def test_another_delimiter(company):
    company.csv("accounts", "account_id;account_name;signed_up_at\nA1;Acme;2025-01-03\n")
    message = refused(company, SourceError)
    assert "accounts.csv:1" in message and 'delimiter: ";"' in message


def test_another_encoding(company):
    path = company.data / "accounts.csv"
    path.write_bytes(path.read_bytes().replace(b"Acme", "Café".encode("cp1252")))
    message = refused(company, SourceError)
    assert "accounts.csv:2" in message and "not utf-8 encoded" in message and "`encoding:`" in message
    company.source(
        """
        title: Tiny
        connection: {kind: csv, path: data, encoding: cp1252}
        """
    )
    with company.open() as source:
        assert "Café" in source.tables["accounts"].account_name.to_pyarrow().to_pylist()


def test_a_select_that_fails_names_its_line(company):
    company.sql("accounts", "SELECT account_id,\n  name AS account_name\nFROM accounts")
    message = refused(company, SourceError)
    assert "accounts.sql:2" in message
    assert (
        "the column 'name', which no file it reads has: accounts.csv has account_id, account_name" in message
    )


def test_failing_selects_are_told_together(company):
    company.sql("accounts", "SELECT x FROM accounts")
    company.sql("events", "SELECT y FROM events")
    message = refused(company, SourceError)
    assert "accounts.sql" in message and "events.sql" in message


def test_more_than_one_statement(company):
    company.sql("accounts", "SELECT * FROM accounts;\nDROP TABLE accounts;")
    message = refused(company, SourceError)
    assert "accounts.sql" in message and "more than one statement" in message and "line 1" in message


def test_something_else_than_a_select(company):
    company.sql("accounts", "DELETE FROM accounts")
    assert "starts with DELETE" in refused(company, SourceError)


def test_a_missing_mapping(company):
    (company.folder / "events.sql").unlink()
    message = refused(company, ConfigError)
    assert "no SELECT for the required table events" in message and "events.sql" in message


def test_a_mapping_of_no_table(company):
    company.sql("ticket", "SELECT 1")
    message = refused(company, ConfigError)
    assert "ticket.sql" in message and "Did you mean 'tickets'?" in message


def test_an_unknown_source(company):
    (company.params / "sources" / "tiny.yml").rename(company.params / "sources" / "tinny.yml")
    assert "Did you mean 'tinny'?" in refused(company, ConfigError)


@pytest.mark.parametrize(
    ("month", "words"),
    [
        ("2025-04", "2025-03 is the last complete month by `closed_through`"),
        ("2024-12", "before the data: the first subscription starts in 2025-01"),
    ],
)
def test_months_that_cannot_be_reported(company, month, words):
    message = refused(company, ConfigError, month)
    assert words in message and "Choose a month from 2025-01 to 2025-03" in message


def test_a_month_in_the_future_of_a_live_source(company):
    company.source("title: Tiny\nconnection: {kind: csv, path: data}\n")
    assert "last complete month by the calendar" in refused(company, ConfigError, "2999-01")
