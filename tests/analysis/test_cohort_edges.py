"""Cohorts and their triangles: at the edge, just below, just above."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.hand import BEFORE, NOW, months, panel, view_of

from reporting.analysis.cohorts import Aligned, align, halves, kept, logos, paid, triangle, used


def aligned_by_cohort(values: list[list[float]], cohorts: list[str]) -> Aligned:
    index = pd.Index([f"a{i}" for i in range(len(values))])
    return Aligned(index, pd.Series(pd.to_datetime(cohorts), index=index), np.array(values, dtype=float))


@pytest.mark.parametrize(
    ("cohorts", "rows", "columns"),
    [(18, 18, 18), (19, 7, 7)],  # nineteen months are seven quarters, seen every third month
)
def test_more_than_eighteen_cohorts_are_joined_to_quarters(cohorts, rows, columns):
    starts = pd.date_range("2024-01-01", periods=cohorts, freq="MS")
    first = pd.Series(starts, index=[f"a{i}" for i in range(cohorts)])
    table = pd.DataFrame(
        [(name, month, 100 if month >= start else 0) for name, start in first.items() for month in starts],
        columns=["account_id", "month", "mrr_cents"],
    )
    aligned = align(table, "mrr_cents", first, starts[-1])
    assert triangle(aligned, logos(aligned)).grid.shape == (rows, columns)


def test_a_cohort_of_the_last_closed_month_is_in_and_a_later_one_out():
    table = panel(*months("a", [5, 5]), *months("b", [0, 5]), {"account_id": "c", "month": NOW})
    first = pd.Series([BEFORE, NOW, NOW + pd.DateOffset(months=1), pd.NaT], index=list("abcd"))
    assert align(table, "mrr_cents", first, NOW).accounts.tolist() == ["a", "b"]


def test_a_triangle_shows_eighteen_months_at_most():
    starts = pd.date_range("2023-01-01", periods=24, freq="MS")
    first = pd.Series(starts[:2], index=["a", "b"])
    table = pd.DataFrame([("a", m, 5) for m in starts], columns=["account_id", "month", "mrr_cents"])
    aligned = align(table, "mrr_cents", first, starts[-1])
    assert triangle(aligned, logos(aligned)).grid.columns.tolist() == list(range(19))


def test_halves_are_split_after_the_middle_cohort_of_those_old_enough():
    cohorts = ["2025-01-01", "2025-02-01", "2025-03-01", "2025-04-01"]
    rows = aligned_by_cohort([[1, 1], [1, 0], [1, 1], [1, np.nan]], cohorts)
    older, newer = halves(rows, logos(rows), 1)
    assert (older.n, older.value) == (2, 0.5)  # January and February, the middle of three
    assert (newer.n, newer.value) == (1, 1.0)


def test_a_share_by_age_counts_those_old_enough():
    values = np.array([[1] * 13, [1] * 3 + [0] * 10, [1] * 7 + [np.nan] * 6], dtype=float)
    found = kept(aligned_by_cohort(values.tolist(), ["2025-01-01"] * 3))
    assert [(found[age].n, found[age].value) for age in (3, 6, 12)] == [(3, 2 / 3), (3, 2 / 3), (2, 0.5)]
    assert kept(aligned_by_cohort([], [])) == []


def test_cohorts_hold_who_began_to_pay_on_record_and_use_who_signed_up_since():
    rows = [row | {"value_events": 1.0} for row in months("a", [0, 5, 5]) + months("b", [5, 5, 0])]
    accounts = pd.DataFrame({"account_id": list("ab")})
    accounts["signed_up_at"] = [pd.Timestamp("2025-12-31"), pd.Timestamp("2025-11-30")]
    view = view_of(*rows, accounts=accounts)
    assert paid(view).cohort.to_dict() == {"a": BEFORE, "b": pd.Timestamp("2025-12-01")}
    assert used(view).accounts.tolist() == ["a"]
