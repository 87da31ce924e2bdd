"""Does falling use come before contraction? Past closes against the three months, or so, that followed."""

from __future__ import annotations

from dataclasses import dataclass

from reporting.analysis.intervals import share
from reporting.analysis.validity import followed_scores
from reporting.analysis.view import View
from reporting.survival.estimate import Estimate


@dataclass(frozen=True)
class AfterTrend:
    """Share of accounts that contracted within the horizon, by the trend of their use over 90 days before.

    Attributes:
        fell: Where it fell by more than `churn.fall`.
        between: Where it did neither.
        rose: Where it rose by more than `engagement.trend_steady`.
        windows: Account-windows followed, those without a trend left out.
        contracted: Contractions in them.
    """

    fell: Estimate
    between: Estimate
    rose: Estimate
    windows: int
    contracted: int


def after_trend(view: View, horizon: int) -> AfterTrend:
    """Contraction within `horizon` months of past closes, by the trend at that close."""
    rows = followed_scores(view, ["usage_trend_90"], "contraction_cents", horizon)
    fall, steady = view.product.churn.fall, view.product.engagement.trend_steady
    trend, happened = rows["usage_trend_90"].astype(float), rows["happened"].astype(bool)
    groups = (trend < -fall, trend.between(-fall, steady), trend > steady)
    shares = (share(int(happened[group].sum()), int(group.sum())) for group in groups)
    return AfterTrend(*shares, windows=len(rows), contracted=int(happened.sum()))
