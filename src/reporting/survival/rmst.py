"""Restricted mean survival time: how long, on average, within the first `tau` units of time.

    RMST(tau) = integral of S over (0, tau)
    var = sum_{u <= tau} (integral of S over (u, tau))^2 d_u / (n_u (n_u - d_u))

or, with a robust curve, the sum of the squared integrals of each cluster's influence. R: `print(survfit(...),
rmean=tau)`; the difference between two independent groups is normal with the variances added
(`survRM2::rmst2`). R draws the curve on at its last value where `tau` is past the end of follow-up; here that
is refused, as nobody was watched there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from .curves import KaplanMeier
from .data import numbers
from .errors import DataError
from .intervals import critical_value


@dataclass(frozen=True)
class RMST:
    """A mean, or a difference of means, in the unit of time of the curve; `p` tests that it is nil."""

    estimate: float
    se: float
    tau: float
    level: float

    @property
    def lower(self) -> float:
        return self.estimate - critical_value(self.level) * self.se

    @property
    def upper(self) -> float:
        return self.estimate + critical_value(self.level) * self.se

    @property
    def p(self) -> float:
        return float(2 * ndtr(-abs(self.estimate) / self.se)) if self.se > 0 else float("nan")


def rmst(curve: KaplanMeier, tau: float) -> RMST:
    """Mean time up to `tau`, which must lie within the follow-up of the curve.

    Raises:
        DataError: `tau` is not a positive number, or lies past the end of follow-up while some are still
            there.
    """
    tau = float(numbers("tau", tau)[0])
    if not tau > 0:
        raise DataError(f"tau: {tau:g}; expected a positive time")
    table = curve.table
    if tau > curve.last_time and table["survival"].iloc[-1] > 0:
        raise DataError(
            f"tau: {tau:g} is past the end of follow-up ({curve.last_time:g}); choose an earlier time"
        )
    seen = table[table["time"] <= tau]
    survival = np.concatenate([[1.0], seen["survival"]])
    width = np.diff(np.concatenate([[0.0], seen["time"], [tau]]))
    area = survival * width
    if curve.influence is not None:
        variance = float(((curve.influence[:, : len(seen)] @ width[1:]) ** 2).sum())
    else:
        rest = np.cumsum(area[::-1])[::-1][1:]
        n, d = seen["at_risk"].to_numpy(), seen["events"].to_numpy()
        # Where everyone left at risk goes, nothing remains to the right: the term is nil, not infinite.
        greenwood = np.divide(d, n * (n - d), out=np.zeros(len(d)), where=n > d)
        variance = float(rest**2 @ greenwood)
    return RMST(float(area.sum()), float(np.sqrt(variance)), tau, curve.level)


def rmst_difference(curve: KaplanMeier, other: KaplanMeier, tau: float) -> RMST:
    """Mean time up to `tau` on `curve` minus that on `other`; the two must come from different subjects."""
    a, b = rmst(curve, tau), rmst(other, tau)
    return RMST(a.estimate - b.estimate, float(np.hypot(a.se, b.se)), tau, curve.level)
