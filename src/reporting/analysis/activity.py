"""Use of the paying accounts: how many are active, how long others are silent, whose use rises or falls."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

from reporting.analysis.frames import is_true
from reporting.analysis.view import View

WEEK = 7


def active_accounts(view: View) -> pd.DataFrame:
    """Paying accounts by month whose use is on record.

    Returns:
        Indexed by `month`: paying, monthly (with use in the month), weekly (with use in its last seven days).
    """
    rows = view.panel[view.panel["paying"].astype(bool) & view.panel["events"].notna()]
    return pd.DataFrame(
        {
            "paying": rows.groupby("month").size(),
            "monthly": rows[rows["events"] > 0].groupby("month").size(),
            "weekly": rows[rows["last_active_days"] < WEEK].groupby("month").size(),
        }
    ).fillna(0)


def silence(view: View) -> pd.DataFrame:
    """Paying accounts by days since their last use: under a week, then up to the product's two limits.

    Returns:
        A row a class, the shortest first: low and high (days, high not included), accounts, mrr_cents.
        Those whose last use isn't known are in none.
    """
    rows = view.paying[view.paying["last_active_days"].notna()]
    edges = sorted({0, WEEK, view.product.check_in_days, view.product.high_risk_days, np.inf})
    classes = list(pairwise(edges))
    place = pd.cut(rows["last_active_days"].astype(float), edges, right=False, labels=False)
    cents = rows.groupby(place)["mrr_cents"]
    out = pd.DataFrame(classes, columns=["low", "high"])
    out["accounts"] = cents.size().reindex(out.index).fillna(0).astype(int)
    out["mrr_cents"] = cents.sum().reindex(out.index).fillna(0)
    return out


def falling_and_rising(view: View) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Paying accounts whose use of 30 days fell, or rose, by more than `engagement.trend_steady`.

    Returns:
        The rows of those that fall, of those that rise, and of all that have a trend.
    """
    rows = view.paying[view.paying["usage_trend_30"].notna()]
    limit, trend = view.product.engagement.trend_steady, rows["usage_trend_30"].astype(float)
    return rows[trend < -limit], rows[trend > limit], rows


def single_champions(view: View) -> pd.DataFrame:
    """Paying accounts that hang on one user, largest MRR first."""
    rows = view.paying[view.paying["top1_share"].notna()]
    return rows[is_true(rows["single_champion"])].sort_values("mrr_cents", ascending=False)
