"""How good were the probabilities? Discrimination, accuracy and calibration of predictions for a horizon.

Each row is a prediction: a probability of the event within the horizon, and what came of it. Rows that were
censored before the horizon came are unknown; those known stand in for them, weighted by the inverse of the
chance of being known (`known_within`, IPCW). Intervals take rows of one subject together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from .cloglog import fit_cloglog
from .data import Floats, Ints, codes, numbers, points, survival_data
from .errors import DataError
from .estimate import Estimate
from .inference import cluster_sums
from .intervals import critical_value, wilson


@dataclass(frozen=True)
class Brier:
    """Mean squared error of the predictions and of the null's; `skill` is the share saved (1: perfect)."""

    score: float
    null: float

    @property
    def skill(self) -> float:
        return 1 - self.score / self.null


@dataclass(frozen=True)
class Calibration:
    """Do predicted shares come true?

    Attributes:
        slope: of cloglog(observed) on cloglog(predicted): 1 is right, below 1 the predictions are too
            extreme.
        observed_to_expected: events over the sum of predictions: 1 is right, above 1 they are too low.
        table: by tenth of the predictions (1: lowest): rows, predicted, observed, lower, upper (Wilson).
    """

    slope: Estimate
    observed_to_expected: float
    table: pd.DataFrame


def follow_up(
    spell: ArrayLike, start: ArrayLike, stop: ArrayLike, event: ArrayLike
) -> tuple[Floats, NDArray[np.bool_]]:
    """From the start of each row to the end of its spell, and whether that was the event.

    What came of a prediction made at `start`, to be cut at a horizon by `known_within`.

    Args:
        spell: label that the rows of one unbroken stay share; a subject that returns starts a new one.
        start, stop, event: rows at risk.
    """
    data = survival_data(stop, event, start=start, cluster=spell)
    spells = pd.DataFrame({"stop": data.stop, "event": data.event}).groupby(data.cluster)
    return spells["stop"].transform("max").to_numpy() - data.start, spells["event"].transform(
        "any"
    ).to_numpy()


def known_within(time: ArrayLike, event: ArrayLike, horizon: float) -> tuple[Floats, Floats]:
    """Outcome at a horizon and its weight, for follow-up that may be censored before.

    The event within the horizon weighs 1 / G(time-), survival up to it 1 / G(horizon-), censoring before it
    0, where G is the Kaplan-Meier curve of censoring, events being taken before censorings at the same time.
    R: `survival::rttright`.

    Args:
        time: from prediction to event or end of follow-up.
        event: whether it ended in the event.
        horizon: in the same unit.

    Returns:
        outcome (0 or 1) and weight of each row.
    """
    data = survival_data(time, event)
    horizon = float(points("horizon", horizon)[0])
    times, place = np.unique(data.stop, return_inverse=True)
    at_risk = np.bincount(place)[::-1].cumsum()[::-1]
    events = np.bincount(place, weights=data.event)
    censored = np.bincount(place, weights=~data.event)
    staying = at_risk - events
    curve = np.cumprod(1 - np.divide(censored, staying, out=np.zeros(len(times)), where=staying > 0))
    before = np.concatenate([[1.0], curve])
    outcome = data.event & (data.stop <= horizon)
    # Followed to the horizon exactly, without event, is known to have none.
    beyond = ~outcome & (data.stop >= horizon)
    known = np.where(outcome, before[place], before[np.searchsorted(times, horizon, side="left")])
    weight = np.divide(1.0, known, out=np.zeros(len(data)), where=(outcome | beyond) & (known > 0))
    return outcome.astype(float), weight


def auc(
    score: ArrayLike,
    outcome: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Chance that a row with the event was given a higher score than a row without, ties counting half.

    The score may be a probability or anything else that ranks. Standard error by the infinitesimal jackknife
    over clusters. R: `concordance(outcome ~ score, cluster=)`.

    Raises:
        DataError: all outcomes are the same.
    """
    p, y, w, group = _predictions("score", score, outcome, weights, cluster)
    case, control = y * w, (1 - y) * w
    cases, controls = case.sum(), control.sum()
    if cases == 0 or controls == 0:
        raise DataError("outcome: all the same; discrimination needs rows with and rows without the event")
    _, rank = np.unique(p, return_inverse=True)

    def share_below(weight: Floats) -> Floats:
        at = np.bincount(rank, weights=weight)
        return ((np.cumsum(at) - at / 2) / weight.sum())[rank]

    above = share_below(control)  # of each row, the controls it beats
    value = float(case @ above / cases)
    influence = case / cases * (above - value) + control / controls * (1 - share_below(case) - value)
    se = float(np.sqrt((cluster_sums(influence[:, None], group) ** 2).sum()))
    half = critical_value(level) * se
    return Estimate(value, max(value - half, 0.0), min(value + half, 1.0), int((w > 0).sum()), se)


def brier(
    probability: ArrayLike, outcome: ArrayLike, null: ArrayLike, *, weights: ArrayLike | None = None
) -> Brier:
    """Mean squared error against that of a null prediction (`KaplanMeier.probability_within`).

    With the weights of `known_within` this is the Brier score of Graf et al. 1999, Statistics in Medicine 18,
    the weights scaled to sum to one.
    """
    p, y, w, _ = _probabilities(probability, outcome, weights, None)
    null = np.broadcast_to(numbers("null", null), len(p))
    return Brier(float(np.average((y - p) ** 2, weights=w)), float(np.average((y - null) ** 2, weights=w)))


def calibration(
    probability: ArrayLike,
    outcome: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    groups: int = 10,
    level: float = 0.95,
) -> Calibration:
    """Slope, overall ratio and a table by tenths of the predictions.

    The slope is that of `glm(outcome ~ log(-log(1 - p)), family = binomial("cloglog"))`, its error robust by
    cluster.

    Raises:
        DataError: a probability of 0 or 1, or all outcomes the same.
    """
    p, y, w, group = _probabilities(probability, outcome, weights, cluster)
    if np.any((p <= 0) | (p >= 1)):
        raise DataError("probability: 0 or 1 can't be calibrated; expected values between")
    known = w > 0
    if not 0 < y @ w < w.sum():
        raise DataError("outcome: all the same; calibration needs rows with and rows without the event")
    group = np.arange(len(p)) if group is None else group
    design = np.column_stack([np.ones(len(p)), np.log(-np.log1p(-p))])[known]
    fit = fit_cloglog(y[known], design, ["constant", "probability"], cluster=group[known], weights=w[known])
    se = float(np.sqrt(fit.covariance[1, 1]))
    half = critical_value(level) * se
    value = float(fit.coef[1])
    slope = Estimate(value, value - half, value + half, int(known.sum()), se)

    edges = np.unique(np.quantile(p, np.arange(1, groups) / groups))
    tenth = pd.factorize(np.searchsorted(edges, p, side="left"), sort=True)[0]
    weight = np.bincount(tenth, weights=w)
    rows = np.bincount(tenth, weights=known)
    with np.errstate(divide="ignore", invalid="ignore"):
        predicted = np.bincount(tenth, weights=w * p) / weight
        observed = np.bincount(tenth, weights=w * y) / weight
    lower, upper = wilson(observed, rows, level)
    columns = {
        "rows": rows.astype(int),
        "predicted": predicted,
        "observed": observed,
        "lower": lower,
        "upper": upper,
    }
    table = pd.DataFrame(columns, index=pd.RangeIndex(1, len(rows) + 1, name="group"))
    return Calibration(slope, float(y @ w / (p @ w)), table)


def _probabilities(
    probability: ArrayLike, outcome: ArrayLike, weights: ArrayLike | None, cluster: ArrayLike | None
) -> tuple[Floats, Floats, Floats, Ints | None]:
    p, y, w, group = _predictions("probability", probability, outcome, weights, cluster)
    if not np.all((p >= 0) & (p <= 1)):
        raise DataError(
            f"probability, row {int(np.argmin((p >= 0) & (p <= 1)))}: expected a number from 0 to 1"
        )
    return p, y, w, group


def _predictions(
    name: str, score: ArrayLike, outcome: ArrayLike, weights: ArrayLike | None, cluster: ArrayLike | None
) -> tuple[Floats, Floats, Floats, Ints | None]:
    p, y = np.asarray(score, dtype=float), np.asarray(outcome, dtype=float)
    w = np.ones(len(p)) if weights is None else np.asarray(weights, dtype=float)
    if not len(p) == len(y) == len(w) or len(p) == 0:
        raise DataError(
            f"{name}: {len(p)} rows, {len(y)} outcomes, {len(w)} weights; expected one each per row"
        )
    if not np.isfinite(p).all():
        raise DataError(f"{name}, row {int(np.argmin(np.isfinite(p)))}: expected a number")
    if not np.isin(y, (0, 1)).all():
        raise DataError(f"outcome, row {int(np.argmin(np.isin(y, (0, 1))))}: expected 0 or 1")
    if not np.all(w >= 0) or w.sum() == 0:
        raise DataError("weights: expected numbers from 0, not all 0")
    return p, y, w, None if cluster is None else codes("cluster", cluster, len(p))[0]
