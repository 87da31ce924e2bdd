"""What came of past lists and what renews, worked by hand on a few accounts."""

from __future__ import annotations

import pandas as pd
import pytest
from tests.hand import BEFORE, NOW, months, panel, snapshot, view_of

from reporting.analysis.earlier import earlier
from reporting.analysis.follow_up import follow_up
from reporting.analysis.intervals import share
from reporting.analysis.renewals import by_window, renewals


def verdicts(**stances: str) -> pd.DataFrame:
    """Verdicts on accounts that pay 100."""
    accounts = list(stances)
    rows = {"account_id": accounts, "account_name": accounts, "stance": list(stances.values())}
    frame = pd.DataFrame(rows, index=accounts)
    return frame.assign(mrr_cents=10_000, rule="r", owner="Kim")


PAST = verdicts(a="rescue", b="protect", c="protect", d="rescue", e="steady", f="grow", g="protect")
TODAY = verdicts(b="protect", c="steady", d="protect", f="grow", g="grow")
PATHS = {
    "a": [10_000, 0],  # left
    "b": [10_000, 9_900],  # pays less
    "c": [10_000, 10_000],  # on no list any more
    "d": [10_000, 12_000],  # still on it, though it pays more
    "e": [10_000, 0],  # left, and was not listed
    "f": [10_000, 10_000],
    "g": [10_000, 9_000],  # the dollar rose: nothing was given up
}


def followed(**tables):
    rows = [row for account, path in PATHS.items() for row in months(account, path)]
    for row in rows:
        if row["account_id"] == "g" and row["month"] == NOW:
            row |= {"contraction_cents": 0, "fx_cents": -1_000}
    return follow_up(view_of(*rows, **tables), PAST, TODAY, 1)


def test_each_account_has_one_outcome():
    found = followed().accounts["outcome"].to_dict()
    assert found == {
        **{"a": "left", "b": "shrank", "c": "recovered", "d": "unchanged"},
        **{"e": "left", "f": "unchanged", "g": "recovered"},
    }


def test_outcomes_and_shares_count_the_listed_apart_from_the_others():
    one = followed()
    assert one.since == BEFORE
    assert one.outcomes["accounts"].to_dict() == {"left": 1, "shrank": 1, "recovered": 2, "unchanged": 1}
    assert one.outcomes.at["recovered", "mrr_cents"] == 20_000
    assert (one.left_listed, one.left_unlisted, one.caught) == (share(1, 5), share(1, 2), share(1, 2))
    assert not one.left_contacted.known and not one.left_uncontacted.known


def test_an_account_that_left_and_is_back_has_left():
    rows = [*months("a", [10_000, 0, 10_000]), *months("b", [10_000, 10_000, 10_000])]
    found = follow_up(view_of(*rows), verdicts(a="steady", b="protect"), verdicts(a="grow", b="steady"), 2)
    assert found.accounts["outcome"].to_dict() == {"a": "left", "b": "recovered"}


@pytest.mark.parametrize(
    ("account", "when", "contacted"),
    [
        ("b", "2026-01-31T23:59:59", False),  # before the list stood
        ("b", "2026-02-01", True),
        ("b", "2026-02-28T23:59:59", True),
        ("b", "2026-03-01", False),
        ("a", "2026-02-03", False),  # in the month in which it left: a good-bye
    ],
)
def test_contacts_count_from_the_close_of_the_list_on(account, when, contacted):
    table = pd.DataFrame({"account_id": [account], "done_at": pd.to_datetime([when])})
    found = followed(activities=table).accounts["contacted"]
    assert found[account] == contacted
    assert not found.drop(account).any()


def test_contacted_and_not_contacted_are_set_side_by_side():
    table = pd.DataFrame({"account_id": ["b", "c"], "done_at": pd.to_datetime(["2026-02-05"] * 2)})
    one = followed(activities=table)
    assert (one.left_contacted, one.left_uncontacted) == (share(0, 2), share(1, 3))


def test_an_earlier_snapshot_knows_nothing_of_later():
    tickets = pd.DataFrame(
        {
            "ticket_id": ["old", "new"],
            "account_id": "a",
            "opened_at": pd.to_datetime(["2026-01-20", "2026-02-01"]),
            "closed_at": pd.to_datetime(["2026-02-01", None]),
            "escalated": True,
        }
    )
    accounts = pd.DataFrame({"account_id": ["a", "b", "c"], "churned_flag": [False, True, True]})
    rows = [*months("a", [1, 1]), *months("b", [1, 0]), *months("c", [0, 0])]
    before = earlier(snapshot(panel(*rows), accounts, tickets=tickets), 1)
    assert before is not None and str(before.month) == "2026-01"
    assert before.account_month["month"].max() == BEFORE
    assert before.tickets["ticket_id"].tolist() == ["old"] and before.tickets["closed_at"].isna().all()
    flags = before.accounts.set_index("account_id")["churned_flag"]
    assert flags["a"] == False and flags["c"] == True and pd.isna(flags["b"])  # noqa: E712
    assert earlier(before, 1) is None


def test_renewals_by_window():
    accounts = verdicts(a="rescue", b="grow", c="protect", d="steady").assign(
        days_to_renewal=[31, 30, 90, 91],
        contract_value_cents=[120_000, 30_000, 10_000, 1],
        probability=[0.5, 0.1, None, 0.1],
        owner=[None, "Kim", "Kim", None],
    )
    assert list(renewals(accounts).index) == ["b", "a", "c"]
    found = by_window(accounts)
    assert found["accounts"].to_dict() == {30: 1, 60: 2, 90: 3}
    assert found["contract_value_cents"].to_dict() == {30: 30_000, 60: 150_000, 90: 160_000}
    assert found["expected_loss_cents"].tolist()[:2] == [3_000, 63_000]
    assert pd.isna(found.at[90, "expected_loss_cents"]), "that of one account isn't known"
    assert found["to_save"].to_dict() == {30: 0, 60: 1, 90: 2}
    assert found["unowned"].to_dict() == {30: 0, 60: 1, 90: 1}
