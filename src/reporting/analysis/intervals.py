"""Estimates with their intervals: Wilson for shares, a seeded bootstrap over accounts for ratios."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import ndtri

from reporting.survival.intervals import wilson

SEED = 20_240_229
LEVEL = 0.95


@dataclass(frozen=True)
class Estimate:
    """A number estimated from `n` accounts, with a 95 % interval; all three are NaN when n is 0."""

    value: float
    low: float
    high: float
    n: int

    @property
    def known(self) -> bool:
        """Whether there was anything to estimate from."""
        return self.n > 0 and math.isfinite(self.value)


UNKNOWN = Estimate(math.nan, math.nan, math.nan, 0)


def share(hits: float, n: int, level: float = LEVEL) -> Estimate:
    """A share with its Wilson score interval.

    Args:
        hits: How many of the `n` have the property.
        n: How many were looked at; with 0 the estimate is unknown.
        level: Coverage of the interval.
    """
    if n <= 0:
        return UNKNOWN
    low, high = wilson(hits / n, n, level)
    return Estimate(hits / n, float(low), float(high), int(n))


def ratio(numerator: ArrayLike, denominator: ArrayLike, draws: int = 1000, level: float = LEVEL) -> Estimate:
    """A ratio of two sums over accounts, with a percentile interval from resampling whole accounts.

    The seed is fixed, so the same accounts give the same interval on any machine. With fewer than two
    accounts the interval is unknown (NaN) and only the value stands.
    """
    top, bottom = np.asarray(numerator, dtype=float), np.asarray(denominator, dtype=float)
    n = len(bottom)
    if n == 0 or bottom.sum() <= 0:
        return UNKNOWN
    value = float(top.sum() / bottom.sum())
    if n < 2:
        return Estimate(value, math.nan, math.nan, n)
    # Multinomial counts are the resampled accounts, at n x draws cells without n x draws look-ups.
    weights = np.random.default_rng(SEED).multinomial(n, np.full(n, 1 / n), size=draws)
    below = weights @ bottom
    drawn = (weights @ top)[below > 0] / below[below > 0]
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return Estimate(value, float(low), float(high), n)


def mean(values: ArrayLike, draws: int = 1000, level: float = LEVEL) -> Estimate:
    """A mean over accounts with its bootstrap interval; missing values are left out and not in n."""
    given = np.asarray(values, dtype=float)
    given = given[np.isfinite(given)]
    return ratio(given, np.ones_like(given), draws, level)


def differ(a: Estimate, b: Estimate) -> bool:
    """Whether two independent estimates differ beyond chance: the interval of their difference leaves out 0.

    That interval is had from those of both (MOVER; Zou and Donner 2008, Statistics in Medicine 27); for two
    shares with Wilson limits it is Newcombe's tenth method (1998). That two intervals overlap says less.
    """
    more, less = (a, b) if a.value >= b.value else (b, a)
    step = more.value - less.value
    return step > math.hypot(more.value - more.low, less.high - less.value)


def auc(score: ArrayLike, event: ArrayLike) -> Estimate:
    """Chance that an account with the event has the higher score, with the Hanley-McNeil (1982) interval.

    Ties count one half. Unknown when every account, or none, had the event.
    """
    score, event = np.asarray(score, dtype=float), np.asarray(event, dtype=bool)
    keep = np.isfinite(score)
    score, event = score[keep], event[keep]
    hits, misses = int(event.sum()), int((~event).sum())
    if not hits or not misses:
        return UNKNOWN
    area = (pd.Series(score).rank().to_numpy()[event].sum() - hits * (hits + 1) / 2) / (hits * misses)
    q1, q2 = area / (2 - area), 2 * area * area / (1 + area)
    variance = (area * (1 - area) + (hits - 1) * (q1 - area**2) + (misses - 1) * (q2 - area**2)) / (
        hits * misses
    )
    half = float(ndtri(0.5 + LEVEL / 2)) * math.sqrt(max(variance, 0.0))
    return Estimate(float(area), max(0.0, area - half), min(1.0, area + half), len(score))
