"""Health bands: accounts and MRR in each, how scores moved since last month, and their mean over time."""

from __future__ import annotations

import math

import pandas as pd

from reporting.analysis import scores
from reporting.analysis.frames import weighted_mean
from reporting.analysis.view import View

BANDS = ("healthy", "at risk", "churn risk")
NOTABLE = 5.0
"""Points in a month that count as a gain or a loss."""


def scored(view: View, rows: pd.DataFrame) -> pd.DataFrame:
    """The paying accounts of one month's rows that have a band."""
    return rows[rows["paying"].astype(bool) & rows[view.product.band_column].notna()]


def by_band(view: View) -> pd.DataFrame:
    """Accounts and MRR by band, now and a month earlier.

    Returns:
        Indexed by band: accounts, mrr_cents, accounts_before, mrr_cents_before.
    """
    names = list(BANDS)
    out = pd.DataFrame(index=pd.Index(names, name="band"))
    for ending, rows in (("", view.now), ("_before", view.before)):
        groups = scored(view, rows).groupby(view.product.band_column)["mrr_cents"]
        out[f"accounts{ending}"] = groups.size().reindex(names).fillna(0).astype("int64")
        out[f"mrr_cents{ending}"] = groups.sum().reindex(names).fillna(0).astype("int64")
    return out


def share(view: View, bands: pd.DataFrame, column: str, band: str) -> float:
    """A band's part of all MRR of its month, or of the scored accounts; NaN where none has a score.

    Args:
        view: The month.
        bands: `by_band`.
        column: Its column.
        band: Its row.
    """
    all_scored, part = bands[column].sum(), bands.loc[band, column]
    if not all_scored:
        return math.nan
    if column.startswith("mrr_cents"):
        return view.share_of_mrr(part, view.previous if column.endswith("_before") else None)
    return float(part / all_scored)


def health_changes(view: View) -> pd.DataFrame:
    """Health scores of the paying accounts that had one in both months, the largest fall first.

    Returns:
        The columns of `scores.change` (before, now, change, and the points of each part), with account_id,
        account_name and mrr_cents.
    """
    before = view.before[view.before["paying"].astype(bool)] if len(view.before) else view.before
    moved = scores.change(view.paying, before, view, scores.HEALTH)
    out = moved.join(view.paying[["account_id", "account_name", "mrr_cents"]])
    return out.sort_values(["change", "account_id"], ignore_index=True)


def gained_and_lost(changes: pd.DataFrame) -> tuple[int, int]:
    """How many gained `NOTABLE` points or more, and how many lost as many."""
    change = changes["change"]
    return int((change >= NOTABLE).sum()), int((change <= -NOTABLE).sum())


def mean_health(view: View) -> pd.DataFrame:
    """Mean health score of the paying accounts by month.

    Returns:
        Indexed by `month`, where any has one: by_mrr (weighted by MRR), by_account (every account alike).
    """
    rows = view.panel[view.panel["paying"].astype(bool) & view.panel["health_score"].notna()]
    groups = rows.groupby("month")
    return pd.DataFrame(
        {
            "by_mrr": {month: weighted_mean(g["health_score"], g["mrr_cents"]) for month, g in groups},
            "by_account": groups["health_score"].mean().astype(float),
        }
    ).rename_axis("month")
