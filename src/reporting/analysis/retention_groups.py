"""Retention of the accounts that paid at one close, by their segment and by the features they used then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from reporting.analysis.frames import by_value, segments
from reporting.analysis.intervals import differ
from reporting.analysis.retention import grr, logos, nrr
from reporting.analysis.view import View
from reporting.survival.estimate import Estimate

FEWEST = 10
"""Accounts of a group."""


@dataclass(frozen=True)
class Segment:
    """What one segment kept.

    Attributes:
        column: What the accounts are told apart by, such as `plan`.
        value: The segment's value of it.
        n: Its accounts at the base close.
        logos: Share of them that still pay.
        grr: Share of their MRR that is kept, expansion left out.
        nrr: Their MRR now as a share of that then.
    """

    column: str
    value: str
    n: int
    logos: Estimate
    grr: Estimate
    nrr: Estimate


@dataclass(frozen=True)
class FeatureRetention:
    """NRR of the accounts that used a feature at the base close, and of the others."""

    feature: str
    users: Estimate
    others: Estimate

    @property
    def ahead(self) -> float:
        """By how much those that used it kept more."""
        return self.users.value - self.others.value

    @property
    def apart(self) -> bool:
        """Whether the two differ beyond chance."""
        return differ(self.users, self.others)


def by_segment(rows: pd.DataFrame, own: Sequence[str] = ()) -> list[Segment]:
    """Every segment of at least `FEWEST` accounts, of the columns that split them.

    Args:
        rows: Those of `retention.followed`, with their segments at the base close.
        own: Columns of the company's own.
    """
    return [
        Segment(column, str(value), len(group), logos(group), grr(group), nrr(group))
        for column in segments(rows, FEWEST, own)
        for value, group in by_value(rows, column, FEWEST)
    ]


def by_feature(view: View, rows: pd.DataFrame, month: pd.Timestamp) -> list[FeatureRetention]:
    """The features with `FEWEST` accounts or more on either side, furthest ahead first.

    Args:
        view: The month.
        rows: Those of `retention.followed`.
        month: Their base close.
    """
    used = view.snapshot.account_feature_month
    used = used[(used["month"] == month) & (used["events"] > 0)]
    found = []
    for feature, group in used.groupby("feature"):
        has = rows.index.isin(group["account_id"])
        if min(has.sum(), (~has).sum()) >= FEWEST:
            found.append(FeatureRetention(str(feature), nrr(rows[has]), nrr(rows[~has])))
    return sorted(found, key=lambda one: -one.ahead)
