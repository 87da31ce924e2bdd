"""Arithmetic on changes: what accounts contribute to the change of a figure made of other figures.

Every operation keeps the parts exact: by account they add up to the change of the result. With N0, N1 the
values of a figure in the two months and n, d the parts of two figures,

    sum: n + d     product: n D1 + N0 d     ratio: (n - (N0 / D0) d) / D1
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

NOBODY = pd.Series(dtype="float64")


@dataclass(frozen=True)
class Moved:
    """A figure in two months.

    Attributes:
        before: Its earlier value; NaN = not defined.
        after: Its later value.
        parts: Part of the change by account.
        base: Part of the earlier value by account.
    """

    before: float
    after: float
    parts: pd.Series
    base: pd.Series

    @property
    def defined(self) -> bool:
        """Whether it has a value in both months."""
        return bool(np.isfinite([self.before, self.after]).all())

    def __add__(self, other: Moved) -> Moved:
        return Moved(
            self.before + other.before,
            self.after + other.after,
            self.parts.add(other.parts, fill_value=0),
            self.base.add(other.base, fill_value=0),
        )

    def __sub__(self, other: Moved) -> Moved:
        return self + other * -1

    def __mul__(self, other: Moved | float) -> Moved:
        if not isinstance(other, Moved):
            return Moved(self.before * other, self.after * other, self.parts * other, self.base * other)
        return Moved(
            self.before * other.before,
            self.after * other.after,
            (self.parts * other.after).add(other.parts * self.before, fill_value=0),
            self.base * other.before,
        )

    __rmul__ = __mul__


def over(n: Moved, d: Moved | float | None) -> Moved:
    """A total if `d` is None, else the ratio; it is not defined over nothing."""
    if d is None:
        return n
    if not isinstance(d, Moved):
        return n * (1 / d)
    if not d.before or not d.after or not d.defined:
        return Moved(math.nan, math.nan, NOBODY, NOBODY)
    before = n.before / d.before
    parts = n.parts.sub(before * d.parts, fill_value=0) / d.after
    return Moved(before, n.after / d.after, parts, n.base / d.before)


def largest(figures: Sequence[Moved]) -> Moved:
    """The largest in each month; if that is another one, what lay between the two belongs to the change."""
    then = max(figures, key=lambda figure: figure.before)
    now = max(figures, key=lambda figure: figure.after)
    if not all(figure.defined for figure in figures):
        return Moved(math.nan, math.nan, NOBODY, NOBODY)
    if then is now:
        return now
    between = now.base.sub(then.base, fill_value=0)
    return Moved(then.before, now.after, now.parts.add(between, fill_value=0), then.base)
