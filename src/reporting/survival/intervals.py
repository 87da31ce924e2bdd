"""Confidence limits of curves, by the name of the scale they are symmetric on, and of shares."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from .data import Floats
from .errors import DataError

IntervalKind = Literal["log-log", "log", "plain"]


def critical_value(level: float) -> float:
    """Standard normal quantile of a two-sided interval; `level` strictly between 0 and 1."""
    if not 0 < level < 1:
        raise DataError(f"level: {level}; expected a share between 0 and 1, such as 0.95")
    return float(ndtri((1 + level) / 2))


def wilson(share: ArrayLike, n: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """Limits of a share among `n`, NaN where n is 0 (Wilson 1927). R: `prop.test(correct = FALSE)`."""
    z2 = critical_value(level) ** 2
    share, n = np.asarray(share, dtype=float), np.asarray(n, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        middle = (share + z2 / (2 * n)) / (1 + z2 / n)
        half = np.sqrt(z2 * (share * (1 - share) / n + z2 / (4 * n**2))) / (1 + z2 / n)
    return np.maximum(middle - half, 0), np.minimum(middle + half, 1)


def confidence_limits(p: Floats, se: Floats, level: float, kind: IntervalKind) -> tuple[Floats, Floats]:
    """Lower and upper limits of probabilities `p` with standard errors `se`, NaN where the scale has no
    value.

    With s = se / p: `log-log` exp(-exp(log(-log p) -+ z s / log p)), `log` p exp(-+ z s), `plain` p -+ z se,
    cut at 0 and 1. R: `survfit(conf.type=)`; R's own default is `log`.
    """
    z = critical_value(level)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        if kind == "plain":
            return np.clip(p - z * se, 0, 1), np.clip(p + z * se, 0, 1)
        inside = np.where(p > 0, p, np.nan)
        s = se / inside
        if kind == "log":
            return inside * np.exp(-z * s), np.minimum(inside * np.exp(z * s), 1)
        if kind == "log-log":
            inside = np.where(p < 1, inside, np.nan)
            middle, half = np.log(-np.log(inside)), z * s / np.log(inside)
            return np.exp(-np.exp(middle - half)), np.exp(-np.exp(middle + half))
    raise DataError(f"interval: {kind!r}; expected 'log-log', 'log' or 'plain'")
