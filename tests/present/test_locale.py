"""Numbers and money as other countries write them; without a locale nothing is asked of Babel."""
# ruff: noqa: RUF001 - marks as they are written

from __future__ import annotations

import subprocess
import sys

import pandas as pd
import pytest
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from reporting.errors import ConfigError
from reporting.present import formats as f
from reporting.present import style
from reporting.present.blocks import Table
from reporting.present.brand import current_brand, load_brand
from reporting.present.locale import writing_as

NBSP = "\u00a0"


@pytest.mark.parametrize(
    ("locale", "written"),
    [
        ("de_DE", ["1.234.567,50", f"12.345{NBSP}€", f"12,3k{NBSP}€", f"12,3{NBSP}%", f"−50,0{NBSP}%"]),
        ("de_CH", ["1’234’567.50", f"EUR{NBSP}12’345", f"EUR{NBSP}12.3k", "12.3%", "−50.0%"]),
        (
            "fr_FR",
            [
                f"1{NBSP}234{NBSP}567,50", f"12{NBSP}345{NBSP}€", f"12,3k{NBSP}€",
                f"12,3{NBSP}%", f"−50,0{NBSP}%",
            ],
        ),
        ("en_IN", ["12,34,567.50", "€12,345", "€12.3k", "12.3%", "−50.0%"]),
        ("tr_TR", ["1.234.567,50", "€12.345", "€12,3k", "%12,3", "−%50,0"]),
        ("en_US", ["1,234,567.50", "€12,345", "€12.3k", "12.3%", "−50.0%"]),
    ],
)  # fmt: skip
def test_a_country_writes_numbers_its_way(locale, written):
    with writing_as(locale):
        assert [
            f.number(1234567.5, 2),
            f.money(1_234_500, "EUR"),
            f.money(1_234_500, "EUR", short=True),
            f.percent(0.123),
            f.percent(-0.5),
        ] == written


@given(st.floats(-1e12, 1e12), st.integers(0, 4), st.sampled_from(["de_DE", "en_IN", "fr_FR", "sv_SE"]))
def test_groups_are_those_of_babel_and_digits_those_of_here(value, digits, locale):
    plain = f.number(abs(value), digits).replace(",", "")
    with writing_as(locale):
        written = f.number(abs(value), digits)
        whole = written.split(f.decimal_mark())[0]
    assert "".join(filter(str.isdigit, written)) == plain.replace(".", "")
    assert whole == format_decimal(int(plain.split(".")[0]), locale=locale).replace("\u202f", NBSP)


def test_signs_nothing_and_what_is_made_of_numbers(monkeypatch):
    with writing_as("de_DE"):
        assert f.money(-16_298_400, "EUR") == f"−162.984{NBSP}€"
        assert f.money(100, "EUR", sign=True) == f"+1{NBSP}€"
        assert f.money(-4, "EUR") == f"0{NBSP}€"
        assert f.money(12_345) == "123"
        assert f.money(None, "EUR") == f.percent(None) == "not available"
        assert f.points(0.012) == "+1,2 pp"
        assert f.interval(0.814, 1.12) == "0,81 to 1,12"
        assert f.p_value(0.0004) == "p < 0,001"
        assert f.p_value(0.0312) == "p = 0,03"
    assert f.number(1.5, 1) == "1.5", "and afterwards as before"


def test_a_dollar_behind_a_number_is_called_by_its_code():
    """In Markdown it would begin a formula."""
    with writing_as("de_DE"):
        assert f.money(1_234_500, "USD") == f"12.345{NBSP}USD"
    with writing_as("en_GB"):
        assert f.money(1_234_500, "USD") == "US$12,345"


@pytest.mark.parametrize("locale", ["de_DE", "de_CH", "fr_FR", "tr_TR", "en_US"])
def test_columns_of_such_numbers_are_set_flush_right(locale):
    rows = pd.DataFrame({"n": ["x", "y"], "a": [-123_456, 99], "b": [0.5, None]})
    with writing_as(locale):
        cells = {"n": "N", "a": ("A", lambda x: f.money(x, "EUR")), "b": ("B", f.percent)}
        table = Table.of(rows.astype({"a": object, "b": object}), cells, label="tbl-a", caption="A")
    assert [column.align for column in table.columns] == ["left", "right", "right"]


@pytest.mark.parametrize(
    ("locale", "ticks"), [("de_DE", [f"1,5M{NBSP}€", f"2M{NBSP}€"]), ("en_US", ["€1.5M", "€2M"])]
)
def test_ticks_have_no_idle_decimals(locale, ticks):
    _, ax = style.figure()
    style.money_axis(ax.yaxis, "EUR")
    form = ax.yaxis.get_major_formatter()
    with writing_as(locale):
        assert [form(150_000_000, 0), form(200_000_000, 1)] == ticks


def test_the_brand_names_the_locale(tmp_path, monkeypatch):
    (tmp_path / "brand.yml").write_text("locale: de_DE\n")
    monkeypatch.setenv("REPORTING_BRAND", str(tmp_path / "brand.yml"))
    assert current_brand().locale == "de_DE"
    assert f.number(1.5, 1) == "1,5"
    with writing_as("en_US"):
        assert f.number(1.5, 1) == "1.5"


@pytest.mark.parametrize(
    ("given", "hint"), [("de-DE", "Did you mean 'de_DE'"), ("xx", "such as de_DE"), (1, "1")]
)
def test_a_locale_that_there_is_not_is_refused(tmp_path, given, hint):
    (tmp_path / "brand.yml").write_text(f"locale: {given}\n")
    with pytest.raises(ConfigError, match=hint) as caught:
        load_brand(tmp_path / "brand.yml")
    assert "brand.yml" in str(caught.value)


def test_babel_is_not_loaded_without_a_locale():
    code = (
        "import sys; from reporting.present import formats; "
        "formats.money(1, 'USD'); sys.exit('babel' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
