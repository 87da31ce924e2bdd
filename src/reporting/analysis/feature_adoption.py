"""Features: who uses which, what that says by the thresholds, and whether its users are the healthier."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from reporting.analysis import scores
from reporting.analysis.frames import numbers
from reporting.analysis.intervals import difference, mean
from reporting.analysis.launches import launched
from reporting.analysis.untold import Untold
from reporting.analysis.view import View
from reporting.survival.estimate import Estimate

FEWEST = 5
"""Accounts with the feature and without it, below which their scores are not compared."""

Reading = Literal["good", "low", "in_use", "hidden", "young", "remove"]


def counted_in(view: View) -> Literal["users", "accounts"]:
    """What adoption is a share of: active users, or active accounts where events don't name users."""
    return "users" if numbers(view.now["active_users"]).size else "accounts"


def adoption(view: View, month: pd.Timestamp) -> pd.DataFrame:
    """Every feature in a month, most used first.

    Returns:
        Indexed by `feature`: the columns of the snapshot's `feature_month` (core, premium, accounts, users,
        events), and `rate`: its share of what `counted_in` names, NaN where there is none of it.
    """
    rows = view.snapshot.feature_month
    rows = rows[rows["month"] == month].set_index("feature")
    live = view.at(month)
    if counted_in(view) == "users":
        base, used = float(numbers(live["active_users"]).sum()), rows["users"].astype(float)
    else:
        base, used = float((live["events"] > 0).sum()), rows["accounts"].astype(float)
    out = rows.assign(rate=used / base if base else np.nan)
    return out.sort_values(["rate", "accounts"], ascending=False, kind="stable")


def readings(view: View, now: pd.DataFrame) -> list[Reading]:
    """What each feature's share says.

    Args:
        view: The month, for the thresholds in the product definition's `adoption`.
        now: Rows of `adoption`.

    Returns:
        In the order of the rows: `good` (a core feature used by many), `low` (a core feature used by some),
        `in_use` (another one), and of those that hardly anybody uses `hidden` (named as such), `young` (not
        long enough since its launch, see `launches.launched`) or `remove`.
    """
    limits = view.product.adoption
    young = launched(view)
    young = set(young[young > view.close - pd.DateOffset(months=limits.remove_after_months)].index)

    def reading(feature: str, row: pd.Series) -> Reading:
        if row["core"] and row["rate"] >= limits.feature_good:
            return "good"
        if row["rate"] >= limits.feature_remove:
            return "low" if row["core"] else "in_use"
        if feature in limits.hidden_features:
            return "hidden"
        return "young" if feature in young else "remove"

    return [reading(str(feature), row) for feature, row in now.iterrows()]


def health_gap(view: View, feature: str) -> Estimate | Untold:
    """By how many points the engagement score, without its part for features, is higher where it is used.

    Says what goes with a feature, not what it causes.

    Returns:
        The difference of the two means with its interval; `no_score` where no other part is known,
        `too_few_users` or `too_few_others` with fewer than `FEWEST` accounts on that side.
    """
    parts = {
        name: weight
        for name, weight in scores.weights(view, scores.ENGAGEMENT).items()
        if name != "feature_breadth"
    }
    columns = [scores.column(scores.ENGAGEMENT, name) for name in parts]
    rows = view.paying[view.paying[columns].notna().any(axis=1)]
    if rows.empty:
        return Untold("no_score")
    values = rows[columns].astype(float)
    weight = values.notna() * np.array(list(parts.values()))
    score = (values.fillna(0) * weight).sum(axis=1) / weight.sum(axis=1)
    used = view.snapshot.account_feature_month
    used = used[(used["month"] == view.month) & (used["feature"] == feature) & (used["events"] > 0)]
    has = rows.index.isin(used["account_id"])
    if has.sum() < FEWEST:
        return Untold("too_few_users")
    if (~has).sum() < FEWEST:
        return Untold("too_few_others")
    return difference(mean(score[has]), mean(score[~has]))
