"""A number with its interval: what every estimate here is told as."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Estimate:
    """A number estimated from `n` cases, with its interval; value and bounds are NaN where n is 0.

    Attributes:
        value: The estimate.
        low: Lower end of the interval, NaN where it has none; `high` likewise.
        n: Cases it is estimated from.
        se: Standard error, NaN where the interval isn't made from one.
    """

    value: float
    low: float
    high: float
    n: int
    se: float = math.nan

    @property
    def known(self) -> bool:
        """Whether there was anything to estimate from."""
        return self.n > 0 and math.isfinite(self.value)


UNKNOWN = Estimate(math.nan, math.nan, math.nan, 0)
