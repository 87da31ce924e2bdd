"""Excel workbooks come out as the same company in CSV files does."""

from __future__ import annotations

import csv
import datetime as dt

import openpyxl
import pytest

from reporting.errors import SourceError

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")  # Ibis with DuckDB 2

DATES = {"signed_up_at", "valid_from", "valid_to", "occurred_at"}


def cells(company, table):
    """The rows of a CSV file as someone types them into Excel: dates, numbers and truths, not text."""
    with (company.data / f"{table}.csv").open() as stream:
        header, *rows = csv.reader(stream)
    yield header
    for row in rows:
        yield [
            None if value == ""
            else dt.datetime.fromisoformat(value) if name in DATES
            else float(value) if name == "amount"
            else value == "true" if name == "is_trial"
            else value
            for name, value in zip(header, row, strict=True)
        ]  # fmt: skip


@pytest.fixture
def book(company):
    """The company's tables as three sheets of one workbook."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for table in ("accounts", "subscriptions", "events"):
        sheet = book.create_sheet(table)
        for row in cells(company, table):
            sheet.append(row)
    return book


@pytest.fixture
def excel(company):
    company.source(
        """
        title: Tiny
        connection: {kind: excel, path: data/tiny.xlsx}
        closed_through: "2025-03"
        """
    )
    return company


def rows(company):
    with company.open() as source:
        tables = source.tables.items()
        return {name: table.order_by(table.columns[0]).to_pyarrow().to_pylist() for name, table in tables}


@pytest.fixture
def by_csv(company):
    return rows(company)


def test_a_workbook_is_the_same_company_as_its_csv_files(company, book, by_csv, excel):
    book.save(company.data / "tiny.xlsx")
    assert rows(excel) == by_csv
    with excel.open() as source:
        assert [name for name, _ in source.files() if name.endswith(".xlsx")] == ["data/tiny.xlsx"]


def test_workbooks_of_a_folder_are_tables_named_after_them(company, by_csv):
    for table in by_csv:
        single = openpyxl.Workbook()
        for row in cells(company, table):
            single.active.append(row)
        single.save(company.data / f"{table}.xlsx")
    (company.data / "~$accounts.xlsx").write_bytes(b"Excel has it open")
    company.source("title: Tiny\nconnection: {kind: excel, path: data}\nclosed_through: '2025-03'\n")
    assert rows(company) == by_csv


def test_what_a_cell_holds_decides_the_column(company, book, excel):
    sheet = book["accounts"]
    for number, (key, name) in enumerate(((1001, 7), ("x2", "Acme"), (3.5, None)), start=2):
        sheet.cell(number, 1, key)
        sheet.cell(number, 2, name)
    sheet.cell(4, 2, True)
    book.save(company.data / "tiny.xlsx")
    with excel.open() as source:
        read = source.tables["accounts"].order_by("account_id").to_pyarrow().to_pylist()
    assert [(row["account_id"], row["account_name"]) for row in read] == [
        ("1001", "7"), ("3.5", "true"), ("x2", "Acme"),
    ]  # fmt: skip


def test_empty_rows_and_columns_around_are_none(company, book, by_csv, excel):
    sheet = book["accounts"]
    sheet.append([])
    sheet.append(["", "", ""])
    sheet.cell(1, 5, "")
    book.save(company.data / "tiny.xlsx")
    assert rows(excel) == by_csv


def refused(company, book, hint):
    book.save(company.data / "tiny.xlsx")
    with pytest.raises(SourceError, match=hint) as caught:
        company.open()
    assert "tiny.xlsx" in str(caught.value)


def test_a_cell_with_an_error_is_named(excel, book):
    cell = book["accounts"]["B3"]
    cell.value, cell.data_type = "#REF!", "e"
    refused(excel, book, r"sheet accounts: the cell B3 holds the error #REF!")


@pytest.mark.parametrize(
    ("at", "value", "hint"),
    [
        ((1, 2), None, "column 2 has no name"),
        ((1, 2), "account_id", "names 'account_id' twice"),
        ((2, 5), "beside", "column 4 has no name"),
    ],
)
def test_a_header_that_names_no_table_is_refused(excel, book, at, value, hint):
    book["accounts"].cell(*at).value = value
    refused(excel, book, hint)


def test_an_empty_sheet_is_refused(excel, book):
    book["events"].delete_rows(1, 9)
    refused(excel, book, "the sheet is empty")


def test_a_sheet_that_is_missing_is_named_with_the_nearest(excel, book):
    book["events"].title = "event"
    refused(excel, book, "has no sheet 'events'.*Did you mean 'event'")


def test_the_same_table_in_two_workbooks_is_refused(company, book):
    book.save(company.data / "a.xlsx")
    book.save(company.data / "tiny.xlsx")
    company.source("title: Tiny\nconnection: {kind: excel, path: data}\n")
    with pytest.raises(SourceError, match=r"'accounts' is also in a\.xlsx"):
        company.open()


@pytest.mark.parametrize("content", [b"", b"\xd0\xcf\x11\xe0 an old .xls", b"PK\x03\x04 half a zip"])
def test_what_is_no_workbook_is_refused(excel, content):
    (excel.data / "tiny.xlsx").write_bytes(content)
    with pytest.raises(SourceError, match=r"tiny\.xlsx: this can't be read as an Excel workbook"):
        excel.open()


def test_a_workbook_that_is_not_there_is_named(excel):
    with pytest.raises(SourceError, match=r"workbook or folder of workbooks .*tiny\.xlsx does not exist"):
        excel.open()
