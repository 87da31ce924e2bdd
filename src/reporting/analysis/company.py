"""The company's verdict: every key figure against its usual range and its threshold, the worst first."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import pandas as pd

from reporting.analysis import scores
from reporting.analysis.intervals import UNKNOWN, Estimate, share
from reporting.analysis.retention import followed, grr, nrr
from reporting.analysis.signals import YEAR, Moves, usual_range
from reporting.analysis.trust import Trust
from reporting.analysis.view import View
from reporting.metrics.reading import BANDS

GOOD, BAD, OPEN = "good", "bad", "open"
UNRELIABLE, EARLY, ABSENT, THIN = "unreliable", "too early", "not available", "thin"
# A verdict needs so many figures that are not open.
FEWEST_SIGNS = 3
# Growth and usage are read over a quarter: one month is noise.
QUARTER = 3
LARGEST = 10


@dataclass(frozen=True)
class Reading:
    """One key figure, read.

    Attributes:
        figure: Its id: a portfolio metric, or one of `OWN`.
        value: At the close; NaN where there is none.
        low: Lower end of its 95 % interval, NaN where it has none; `high` likewise.
        n: Accounts behind it; 0 where it isn't a rate over accounts.
        quarter_ago: What it was three months ago.
        history: Its value at up to thirteen closes, oldest first, the last is `value`'s.
        lower: Lower limit of its usual range this month, NaN where none can be told; `upper` likewise.
        beyond: How far outside, see `signals.Usual`; above zero is for the better.
        threshold: `good`, `bad` or `open` by its threshold, or why it can't be read: `unreliable` (the
            sources contradict each other), `too early`, `not available`, `thin` (a score of few parts).
    """

    figure: str
    value: float
    low: float
    high: float
    n: int
    quarter_ago: float
    history: tuple[float, ...]
    lower: float
    upper: float
    beyond: float
    threshold: str

    @property
    def signal(self) -> bool:
        """Whether it moved more than it usually does."""
        return bool(math.isfinite(self.beyond) and self.beyond)

    @property
    def reading(self) -> str:
        """`good`, `bad`, `open`, or why it doesn't count: a signal for the worse outweighs a good level."""
        if self.threshold not in (GOOD, BAD, OPEN):
            return self.threshold
        if self.threshold == BAD or (self.signal and self.beyond < 0):
            return BAD
        return GOOD if self.threshold == GOOD or self.signal else OPEN

    @property
    def before(self) -> float:
        """Its value a month ago."""
        return self.history[-2] if len(self.history) > 1 else math.nan

    @property
    def year_ago(self) -> float:
        """Its value twelve months ago."""
        return self.history[0] if len(self.history) > YEAR else math.nan


@dataclass(frozen=True)
class Concentration:
    """How much hangs on how few accounts.

    Attributes:
        largest: Account id of the largest.
        share_of_largest: Its share of MRR.
        share_of_ten: That of the ten largest.
        accounts: Paying accounts.
        nrr: Over twelve months, of all accounts; `grr` likewise.
        nrr_without: Without the largest; `grr_without` likewise.
    """

    largest: str
    share_of_largest: float
    share_of_ten: float
    accounts: int
    nrr: float
    nrr_without: float
    grr: float
    grr_without: float


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
    estimates = {
        "mrr": _growth(view, trust),
        "nrr_12": _nrr(view, trust),
        "monthly_churn_rate": _churn(view, trust),
        "healthy_mrr": _health(view),
        "north_star": _value(view),
        "grr_12": _grr(view, trust),
    }
    return [_read(view, figure, *estimates.get(figure, (UNKNOWN, math.nan, OPEN))) for figure in _MOVES]


def worst_first(found: Sequence[Reading]) -> list[Reading]:
    """The bad ones, those furthest beyond their usual range first; of equals the order is kept."""
    bad = [reading for reading in found if reading.reading == BAD]
    return sorted(bad, key=lambda reading: reading.beyond if reading.signal else 0.0)


def word(found: Sequence[Reading], reliable: bool) -> str:
    """`thriving`, `teetering`, `shrinking`, `mixed`, or `unknown`.

    Thriving needs three good signs and no bad one; teetering is two bad signs, or more bad ones than good
    ones; shrinking is teetering with MRR falling. Where the sources contradict each other on who left, no
    good verdict is given.
    """
    good = sum(reading.reading == GOOD for reading in found)
    bad = sum(reading.reading == BAD for reading in found)
    if bad > good or bad >= 2:
        return "shrinking" if found[0].reading == BAD else "teetering"
    if not reliable or good + bad < FEWEST_SIGNS:
        return "unknown"
    return "thriving" if bad == 0 and good >= FEWEST_SIGNS else "mixed"


def concentration(view: View) -> Concentration | None:
    """How much hangs on the largest accounts; None where nobody pays."""
    paying = view.paying.sort_values(["mrr_cents", "account_id"], ascending=[False, True])
    if paying.empty:
        return None
    largest = str(paying.index[0])
    rows = followed(view.panel, view.month - pd.DateOffset(months=YEAR), view.month)
    rest = rows.drop(index=largest, errors="ignore")
    return Concentration(
        largest,
        view.share_of_mrr(paying["mrr_cents"].iloc[0]),
        view.share_of_mrr(paying["mrr_cents"].head(LARGEST).sum()),
        len(paying),
        *(_ratio(of, column) for column in ("end_cents", "kept_cents") for of in (rows, rest)),
    )


def as_table(found: Sequence[Reading]) -> pd.DataFrame:
    """The readings as they are frozen, one row each; `history` is a JSON list."""
    rows = pd.DataFrame([asdict(reading) for reading in found])
    rows["history"] = [
        json.dumps([x if math.isfinite(x) else None for x in reading.history]) for reading in found
    ]
    return rows


def from_table(rows: pd.DataFrame) -> list[Reading]:
    """The readings of a frozen table."""
    found = []
    for row in rows.to_dict("records"):
        history = tuple(math.nan if x is None else float(x) for x in json.loads(row.pop("history")))
        found.append(Reading(history=history, **row))
    return found


def healthy_share(view: View, month: pd.Timestamp) -> float:
    """Share of all the month's MRR that accounts in the healthy band pay; NaN where no score exists."""
    return float(_healthy(view).get(month, math.nan))


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


_Read = tuple[Estimate, float, str]
"""Value with interval, value a quarter ago, and reading by the threshold."""


def _growth(view: View, trust: Trust) -> _Read:
    total = view.panel.groupby("month")["mrr_cents"].sum()
    before = float(total.get(view.month - pd.DateOffset(months=QUARTER), 0))
    if not before:
        return UNKNOWN, math.nan, OPEN
    reading = _moved(total.get(view.month, 0) / before - 1, view.product.verdict.steady_growth)
    if reading == GOOD and not trust.reliable:
        reading = UNRELIABLE  # growth that counts lost customers as kept is no growth
    return UNKNOWN, before, reading


def _nrr(view: View, trust: Trust) -> _Read:
    rows = followed(view.panel, view.month - pd.DateOffset(months=YEAR), view.month)
    if rows.empty:
        return UNKNOWN, math.nan, EARLY
    estimate = nrr(rows)
    if not trust.reliable:
        return estimate, math.nan, UNRELIABLE
    reading = GOOD if estimate.low > 1 else BAD if estimate.high < 1 else OPEN
    return estimate, math.nan, reading


def _grr(view: View, trust: Trust) -> _Read:
    rows = followed(view.panel, view.month - pd.DateOffset(months=YEAR), view.month)
    if rows.empty:
        return UNKNOWN, math.nan, EARLY
    return grr(rows), math.nan, OPEN if trust.reliable else UNRELIABLE


def _churn(view: View, trust: Trust) -> _Read:
    limits = view.product.revenue
    months = [view.month - pd.DateOffset(months=back) for back in range(QUARTER)]
    rows = pd.concat([followed(view.panel, month - pd.DateOffset(months=1), month) for month in months])
    if rows.empty:
        return UNKNOWN, math.nan, EARLY
    gone = share(int((~rows["stayed"]).sum()), len(rows))
    if not trust.reliable:
        return gone, math.nan, UNRELIABLE
    lost = gone.value
    reading = GOOD if lost < limits.churn_good else BAD if lost > limits.churn_attention else OPEN
    return gone, math.nan, reading


def _health(view: View) -> _Read:
    now = healthy_share(view, view.month)
    before = healthy_share(view, view.month - pd.DateOffset(months=QUARTER))
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


def _ratio(rows: pd.DataFrame, column: str) -> float:
    below = rows["start_cents"].sum()
    return float(rows[column].sum() / below) if below else math.nan
