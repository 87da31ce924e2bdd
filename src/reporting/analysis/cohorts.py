"""Cohort triangles: what became of the accounts that began together, by their age in months."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from reporting.analysis.intervals import ratio, share
from reporting.analysis.view import View
from reporting.survival.estimate import Estimate

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


def paid(view: View) -> Aligned:
    """MRR by age since the first paid month, of the accounts that began to pay on record."""
    panel = view.panel
    first = panel[panel["paying"].astype(bool)].groupby("account_id")["month"].min()
    return align(panel, "mrr_cents", first[first >= view.observed_from], view.month)


def used(view: View) -> Aligned:
    """Value events by age since the sign-up month, of accounts signed up since events are on record."""
    panel = view.panel
    signed_up = view.accounts["signed_up_at"].dt.to_period("M").dt.to_timestamp()
    known = panel.loc[panel["value_events"].notna(), "month"]
    first = signed_up[signed_up >= known.min()] if len(known) else signed_up.iloc[:0]
    return align(panel, "value_events", first, view.month)


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


def triangle(
    aligned: Aligned, parts: tuple[np.ndarray, np.ndarray], reading: Reading = "on", year_starts: int = 1
) -> Triangle:
    """Sum numerators and denominators by cohort and age; the denominator holds only accounts old enough.

    With more than `MOST_MONTHLY` cohorts the rows are quarters of the company's year, `Q1 2026`, or
    `Q1 FY2027` where that begins with another month than January (`year_starts`) and ends in 2027; and the
    columns every third month.
    """
    top, bottom = parts
    quarterly = aligned.cohort.nunique() > MOST_MONTHLY
    quarter = pd.offsets.QuarterEnd(startingMonth=(year_starts - 2) % 12 + 1)  # the month that ends a year
    label = aligned.cohort.dt.to_period(quarter if quarterly else "M")
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
    names = [_quarter_name(name, year_starts) if quarterly else name.strftime("%Y-%m") for name in grid]
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


def kept(aligned: Aligned) -> list[Estimate]:
    """Share of the accounts that pay (or use) at each age from 0 on, over those old enough."""
    if not len(aligned.accounts):
        return []
    top, bottom = logos(aligned)
    return [share(int(hits), int(n)) for hits, n in zip(top.sum(axis=0), bottom.sum(axis=0), strict=True)]


def settled_age(found: Triangle) -> int | None:
    """The age at which cohorts are compared: twelve months, or the oldest that a quarter of the accounts has
    reached; None where nobody is a month old."""
    enough = found.counts >= max(1, 0.25 * found.counts.iloc[0])
    reached = [age for age in found.average.index[enough] if 0 < age <= 12]
    return reached[-1] if reached else None


def halves(aligned: Aligned, parts: tuple[np.ndarray, np.ndarray], age: int) -> tuple[Estimate, Estimate]:
    """A figure at an age for the older and for the newer half of the accounts that reached it.

    Args:
        aligned: The accounts.
        parts: Numerator and denominator of the figure, as `logos` and `revenue` give them.
        age: Months since the first.
    """
    known = ~np.isnan(aligned.values[:, age])
    newer = (aligned.cohort > aligned.cohort[known].median()).to_numpy()
    top, bottom = (part[:, age] for part in parts)
    older, later = known & ~newer, known & newer
    return ratio(top[older], bottom[older]), ratio(top[later], bottom[later])


def _quarter_name(quarter: pd.Period, year_starts: int) -> str:
    return f"Q{quarter.quarter} {'' if year_starts == 1 else 'FY'}{quarter.qyear}"
