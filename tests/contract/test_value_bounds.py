"""How text and typed columns become values: the forms that are read, and those just beside them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace

import ibis
import pyarrow as pa
import pytest

from reporting.contract.dates import midnight
from reporting.contract.tables import DATE, FLAG, INTEGER, MONEY, NUMBER, TEXT, TIME
from reporting.contract.values import read
from reporting.errors import ConfigError

BAD, EMPTY = "unreadable", "empty"


def readings(con, values, type, given="string", format=None, timezone="UTC"):
    """Each value as `type`; `BAD` where it can't be read, `EMPTY` where there is none."""
    schema = ibis.schema({"n": "int64", "value": given}).to_pyarrow()
    con.con.register("given", pa.table([list(range(len(values))), list(values)], schema=schema))
    table = con.table("given")
    reading = read(table.value, type, format, timezone)
    bad = ibis.literal(False) if reading.unreadable is None else reading.unreadable
    found = table.select("n", value=reading.value, bad=bad).order_by("n").to_pyarrow().to_pylist()
    assert reading.value.type() == ibis.dtype(type)
    return [BAD if row["bad"] else EMPTY if row["value"] is None else row["value"] for row in found]


def at(*parts) -> dt.datetime:
    return dt.datetime(*parts)


TIMES = {
    "1900-01-01": at(1900, 1, 1),
    "1899-12-31": BAD,
    "2025-02-01 23:59:59.999999": at(2025, 2, 1, 23, 59, 59, 999999),
    "2025-02-01 10": BAD,
    "2025-02-01 10:3": BAD,
    "2025-02-01 24:30": BAD,
    "2025-02-01  10:30": BAD,
    "2025-02-01T10:30:00+0200": at(2025, 2, 1, 8, 30),
    "2025-02-01T10:30:00-02": at(2025, 2, 1, 12, 30),
    "2025-02-01T10:30-05:30": at(2025, 2, 1, 16, 0),
    "2025-02-01Z": BAD,
    "2025-02-01x": BAD,
    "x2025-02-01": BAD,
    "2025-00": BAD,
    "2025-12": at(2025, 12, 1),
    "2025-1": BAD,
    "20250101": BAD,
    "": EMPTY,
    " ": EMPTY,
}
NUMBERS = {
    "0": 0, "+1": 1, "-1.": -1, ".5": Decimal("0.5"), "1e2": 100, "1E-2": Decimal("0.01"), "1.5e+1": 15,
    ".": BAD, "1.2.3": BAD, "--1": BAD, "1e": BAD, "e1": BAD, "1 ": 1, "1 2": BAD, "": EMPTY, "  ": EMPTY,
}  # fmt: skip
WHOLE = {"7": 7, "-7": -7, "+7": 7, "7.": 7, "7.00": 7, "7.01": BAD, "7e1": BAD, ".0": BAD, "": EMPTY}
FLAGS = dict.fromkeys(["true", "T", "Yes", "y", "1"], True) | dict.fromkeys(
    ["false", "F", "No", "n", "0"], False
)
FLAGS |= {"": EMPTY, " ": EMPTY, "2": BAD, "ja": BAD, "tru": BAD, "-1": BAD}


@pytest.mark.parametrize(
    ("type", "cases"),
    [(TIME, TIMES), (MONEY, NUMBERS), (INTEGER, WHOLE), (FLAG, FLAGS)],
    ids=["time", "money", "whole", "flag"],
)
def test_text_is_read_in_these_forms_and_no_others(con, type, cases):
    assert dict(zip(cases, readings(con, cases, type), strict=True)) == cases


def test_text_stays_as_it_is_and_other_types_become_text(con):
    assert readings(con, [" a ", "", None], TEXT) == [" a ", "", EMPTY]
    assert readings(con, [7, None], TEXT, "int64") == ["7", EMPTY]


INFINITE, NAN = float("inf"), float("nan")


@pytest.mark.parametrize(
    ("type", "given", "expected"),
    [
        (NUMBER, [1.5, NAN, None, INFINITE], [1.5, EMPTY, EMPTY, INFINITE]),
        (MONEY, [1.5, NAN, None, INFINITE, -INFINITE], [Decimal("1.5"), BAD, EMPTY, BAD, BAD]),
        (INTEGER, [2.0, -2.0, 2.5, NAN, None, INFINITE], [2, -2, BAD, EMPTY, EMPTY, BAD]),
    ],
)  # fmt: skip
def test_floats_may_lack_a_number_but_not_an_amount(con, type, given, expected):
    assert readings(con, given, type, "float64") == expected


def test_numbers_of_other_types_are_cast(con):
    assert readings(con, [3, None], MONEY, "int64") == [Decimal(3), EMPTY]
    assert readings(con, [Decimal("3.25")], MONEY, "decimal(18, 4)") == [Decimal("3.25")]
    assert readings(con, [3], NUMBER, "int32") == [3.0]
    assert readings(con, [3], INTEGER, "int16") == [3]


def test_whole_numbers_and_booleans_are_flags(con):
    assert readings(con, [1, 0, 2, None], FLAG, "int64") == [True, False, BAD, EMPTY]
    assert readings(con, [True, False, None], FLAG, "boolean") == [True, False, EMPTY]


def test_a_column_of_nothing_is_empty(con):
    reading = read(ibis.memtable({"value": [None]}, schema={"value": "null"}).value, MONEY, None, "UTC")
    assert reading.unreadable is None and reading.value.type() == ibis.dtype(MONEY)


@pytest.mark.parametrize(
    ("type", "given"),
    [(TIME, "int64"), (MONEY, "boolean"), (NUMBER, "date"), (FLAG, "float64"), (DATE, "int64")],
)
def test_types_that_never_fit(type, given):
    assert read(ibis.table({"value": given}).value, type, None, "UTC") is None


def test_typed_dates_begin_in_the_zone_and_typed_timestamps_are_as_they_are(con):
    day, moment = dt.date(2025, 7, 1), at(2025, 7, 1)
    assert readings(con, [day, None], TIME, "date", timezone="Europe/Berlin") == [at(2025, 6, 30, 22), EMPTY]
    assert readings(con, [day], TIME, "date") == [moment]
    assert readings(con, [moment], TIME, "timestamp(6)", timezone="Europe/Berlin") == [moment]
    assert readings(con, [moment], TIME, "timestamp(3)") == [moment]


def test_a_month_is_its_first_day_whatever_the_zone(con):
    assert readings(con, [dt.date(2025, 2, 28)], DATE, "date", timezone="Asia/Tokyo") == [dt.date(2025, 2, 1)]
    assert readings(con, ["2025-03-01", "soon"], DATE, timezone="Asia/Tokyo") == [dt.date(2025, 3, 1), BAD]


DECLARED = [
    ("%d/%m/%Y %H:%M", "01/07/2025 10:00", at(2025, 7, 1, 10)),
    ("%d/%m/%Y %I:%M %p", "01/07/2025 10:00 PM", at(2025, 7, 1, 22)),
    ("%d/%m/%Y", "01/07/2025", at(2025, 6, 30, 22)),
    ("%d/%m/%Y", " 01/07/2025 ", at(2025, 6, 30, 22)),
    ("%d/%m/%Y %H:%M %z", "01/07/2025 10:00 +02:00", at(2025, 7, 1, 8)),
    ("%d/%m/%Y", "31/12/1899", BAD),
    ("%d/%m/%Y", "02/01/1900", at(1900, 1, 1, 23)),
    ("%d/%m/%Y", "2025-07-01", BAD),
    ("%d/%m/%Y", "", EMPTY),
]


@pytest.mark.parametrize(("format", "text", "expected"), DECLARED)
def test_a_day_without_a_time_begins_in_the_zone_and_a_time_is_utc(con, format, text, expected):
    assert readings(con, [text], TIME, format=format, timezone="Europe/Berlin") == [expected]


def test_an_engine_that_cannot_convert_between_zones_says_so(monkeypatch):
    day = ibis.memtable({"day": [at(2025, 7, 1)]}, schema={"day": TIME}).day
    assert midnight(day, "UTC") is day
    monkeypatch.setattr(ibis, "get_backend", lambda _: SimpleNamespace(name="snowflake"))
    with pytest.raises(ConfigError, match="dates can't be taken as midnight in Europe/Berlin on snowflake"):
        midnight(day, "Europe/Berlin")
