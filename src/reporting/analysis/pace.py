"""The pace of MRR: growing faster, steadily or more slowly, plateauing or shrinking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from reporting.analysis.untold import Untold

SAME = 0.01
"""Quarter-on-quarter paces closer together than this are the same pace."""


@dataclass(frozen=True)
class Pace:
    """Growth of MRR over the last three months beside that over the three before.

    Attributes:
        now: Growth over the last three months, 0.05 for 5 %.
        before: Growth over the three months before them.
    """

    now: float
    before: float

    @property
    def kind(self) -> Literal["plateaus", "shrinks", "faster", "slower", "steadily"]:
        """What the two say together."""
        if abs(self.now) < SAME:
            return "plateaus"
        if self.now < 0:
            return "shrinks"
        if self.now > self.before + SAME:
            return "faster"
        return "slower" if self.now < self.before - SAME else "steadily"


def pace(mrr: pd.Series) -> Pace | Untold:
    """The pace at the last close.

    Args:
        mrr: MRR at each close, oldest first.

    Returns:
        `too_few_months` with fewer than seven closes, or none paid at the start of either quarter.
    """
    if len(mrr) < 7 or mrr.iloc[-4] <= 0 or mrr.iloc[-7] <= 0:
        return Untold("too_few_months")
    return Pace(float(mrr.iloc[-1] / mrr.iloc[-4] - 1), float(mrr.iloc[-4] / mrr.iloc[-7] - 1))
