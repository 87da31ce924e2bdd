"""What is doubtful is counted and shown with examples, and the run goes on."""

from __future__ import annotations

import pytest

from reporting.month import Month

CANCELLATIONS = "cancellation_id,account_id,requested_at,effective_at,reason\n"


def test_events_of_unknown_accounts_are_counted(company):
    company.add("events", "A9,login,2025-02-01", "A9,login,2025-02-02", "A8,login,2025-02-02")
    finding = company.finding("unknown_account", "2025-02")
    assert (finding.severity, finding.table, finding.count, finding.total) == ("warning", "events", 3, 6)
    assert finding.examples == [{"account_id": "A9", "events": "2"}, {"account_id": "A8", "events": "1"}]


def test_repeated_event_ids(company):
    company.sql(
        "events",
        "SELECT *, 'E' || least(row_number() OVER (ORDER BY occurred_at), 2) AS event_id FROM events",
    )
    finding = company.finding("duplicate_key")
    assert (finding.severity, finding.count, finding.total) == ("warning", 1, 3)
    assert finding.examples == [{"event_id": "E2", "times": "2"}]


def test_usage_before_the_subscription_is_counted_exactly(company):
    company.sql(
        "events", "SELECT e.*, s.subscription_id FROM events e JOIN subscriptions s USING (account_id)"
    )
    company.add("events", "A1,login,2025-01-04 23:59:59", "A1,login,2025-01-05", "A2,login,2025-01-01")
    finding = company.finding("before_subscription")
    assert (finding.count, finding.total) == (2, 6)
    assert [example["subscription_id"] for example in finding.examples] == ["S1", "S2"]


def test_usage_before_the_sign_up(company):
    company.add("events", "A1,login,2025-01-02", "A3,login,2025-02-11")
    finding = company.finding("before_sign_up")
    assert (finding.table, finding.count, finding.total) == ("events", 1, 5)
    assert finding.examples[0]["account_id"] == "A1"


def test_events_of_unknown_users(company):
    company.csv("users", "user_id,account_id,created_at\nU1,A1,2025-01-03\nU2,A9,2025-01-03\n")
    company.sql("users", "SELECT * FROM users")
    company.sql(
        "events",
        "SELECT *, CASE account_id WHEN 'A1' THEN 'U1' WHEN 'A2' THEN 'U9' END AS user_id FROM events",
    )
    unknown = company.finding("unknown_user")
    assert unknown.count == 1 and unknown.examples == [{"user_id": "U9", "events": "1"}]
    account = company.finding("unknown_account")
    assert (account.table, account.severity, account.count) == ("users", "warning", 1)


def test_overlapping_subscriptions_of_one_account(company):
    company.add(
        "subscriptions",
        "S4,A1,2025-02-01,,Add-on,5,month,USD,false",
        "S5,A2,2025-03-10,,Pro,5,month,USD,false",
    )
    finding = company.finding("overlapping_subscriptions")
    assert (finding.count, finding.total) == (1, 3), "A2's second period starts when the first ends"
    assert finding.examples == [{"account_id": "A1", "subscriptions": "2", "overlapping": "1"}]


def test_a_subscription_that_ends_the_day_it_starts(company):
    company.add("subscriptions", "S4,A1,2025-02-10,2025-02-10,Pro,5,month,USD,false")
    assert company.finding("ends_at_start").examples[0]["subscription_id"] == "S4"


def test_trials_with_an_amount_and_free_subscriptions(company):
    company.add(
        "subscriptions", "S4,A1,2025-02-10,,Pro,5,month,USD,true", "S5,A1,2025-02-10,,Pro,0,month,USD,false"
    )
    assert company.finding("trial_with_amount").examples[0]["subscription_id"] == "S4"
    assert company.finding("free_subscription").examples[0]["subscription_id"] == "S5"


def test_optional_tables_that_are_absent_say_what_is_missing(company):
    absent = {f.table: f for f in company.validate().findings if f.check == "missing_table"}
    assert set(absent) == {"users", "integrations", "tickets", "surveys", "cancellations", "acquisition"}
    assert "not available: active users" in absent["users"].message


def test_tickets(company):
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
    found = {
        f.check: f.examples[0]["ticket_id"]
        for f in company.validate("2025-02").findings
        if f.table == "tickets"
    }
    assert found == {
        "before_sign_up": "T1",
        "end_before_start": "T2",
        "satisfaction_empty": "T2",
        "off_scale": "T3",
        "unknown_account": "T4",
    }


def test_surveys_off_their_scale(company):
    company.csv(
        "surveys",
        "survey_id,account_id,kind,score,answered_at\nV1,A1,nps,10,2025-02-01\nV2,A1,csat,10,2025-02-01\n",
    )
    company.sql("surveys", "SELECT * FROM surveys")
    assert [example["survey_id"] for example in company.finding("off_scale").examples] == ["V2"]


def test_sources_of_churn_that_contradict_each_other(company):
    """A1 is flagged and cancelled and pays; A2 left as the cancellation says; A3 never paid."""
    company.csv(
        "cancellations",
        CANCELLATIONS + "C1,A1,2025-01-20,2025-02-01,price\nC2,A2,2025-02-20,2025-03-10,budget\n",
    )
    company.sql("cancellations", "SELECT * FROM cancellations")
    company.sql("accounts", "SELECT *, account_id = 'A1' AS churned_flag FROM accounts")
    summary = company.finding("churn_sources_contradict", "2025-03")
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
    assert company.finding("flagged_but_paying", "2025-03").count == 1
    assert company.finding("gone_but_not_flagged", "2025-03").examples[0]["account_id"] == "A2"
    assert company.finding("cancelled_but_paying", "2025-03").examples[0]["account_id"] == "A1"
    assert company.finding("cancellation_without_end", "2025-03").examples[0]["cancellation_id"] == "C1"


def test_sources_of_churn_that_agree_are_not_mentioned(company):
    company.csv("cancellations", CANCELLATIONS + "C2,A2,2025-02-20,2025-03-10,budget\n")
    company.sql("cancellations", "SELECT * FROM cancellations")
    company.sql("accounts", "SELECT *, account_id = 'A2' AS churned_flag FROM accounts")
    checks = {finding.check for finding in company.validate("2025-03").findings}
    assert checks == {"missing_table"}


def test_an_account_that_came_back_is_no_contradiction(company):
    company.add("subscriptions", "S4,A2,2025-05-10,,Pro,5,month,USD,false")
    company.source('title: Tiny\nconnection: {kind: csv, path: data}\nclosed_through: "2025-05"\n')
    company.csv("cancellations", CANCELLATIONS + "C2,A2,2025-02-20,2025-03-10,budget\n")
    company.sql("cancellations", "SELECT * FROM cancellations")
    company.sql("accounts", "SELECT *, account_id = 'A2' AS churned_flag FROM accounts")
    assert {finding.check for finding in company.validate("2025-05").findings} == {"missing_table"}


def test_undated_flags_say_nothing_of_past_months(company):
    company.sql("accounts", "SELECT *, account_id = 'A2' AS churned_flag FROM accounts")
    with company.open() as source:
        checks = {finding.check for finding in source.check(Month.parse("2025-01"))}
    assert checks == {"missing_table"}, "A2 leaves in March; in January its flag is a thing of the future"


@pytest.mark.parametrize("month", ["2025-01", "2025-02"])
def test_nothing_after_the_close_is_looked_at(company, month):
    """Cutting the files at the close gives the same findings as the whole files."""
    close = Month.parse(month).close
    company.add("accounts", "A4,Dove,2025-03-03", "A4,Dove again,2025-03-03")
    company.add("subscriptions", "S4,A9,2025-03-10,2025-03-01,Pro,-5,month,EUR,false")
    company.add("events", "A9,login,2025-03-01", "A9,login,2025-01-31 23:59:59", "A4,login,2025-02-01")
    with company.open() as source:
        whole = source.check(Month.parse(month))
    company.sql("events", f"SELECT * FROM events WHERE occurred_at < '{close}'")
    company.sql("accounts", f"SELECT * FROM accounts WHERE signed_up_at < '{close}'")
    company.sql(
        "subscriptions",
        f"SELECT * REPLACE (CASE WHEN valid_to < '{close}' THEN valid_to END AS valid_to) "
        f"FROM subscriptions WHERE valid_from < '{close}'",
    )
    with company.open() as source:
        assert source.check(Month.parse(month)) == whole
    assert "unknown_account" in {finding.check for finding in whole}


def test_later_rows_are_mentioned_by_validate_only(company):
    company.add("events", "A1,login,2025-04-01")
    finding = company.finding("later_rows")
    assert (finding.table, finding.count) == ("events", 1) and "after 2025-03" in finding.message
    with company.open() as source:
        assert "later_rows" not in {finding.check for finding in source.check(Month.parse("2025-03"))}


def test_columns_the_contract_does_not_know(company):
    company.sql("subscriptions", "SELECT *, 10 AS discount_pct FROM subscriptions")
    finding = company.finding("unknown_column")
    assert finding.column == "discount_pct" and "Did you mean 'discount_percent'?" in finding.message
