"""Where is the threshold, and is it more than luck? Maximally selected log-rank statistics.

With log-rank scores a_i = event_i - (H(stop_i) - H(start_i)), H the Nelson-Aalen estimate, the sum of a over
those below a cut is observed minus expected events of the log-rank test. For m of n subjects below the cut

    Z = (sum a - m mean(a)) / sqrt(m (n - m) / (n (n - 1)) sum (a - mean(a))^2)

The statistic is the largest |Z| over the cuts between two percentiles. Looking at many cuts makes a large |Z|
likely by luck alone; permuting the values among the subjects shows how large. Lausen and Schumacher 1992,
Biometrics 48.
R: `maxstat::maxstat.test(smethod="LogRank", pmethod="condMC")`.

A value that grows while subjects are watched (events in the first weeks) must be taken at a landmark, and
only subjects still there at the landmark enter, from there on. A threshold found here needs confirming on
subjects not used to find it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from .data import Floats, Ints, SurvivalData, numbers, survival_data
from .errors import DataError
from .riskset import RiskSets

_BLOCK = 2_000_000  # permuted scores held at once


@dataclass(frozen=True)
class Threshold:
    """The best cut.

    Attributes:
        cut: subjects split into `value <= cut` and `value > cut`.
        statistic: |Z| at the cut.
        p: share of permutations that do as well anywhere, this one counted among them.
        above_lasts_longer: whether those above the cut have fewer events than expected.
        path: by cut tried: below (subjects), z (positive: those above last longer).
        permutations: how many.
    """

    cut: float
    statistic: float
    p: float
    above_lasts_longer: bool
    path: pd.DataFrame
    permutations: int


def best_threshold(
    value: ArrayLike,
    stop: ArrayLike,
    event: ArrayLike,
    *,
    start: ArrayLike | None = None,
    quantiles: tuple[float, float] = (0.1, 0.9),
    permutations: int = 9999,
    seed: int = 0,
) -> Threshold:
    """Search for the cut that separates survival best.

    Args:
        value: what might have a threshold, one number per subject (one row per subject).
        stop, event, start: see `survival_data`. Late entry must not depend on the value, or the permutations
            lie.
        quantiles: smallest and largest share of subjects below a cut.
        permutations: more make `p` finer; its smallest value is 1 / (permutations + 1).
        seed: of the permutations; the same seed gives the same p.

    Raises:
        DataError: a broken rule, no event, or no cut that leaves enough subjects on both sides.
    """
    data = survival_data(stop, event, start=start)
    value = numbers("value", value, len(data))
    if not data.event.any():
        raise DataError("no events: there is nothing to separate")
    order = np.argsort(value, kind="stable")
    cuts, below = _cuts(value[order], quantiles)

    n, scores = len(data), logrank_scores(data)
    scores = scores - scores.mean()
    deviation = np.sqrt(below * (n - below) / (n * (n - 1)) * (scores**2).sum())
    if not deviation.all():
        raise DataError("value: all subjects have the same log-rank score; there is nothing to separate")
    z = np.cumsum(scores[order])[below - 1] / deviation
    best = int(np.argmax(np.abs(z)))
    reached = 0
    for shuffled in _shuffled(scores, permutations, seed):
        largest = np.abs(np.cumsum(shuffled, axis=1)[:, below - 1] / deviation).max(axis=1)
        reached += int((largest >= abs(z[best]) * (1 - 1e-12)).sum())
    return Threshold(
        cut=float(cuts[best]),
        statistic=float(abs(z[best])),
        p=(reached + 1) / (permutations + 1),
        above_lasts_longer=bool(z[best] > 0),
        path=pd.DataFrame({"below": below, "z": z}, index=pd.Index(cuts, name="cut")),
        permutations=permutations,
    )


def _cuts(ascending: Floats, quantiles: tuple[float, float]) -> tuple[Floats, Ints]:
    """Values to cut at, and how many subjects each leaves below it or at it."""
    n, (low, high) = len(ascending), quantiles
    cuts, last = np.unique(ascending[::-1], return_index=True)
    below = n - last
    tried = (below >= low * n) & (below <= high * n) & (below < n)
    if not tried.any():
        raise DataError(f"value: no cut leaves between {low:.0%} and {high:.0%} of the subjects below it")
    return cuts[tried], below[tried]


def _shuffled(scores: Floats, permutations: int, seed: int) -> Iterator[Floats]:
    """The scores in other orders, as many rows at a time as memory should hold."""
    rng, n, left = np.random.default_rng(seed), len(scores), permutations
    while left:
        count = min(left, max(1, _BLOCK // n))
        yield rng.permuted(np.broadcast_to(scores, (count, n)), axis=1)
        left -= count


def logrank_scores(data: SurvivalData) -> Floats:
    """Martingale residuals without covariates. R: `residuals(coxph(y ~ 1, ties = "breslow"))`."""
    risk = RiskSets.at_events(data)
    events = risk.count(np.flatnonzero(data.event), None)
    return data.event - risk.spread(events / risk.total(np.ones(len(data))))
