"""Where flags, cancellations and subscriptions contradict each other, with numbers and examples."""

from __future__ import annotations

import datetime as dt

from reporting.contract.asof import as_of
from reporting.contract.churn import churn_findings

CLOSE = dt.datetime(2025, 3, 1)
BEFORE, AT = "2025-02-28T23:59:59.999999", "2025-03-01"
TERMS = {"plan": "p", "amount": "10", "amount_period": "month", "currency": "USD", "is_trial": False}


def found(canonical, accounts, subscriptions, cancellations=None, flags=True, close=CLOSE):
    """The findings on churn by check; rows as `canonical` takes them, amounts and names filled in."""
    tables = {
        "accounts": canonical("accounts", [{"account_name": a["account_id"].lower()} | a for a in accounts]),
        "subscriptions": canonical(
            "subscriptions", [TERMS | {"subscription_id": f"S{n}"} | s for n, s in enumerate(subscriptions)]
        ),
    }
    if cancellations is not None:
        tables["cancellations"] = canonical(
            "cancellations", [{"cancellation_id": f"C{n}"} | c for n, c in enumerate(cancellations)]
        )
    return {finding.check: finding for finding in churn_findings(as_of(tables, CLOSE), close, flags)}


RUNS = {"valid_from": "2025-01-05"}
LEFT = {"valid_from": "2025-01-05", "valid_to": "2025-02-10"}
CAME_BACK = [
    {"account_id": "BACK", "valid_from": "2024-11-02", "valid_to": "2024-12-15"},
    {"account_id": "BACK", "valid_from": "2025-01-20"},
]


def test_flags_are_held_against_subscriptions(canonical):
    """One that came back may be flagged: the flag may mean that it left at some time."""
    left = {"LEFT": True, "LEFT NOT SAID": False, "LEFT UNSAID": None}
    runs = {"PAYS": True, "PAYS UNSAID": None}
    told = found(
        canonical,
        [{"account_id": name, "churned_flag": flag} for name, flag in {**left, **runs, "BACK": True}.items()],
        [LEFT | {"account_id": name} for name in left]
        + [RUNS | {"account_id": name} for name in runs]
        + CAME_BACK,
    )
    assert set(told) == {"flagged_but_paying", "gone_but_not_flagged", "churn_sources_contradict"}
    paying, gone = told["flagged_but_paying"], told["gone_but_not_flagged"]
    assert (paying.count, paying.total) == (1, 3)
    assert [example["account_id"] for example in paying.examples] == ["PAYS"]
    assert paying.message == "1 of 3 accounts that the source calls churned still pay and never stopped."
    assert (gone.count, gone.total) == (1, 3)
    assert [example["account_id"] for example in gone.examples] == ["LEFT NOT SAID"]
    assert gone.message == "1 of 3 accounts that no longer pay are not called churned by the source."
    assert {finding.severity for finding in told.values()} == {"warning"}
    assert [(f.table, f.column) for f in (paying, gone)] == [("accounts", "churned_flag")] * 2
    summary = told["churn_sources_contradict"]
    assert (summary.table, summary.column, summary.count, summary.total) == ("subscriptions", None, 1, 5)
    assert (
        "contradict each other: 3 accounts carry the source's churn flag, by their subscriptions 4 ever "
        "stopped paying and 3 no longer pay at the close. They disagree on 1 of the 5 accounts that any "
        "calls churned."
    ) in summary.message
    assert summary.remedy and paying.remedy and gone.remedy


def test_a_source_without_flags_or_that_does_not_date_them_is_not_held_against_them(canonical):
    accounts = [{"account_id": "A", "churned_flag": True}]
    subscriptions = [RUNS | {"account_id": "A", "source_churn_flag": True}]
    assert set(found(canonical, accounts, subscriptions)) == {
        "flagged_but_paying", "flagged_but_running", "churn_sources_contradict",
    }  # fmt: skip
    assert found(canonical, accounts, subscriptions, flags=False) == {}
    assert found(canonical, [{"account_id": "A"}], subscriptions) == {}
    assert found(canonical, accounts, subscriptions, [], flags=False) == {}


def test_a_subscription_called_churned_runs_while_its_end_is_not_before_the_close(canonical):
    ends = {"none": None, "before": BEFORE, "at": AT}
    told = found(
        canonical,
        [{"account_id": "A", "churned_flag": False}],
        [
            RUNS | {"account_id": "A", "subscription_id": key, "valid_to": end, "source_churn_flag": True}
            for key, end in ends.items()
        ]
        + [RUNS | {"account_id": "A", "subscription_id": "unsaid", "source_churn_flag": None}],
    )["flagged_but_running"]
    assert (told.count, told.total) == (2, 3)
    same = {"account_id": "A", "valid_from": dt.datetime(2025, 1, 5)}
    assert told.examples == [{"subscription_id": "at"} | same, {"subscription_id": "none"} | same]
    assert told.message == "2 of 3 subscriptions that the source calls churned still run at the close."
    assert (told.severity, told.table, told.column) == ("warning", "subscriptions", "source_churn_flag")


def test_without_a_close_a_subscription_with_an_end_does_not_run(canonical):
    called_gone = TERMS | RUNS | {"account_id": "A", "source_churn_flag": True}
    ends = {"ended": "2199-12-31", "open": None}
    subscriptions = [called_gone | {"subscription_id": key, "valid_to": end} for key, end in ends.items()]
    tables = {
        "accounts": canonical("accounts", [{"account_id": "A", "churned_flag": True}]),
        "subscriptions": canonical("subscriptions", subscriptions),
    }
    told = {finding.check: finding for finding in churn_findings(tables, None, True)}
    assert [example["subscription_id"] for example in told["flagged_but_running"].examples] == ["open"]
    assert told["flagged_but_running"].total == 2


def test_cancellations_are_held_against_subscriptions(canonical):
    """A cancellation of one subscription says nothing of the account; one that came back did stop; one that
    never paid can't go on paying."""
    names = ["PAYS", "PART", "LEFT", "NEVER", "OTHER DAY"]
    told = found(
        canonical,
        [{"account_id": name} for name in (*names, "BACK")],
        [
            {"account_id": "PAYS"} | RUNS,
            {"account_id": "PART"} | RUNS,
            {"account_id": "LEFT"} | LEFT,
            {"account_id": "OTHER DAY"} | LEFT,
            *CAME_BACK,
        ],
        [
            {"account_id": "PAYS", "requested_at": "2025-02-01", "effective_at": "2025-02-20"},
            {"account_id": "PART", "requested_at": "2025-02-01", "subscription_id": "S1"},
            {"account_id": "LEFT", "requested_at": "2025-01-20", "effective_at": "2025-02-10T23:59:59"},
            {"account_id": "NEVER", "requested_at": "2025-01-20"},
            {"account_id": "OTHER DAY", "requested_at": "2025-01-20", "effective_at": "2025-02-11"},
            {"account_id": "BACK", "requested_at": "2024-12-01", "effective_at": "2024-12-15"},
            {"account_id": "PAYS", "requested_at": "2025-02-01", "effective_at": "2025-03-01"},
        ],
    )
    assert list(told) == ["churn_sources_contradict", "cancelled_but_paying", "cancellation_without_end"]
    summary, paying, days = told.values()
    assert (paying.count, paying.total, paying.table, paying.column) == (1, 5, "cancellations", "account_id")
    assert paying.message == "1 of 5 accounts with a cancellation never stopped paying."
    assert paying.examples == [
        {
            "account_id": "PAYS",
            "account_name": "pays",
            "last cancellation": dt.datetime(2025, 2, 20),
            "subscriptions": "paying",
        }
    ]
    assert (days.count, days.total, days.table, days.column) == (2, 4, "cancellations", "effective_at")
    assert [example["cancellation_id"] for example in days.examples] == ["C0", "C4"]
    assert set(days.examples[0]) == {"cancellation_id", "account_id", "effective_at"}
    assert days.message == (
        "2 of 4 cancellations fall on no day on which a subscription of the account ends."
    )
    assert (summary.count, summary.total) == (1, 5)
    assert (
        "contradict each other: 5 have a cancellation, by their subscriptions 3 ever stopped paying and 2 no "
        "longer pay at the close. Only 2 of 4 cancellations fall on the day a subscription of the account "
        "ends. They disagree on 1 of the 5 accounts that any calls churned."
    ) in summary.message
    assert {finding.severity for finding in told.values()} == {"warning"}
    assert all(finding.remedy for finding in told.values())


def test_five_examples_of_a_contradiction_in_order_of_the_accounts(canonical):
    names = list("GFEDCBA")
    told = found(
        canonical,
        [{"account_id": name, "churned_flag": True} for name in names],
        [RUNS | {"account_id": name, "source_churn_flag": True} for name in names],
    )
    assert told["flagged_but_paying"].count == 7
    assert [example["account_id"] for example in told["flagged_but_paying"].examples] == list("ABCDE")
    assert [e["subscription_id"] for e in told["flagged_but_running"].examples] == [f"S{n}" for n in range(5)]
