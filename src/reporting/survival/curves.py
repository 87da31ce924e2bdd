"""Kaplan-Meier curves: how many are still there.

    S(t) = prod_{u <= t} (1 - d_u / n_u)        var log S(t) = sum_{u <= t} d_u / (n_u (n_u - d_u))
    (Greenwood)

n_u counts the rows with `start < u <= stop`, so late entry needs nothing special: who enters at u itself is
at risk after u. R: `survfit(Surv(start, stop, event))`.

Past the last `stop` nothing was watched, and everything asked there is NaN, as R's `summary(fit, times=)`
leaves such times out (`extend = FALSE`). The exception is a curve that has reached 0: it stays there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from .data import Floats, SurvivalData, codes, points, survival_data
from .errors import DataError
from .influence import incidence_influence
from .intervals import IntervalKind, confidence_limits
from .riskset import RiskSets


class Quantile(NamedTuple):
    """A time with its confidence limits, NaN where the curve or its limit does not reach that far."""

    time: float
    lower: float
    upper: float


@dataclass(frozen=True)
class KaplanMeier:
    """A fitted curve.

    Attributes:
        table: a row for each distinct `stop`: time, at_risk, events, survival, se, lower, upper. The limits
            are NaN
            where no event has happened yet: the data then give no interval on a log-log scale.
        level, interval: confidence level and the scale of the limits, to be named beside them.
        influence: each cluster's influence on the survival (clusters x rows of `table`), where errors are
            robust.
    """

    table: pd.DataFrame
    level: float
    interval: IntervalKind
    data: SurvivalData = field(repr=False)
    influence: Floats | None = field(repr=False, default=None)

    @property
    def events(self) -> float:
        """Number (weight) of events."""
        return float(self.table["events"].sum())

    @property
    def last_time(self) -> float:
        """End of follow-up; the curve says nothing beyond, unless it has reached 0."""
        return float(self.table["time"].iloc[-1])

    def at(self, times: ArrayLike) -> pd.DataFrame:
        """Survival, se and limits at the given times (index `time`); NaN past the end of follow-up.

        A curve that has reached 0 is 0 from there on, without se or limits.
        """
        times = points("times", times)
        row = np.searchsorted(self.table["time"].to_numpy(), times, side="right")
        steps = self.table[["survival", "se", "lower", "upper"]].to_numpy()
        values = np.vstack([[1.0, 0.0, np.nan, np.nan], steps])[row]
        values[(times > self.last_time) & (values[:, 0] > 0)] = np.nan
        return pd.DataFrame(
            values, index=pd.Index(times, name="time"), columns=["survival", "se", "lower", "upper"]
        )

    def at_risk(self, times: ArrayLike) -> Floats:
        """Weight at risk just before each time, `start < t <= stop`; at 0, of those there from the outset."""
        times = points("times", times)[:, None]
        entered = (self.data.start < times) | ((times <= 0) & (self.data.start <= 0))
        return (entered & (times <= self.data.stop)) @ self.data.weights

    def quantile(self, p: float = 0.5) -> Quantile:
        """Time by which a share `p` has had the event; the middle of a flat stretch at 1 - p, as in R."""
        columns = ("survival", "lower", "upper")
        return Quantile(*(_first_below(self.table["time"], self.table[name], 1 - p) for name in columns))

    def median(self) -> Quantile:
        """Median time to the event; its limits are where those of the curve cross 1/2."""
        return self.quantile(0.5)

    def probability_within(self, start: ArrayLike, horizon: float) -> Floats:
        """P(event in (s, s + horizon] | none by s) for each s in `start`: 1 - S(s + horizon) / S(s).

        The null prediction for a Brier score. NaN where s + horizon is past the end of follow-up (and the
        curve has not reached 0), or where nobody is left at s.
        """
        start = points("start", start)
        ahead = points("horizon", horizon)
        now, then = (self.at(times)["survival"].to_numpy() for times in (start, start + ahead))
        return np.where(now > 0, 1 - then / np.where(now > 0, now, 1), np.nan)


def kaplan_meier(
    stop: ArrayLike,
    event: ArrayLike,
    *,
    start: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    level: float = 0.95,
    interval: IntervalKind = "log-log",
) -> KaplanMeier:
    """Survival with late entry, case weights and pointwise limits.

    Args:
        stop, event, start, weights: rows at risk, see `survival_data`.
        cluster: with it, or with weights that are not whole numbers, errors come from the infinitesimal
            jackknife over clusters instead of Greenwood's formula.
        level: of the limits.
        interval: scale of the limits, see `confidence_limits`.
    """
    data = survival_data(stop, event, start=start, weights=weights, cluster=cluster)
    risk = RiskSets.at_stops(data)
    at_risk = risk.total(data.weights)
    rows = np.flatnonzero(data.event)
    events = risk.count(rows, data.weights[rows])
    hazard = events / at_risk
    survival = np.cumprod(1 - hazard)
    influence = None
    if data.cluster is not None or np.any(data.weights % 1):
        influence = -incidence_influence(data, risk, np.where(data.event, 0, -1), 1)[0]
        se = np.sqrt((influence**2).sum(axis=0))
    else:
        with np.errstate(divide="ignore", invalid="ignore"):
            se = survival * np.sqrt(np.cumsum(hazard / (at_risk - events)))
    se = np.where(survival > 0, se, np.nan)
    lower, upper = confidence_limits(survival, se, level, interval)
    table = pd.DataFrame(
        {
            "time": risk.time,
            "at_risk": at_risk,
            "events": events,
            "survival": survival,
            "se": se,
            "lower": lower,
            "upper": upper,
        }
    )
    return KaplanMeier(table, level, interval, data, influence)


def kaplan_meier_by(
    groups: ArrayLike,
    stop: ArrayLike,
    event: ArrayLike,
    *,
    start: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    level: float = 0.95,
    interval: IntervalKind = "log-log",
) -> dict[object, KaplanMeier]:
    """A curve for each group, in sorted order of the labels."""
    columns = {"stop": stop, "event": event, "start": start, "weights": weights, "cluster": cluster}
    arrays = {name: np.asarray(values) for name, values in columns.items() if values is not None}
    code, labels = codes("groups", groups, len(arrays["stop"]))
    return {
        label: kaplan_meier(**{k: v[code == i] for k, v in arrays.items()}, level=level, interval=interval)
        for i, label in enumerate(labels)
    }


def numbers_at_risk(curves: Mapping[object, KaplanMeier], times: ArrayLike) -> pd.DataFrame:
    """The table under a plot: groups x times, weight at risk."""
    times = points("times", times)
    if not curves:
        raise DataError("no curves: nothing to count")
    return pd.DataFrame.from_dict(
        {k: c.at_risk(times) for k, c in curves.items()}, orient="index", columns=times
    )


def _first_below(time: pd.Series, curve: pd.Series, share: float) -> float:
    tolerance = np.sqrt(np.finfo(float).eps)
    reached = (curve < share + tolerance).to_numpy()  # False where NaN
    if not reached.any():
        return float("nan")
    t, y = time.to_numpy()[reached], curve.to_numpy()[reached]
    lower = np.flatnonzero(y < y[0])
    if abs(y[0] - share) < tolerance and len(lower):
        return float((t[0] + t[lower[0]]) / 2)
    return float(t[0])
