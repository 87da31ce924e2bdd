"""Exchange rates are read strictly."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from reporting.errors import ConfigError
from reporting.sources.exchange import no_rates, read_rates

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")  # Ibis with DuckDB 2


def test_rates_are_read(tmp_path):
    path = tmp_path / "rates.csv"
    path.write_text("month,currency,rate\n2025-02,EUR,1.0843\n2025-01-01,EUR,1.05\n")
    assert read_rates(path).to_pyarrow().to_pylist() == [
        {"month": dt.date(2025, 1, 1), "currency": "EUR", "rate": Decimal("1.05000000")},
        {"month": dt.date(2025, 2, 1), "currency": "EUR", "rate": Decimal("1.08430000")},
    ]


def test_no_rates_have_the_same_columns(tmp_path):
    path = tmp_path / "rates.csv"
    path.write_text("month,currency,rate\n2025-02,EUR,1.0843\n")
    assert no_rates().schema() == read_rates(path).schema()
    assert no_rates().to_pyarrow().to_pylist() == []


def test_every_fault_is_told_with_its_line(tmp_path):
    path = tmp_path / "rates.csv"
    path.write_text(
        "month,currency,rate\n2025-13,EUR,1\n2025-01,euro,1\n2025-01,EUR,x\n2025-01,GBP,0\n2025-01,CHF,inf\n"
        "2025-01,SEK\n2025-01,EUR,1\n2025-01,EUR,2\n"
    )
    with pytest.raises(ConfigError) as caught:
        read_rates(path)
    lines = str(caught.value).splitlines()
    for number, words in [
        (2, "'2025-13' is not a month"),
        (3, "'euro' is not a currency code"),
        (4, "'x' is not a number"),
        (5, "not positive and finite"),
        (6, "not positive and finite"),
        (7, "2 values"),
        (9, "EUR in 2025-01 stands twice"),
    ]:
        assert any(line.startswith(f"{path}:{number}: ") and words in line for line in lines), words


def test_a_wrong_header_and_a_missing_file(tmp_path):
    path = tmp_path / "rates.csv"
    with pytest.raises(ConfigError, match="does not exist"):
        read_rates(path)
    path.write_text("currency,month,rate\n")
    with pytest.raises(ConfigError, match="expected 'month,currency,rate'"):
        read_rates(path)


def test_rates_of_a_source(company):
    company.add("subscriptions", "S4,A1,2025-01-10,,Pro,5,month,EUR,false")
    company.declare("exchange_rates: tiny/rates.csv\n")
    (company.folder / "rates.csv").write_text(
        "month,currency,rate\n2025-01,EUR,1.1\n2025-02,EUR,1.2\n2025-03,EUR,1\n"
    )
    report = company.validate("2025-03")
    assert report.ok
    with company.open() as source:
        assert len(source.exchange_rates.to_pyarrow()) == 3
        assert "params/sources/tiny/rates.csv" in dict(source.files())
