"""When the tables of a source disagree on who left, the reports say so before any retention figure."""

import json

import pytest

from reporting.reports.telling.book import Book
from reporting.reports.telling.trust import Trust

MANY = {f"x{i}": [100] * 14 for i in range(12)}


def trust(company, **changes) -> Trust:
    return Trust(Book(company(**changes)))


def test_sources_without_a_second_witness_are_believed(company):
    found = trust(company)
    assert found.reliable
    assert not found.warning()
    assert found.label("NRR") == "NRR"


def test_flagged_accounts_that_go_on_paying_are_a_contradiction_told_with_numbers(company):
    found = trust(company, paths=MANY, flags={f"x{i}": i < 6 for i in range(12)})
    assert not found.reliable
    (callout,) = found.warning()
    assert callout.style == "warning"
    assert "flags 6 accounts as churned, and 6 of them pay at the close" in callout.markdown
    assert "no accounts ever stopped paying" in callout.markdown
    assert "MRR is $1,200 by the subscriptions, $600 without the flagged accounts" in callout.markdown
    assert "whoever keeps the accounts table agree which records a lost customer" in callout.markdown
    assert found.label("NRR") == "NRR (not reliable: sources contradict)"


def test_cancellations_nobody_acted_on_are_a_contradiction(company):
    found = trust(company, paths=MANY, cancelled={f"x{i}": "2025-10-10" for i in range(8)})
    (callout,) = found.warning()
    assert "8 accounts have a cancellation on record, and none of them ever stopped" in callout.markdown


def test_cancellations_that_were_carried_out_are_none(company):
    paths = {f"x{i}": [100] * 9 + [0] * 5 for i in range(8)}  # gone in October 2025
    assert trust(company, paths=paths, cancelled={f"x{i}": "2025-09-20" for i in range(8)}).reliable


def test_a_cancellation_too_fresh_to_show_accuses_nobody(company):
    assert trust(company, paths=MANY, cancelled={f"x{i}": "2026-02-03" for i in range(8)}).reliable


def test_the_contract_s_own_finding_counts(company):
    finding = {"check": "churn_sources_contradict", "severity": "warning", "count": 9}
    found = trust(company, flags={"a": True}, findings=[finding])
    assert not found.reliable
    assert "flags 1 account as churned, and 1 of them pays" in found.warning()[0].markdown


def test_a_few_wrong_flags_are_tolerated(company):
    paths = MANY | {f"y{i}": [100] * 9 + [0] * 5 for i in range(8)}
    flags = {f"y{i}": True for i in range(8)} | {"x0": True}
    assert trust(company, paths=paths, flags=flags).reliable


def test_data_that_can_not_be_right_are_told_before_the_figures(company):
    stale = {"check": "stale_extract", "severity": "warning", "message": "The data end on 2024-10-30."}
    small = {"check": "rounded_amount", "severity": "warning", "message": "Rounded."}
    (callout,) = trust(company, findings=[stale, small]).warning()
    assert callout.style == "warning" and callout.title == "Settle this before believing the figures"
    assert callout.markdown.startswith("- The data end on") and "Rounded" not in callout.markdown


@pytest.mark.parametrize(("places", "led"), [("key_action, core_features", True), ("vanity_events", False)])
def test_a_missing_event_leads_where_a_figure_of_the_company_rests_on_it(company, places, led):
    examples = json.dumps([{"name": "run", "stands in": places}])
    finding = {"check": "unknown_event", "severity": "warning", "message": "Not there.", "examples": examples}
    assert bool(trust(company, findings=[finding]).warning()) == led


def test_doubts_about_the_data_come_before_the_contradiction(company):
    flags = {f"x{i}": i < 6 for i in range(12)}
    finding = {"check": "events_end", "severity": "warning", "message": "The events end."}
    first, second = trust(company, paths=MANY, flags=flags, findings=[finding]).warning()
    assert "The events end" in first.markdown and "flags 6 accounts" in second.markdown
