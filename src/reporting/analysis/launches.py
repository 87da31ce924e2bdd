"""Launches: how a feature spread since its first day on record, and who stayed with it."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from reporting.analysis.intervals import share
from reporting.analysis.view import View
from reporting.survival.estimate import Estimate

SETTLED = 3  # months: a feature of the first months on record may be older than the record
KEEPS = 3  # months after an account's first use, at which it is asked whether it still uses the feature


@dataclass(frozen=True)
class Launch:
    """One feature since its launch.

    Attributes:
        feature: Its name in the product definition.
        month: First month with use of it.
        reach: By months since then (0: that month): share of the accounts with any use that used it.
        tried: Accounts that have used it so far, of those with any use since.
        kept: Of the accounts that first used it three months ago or earlier and still pay, those that used it
            in the report month.
    """

    feature: str
    month: pd.Timestamp
    reach: pd.Series
    tried: Estimate
    kept: Estimate


def launched(book: View) -> pd.Series:
    """First month with use of each feature that came after the record began, by feature, the latest first.

    What was used within `SETTLED` months of the first event on record is taken to be older than that.
    """
    used = book.snapshot.feature_month
    first = used.groupby("feature")["month"].min()
    since = used["month"].min() + pd.DateOffset(months=SETTLED) if len(used) else pd.NaT
    return first[first >= since].sort_values(ascending=False, kind="stable")


def launches(book: View) -> list[Launch]:
    """What became of every feature that was launched on record, the latest first."""
    return [_launch(book, str(feature), month) for feature, month in launched(book).items()]


def _launch(book: View, feature: str, month: pd.Timestamp) -> Launch:
    panel = book.panel
    live = panel[(panel["month"] >= month) & (panel["events"] > 0)]
    base = live.groupby("month")["account_id"].size()
    rows = book.snapshot.account_feature_month
    rows = rows[(rows["feature"] == feature) & (rows["month"] <= book.month)]
    users = rows.groupby("month")["account_id"].nunique().reindex(base.index).fillna(0)
    reach = (users / base).reset_index(drop=True)
    begun = rows.groupby("account_id")["month"].min()
    tried = share(int(begun.index.isin(live["account_id"]).sum()), live["account_id"].nunique())
    old = begun[begun <= book.month - pd.DateOffset(months=KEEPS)].index
    asked = book.paying.index.intersection(old)
    still = rows.loc[rows["month"] == book.month, "account_id"]
    return Launch(feature, month, reach, tried, share(int(asked.isin(still).sum()), len(asked)))
