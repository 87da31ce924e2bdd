"""Why an account's MRR moved."""

import numpy as np

from reporting.reports.telling import movements
from reporting.reports.telling.book import Book


def test_movements_add_up_to_the_bridge_and_name_their_cause(company):
    book = Book(company(cancelled={"c": "2026-01-15"}))
    found = movements.movements(book).set_index("account_id")
    assert found["amount_cents"].sum() == book.now["mrr_cents"].sum() - book.now["mrr_start_cents"].sum()
    assert found.loc["a", "why"] == "seats 10 to 12"
    assert found.loc["c", "why"].startswith("said: too expensive; a month earlier: quiet for 35 days")
    assert found.loc["e", "why"] == "paying again"


def test_a_churn_of_which_nothing_is_known_says_so(company):
    without = ("last_active_days", "usage_trend_90", "engagement_score")
    found = movements.movements(Book(company(without=without))).set_index("account_id")
    assert found.loc["c", "why"] == "no reason recorded"
    assert not np.any(found["why"].str.contains("nan"))
