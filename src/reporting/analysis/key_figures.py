"""The company's key figures of a month, each against its usual range and its threshold."""

from __future__ import annotations

import math
from collections.abc import Callable

import pandas as pd

from reporting.analysis import scores
from reporting.analysis.company import ABSENT, BAD, EARLY, GOOD, OPEN, QUARTER, THIN, UNRELIABLE, Reading
from reporting.analysis.intervals import share
from reporting.analysis.retention import followed, grr, nrr
from reporting.analysis.signals import YEAR, Moves, usual_range
from reporting.analysis.trust import Trust
from reporting.analysis.view import View
from reporting.metrics.reading import BANDS
from reporting.metrics.registry import METRICS
from reporting.survival.estimate import UNKNOWN, Estimate

OWN = ("healthy_mrr", "declining", "worsened")
"""Figures that no metric of the portfolio gives: share of MRR in the healthy band, and shares of the paying
accounts that decline, or stand in a lower band than a month ago."""
_MOVES: dict[str, tuple[Moves, int]] = {
    "mrr": ("growth", 1),
    "nrr_12": ("step", 1),
    "monthly_churn_rate": ("level", -1),
    "healthy_mrr": ("step", 1),
    "north_star": ("growth", 1),
    "grr_12": ("step", 1),
    "new_mrr": ("level", 1),
    "declining": ("level", -1),
    "worsened": ("level", -1),
    "risk_flags": ("level", -1),
}
"""Figure -> what varies around a mean, and which way is good."""
_OF_ALL = {"monthly_churn_rate", "healthy_mrr", "grr_12", "declining", "worsened", "risk_flags"}
"""Parts of a whole: no limit lies above all of it, as none of any figure lies below nothing."""


def readings(view: View, trust: Trust) -> list[Reading]:
    """Every key figure of the month, in a fixed order."""
    rows = followed(view.panel, view.month - pd.DateOffset(months=YEAR), view.month)
    estimates = {
        "mrr": _growth(view, trust),
        "nrr_12": _nrr(rows, trust),
        "monthly_churn_rate": _churn(view, trust),
        "healthy_mrr": _health(view),
        "north_star": _value(view),
        "grr_12": _retained(rows, trust, grr),
    }
    return [_read(view, figure, *estimates.get(figure, (UNKNOWN, math.nan, OPEN))) for figure in _MOVES]


def _read(view: View, figure: str, estimate: Estimate, quarter_ago: float, threshold: str) -> Reading:
    moves, good_way = _MOVES[figure]
    series = _series(view, figure)
    # One month more than is shown: twelve changes have thirteen values.
    months = pd.date_range(view.month - pd.DateOffset(months=YEAR + 1), view.month, freq="MS")
    known = series[series.index >= view.observed_from].reindex(months)
    shown = known.iloc[1:]
    first = shown.first_valid_index()
    history = tuple(shown.loc[first:].tolist()) if first is not None else ()
    doubtful = threshold in (UNRELIABLE, THIN)
    usual = usual_range(() if doubtful else known.tolist(), moves)
    value = estimate.value if estimate.known else float(known.iloc[-1])
    if threshold == OPEN and not math.isfinite(value):
        threshold = ABSENT
    most = 1.0 if figure in _OF_ALL else math.inf
    return Reading(
        *(figure, float(value), estimate.low, estimate.high, estimate.n, float(quarter_ago), history),
        *(max(usual.lower, 0.0), min(usual.upper, most), good_way * usual.beyond + 0.0, threshold),
    )


def _series(view: View, figure: str) -> pd.Series:
    """The figure by month."""
    if figure == "mrr":
        return view.panel.groupby("month")["mrr_cents"].sum().astype(float)
    if figure == "healthy_mrr":
        return _healthy(view)
    if figure == "declining":
        return _share_of_paying(view, view.panel["funnel_stage"] == "declining", view.panel["funnel_stage"])
    if figure == "worsened":
        return _worsened(view)
    return view.series(figure)


def _healthy(view: View) -> pd.Series:
    """Share of all MRR that accounts in the healthy band pay, by month; NaN where no score exists."""
    band = view.panel[view.product.band_column]
    rows = view.panel[["month", "mrr_cents"]].assign(
        healthy=view.panel["mrr_cents"].where(band == "healthy", 0),
        scored=band.notna() & view.panel["paying"],
    )
    by_month = rows.groupby("month").agg({"mrr_cents": "sum", "healthy": "sum", "scored": "any"})
    return (by_month["healthy"] / by_month["mrr_cents"]).where(by_month["scored"].astype(bool))


def _worsened(view: View) -> pd.Series:
    """Share of the accounts paying and judged at two closes that stand in a lower band at the later one."""
    panel = view.panel  # sorted by account and month
    rank = panel[view.product.band_column].map({band: i for i, band in enumerate(BANDS)})
    rank = rank.where(panel["paying"].astype(bool))
    earlier = rank.groupby(panel["account_id"]).shift()
    return _share_of_paying(view, rank > earlier, earlier.where(rank.notna()))


def _share_of_paying(view: View, holds: pd.Series, known: pd.Series) -> pd.Series:
    paying = view.panel["paying"].astype(bool) & known.notna()
    rows = view.panel.loc[paying, ["month"]].assign(holds=holds[paying].astype(float))
    return rows.groupby("month")["holds"].mean()


def _moved(step: float, steady: float) -> str:
    """A step of `steady` or more is good or bad by its sign; a smaller one, or none at all, is neither."""
    if step == 0 or abs(step) < steady:
        return OPEN
    return GOOD if step > 0 else BAD


_READ = {True: GOOD, False: BAD, None: OPEN}
_Read = tuple[Estimate, float, str]
"""Value with interval, value a quarter ago, and reading by the threshold."""


def _growth(view: View, trust: Trust) -> _Read:
    total = _series(view, "mrr")
    before = float(total.get(view.month - pd.DateOffset(months=QUARTER), 0))
    if not before:
        return UNKNOWN, math.nan, OPEN
    reading = _moved(total.get(view.month, 0) / before - 1, view.product.verdict.steady_growth)
    if reading == GOOD and not trust.reliable:
        reading = UNRELIABLE  # growth that counts lost customers as kept is no growth
    return UNKNOWN, before, reading


def _retained(rows: pd.DataFrame, trust: Trust, measure: Callable[[pd.DataFrame], Estimate]) -> _Read:
    """NRR or GRR of the accounts followed, without a reading by a threshold."""
    if rows.empty:
        return UNKNOWN, math.nan, EARLY
    return measure(rows), math.nan, OPEN if trust.reliable else UNRELIABLE


def _nrr(rows: pd.DataFrame, trust: Trust) -> _Read:
    estimate, before, reading = _retained(rows, trust, nrr)
    if reading == OPEN:
        reading = GOOD if estimate.low > 1 else BAD if estimate.high < 1 else OPEN
    return estimate, before, reading


def _churn(view: View, trust: Trust) -> _Read:
    months = [view.month - pd.DateOffset(months=back) for back in range(QUARTER)]
    rows = pd.concat([followed(view.panel, month - pd.DateOffset(months=1), month) for month in months])
    if rows.empty:
        return UNKNOWN, math.nan, EARLY
    gone = share(int((~rows["stayed"]).sum()), len(rows))
    if not trust.reliable:
        return gone, math.nan, UNRELIABLE
    said = METRICS["monthly_churn_rate"].reading
    assert said is not None, "the churn rate is read against thresholds"
    return gone, math.nan, _READ[said(view.product, gone.value).good]


def _health(view: View) -> _Read:
    share_of_mrr = _healthy(view)
    now = float(share_of_mrr.get(view.month, math.nan))
    before = float(share_of_mrr.get(view.month - pd.DateOffset(months=QUARTER), math.nan))
    if math.isnan(now):
        return UNKNOWN, math.nan, ABSENT
    if scores.coverage(view, view.product.band_score) < scores.THIN:
        return UNKNOWN, before, THIN
    if math.isnan(before):
        return UNKNOWN, math.nan, OPEN
    return UNKNOWN, before, _moved(now - before, view.product.verdict.steady_health)


def _value(view: View) -> _Read:
    series = view.series("north_star")
    now = series.get(view.month, math.nan)
    before = series.get(view.month - pd.DateOffset(months=QUARTER), math.nan)
    if not math.isfinite(now):
        return UNKNOWN, math.nan, ABSENT
    if not math.isfinite(before) or before == 0:
        return UNKNOWN, math.nan, OPEN
    return UNKNOWN, float(before), _moved(now / before - 1, view.product.verdict.steady_value)
