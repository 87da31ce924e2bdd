"""The workbook, opened again: its cells are what the data files say, and none of them is a formula."""

from __future__ import annotations

import datetime as dt
import os
import warnings
from pathlib import Path

import openpyxl
import pytest

from reporting.month import Month
from reporting.params.product import load_product
from reporting.pipeline.render.context import RunContext
from reporting.pipeline.workbook import write_workbook
from reporting.pipeline.workbook.values import told_by, typed

PRODUCT = load_product(Path(__file__).parents[2] / "params" / "product.yml")
HOSTILE = '\'=HYPERLINK("http://evil.example")'
TO_GROW = (
    "account_id,account_name,mrr,currency,due,reason,probability\n"
    f'007,"{HOSTILE.replace(chr(34), chr(34) * 2)}",1250.5,USD,2026-11-06,http://evil.example,0.125\n'
    "A2,Borg,-3.0,USD,,=1+1,\n"
)


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "to_grow.csv").write_text(TO_GROW)
    return tmp_path


def written(folder: Path) -> Path:
    path = write_workbook(folder, RunContext("acme", "Acme", Month(2026, 10), "1a2b3c4d5e6f"), PRODUCT)
    assert path is not None
    return path


def opened(folder: Path) -> openpyxl.Workbook:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Sparkline Group")
        return openpyxl.load_workbook(written(folder))


def values(sheet) -> list[list]:
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_numbers_are_numbers_and_days_are_days(folder):
    head, first, second = values(opened(folder)["To grow"])
    assert head == ["Account id", "Account", "MRR", "Currency", "Due by", "Reason", "Probability"]
    due = dt.datetime(2026, 11, 6)
    assert first == ["007", HOSTILE, 1250.5, "USD", due, "http://evil.example", 0.125]
    assert second == ["A2", "Borg", -3, "USD", None, "=1+1", None]


def test_no_cell_of_any_sheet_is_a_formula_and_no_text_leads_out(folder):
    book = opened(folder)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    assert all(not cell.hyperlink.target for cell in cells if cell.hyperlink)


def test_heads_stand_still_and_every_sheet_can_be_filtered(folder):
    for sheet in opened(folder).worksheets[1:]:
        assert sheet.freeze_panes and sheet.freeze_panes.endswith("2")
        assert sheet.auto_filter.ref == sheet.dimensions


def test_the_contents_lead_to_every_sheet(folder):
    book = opened(folder)
    linked = {cell.value for cell in book["Contents"]["A"] if cell.hyperlink}
    assert linked == set(book.sheetnames) - {"Contents"}


def test_files_of_one_row_an_account_stand_side_by_side_each_column_once(folder):
    (folder / "expansion_accounts.csv").write_text("account_id,owner,mrr,over\nA2,Ana,9,12.0\n007,Ben,9,5\n")
    head, *rows = values(opened(folder)["To grow"])
    assert head[7:] == ["Owner", "MRR over the licence"]
    assert [(row[0], row[2], *row[7:]) for row in rows] == [("007", 1250.5, "Ben", 5), ("A2", -3, "Ana", 12)]


def test_a_figure_has_a_row_with_the_last_thirteen_months_in_its_own_unit(folder):
    months = [f"{2025 + place // 12}-{place % 12 + 1:02}" for place in range(14)]
    lines = [f"mrr,,MRR,USD,{month},{1000 + place}" for place, month in enumerate(months)]
    lines += ["nrr_12,,NRR,share,2026-02,1.05", "gone,,Long gone,count,2025-01,3"]
    (folder / "figures.csv").write_text("\n".join(["metric,slice,label,unit,month,value", *lines]))
    sheet = opened(folder)["Figures"]
    head, mrr, nrr = values(sheet)
    assert head == ["Figure", "Unit", "Trend", *months[1:]]
    assert mrr[3:] == list(range(1001, 1014))
    assert nrr[:2] == ["NRR", "share"] and nrr[3:] == [None] * 12 + [1.05]
    assert sheet["P2"].number_format == "#,##0.00" and sheet["P3"].number_format == "0.0%"


def test_cohorts_have_a_column_an_age_and_mark_what_is_not_final(folder):
    rows = ["logo,Q1,4,0,1.0,False", "logo,Q1,4,3,0.5,True", "nrr,Q1,4,0,1.0,False", "nrr,Q1,4,6,,False"]
    head = "measure,cohort,accounts,age_months,share,open"
    (folder / "retention_triangles.csv").write_text("\n".join([head, *rows]))
    sheet = opened(folder)["Cohorts"]
    assert values(sheet)[0] == ["Measure", "Cohort", "Accounts", "0 months", "3 months"]
    assert values(sheet)[1:] == [["logo", "Q1", 4, 1, 0.5], ["nrr", "Q1", 4, 1, None]]
    assert sheet["E2"].font.italic and not sheet["D2"].font.italic


def test_a_notebook_of_ones_own_gets_its_sheets_by_names_that_excel_takes(folder):
    for name in ("history", "accounts", "a_name_that_is_much_longer_than_a_tab_may_be", "lost"):
        (folder / f"{name}.csv").write_text("x\n1\n")
    book = opened(folder)
    titles = [name.lower() for name in book.sheetnames]
    assert len(titles) == len(set(titles)) and "history" not in titles
    assert max(map(len, titles)) <= 31
    (place,) = [name for name in titles if name.startswith("accounts")]
    assert values(book[book.sheetnames[titles.index(place)]]) == [["X"], [1]]


def test_users_are_left_to_the_files(folder):
    (folder / "users_silent.csv").write_text("email,user_id\nzoe@borg.example,U1\n")
    book = opened(folder)
    told = {cell for sheet in book for row in values(sheet) for cell in row}
    assert "zoe@borg.example" not in told
    assert ["users_silent.csv", "email"] in [row[:2] for row in values(book["Columns"])]


def test_the_bytes_are_those_of_the_files_whoever_writes_them(folder, monkeypatch):
    first = written(folder).read_bytes()
    before = os.umask(0o077)
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    try:
        assert written(folder).read_bytes() == first
    finally:
        os.umask(before)
    assert {path.name for path in folder.iterdir()} == {"to_grow.csv", "acme-2026-10.xlsx"}


def test_a_month_without_data_files_has_no_workbook(tmp_path):
    context = RunContext("acme", "Acme", Month(2026, 10), "1a2b3c4d5e6f")
    assert write_workbook(tmp_path, context, PRODUCT) is None


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("", "money", None),
        ("12.0", "count", 12),
        ("1e-05", "number", 1e-05),
        ("1000000000000000", "number", "1000000000000000"),
        ("inf", "number", "inf"),
        ("True", "share", True),
        ("True", "text", "True"),
        ("2026-10", "month", dt.date(2026, 10, 1)),
        ("2026-13", "month", "2026-13"),
        ("1776-07-04", "date", "1776-07-04"),
    ],
)
def test_a_value_is_what_its_column_says_if_it_can_be(text, kind, value):
    assert typed(text, kind) == value
    assert type(typed(text, kind)) is type(value)


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        (["1", "", "-2.5"], "number"),
        (["1", "007"], "text"),
        (["2026-10-31", ""], "date"),
        (["2026", "2026-10"], "text"),
        (["True", "False"], "yes/no"),
        (["", ""], "text"),
        ([], "text"),
    ],
)
def test_a_column_nobody_told_of_is_told_by_all_its_values(texts, kind):
    assert told_by(texts) == kind
