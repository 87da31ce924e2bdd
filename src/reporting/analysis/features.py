"""The features an account uses and those it doesn't, against accounts like it."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from reporting.analysis.view import View

FEWEST = 5
"""Accounts of one plan that make a group to compare with."""


@dataclass(frozen=True)
class Features:
    """One month's use of the product's features.

    Attributes:
        used: Feature -> events, most used first.
        unused: Feature -> share of the peers that use it, most common first.
        peers: The plan of the accounts it is compared with; "" where they are all that pay.
        middle: Median number of features that these use.
    """

    used: Mapping[str, int]
    unused: Mapping[str, float]
    peers: str
    middle: float


def features(view: View) -> dict[str, Features]:
    """Account -> its features in the report month, of those whose use is on record.

    Only features that the product definition names. Empty where it names none.
    """
    product = view.product
    named = [*product.core_features, *product.premium_features, *product.other_features]
    rows = view.snapshot.account_feature_month
    if rows is None or not named:
        return {}
    rows = rows[(rows["month"] == view.month) & (rows["events"] > 0) & rows["feature"].isin(named)]
    uses = {str(account): group for account, group in rows.groupby("account_id")}
    covered = view.now[view.now["events"].notna()]
    groups = _groups(covered[covered["paying"].astype(bool)])
    shares = {plan: _shares(uses, accounts, named) for plan, accounts in groups.items()}
    found = {}
    for account, plan in covered["plan"].items():
        peers = plan if plan in groups else ""
        common, middle = shares[peers]
        own = uses.get(str(account))
        events = {} if own is None else dict(zip(own["feature"], own["events"], strict=True))
        used = sorted(events, key=lambda name: (-events[name], name))
        unused = sorted((n for n in named if n not in events), key=lambda name: (-common[name], name))
        found[str(account)] = Features(
            {name: int(events[name]) for name in used}, {n: common[n] for n in unused}, peers, middle
        )
    return found


def _groups(paying: pd.DataFrame) -> dict[str, list[str]]:
    """Plan -> accounts, where it has enough of them; all under ""."""
    plans = paying["plan"].dropna()
    many = {str(plan): list(rows.index) for plan, rows in plans.groupby(plans) if len(rows) >= FEWEST}
    return {**many, "": list(paying.index)}


def _shares(
    uses: Mapping[str, pd.DataFrame], accounts: list[str], named: list[str]
) -> tuple[dict[str, float], float]:
    """The share of the accounts that use each feature, and how many the middle one uses; NaN of nobody."""
    if not accounts:
        return dict.fromkeys(named, float("nan")), float("nan")
    used = [set(uses[a]["feature"]) if a in uses else set() for a in accounts]
    shares = {name: sum(name in own for own in used) / len(used) for name in named}
    return shares, float(statistics.median(len(own) for own in used))
