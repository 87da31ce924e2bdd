"""What is doubtful is counted and shown with examples, and the run goes on."""

from __future__ import annotations

import pytest

from reporting.contract import TABLES
from reporting.month import Month
from reporting.sources.validate import validate

from .conftest import Company, findings

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")  # Ibis with DuckDB 2

CANCELLATIONS = "cancellation_id,account_id,requested_at,effective_at,reason\n"


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """The findings on a company with every doubt once."""
    company = Company(tmp_path_factory.mktemp("doubtful"))
    company.sql("accounts", "SELECT * FROM accounts")
    company.sql("subscriptions", "SELECT *, 10 AS discount_pct FROM subscriptions")
    company.add(
        "subscriptions",
        "OVERLAP,A1,2025-02-01,,Add-on,5,month,USD,false",
        "ADJACENT,A2,2025-03-10,,Pro,5,month,USD,false",
        "INSTANT,A3,2025-02-26,2025-02-26,Pro,5,month,USD,false",
        "TRIAL,A3,2025-02-27,,Pro,5,month,USD,true",
        "FREE,A2,2025-01-10,2025-01-12,Pro,0,month,USD,false",
    )
    company.csv("users", "user_id,account_id,created_at\nU1,A1,2025-01-03\nU2,A9,2025-01-03\n")
    company.sql("users", "SELECT * FROM users")
    company.csv(
        "events",
        """
        event_id,account_id,user_id,subscription_id,event_name,occurred_at
        E1,A1,U1,S1,login,2025-01-04 23:59:59
        E2,A1,U1,S1,login,2025-01-05
        E3,A1,U1,S1,login,2025-01-02
        E4,A2,U9,S2,login,2025-01-21
        E5,A2,U9,S2,login,2025-01-22
        E6,A9,,,login,2025-02-01
        E6,A9,,,login,2025-02-02
        E7,A8,,,login,2025-02-02
        E8,A1,U1,S0,login,2025-02-02
        E9,A1,U1,S1,login,2025-04-01
        """,
    )
    company.sql("events", "SELECT * FROM events")
    company.csv(
        "tickets",
        """
        ticket_id,account_id,opened_at,closed_at,satisfaction
        T1,A1,2025-01-01,2025-01-02,5
        T2,A1,2025-02-02,2025-02-01,
        T3,A1,2025-02-02,,7
        T4,A7,2025-02-02,,4
        """,
    )
    company.sql("tickets", "SELECT * FROM tickets")
    company.csv(
        "surveys",
        "survey_id,account_id,kind,score,answered_at\nV1,A1,nps,10,2025-02-01\nV2,A1,csat,10,2025-02-01\n",
    )
    company.sql("surveys", "SELECT * FROM surveys")
    return validate("tiny", company.params, Month.parse("2025-03"))


@pytest.mark.parametrize(
    ("check", "table", "count", "total", "examples"),
    [
        (
            "unknown_account",
            "events",
            3,
            9,
            [{"account_id": "A9", "events": "2"}, {"account_id": "A8", "events": "1"}],
        ),
        ("unknown_user", "events", 2, 9, [{"user_id": "U9", "events": "2"}]),
        ("unknown_subscription", "events", 1, 9, [{"subscription_id": "S0", "events": "1"}]),
        ("duplicate_key", "events", 1, 9, [{"event_id": "E6", "times": "2"}]),
        ("ends_at_start", "subscriptions", 1, 8, ["INSTANT"]),
        ("trial_with_amount", "subscriptions", 1, 8, ["TRIAL"]),
        ("free_subscription", "subscriptions", 1, 8, ["FREE"]),
        ("unknown_account", "users", 1, 2, ["U2"]),
        ("before_sign_up", "tickets", 1, 4, ["T1"]),
        ("end_before_start", "tickets", 1, 4, ["T2"]),
        ("satisfaction_empty", "tickets", 1, 4, ["T2"]),
        ("off_scale", "tickets", 1, 4, ["T3"]),
        ("unknown_account", "tickets", 1, 4, ["T4"]),
        ("off_scale", "surveys", 1, 2, ["V2"]),
    ],
)
def test_the_doubt_is_counted_with_examples(report, check, table, count, total, examples):
    (finding,) = findings(report, check, table)
    assert (finding.severity, finding.count, finding.total) == ("warning", count, total)
    shown = [
        example if isinstance(examples[0], dict) else next(iter(example.values()))
        for example in finding.examples
    ]
    assert shown == examples
    assert report.ok


def test_usage_before_the_subscription_and_the_sign_up_is_counted_exactly(report):
    """Of S1's events one is before its start on 5 January, of S2's all; A1 signed up on 3 January."""
    (subscription,) = findings(report, "before_subscription")
    assert (subscription.count, subscription.total) == (4, 9)
    assert [example["subscription_id"] for example in subscription.examples] == ["S1", "S2"]
    (sign_up,) = findings(report, "before_sign_up", "events")
    assert sign_up.count == 1 and sign_up.examples[0]["account_id"] == "A1"


def test_overlapping_subscriptions_of_one_account(report):
    """A2's second period starts when the first ends: no overlap."""
    (finding,) = findings(report, "overlapping_subscriptions")
    assert (finding.count, finding.total) == (1, 3)
    assert finding.examples == [{"account_id": "A1", "subscriptions": "2", "overlapping": "1"}]


def test_optional_tables_that_are_absent_say_what_is_missing(report):
    absent = {finding.table: finding for finding in findings(report, "missing_table")}
    optional = {name for name, table in TABLES.items() if not table.required}
    assert set(absent) == optional - {"users", "tickets", "surveys"} == set(report.not_mapped)
    assert "not available: CAC payback" in absent["acquisition"].message


def test_columns_the_contract_does_not_know(report):
    (finding,) = findings(report, "unknown_column")
    assert finding.column == "discount_pct" and "Did you mean 'discount_percent'?" in finding.message


def test_rows_after_the_last_complete_month(report):
    (finding,) = findings(report, "later_rows")
    assert (finding.table, finding.count, finding.total) == ("events", 1, 10)
    assert "after 2025-03" in finding.message


def test_sources_of_churn_that_contradict_each_other(company):
    """A1 is flagged and cancelled and pays; A2 left as the cancellation says; A3 never paid."""
    company.csv(
        "cancellations",
        CANCELLATIONS + "C1,A1,2025-01-20,2025-02-01,price\nC2,A2,2025-02-20,2025-03-10,budget\n",
    )
    company.sql("cancellations", "SELECT * FROM cancellations")
    company.sql("accounts", "SELECT *, account_id = 'A1' AS churned_flag FROM accounts")
    report = company.validate("2025-03")
    (summary,) = findings(report, "churn_sources_contradict")
    assert (summary.count, summary.total) == (1, 2)
    for words in (
        "1 accounts carry the source's churn flag",
        "2 have a cancellation",
        "1 ever stopped paying and 1 no longer pay",
        "Only 1 of 2 cancellations",
        "can be no better than these",
    ):
        assert words in summary.message
    assert summary.examples == [
        {
            "account_id": "A1",
            "account_name": "Acme",
            "churn flag": "yes",
            "last cancellation": "2025-02-01",
            "subscriptions": "paying",
        }
    ]
    first = {finding.check: finding.examples[0] for finding in report.findings if finding.examples}
    assert first["flagged_but_paying"]["account_id"] == "A1"
    assert first["gone_but_not_flagged"]["account_id"] == "A2"
    assert first["cancelled_but_paying"]["account_id"] == "A1"
    assert first["cancellation_without_end"]["cancellation_id"] == "C1"


def test_times_are_told_as_the_company_s_clocks_showed_them(company):
    """The sign-up at midnight in New York is 5 o'clock in UTC; the use before it is told in local time."""
    company.declare("timezone: America/New_York\n")
    company.add("events", "A1,login,2025-01-02 12:30:00", "A1,login,2025-01-01 02:30:00")
    report = company.validate("2025-03")
    (finding,) = findings(report, "before_sign_up")
    example = next(example for example in finding.examples if example["account_id"] == "A1")
    assert example["starts"] == "2025-01-03"
    assert example["first_event"] == "2024-12-31 21:30:00"
    assert {str(table.first) for table in report.tables if table.name == "events"} == {"2024-12-31"}


def test_sources_of_churn_that_agree_are_not_mentioned(company):
    """A2 left in March, as all three say, and came back in May; undated flags don't speak of January."""
    company.csv("cancellations", CANCELLATIONS + "C2,A2,2025-02-20,2025-03-10,budget\n")
    company.sql("cancellations", "SELECT * FROM cancellations")
    company.sql("accounts", "SELECT *, account_id = 'A2' AS churned_flag FROM accounts")
    company.add("subscriptions", "S4,A2,2025-05-10,,Pro,5,month,USD,false")
    for last in ("2025-03", "2025-05"):
        company.source(f'title: Tiny\nconnection: {{kind: csv, path: data}}\nclosed_through: "{last}"\n')
        with company.open() as source:
            for month in (Month.parse("2025-01"), Month.parse(last)):
                assert {finding.check for finding in source.check(month)} == {"missing_table"}


def test_nothing_after_the_close_is_looked_at(company):
    """Cutting the files at the close gives the same findings as the whole files."""
    month = Month.parse("2025-02")
    company.add("accounts", "A4,Dove,2025-03-03", "A4,Dove again,2025-03-03")
    company.add("subscriptions", "S4,A9,2025-03-10,2025-03-01,Pro,-5,month,EUR,false")
    company.add("events", "A9,login,2025-03-01", "A9,login,2025-01-31 23:59:59", "A4,login,2025-02-01")
    with company.open() as source:
        whole = source.check(month)
    company.sql("events", f"SELECT * FROM events WHERE occurred_at < '{month.close}'")
    company.sql("accounts", f"SELECT * FROM accounts WHERE signed_up_at < '{month.close}'")
    company.sql(
        "subscriptions",
        f"SELECT * REPLACE (CASE WHEN valid_to < '{month.close}' THEN valid_to END AS valid_to) "
        f"FROM subscriptions WHERE valid_from < '{month.close}'",
    )
    with company.open() as source:
        assert source.check(month) == whole
    assert {finding.check for finding in whole} == {"missing_table", "unknown_account"}
