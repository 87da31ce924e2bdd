"""What the month says of past lists and of renewals, word for word on a few accounts."""

from __future__ import annotations

import pandas as pd
from tests.hand import NOW, book, months

from reporting.reports.telling.foresight import followed_up, renewals

PATHS = {"a": [10_000, 0], "b": [10_000, 10_000], "c": [10_000, 10_000], "d": [10_000, 10_000]}


def company(scores: dict[str, tuple[float, float]], **columns):
    """Accounts by health score at the last two closes: under 40 is to rescue, over 70 nothing calls."""
    rows = []
    for account, path in PATHS.items():
        for row, score in zip(months(account, path), scores[account], strict=True):
            band = "churn risk" if score < 40 else "healthy"
            rows.append(row | {"health_score": score, "health_band": band, "tenure_days": 400} | columns)
    return book(*rows)


def test_a_past_list_is_followed_up_in_a_sentence_and_a_table():
    scores = {"a": (30, 30), "b": (30, 30), "c": (30, 80), "d": (80, 80)}
    text, table = followed_up(company(scores))
    assert text.markdown.startswith(
        "Of the 3 accounts to save a month ago, 1 left (with $100 of MRR then), 1 recovered and "
        "1 is still on it; of 1 account lost since, 1 stood on the list. 1 of 3 ("
    )
    assert text.markdown.endswith("; the difference may be chance.")
    assert table.rows == [["a month ago", "3", "1", "0", "1", "1", "1 of 3", "0 of 1", "1 of 1"]]


def test_no_list_is_a_sentence():
    (text,) = followed_up(company(dict.fromkeys(PATHS, (80, 80))))
    assert text.markdown == "There is no earlier list of accounts to save to follow up."


def test_renewals_are_told_by_window_with_those_to_save_and_without_owner():
    scores = {"a": (30, 30), "b": (30, 30), "c": (30, 80), "d": (80, 80)}
    due = {"renewal_at": pd.Timestamp("2026-04-15"), "billing_frequency": "year"}
    text, table = renewals(company(scores, **due))
    assert text.markdown == (
        "Contracts that renew: 3 worth $3.60k within 60 days and 3 worth $3.60k within "
        "90 days, each holding those before; 1 of 3 is an account to save."
    )
    assert [row[:3] for row in table.rows] == [[name, "15 April 2026", "1,200"] for name in "BCD"]


def test_no_renewal_is_a_sentence():
    scores = dict.fromkeys(PATHS, (80, 80))
    (text,) = renewals(company(scores))
    assert text.markdown == "This source has no dates of renewal."
    (text,) = renewals(company(scores, renewal_at=NOW + pd.DateOffset(months=6)))
    assert text.markdown == "Nothing renews within 90 days."
