"""Text becomes values, or is found unreadable; nothing in between."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import ibis
import pytest

from reporting.contract.dates import hint
from reporting.contract.tables import DATE, FLAG, INTEGER, MONEY, NUMBER, TEXT, TIME
from reporting.contract.values import read

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")  # Ibis with DuckDB 2


def readings(con, texts, type, format=None, timezone="UTC"):
    """`(value, unreadable)` of each text."""
    listed = ", ".join(f"({number}, '{text}')" for number, text in enumerate(texts))
    con.raw_sql(f"CREATE OR REPLACE TEMP TABLE given AS SELECT * FROM (VALUES {listed}) AS t (number, text)")
    table = con.table("given")
    reading = read(table.text, type, format, timezone)
    found = table.select("number", value=reading.value, bad=reading.unreadable).order_by("number")
    return [(row["value"], row["bad"]) for row in found.to_pyarrow().to_pylist()]


UNREADABLE = (None, True)
EMPTY = (None, False)


def test_iso_dates(con):
    texts = {
        "2025-02-01": dt.datetime(2025, 2, 1),
        " 2025-02-01 ": dt.datetime(2025, 2, 1),
        "2025-02": dt.datetime(2025, 2, 1),
        "2025-02-01 10:30": dt.datetime(2025, 2, 1, 10, 30),
        "2025-02-01T10:30:15.25": dt.datetime(2025, 2, 1, 10, 30, 15, 250000),
        "2025-02-01T10:30:00Z": dt.datetime(2025, 2, 1, 10, 30),
        "2025-02-01 10:30:00+02:00": dt.datetime(2025, 2, 1, 8, 30),
        "2024-02-29": dt.datetime(2024, 2, 29),
        "9999-12-31": dt.datetime(9999, 12, 31),
    }
    assert readings(con, list(texts), TIME) == [(value, False) for value in texts.values()]


def test_text_that_is_no_iso_date(con):
    texts = [
        "2025-02-30",
        "2025-13-01",
        "2025/02/01",
        "01.02.2025",
        "2025-2-1",
        "20250201",
        "infinity",
        "0025-02-01",
        "x",
    ]
    assert readings(con, texts, TIME) == [UNREADABLE] * len(texts)
    assert readings(con, ["", "  "], TIME) == [EMPTY] * 2


def test_declared_formats_hold_strictly(con):
    assert readings(con, ["03/04/2025"], TIME, "%d/%m/%Y") == [(dt.datetime(2025, 4, 3), False)]
    assert readings(con, ["03/04/2025"], TIME, "%m/%d/%Y") == [(dt.datetime(2025, 3, 4), False)]
    assert (
        readings(con, ["13/04/2025", "2025-04-13", "03/04/2025 10:00"], TIME, "%m/%d/%Y") == [UNREADABLE] * 3
    )


def test_days_begin_in_the_zone_of_the_source(con):
    texts = ["2025-07-01", "2025-01-01", "2025-07-01 00:00:00"]
    expected = [dt.datetime(2025, 6, 30, 22), dt.datetime(2024, 12, 31, 23), dt.datetime(2025, 7, 1)]
    assert [value for value, _ in readings(con, texts, TIME, timezone="Europe/Berlin")] == expected
    (declared,) = readings(con, ["01/07/2025"], TIME, "%d/%m/%Y", "Europe/Berlin")
    assert declared[0] == expected[0]


def test_months_are_their_first_day(con):
    assert readings(con, ["2025-02", "2025-02-15"], DATE) == [(dt.date(2025, 2, 1), False)] * 2


def test_numbers(con):
    assert readings(con, ["1", "-2.50", " 3e2 ", ".5"], MONEY) == [
        (Decimal(value), False) for value in ("1.0000", "-2.5000", "300.0000", "0.5000")
    ]
    assert readings(con, ["1,5", "1_000", "$5", "inf", "nan", "0x10", "1 000"], MONEY) == [UNREADABLE] * 7
    assert readings(con, ["7", "7.0", "", "7.5"], INTEGER) == [(7, False), (7, False), EMPTY, UNREADABLE]
    assert readings(con, ["1.25", "x"], NUMBER) == [(1.25, False), UNREADABLE]


def test_flags(con):
    assert readings(con, ["True", "FALSE", " yes", "0", "", "2"], FLAG) == [
        (True, False), (False, False), (True, False), (False, False), EMPTY, UNREADABLE,
    ]  # fmt: skip


def test_types_that_never_fit():
    table = ibis.table({"number": "int64", "flag": "boolean", "when": "timestamp"})
    assert read(table.number, TIME, None, "UTC") is None
    assert read(table.when, MONEY, None, "UTC") is None
    assert read(table.when, FLAG, None, "UTC") is None
    assert read(table.number, TEXT, None, "UTC") is not None


@pytest.mark.parametrize(
    ("values", "declared", "expected", "remedy"),
    [
        (["17/08/2023", "05/06/2023"], None, "The values fit %d/%m/%Y with the day first", '"%d/%m/%Y"'),
        (["17.08.2023 10:15"], None, "fit %d.%m.%Y %H:%M with the day first", '"%d.%m.%Y %H:%M"'),
        (["08/17/2023"], "%d/%m/%Y", "declared format is %d/%m/%Y. The values fit %m/%d/%Y", '"%m/%d/%Y"'),
        (["05/06/2023"], None, "ISO 8601 is expected", 'comes first: `t.c:` "%d/%m/%Y" or "%m/%d/%Y"'),
        (["soon", "2025-02-30"], None, "ISO 8601 is expected", "Correct the values"),
    ],
)  # fmt: skip
def test_hints_for_dates_that_cannot_be_read(values, declared, expected, remedy):
    told, advice = hint(values, declared, "t.c")
    assert expected in told and remedy in advice
