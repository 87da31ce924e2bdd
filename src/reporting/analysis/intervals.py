"""Estimates with their intervals: Wilson for shares, a seeded bootstrap over accounts for ratios."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from reporting.survival.estimate import UNKNOWN, Estimate
from reporting.survival.intervals import wilson

SEED = 20_240_229
LEVEL = 0.95


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


def difference(a: Estimate, b: Estimate) -> Estimate:
    """`a` less `b`, two independent estimates, with the interval that theirs give (MOVER).

    Zou and Donner 2008, Statistics in Medicine 27; for two shares with Wilson limits it is Newcombe's tenth
    method (1998). Its `n` is that of both.
    """
    step = a.value - b.value
    low = step - math.hypot(a.value - a.low, b.high - b.value)
    high = step + math.hypot(a.high - a.value, b.value - b.low)
    return Estimate(step, low, high, a.n + b.n)


def differ(a: Estimate, b: Estimate) -> bool:
    """Whether two independent estimates differ beyond chance: the interval of their difference leaves out 0.

    That two intervals overlap says less.
    """
    step = difference(a, b)
    return step.low > 0 or step.high < 0
