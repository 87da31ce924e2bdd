"""CSV files open in a spreadsheet without running anything, and are the same bytes each time."""

from __future__ import annotations

import csv
import io

import pandas as pd
import pytest

from reporting.present import mime
from reporting.present.exports import Exports, to_csv


def cells(frame: pd.DataFrame) -> list[list[str]]:
    return list(csv.reader(io.StringIO(to_csv(frame))))


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1+1",
        "-1+1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "=cmd|' /C calc'!A0",
        "\uff1d1",
        "-",
        "-a",
        " =1",
        "\u00a0+1+1",
        "\u3000\uff0b1+1",
        "\ufeff=1",
        "\u200b=1",
        "\uff0d1+1",
        "\uff20A1",
        "\ufe661",
        " -1",
    ],
)
def test_text_that_a_spreadsheet_would_run_is_disarmed(text):
    frame = pd.DataFrame({"account": [text], "kind": pd.Categorical([text])})
    safe = "'" + text.replace("\r", "\n")
    assert cells(frame)[1] == [safe, safe]


@pytest.mark.parametrize("text", ["-5", "+1.5", "-.5", "-1e-9", "-12.5%", "Acme", "a=b", "", "'=1"])
def test_other_text_stays_as_it_is(text):
    assert cells(pd.DataFrame({"account": [text], "n": [1]}))[1] == [text, "1"]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Ac\x00me", "Acme"),
        ("\x1b[31mred\x7f", "[31mred"),
        ("\x01=1+1", "'=1+1"),
        ("\u202eemca", "emca"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("x" * 3000, "x" * 3000),
    ],
)
def test_control_characters_go_and_long_names_stay_whole(text, kept):
    assert cells(pd.DataFrame({"account": [text]}))[1] == [kept]


def test_headers_and_the_index_are_disarmed_too():
    frame = pd.DataFrame({"=a": [1]}, index=pd.Index(["=b"], name="account"))
    assert cells(frame) == [["account", "'=a"], ["'=b", "1"]]


def test_numbers_dates_and_gaps():
    frame = pd.DataFrame(
        {
            "mrr": [-5.25, None],
            "accounts": pd.array([3, None], dtype="Int64"),
            "month": pd.to_datetime(["2026-10-01", None]),
            "paying": [True, False],
            "name": ['Ü "quoted", Ltd', None],
        }
    )
    assert to_csv(frame) == (
        'mrr,accounts,month,paying,name\n-5.25,3,2026-10-01,True,"Ü ""quoted"", Ltd"\n,,,False,\n'
    )


def test_an_empty_table_keeps_its_head():
    assert to_csv(pd.DataFrame({"a": [], "b": []})) == "a,b\n"


def test_the_frame_is_not_changed():
    frame = pd.DataFrame({"=a": ["=1"]})
    before = frame.copy()
    to_csv(frame)
    pd.testing.assert_frame_equal(frame, before)


def test_a_cell_shows_what_it_exports():
    bundle = Exports({"actions": pd.DataFrame({"a": [1, 2]})})._repr_mimebundle_()
    assert bundle[mime.EXPORTS] == {"files": [{"name": "actions", "csv": "a\n1\n2\n"}]}
    assert "actions.csv" in bundle["text/markdown"]


@pytest.mark.parametrize("name", ["../x", "a b", "Actions", "", "a.csv", "1a"])
def test_a_name_that_is_no_file_name_is_refused(name):
    with pytest.raises(ValueError, match="no name for a CSV file"):
        Exports({name: pd.DataFrame()})


def test_what_a_cell_says_in_text_is_the_same_in_every_terminal():
    """So that nbval finds it again."""
    assert repr(Exports({"actions": pd.DataFrame({"a": ["x" * 500, "y"]})})) == "Exports(actions: 2 rows)"
