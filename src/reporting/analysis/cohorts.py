"""Cohort triangles: what became of the accounts that began together, by their age in months."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

# Above so many monthly cohorts the rows are quarters, so that the picture stays legible on a page.
MOST_MONTHLY = 18

Reading = Literal["on", "on_or_after"]


@dataclass(frozen=True)
class Aligned:
    """Accounts by age: row i, column k is account i at its k-th monthly close after the first.

    Attributes:
        accounts: Account ids, one a row.
        cohort: First month of each account.
        values: Floats; NaN where the account is not that old yet.
    """

    accounts: pd.Index
    cohort: pd.Series
    values: np.ndarray

    def rows(self, keep: np.ndarray) -> Aligned:
        """The accounts where `keep` is true."""
        return Aligned(self.accounts[keep], self.cohort[keep], self.values[keep])


@dataclass(frozen=True)
class Triangle:
    """A triangle of shares.

    Attributes:
        grid: Cohorts by age in months; NaN where no account is old enough.
        sizes: Accounts of each cohort.
        average: By age, over all accounts old enough (so weighted by cohort size or by MRR).
        counts: By age, the accounts behind `average`.
        open_cells: Where some accounts of the cohort are not old enough yet, or a later return could
            still count.
    """

    grid: pd.DataFrame
    sizes: pd.Series
    average: pd.Series
    counts: pd.Series
    open_cells: pd.DataFrame


def align(panel: pd.DataFrame, value: str, first: pd.Series, last: pd.Timestamp) -> Aligned:
    """Move each account's months to its own age.

    Args:
        panel: Account-month rows.
        value: Column to follow; a month without a row counts as zero.
        first: First month by `account_id`; accounts without one are left out.
        last: Last closed month.
    """
    first = first.dropna()
    first = first[first <= last]
    if first.empty:
        return Aligned(pd.Index([]), pd.Series(dtype="datetime64[ns]"), np.empty((0, 0)))
    months = pd.date_range(min(first.min(), panel["month"].min()), last, freq="MS")
    known = panel[panel["account_id"].isin(first.index)]
    wide = known.pivot(index="account_id", columns="month", values=value)
    wide = wide.reindex(index=first.index, columns=months).fillna(0).to_numpy(dtype=float)
    begin = months.get_indexer(first)
    ages = np.arange(len(months))
    where = begin[:, None] + ages[None, :]
    inside = where < len(months)
    taken = np.take_along_axis(wide, np.where(inside, where, 0), axis=1)
    return Aligned(first.index, first, np.where(inside, taken, np.nan))


def on_or_after(values: np.ndarray) -> np.ndarray:
    """Each age's value, or the largest later one: who comes back counts as never gone."""
    later = np.fmax.accumulate(values[:, ::-1], axis=1)[:, ::-1]
    return np.where(np.isnan(values), np.nan, later)


def logos(aligned: Aligned, reading: Reading = "on") -> tuple[np.ndarray, np.ndarray]:
    """Numerator and denominator by account and age: does it pay (or use) at that age?"""
    values = aligned.values if reading == "on" else on_or_after(aligned.values)
    known = ~np.isnan(values)
    return np.where(known, values > 0, 0.0), known.astype(float)


def revenue(aligned: Aligned, gross: bool, reading: Reading = "on") -> tuple[np.ndarray, np.ndarray]:
    """Numerator and denominator of GRR (`gross`) or NRR against the MRR of each account's first close."""
    values = aligned.values if reading == "on" else on_or_after(aligned.values)
    known = ~np.isnan(values)
    base = np.broadcast_to(aligned.values[:, :1], values.shape)
    kept = np.fmin(values, base) if gross else values
    return np.where(known, kept, 0.0), np.where(known, base, 0.0)


def triangle(aligned: Aligned, parts: tuple[np.ndarray, np.ndarray], reading: Reading = "on") -> Triangle:
    """Sum numerators and denominators by cohort and age; the denominator holds only accounts old enough.

    With more than `MOST_MONTHLY` cohorts the rows are quarters and the columns every third month.
    """
    top, bottom = parts
    quarterly = aligned.cohort.nunique() > MOST_MONTHLY
    label = aligned.cohort.dt.to_period("Q" if quarterly else "M")
    ages = np.arange(0, top.shape[1], 3 if quarterly else 1)
    if not quarterly:
        ages = ages[: MOST_MONTHLY + 1]
    known = ~np.isnan(aligned.values)
    grid, gaps = {}, {}
    for name in sorted(label.unique()):
        rows = (label == name).to_numpy()
        below = bottom[rows][:, ages].sum(axis=0)
        grid[name] = np.divide(
            top[rows][:, ages].sum(axis=0), below, out=np.full(len(ages), np.nan), where=below > 0
        )
        gaps[name] = known[rows][:, ages].sum(axis=0) < rows.sum()
    below = bottom[:, ages].sum(axis=0)
    average = np.divide(top[:, ages].sum(axis=0), below, out=np.full(len(ages), np.nan), where=below > 0)
    names = [_cohort_name(name, quarterly) for name in grid]
    frame = pd.DataFrame(list(grid.values()), index=names, columns=ages)
    opened = pd.DataFrame(list(gaps.values()), index=names, columns=ages)
    if reading == "on_or_after":
        opened |= frame.lt(1)
    return Triangle(
        frame,
        pd.Series([int((label == name).sum()) for name in grid], index=names),
        pd.Series(average, index=ages),
        pd.Series(known[:, ages].sum(axis=0), index=ages),
        opened & frame.notna(),
    )


def _cohort_name(period: pd.Period, quarterly: bool) -> str:
    return f"Q{period.quarter} {period.year}" if quarterly else period.strftime("%Y-%m")
