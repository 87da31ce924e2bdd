"""Launches: which features are new, how far they reached, who stayed with them."""

import pandas as pd
from tests.hand import months, view_of

from reporting.analysis.launches import launches

MONTHS = pd.date_range("2025-08-01", "2026-02-01", freq="MS")


def uses(**by_feature: dict[str, str]) -> dict[str, pd.DataFrame]:
    """Feature -> account -> the months in which it used it, numbered from August 2025."""
    rows = [
        {"account_id": account, "month": MONTHS[int(at)], "feature": feature, "events": 1, "users": 1}
        for feature, accounts in by_feature.items()
        for account, numbers in accounts.items()
        for at in numbers
    ]
    frame = pd.DataFrame(rows)
    total = frame.groupby(["month", "feature"], as_index=False).agg(accounts=("account_id", "nunique"))
    return {"account_feature_month": frame, "feature_month": total.assign(core=True, premium=False)}


def company(**features: dict[str, str]):
    rows = [row for name in "abcd" for row in months(name, [100] * 7, events=5)]
    return view_of(*rows, **uses(old={"a": "0123456"}, **features))


def test_what_was_used_within_three_months_of_the_first_event_is_no_launch():
    made = company(early={"a": "23456"}, late={"a": "3456"})
    assert [(one.feature, one.month) for one in launches(made)] == [("late", MONTHS[3])]


def test_the_latest_launch_comes_first():
    assert [one.feature for one in launches(company(x={"a": "3"}, y={"a": "5"}))] == ["y", "x"]


def test_reach_is_the_share_of_the_active_accounts_month_by_month():
    (one,) = launches(company(new={"a": "3456", "b": "46", "c": "6"}))
    assert one.reach.tolist() == [0.25, 0.5, 0.25, 0.75]
    assert (one.tried.value, one.tried.n) == (0.75, 4)


def test_who_stayed_is_asked_of_those_that_began_three_months_ago_and_still_pay():
    (one,) = launches(company(new={"a": "3456", "b": "34", "c": "4"}))
    assert (one.kept.value, one.kept.n) == (0.5, 2)  # c began two months before the close
