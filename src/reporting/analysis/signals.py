"""Does a figure move more than it usually does? Limits of a process behaviour chart (XmR).

Shewhart's three sigma for single values: mean +/- 2.66 x mean moving range, where 2.66 = 3 / 1.128 and 1.128
turns the mean range of two values into a standard deviation (Wheeler, *Understanding Variation*, 1993).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

WIDTH = 2.66
YEAR = 12
# With fewer earlier values, what is usual can't be told.
FEWEST = 6
# A figure that hardly ever moved has no usual variation either: one move of two has.
FEWEST_MOVES = 2

Moves = Literal["growth", "step", "level"]


@dataclass(frozen=True)
class Usual:
    """Where a month's value was to be expected.

    Attributes:
        lower: Lower limit of the value.
        upper: Upper limit of the value.
        beyond: By how much the value lies outside, in half-widths of the range: above is positive, 0.0 is
            inside, NaN where no range can be told.
    """

    lower: float
    upper: float
    beyond: float

    @property
    def known(self) -> bool:
        """Whether there is a range at all."""
        return math.isfinite(self.beyond)


UNKNOWN = Usual(math.nan, math.nan, math.nan)


def usual_range(history: Sequence[float], moves: Moves) -> Usual:
    """The range in which the last value was to be expected, from the twelve before it.

    Args:
        history: One value a month, oldest first; the last is the one that is judged and is not part of what
            is usual. NaN where a month has none.
        moves: What varies around a mean: the relative change on the month before (`growth`, for figures that
            grow), the change itself (`step`, for figures that carry the months before with them), or the
            `level` of the month.

    Returns:
        Limits of the value. `UNKNOWN` with fewer than `FEWEST` values before it, or if they hardly varied.
    """
    values = np.asarray(history, dtype=float)
    moved = _moved(values, moves)[-(YEAR + 1) :]
    if len(moved) == 0 or not math.isfinite(moved[-1]):
        return UNKNOWN
    before = moved[:-1][np.isfinite(moved[:-1])]
    ranges = np.abs(np.diff(before))
    if len(before) < FEWEST or np.count_nonzero(ranges > 1e-12) < FEWEST_MOVES:
        return UNKNOWN
    middle, half = float(before.mean()), WIDTH * float(ranges.mean())
    out = abs(moved[-1] - middle) - half
    beyond = math.copysign(out / half, moved[-1] - middle) if out > 1e-9 * half else 0.0
    limits = (middle - half, middle + half)
    if moves == "growth":
        limits = tuple(values[-2] * (1 + limit) for limit in limits)
    elif moves == "step":
        limits = tuple(values[-2] + limit for limit in limits)
    return Usual(float(limits[0]), float(limits[1]), beyond)


def _moved(values: np.ndarray, moves: Moves) -> np.ndarray:
    if moves == "level":
        return values
    steps = np.diff(values)
    if moves == "step":
        return steps
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(values[:-1] > 0, steps / values[:-1], math.nan)
