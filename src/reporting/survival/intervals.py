"""Pointwise confidence limits of a probability, by the name of the scale they are symmetric on."""

from __future__ import annotations

from typing import Literal

import numpy as np
from scipy.special import ndtri

from .data import Floats
from .errors import DataError

IntervalKind = Literal["log-log", "log", "plain"]


def critical_value(level: float) -> float:
    """Standard normal quantile of a two-sided interval; `level` strictly between 0 and 1."""
    if not 0 < level < 1:
        raise DataError(f"level: {level}; expected a share between 0 and 1, such as 0.95")
    return float(ndtri((1 + level) / 2))


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
