"""Kinds of loss, told from what each account's use looked like at the close before it left."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from reporting.params.product import Product

from ..common.intervals import Estimate, share
from .risk_set import RiskSet

CONTRACTION_MONTHS = 6

NEVER = "Never activated"
ABANDONED = "Account abandoned"
SHRANK = "Shrank before it left"
FADING = "Users fell away"
ENGAGED = "Engaged and yet gone"
WEAK = "Weak use, no fall"
UNKNOWN = "Not known"

MEANING = {
    NEVER: "the value outcome was never reached",
    ABANDONED: "no use for 30 days: the whole account went quiet before it left",
    SHRANK: f"paid less within the {CONTRACTION_MONTHS} months before",
    FADING: "use or active users fell by a quarter or more, but some went on",
    ENGAGED: "no fall, and an engagement score that is not low: look at price or a one-off need",
    WEAK: "a low engagement score that had not fallen further",
    UNKNOWN: "no use data at the close before",
}
ACTION = {
    NEVER: "Onboarding help in the first two weeks",
    ABANDONED: "Call the sponsor when nobody has come back for 15 days",
    SHRANK: "Treat a contraction as a first notice",
    FADING: "Re-engagement mail or personal support",
    ENGAGED: "Review price or need with the buyer",
    WEAK: "Training or walkthrough",
    UNKNOWN: "Connect the events of these accounts",
}


@dataclass(frozen=True)
class Kind:
    """One kind of loss.

    Attributes:
        name: From `MEANING`.
        losses: Share of the losses of the period.
        stayers: Share of the account-months that did not end in a loss which looked the same.
        mrr_cents: MRR lost.
    """

    name: str
    losses: Estimate
    stayers: Estimate
    mrr_cents: int

    @property
    def count(self) -> int:
        """Losses of this kind."""
        return round(self.losses.value * self.losses.n)


def classify(rows: pd.DataFrame, product: Product) -> pd.Series:
    """The kind of each row as of the close before, the first that fits in the order of `MEANING`.

    Args:
        rows: Rows at risk, sorted by account and month.
        product: Thresholds.
    """
    fall, quiet = product.churn.fall, product.engagement.high_risk_days
    users = rows["active_users"].astype(float)
    earlier = users.groupby(rows["spell"]).shift(3)
    shrank = rows["contraction_cents"].fillna(0).gt(0)
    recently = shrank.groupby(rows["spell"]).rolling(CONTRACTION_MONTHS, min_periods=1).max()
    recently = recently.reset_index(level=0, drop=True).reindex(rows.index) > 0
    activated = rows["activated"].astype("boolean")
    silent = rows["last_active_days"].astype(float) >= quiet
    falling = (rows["usage_trend_30"].astype(float) <= -fall) | (users <= (1 - fall) * earlier)
    engaged = rows["engagement_score"].astype(float) >= product.bands.at_risk

    kind = pd.Series(WEAK, index=rows.index)
    for name, fits in (
        (ENGAGED, engaged),
        (FADING, falling),
        (SHRANK, recently),
        (ABANDONED, silent),
        (NEVER, (~activated).fillna(False).astype(bool)),
    ):
        kind = kind.mask(fits, name)
    unknown = rows["events"].isna() | (rows["engagement_score"].isna() & ~silent & ~falling & ~recently)
    return kind.mask(unknown, UNKNOWN)


def kinds(risk: RiskSet, product: Product, since: pd.Timestamp) -> list[Kind]:
    """The losses from `since` on by kind, beside how common the same look was among those who stayed."""
    kind = classify(risk.rows, product)
    recent = risk.rows["month"] >= since
    lost = recent & risk.rows["churned"]
    stayed = recent & ~risk.rows["churned"] & risk.rows["can_leave"]
    found = []
    for name in MEANING:
        same = kind == name
        if (same & lost).any():
            found.append(
                Kind(
                    name,
                    share(int((same & lost).sum()), int(lost.sum())),
                    share(int((same & stayed).sum()), int(stayed.sum())),
                    int(risk.rows.loc[same & lost, "mrr_cents"].sum()),
                )
            )
    return sorted(found, key=lambda k: (-k.count, list(MEANING).index(k.name)))
