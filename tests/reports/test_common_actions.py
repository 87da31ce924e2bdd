"""Which action stands beside which account."""

import numpy as np
import pytest

from reporting.reports.common import actions, offers, why
from reporting.reports.common.book import Book


def suggested(company, account: str, **changes) -> list[str]:
    found = actions.suggest(Book(company(**changes)))
    return found.loc[found["account_id"] == account, "rule"].tolist()


def edit(account: str, **values):
    def apply(panel):
        rows = (panel["account_id"] == account) & (panel["month"] == panel["month"].max())
        for column, value in values.items():
            panel.loc[rows, column] = value
        return panel

    return apply


def test_quiet_accounts_are_called_and_the_quietest_first(company):
    found = actions.suggest(Book(company()))
    assert found.iloc[0][["account_id", "rule"]].tolist() == ["g", "quiet_30_days"]
    assert found.iloc[0]["reason"] == "no use for 31 days"
    assert suggested(company, "e") == ["quiet_15_days"]


def test_who_pays_no_longer_gets_no_action(company):
    assert suggested(company, "c") == []


@pytest.mark.parametrize(
    ("account", "values", "rule"),
    [
        ("b", {"session_frequency": 1.0, "sessions": 10.0}, "falling_frequency"),
        ("b", {"adoption_recent": 0.2}, "slipping_adoption"),
        ("b", {"feature_breadth": 0.1}, "low_adoption"),
        ("b", {"tenure_days": 20.0, "activated": False}, "new_not_activated"),
        ("b", {"engagement_score": 35.0}, "activated_low_engagement"),
    ],
)
def test_each_rule_answers_to_its_sign(company, account, values, rule):
    assert rule not in suggested(company, account)
    assert rule in suggested(company, account, edit=edit(account, **values))


def test_a_fall_that_chance_could_bring_accuses_nobody(company):
    # From 40 sessions to 28: three in ten fewer, and within two standard deviations of such counts.
    found = suggested(company, "b", edit=edit("b", session_frequency=2.6, sessions=28.0))
    assert "falling_frequency" not in found


def test_one_core_feature_fewer_is_no_slip(company):
    # From 25 % to 12.5 % is half, and one of eight core features.
    def few(panel):
        panel.loc[panel["account_id"] == "b", "adoption_recent"] = 0.25
        return edit("b", adoption_recent=0.125)(panel)

    assert "slipping_adoption" not in suggested(company, "b", edit=few)


def test_offers_need_a_commercial_reason_and_mend_ill_use_first(company):
    def reasons(panel):
        panel["commercial_reason"] = panel["account_id"].map({"a": "seats", "f": "volume", "g": "tier"})
        panel.loc[panel["account_id"] == "e", ["commercial_reason", "plan"]] = ["tier", "Team"]
        return panel

    rows = offers.listed(Book(company(edit=reasons)))
    assert rows["account_id"].tolist() == ["a", "f", "e", "g"]  # by readiness band, then MRR
    assert rows.loc["a", "reason"] == "seats: 9 of 12 in use"
    assert rows.loc["f", "reason"] == "volume: 55% of the included volume used"
    assert rows.loc["e", "next_step"] == "Show the Business plan"  # the next in the definition's order
    assert rows.loc["g", "next_step"] == "Repair use first; then: show the higher plan"  # of no known plan


def test_a_missing_input_never_accuses(company):
    without = (
        "session_frequency",
        "licence_utilisation",
        "feature_breadth",
        "last_active_days",
        "adoption_recent",
    )
    rules = set(actions.suggest(Book(company(without=without)))["rule"])
    assert rules <= {"falling_frequency", "activated_low_engagement"}
    nothing = (*without, "usage_trend_30", "engagement_score")
    assert actions.suggest(Book(company(without=nothing))).empty


def test_high_risk_in_spite_of_engagement_points_to_price_or_need(company):
    found = actions.suggest(Book(company()), high_risk=frozenset({"a", "f"}))
    assert found.loc[found["rule"] == "price_or_need", "account_id"].tolist() == ["a"]


def test_one_action_an_account_largest_first(company):
    keep = actions.first(actions.suggest(Book(company())), actions.KEEP)
    assert keep["account_id"].is_unique
    assert keep["mrr_cents"].is_monotonic_decreasing


def test_movements_add_up_to_the_bridge_and_name_their_cause(company):
    book = Book(company(cancelled={"c": "2026-01-15"}))
    found = why.movements(book).set_index("account_id")
    assert found["amount_cents"].sum() == book.now["mrr_cents"].sum() - book.now["mrr_start_cents"].sum()
    assert found.loc["a", "why"] == "seats 10 to 12"
    assert found.loc["c", "why"].startswith("said: too expensive; a month earlier: quiet for 35 days")
    assert found.loc["e", "why"] == "paying again"


def test_a_churn_of_which_nothing_is_known_says_so(company):
    without = ("last_active_days", "usage_trend_90", "engagement_score")
    found = why.movements(Book(company(without=without))).set_index("account_id")
    assert found.loc["c", "why"] == "no reason recorded"
    assert not np.any(found["why"].str.contains("nan"))
