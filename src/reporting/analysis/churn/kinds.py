"""Kinds of loss (`churn_type`), told from what an account's use looked like at the close before.

The same look is counted among the accounts that stayed: a kind that is as common there tells nothing of
leaving.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from reporting.analysis.churn.risk_set import RiskSet
from reporting.analysis.intervals import share
from reporting.params.product import Product
from reporting.survival.estimate import Estimate

NEVER = "never activated"
ABANDONED = "account abandonment"
INACTIVE = "user inactivity"
ENGAGED = "engaged and yet gone"
UNCLEAR = "no clear pattern"
CONTRACTION = "contraction"
ORDER = (NEVER, ABANDONED, INACTIVE, ENGAGED, UNCLEAR)
"""Kinds of loss, the first that fits."""


@dataclass(frozen=True)
class Kind:
    """One kind of loss.

    Attributes:
        name: One of `ORDER`, or `CONTRACTION`.
        count: Losses of this kind.
        losses: Their share of all accounts lost; unknown for contraction, where none is lost.
        stayers: Share of the account-months without a loss that looked the same the month before.
        mrr_cents: MRR lost.
    """

    name: str
    count: int
    losses: Estimate
    stayers: Estimate
    mrr_cents: int


def classify(rows: pd.DataFrame, product: Product) -> pd.Series:
    """What each row looked like at the close before, the first of `ORDER` that fits.

    Engaged is an engagement score that reads as high; what none of the looks fits has no clear pattern.

    Args:
        rows: Rows at risk, sorted by account and month.
        product: Thresholds.
    """
    users = rows["active_users"].fillna(rows["active_days"]).astype(float)
    # In a spell's first observed row there is no month before to compare with.
    fewer = users < users.groupby(rows["spell"]).shift(1)
    idle = rows["last_active_days"].astype(float) >= product.high_risk_days
    never = rows["activated"].astype("boolean").eq(False).fillna(False).astype(bool)
    engaged = rows["engagement_score"].astype(float) > product.bands.healthy
    kind = pd.Series(UNCLEAR, index=rows.index).mask(engaged, ENGAGED)
    return kind.mask(fewer, INACTIVE).mask(idle, ABANDONED).mask(never, NEVER)


def kinds(risk: RiskSet, product: Product, since: pd.Timestamp) -> list[Kind]:
    """The losses from month `since` on by kind, most frequent first, contraction last."""
    recent = risk.rows["month"] >= since
    rows, kind = risk.rows[recent], classify(risk.rows, product)[recent]
    lost, stayed = rows["churned"], ~rows["churned"] & rows["can_leave"]
    found = []
    for name in ORDER:
        same = kind == name
        count = int((same & lost).sum())
        if count:
            part = share(count, int(lost.sum()))
            stayers = share(int((same & stayed).sum()), int(stayed.sum()))
            found.append(Kind(name, count, part, stayers, int(rows.loc[same & lost, "mrr_cents"].sum())))
    found.sort(key=lambda one: -one.count)
    shrunk = rows["contracted"]
    if shrunk.any():
        unknown = share(0, 0)
        cents = int(rows.loc[shrunk, "contracted_cents"].sum())
        found.append(Kind(CONTRACTION, int(shrunk.sum()), unknown, unknown, cents))
    return found
