"""What a SELECT returns becomes a canonical table, and what is said of columns on the way."""

from __future__ import annotations

import datetime as dt

import ibis
import pytest

from reporting.contract import TABLES
from reporting.contract.conform import conform
from reporting.contract.dates import ambiguous, hint

DMY = "%d/%m/%Y"


def raw(con, **columns):
    """A table of the columns given, all text; a single value is repeated."""
    rows = max(len(values) for values in columns.values() if isinstance(values, list))
    filled = {name: v if isinstance(v, list) else [v] * rows for name, v in columns.items()}
    schema = {name: "string" for name in columns}
    con.create_table("raw", ibis.memtable(filled, schema=schema), overwrite=True)
    return con.table("raw")


def accounts(con, days, formats=None, **more):
    """What is said of accounts with those sign-ups."""
    ids = [str(n) for n in range(len(days))]
    columns = {"account_id": ids, "account_name": "x", "signed_up_at": days} | more
    return conform(raw(con, **columns), TABLES["accounts"], "a.csv", formats)


def fine(days):
    return [f"{day:02}/{month:02}/2025" for day, month in days]


SWAPPED = {
    "six dates of two days up to the twelfth": ([(1, m) for m in range(1, 6)] + [(12, 6)], True),
    "a day above the twelfth": ([(1, m) for m in range(1, 6)] + [(13, 6)], False),
    "five dates": ([(1, m) for m in range(1, 5)] + [(12, 6)], False),
    "six rows of five dates": ([(1, m) for m in range(1, 5)] + [(12, 6)] * 2, False),
    "all on the first of a month": ([(1, m) for m in range(1, 8)], False),
}


@pytest.mark.parametrize("name", SWAPPED)
def test_dates_whose_day_and_month_may_be_swapped_are_doubted(con, name):
    days, doubted = SWAPPED[name]
    found = accounts(con, fine(days), {"default": DMY}).findings
    assert [(f.check, f.severity, f.column) for f in found] == [
        ("date_order", "warning", "signed_up_at")
    ] * doubted
    if doubted:
        (finding,) = found
        assert (finding.table, finding.count, finding.total) == ("accounts", 6, 6)
        assert "Read as %d/%m/%Y, no date in a.csv has a day above 12" in finding.message
        assert "formats:" in finding.remedy


def test_only_formats_that_can_be_swapped_are_doubted(con):
    days = [
        f"2025-{month:02}-{day:02}" for day, month in SWAPPED["six dates of two days up to the twelfth"][0]
    ]
    assert accounts(con, days).findings == []
    assert accounts(con, days, {"default": "%Y-%m-%d"}).findings == []
    assert accounts(con, [""] * 6, {"default": DMY}).findings == []


@pytest.mark.parametrize(
    ("format", "told"),
    [
        (DMY, True), ("%m/%d/%Y", True), ("%d.%m.%Y %H:%M", True), ("%Y/%m/%d", True), ("%Y-%d-%m", True),
        ("%Y-%m-%d", False), ("%Y-%m-%d %H:%M", False), ("%d %b %Y", False), ("%m %Y", False),
        ("%j %Y", False), (None, False),
    ],
)  # fmt: skip
def test_which_formats_can_be_swapped(format, told):
    assert ambiguous(format) is told


def test_the_format_of_a_column_comes_before_the_default(con):
    formats = {"default": "%m/%d/%Y", "accounts.signed_up_at": DMY, "users.signed_up_at": "%Y"}
    table = accounts(con, ["13/02/2025"], formats).table
    assert table.signed_up_at.to_pyarrow().to_pylist() == [dt.datetime(2025, 2, 13)]
    assert accounts(con, ["02/13/2025"], {"default": "%m/%d/%Y"}).findings == []


def test_names_match_whatever_their_case_and_columns_stand_in_the_contract_s_order(con):
    found = conform(
        raw(con, Signed_Up_At=["2025-02-01"], ACCOUNT_ID="A", account_name="a"), TABLES["accounts"], "a.csv"
    )
    assert found.findings == []
    assert found.mapped == {"account_id", "account_name", "signed_up_at"}
    assert tuple(found.table.columns) == TABLES["accounts"].names
    assert [str(type) for type in found.table.schema().values()] == [
        c.type for c in TABLES["accounts"].columns
    ]
    (row,) = found.table.to_pyarrow().to_pylist()
    assert row == dict.fromkeys(TABLES["accounts"].names) | {
        "account_id": "A", "account_name": "a", "signed_up_at": dt.datetime(2025, 2, 1),
    }  # fmt: skip


def test_a_missing_column_is_an_error_that_names_the_nearest_one_returned(con):
    found = conform(raw(con, account_id=["A"], signed_up="2025-02-01", plan="x"), TABLES["accounts"], "a.csv")
    assert found.table is None
    assert found.mapped == {"account_id", "plan"}
    told = [(f.check, f.severity, f.table, f.column) for f in found.findings]
    assert told == [
        ("missing_column", "error", "accounts", "account_name"),
        ("missing_column", "error", "accounts", "signed_up_at"),
        ("unknown_column", "warning", "accounts", "signed_up"),
    ]
    missing, unknown = found.findings[1:]
    assert missing.message == (
        "the SELECT does not return this required column (when the account was created). "
        "It returns: account_id, signed_up, plan. Did you mean 'signed_up'?"
    )
    assert missing.remedy == "Add it in accounts.sql: ... AS signed_up_at."
    assert (missing.count, missing.total) == (1, 1)
    assert unknown.message == ("no column of the contract, so it is ignored. Did you mean 'signed_up_at'?")
    assert unknown.remedy == "Rename or remove it in accounts.sql, or name it under `account_columns:`."


def test_a_column_that_is_there_is_not_offered_for_another(con):
    found = accounts(con, ["2025-02-01"], account_names="x")
    (finding,) = found.findings
    assert "Did you mean" not in finding.message
    assert found.table is not None


def test_a_type_that_never_fits_is_an_error(con):
    given = raw(con, account_id=["A"], account_name="a", signed_up_at="1735689600")
    found = conform(given.mutate(signed_up_at=given.signed_up_at.cast("int64")), TABLES["accounts"], "a.csv")
    assert found.table is None
    (finding,) = found.findings
    assert (finding.check, finding.severity, finding.column) == ("wrong_type", "error", "signed_up_at")
    assert finding.message == "expected a date, the SELECT returns int64."
    assert "to_timestamp(signed_up_at)" in finding.remedy


def test_values_that_cannot_be_read_are_counted_with_five_examples_by_key(con):
    days = ["2025-02-01"] + [f"soon {n}" for n in range(7)] + [""]
    found = accounts(con, days)
    (finding,) = found.findings
    assert found.table is not None
    assert (finding.check, finding.severity) == ("unreadable_date", "error")
    assert (finding.table, finding.column) == ("accounts", "signed_up_at")
    assert (finding.count, finding.total) == (7, 9)
    assert finding.message.startswith("7 of 9 values in a.csv can't be read as a date. No format is declared")
    assert finding.examples == [
        {"account_id": str(n), "signed_up_at": f"soon {n - 1}"} for n in (1, 2, 3, 4, 5)
    ]  # fmt: skip


NUMBERS = [
    ("1,200.50", "replace(amount, ',', '')"),
    ("1,200", "replace(amount, ',', '')"),
    ("12,5", "replace(amount, ',', '.')"),
    ("1,2000", "replace(amount, ',', '.')"),
    ("$5", "Correct the values in the source"),
]


@pytest.mark.parametrize(("value", "advice"), NUMBERS)
def test_what_to_do_about_numbers(con, value, advice):
    columns = dict.fromkeys(TABLES["subscriptions"].required_names, "x") | {
        "subscription_id": ["S"], "valid_from": "2025-01-01", "amount": value, "is_trial": "no",
    }  # fmt: skip
    (finding,) = conform(raw(con, **columns), TABLES["subscriptions"], "s.csv").findings
    assert (finding.check, finding.column) == ("unreadable_number", "amount")
    assert finding.message == "1 of 1 values in s.csv can't be read as a finite number."
    assert finding.examples == [{"subscription_id": "S", "amount": value}]
    assert advice in finding.remedy


def test_events_without_a_key_are_shown_by_their_account(con):
    given = raw(con, account_id=["B", "A"], event_name="x", occurred_at="soon")
    (finding,) = conform(given, TABLES["events"], "e.csv").findings
    assert finding.examples == [{"account_id": key, "occurred_at": "soon"} for key in "AB"]


HALF = [
    (["17/08/2023", "soon"], "1 of 2 looked at fit %d/%m/%Y"),
    (["17/08/2023", "soon", "later"], None),
    (["17/08/2023", "18/08/2023", "soon"], "2 of 3 looked at fit %d/%m/%Y"),
    (["17/08/2023"], "The values fit %d/%m/%Y with the day first"),
    (["08/17/2023"], "The values fit %m/%d/%Y with the month first"),
    ([" 17/08/2023 ", "18/08/2023\t"], "The values fit %d/%m/%Y with the day first"),
    (["20230817"], "The values fit %Y%m%d."),
    (["17/08/23"], None),
    ([], None),
]


@pytest.mark.parametrize(("values", "told"), HALF)
def test_a_format_is_offered_if_half_of_the_values_fit_it(values, told):
    expected, remedy = hint(values, None, "t.c")
    assert expected.startswith("No format is declared, so ISO 8601 is expected")
    if told is None:
        assert "fit" not in expected
        assert remedy == 'Correct the values, or declare their format under `formats:` as `t.c: "..."`.'
    else:
        assert told in expected
        assert remedy.startswith("If they are meant so, declare it in the source file under `formats:` `t.c:")
