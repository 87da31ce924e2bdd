"""Every fault in the data is found, named by key and value, and stops the run; all are told together."""

from __future__ import annotations

import pytest

from reporting.contract import refuse
from reporting.errors import ContractError
from reporting.month import Month
from reporting.sources import open_source
from reporting.sources.validate import validate

from .conftest import Company, findings

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")  # Ibis with DuckDB 2


@pytest.fixture(scope="module")
def broken(tmp_path_factory) -> Company:
    """One row for each fault."""
    company = Company(tmp_path_factory.mktemp("broken"))
    company.add("accounts", "A1,Acme again,2025-01-04", "A4,\x1b[31mDove,2025-02-30", "A5,Elk,soon")
    company.add(
        "subscriptions",
        'THOUSANDS,A1,2025-02-01,,Pro,"1,200.50",month,USD,false',
        "FLAG,A1,2025-02-01,,Pro,1,month,USD,maybe",
        "NEGATIVE,A1,2025-02-01,,Pro,-5,month,USD,false",
        "INFINITE,A1,2025-02-01,,Pro,inf,month,USD,false",
        "NAN,A1,2025-02-01,,Pro,NaN,month,USD,false",
        "NODATE,A1,,,Pro,5,month,USD,false",
        "STRANGER,A9,2025-02-01,,Pro,5,month,USD,false",
        "BACKWARDS,A1,2025-02-10,2025-02-01,Pro,5,month,USD,false",
        "PERIOD,A1,2025-02-01,,Pro,5,monthly,USD,false",
        "CODE,A1,2025-02-01,,Pro,5,month,usd,false",
        "EURO,A1,2025-01-10,,Pro,5,month,EUR,false",
    )
    company.sql(
        "subscriptions",
        "SELECT *, CASE WHEN subscription_id = 'CODE' THEN -20 END AS discount_percent FROM subscriptions",
    )
    company.csv("events", "account_id,event_name,occurred_at\n")
    return company


@pytest.fixture(scope="module")
def report(broken):
    return validate("tiny", broken.params, Month.parse("2025-02"))


@pytest.mark.parametrize(
    ("check", "table", "column", "count", "example", "words"),
    [
        ("unreadable_date", "accounts", "signed_up_at", 2, {"account_id": "A4", "signed_up_at": "2025-02-30"},
         "2 of 6 values in accounts.csv (mapped by accounts.sql) can't be read as a date. No format is"),
        ("duplicate_key", "accounts", "account_id", 1, {"account_id": "A1", "times": "2"}, "2 of 6 accounts"),
        ("unreadable_number", "subscriptions", "amount", 3, {"subscription_id": "INFINITE", "amount": "inf"},
         "3 of 14 values"),
        ("unreadable_flag", "subscriptions", "is_trial", 1, {"subscription_id": "FLAG", "is_trial": "maybe"},
         "true or false"),
        ("negative_amount", "subscriptions", "amount", 1,
         {"subscription_id": "NEGATIVE", "amount": "-5.0000"}, "negative in 1 of 14 subscriptions"),
        ("empty_value", "subscriptions", "valid_from", 1,
         {"subscription_id": "NODATE", "valid_from": "(empty)"}, "required valid_from is empty"),
        ("unknown_account", "subscriptions", "account_id", 1,
         {"subscription_id": "STRANGER", "account_id": "A9"}, "not in accounts"),
        ("end_before_start", "subscriptions", "valid_to", 1,
         {"subscription_id": "BACKWARDS", "valid_from": "2025-02-10",
          "valid_to": "2025-02-01"},
         "valid_to lies before valid_from"),
        ("unknown_amount_period", "subscriptions", "amount_period", 1,
         {"subscription_id": "PERIOD", "amount_period": "monthly"}, "none of day, week, month, quarter"),
        ("unknown_currency", "subscriptions", "currency", 1,
         {"subscription_id": "CODE", "currency": "usd"}, "ISO 4217"),
        ("discount_range", "subscriptions", "discount_percent", 1,
         {"subscription_id": "CODE", "discount_percent": "-20.0"}, "not between 0 and 100"),
        ("missing_exchange_rate", "subscriptions", "currency", 3,
         {"currency": "EUR", "month": "2025-01"}, "Missing exchange rates to USD: 3 (EUR, usd)"),
        ("empty_table", "events", None, 0, None, "holds no events"),
    ],
)  # fmt: skip
def test_the_fault_is_found(report, check, table, column, count, example, words):
    (finding,) = [f for f in findings(report, check, table) if f.column == column]
    assert (finding.severity, finding.count) == ("error", count)
    assert words in finding.message
    assert finding.remedy
    assert finding.examples[:1] == ([] if example is None else [example])


def test_the_report_is_not_ok_and_tells_each_fault_once(report):
    assert not report.ok
    assert len([f for f in report.findings if f.severity == "error"]) == 13
    told = [(f.check, f.column) for f in report.findings if f.table == "accounts" and f.severity == "error"]
    assert ("empty_value", "signed_up_at") not in told, "what can't be read is not told again as empty"


def test_opening_lists_all_faults_together(broken):
    with pytest.raises(ContractError) as caught:
        open_source("tiny", broken.params)
    message = str(caught.value)
    assert caught.value.exit_code == 2
    assert "13 errors" in message and str(broken.params / "sources" / "tiny.yml") in message
    for words in (
        "soon",
        "times '2'",
        "'A9'",
        "valid_to lies before",
        "is negative",
        "replace(amount, ',', '')",
    ):
        assert words in message
    assert "\x1b" not in message


def test_an_amount_no_price_can_be_is_refused_with_its_row(company):
    company.add("subscriptions", "HUGE,A1,2025-02-01,,Pro,99999999999999,month,USD,false")
    with company.open() as source, pytest.raises(ContractError, match="lost decimal point") as caught:
        refuse(source.check(Month.parse("2025-02")), source.path)
    assert "subscription_id 'HUGE'" in str(caught.value) and "over 900,000,000" in str(caught.value)


@pytest.mark.parametrize("amount", ["1e15", "999999999999999", "-1e300", "1e999"])
@pytest.mark.parametrize("type", ["VARCHAR", "DOUBLE"])
def test_an_amount_too_large_to_be_held_is_refused_with_its_row(company, amount, type):
    company.add("subscriptions", f"HUGE,A1,2025-02-01,,Pro,{amount},month,USD,false")
    company.sql("subscriptions", f"SELECT * REPLACE (CAST(amount AS {type}) AS amount) FROM subscriptions")
    with pytest.raises(ContractError, match="1 of 4 values") as caught:
        company.open()
    assert "subscription_id 'HUGE'" in str(caught.value)
    assert "lost decimal point" in str(caught.value) or amount == "1e999"  # infinity, in a typed column


def test_a_decimal_too_large_to_be_held_is_refused_with_its_row(company):
    company.add("subscriptions", "HUGE,A1,2025-02-01,,Pro,1000000000000000,month,USD,false")
    wide = "SELECT * REPLACE (CAST(amount AS DECIMAL(38, 6)) AS amount) FROM subscriptions"
    company.sql("subscriptions", wide)
    with pytest.raises(ContractError, match="subscription_id 'HUGE'"):
        company.open()


def test_a_fault_found_by_the_checks_alone_stops_the_run_too(company):
    company.add("subscriptions", "S4,A9,2025-02-01,,Pro,5,month,USD,false")
    with company.open() as source, pytest.raises(ContractError, match="one error in the data"):
        refuse(source.check(Month.parse("2025-02")), source.path)


def test_the_sound_company_passes(company):
    report = company.validate("2025-02")
    assert report.ok
    assert {finding.check for finding in report.findings} == {"missing_table"}, "optional tables only"
    assert [(table.name, table.rows) for table in report.tables] == [
        ("accounts", 3), ("subscriptions", 3), ("events", 3),
    ]  # fmt: skip


def test_ambiguous_dates_that_may_be_swapped_are_doubted(company):
    rows = "".join(f"A{month},x,01/{month:02}/2025\n" for month in range(1, 10))
    company.csv("accounts", "account_id,account_name,signed_up_at\n" + rows)
    company.declare('formats: {accounts.signed_up_at: "%m/%d/%Y"}\n')
    with company.open() as source:
        (finding,) = source.findings
    assert (finding.check, finding.severity) == ("date_order", "warning")
    assert "day and month may be swapped" in finding.message
