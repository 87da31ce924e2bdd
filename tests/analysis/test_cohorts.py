"""Triangles worked by hand: three accounts, two cohorts."""

import numpy as np
import pandas as pd
import pytest

from reporting.analysis.cohorts import align, logos, on_or_after, revenue, triangle

MONTHS = pd.date_range("2025-01-01", periods=4, freq="MS")


def aligned(paths: dict[str, list[int]]):
    panel = pd.DataFrame(
        [(a, m, v) for a, path in paths.items() for m, v in zip(MONTHS, path, strict=True)],
        columns=["account_id", "month", "mrr_cents"],
    )
    first = panel[panel["mrr_cents"] > 0].groupby("account_id")["month"].min()
    return align(panel, "mrr_cents", first, MONTHS[-1])


PATHS = {"a": [100, 150, 150, 150], "b": [300, 0, 300, 0], "c": [0, 200, 100, 0]}


def test_logos_by_cohort_and_age():
    found = triangle(aligned(PATHS), logos(aligned(PATHS)))
    assert found.grid.loc["2025-01"].tolist() == [1, 0.5, 1, 0.5]
    assert found.grid.loc["2025-02"].tolist()[:3] == [1, 1, 0]
    assert np.isnan(found.grid.loc["2025-02", 3])  # not old enough: no figure, not zero
    assert found.sizes.tolist() == [2, 1]


def test_the_average_row_weighs_by_size_and_drops_cohorts_too_young():
    found = triangle(aligned(PATHS), logos(aligned(PATHS)))
    assert found.average.tolist() == pytest.approx([1, 2 / 3, 2 / 3, 1 / 2])
    assert found.counts.tolist() == [3, 3, 3, 2]


def test_gross_and_net_revenue():
    rows = aligned(PATHS)
    assert triangle(rows, revenue(rows, gross=True)).grid.loc["2025-01"].tolist() == [1, 0.25, 1, 0.25]
    assert triangle(rows, revenue(rows, gross=False)).grid.loc["2025-01"].tolist() == [1, 0.375, 1.125, 0.375]


def test_on_or_after_counts_who_comes_back_as_never_gone_and_says_it_is_open():
    rows = aligned(PATHS)
    found = triangle(rows, logos(rows, "on_or_after"), "on_or_after")
    assert found.grid.loc["2025-01"].tolist() == [1, 1, 1, 0.5]
    assert found.open_cells.loc["2025-01"].tolist() == [False, False, False, True]


def test_on_or_after_is_never_below_on():
    values = np.array([[5.0, 0, 3, np.nan], [1.0, 2, 0, 0]])
    later = on_or_after(values)
    assert (later[~np.isnan(values)] >= values[~np.isnan(values)]).all()
    assert np.isnan(later[0, 3])


def test_many_cohorts_are_joined_to_quarters_whose_young_months_leave_the_cell_open():
    months = pd.date_range("2024-01-01", periods=20, freq="MS")
    panel = pd.DataFrame(
        [(f"a{i}", m, 100 if m >= first else 0) for i, first in enumerate(months) for m in months],
        columns=["account_id", "month", "mrr_cents"],
    )
    first = pd.Series(months, index=[f"a{i}" for i in range(20)])
    rows = align(panel, "mrr_cents", first, months[-1])
    found = triangle(rows, logos(rows))
    assert list(found.grid.index[:2]) == ["Q1 2024", "Q2 2024"]
    assert list(found.grid.columns) == [0, 3, 6, 9, 12, 15, 18]
    # Of Q1 2024 only January and February are 18 months old in August 2025.
    assert found.open_cells.loc["Q1 2024", 18]
    assert not found.open_cells.loc["Q1 2024", 15]
    fiscal = triangle(
        rows, logos(rows), year_starts=2
    )  # February 2024 is the first month of a year ended in 2025
    assert list(fiscal.grid.index[:3]) == ["Q4 FY2024", "Q1 FY2025", "Q2 FY2025"]
    assert fiscal.sizes.tolist()[:2] == [1, 3]
