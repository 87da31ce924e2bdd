"""Cohorts and their triangles: at the edge, just below, just above."""

from __future__ import annotations

import pandas as pd
import pytest
from tests.hand import BEFORE, NOW, months, panel

from reporting.analysis.cohorts import align, logos, triangle


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
