"""Shapes of a baseline hazard over time: the columns that a discrete-time model gets for it.

Each shape has `names` and `columns(time)`, which includes the constant.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from .data import Floats, numbers
from .errors import DataError


class Baseline(Protocol):
    """A shape of log hazard over time."""

    @property
    def names(self) -> list[str]: ...

    def columns(self, time: Floats) -> Floats: ...


@dataclass(frozen=True)
class Steps:
    """Constant between cuts: (-inf, c_1], (c_1, c_2], ... (c_m, inf). R: `cut(time, breaks)`."""

    cuts: tuple[float, ...]

    @property
    def names(self) -> list[str]:
        edges = ["", *(f"{cut:g}" for cut in self.cuts), ""]
        return [f"baseline ({a or '-inf'}, {b or 'inf'}]" for a, b in pairwise(edges)]

    def columns(self, time: Floats) -> Floats:
        return np.eye(len(self.cuts) + 1)[np.searchsorted(self.cuts, time, side="left")]


@dataclass(frozen=True)
class Spline:
    """Natural cubic spline: smooth, a straight line outside the outer knots.

    With knots k_1 < .. < k_m, the constant, t, and for j <= m - 2 (Harrell's restricted cubic spline)

        (t - k_j)+^3 - (t - k_{m-1})+^3 (k_m - k_j) / (k_m - k_{m-1}) + (t - k_m)+^3 (k_{m-1} - k_j) / (k_m -
        k_{m-1})

    over (k_m - k_1)^2. Spans the space of R's `splines::ns` with the same knots. One knot or none: a straight
    line.
    """

    knots: tuple[float, ...]

    @property
    def names(self) -> list[str]:
        return [f"baseline {j}" for j in range(max(len(self.knots), 2))]

    def columns(self, time: Floats) -> Floats:
        time = np.asarray(time, dtype=float)
        parts = [np.ones_like(time), time]
        if len(self.knots) > 2:
            *inner, before, last = self.knots

            def cubed(knot: float) -> Floats:
                return np.maximum(time - knot, 0) ** 3

            for knot in inner:
                weight = (last - knot) / (last - before)
                cubic = cubed(knot) - cubed(before) * weight + cubed(last) * (weight - 1)
                parts.append(cubic / (last - self.knots[0]) ** 2)
        return np.column_stack(parts)


def steps(stop: ArrayLike, event: ArrayLike, count: int) -> Steps:
    """At most `count` steps with about as many events in each."""
    return Steps(_event_quantiles(stop, event, np.arange(1, count) / count))


def spline(stop: ArrayLike, event: ArrayLike, knots: int = 4) -> Spline:
    """Knots at event times, spread as Harrell advises: the outer ones at the 5th and 95th percentile."""
    return Spline(_event_quantiles(stop, event, np.linspace(0.05, 0.95, knots)))


def _event_quantiles(stop: ArrayLike, event: ArrayLike, shares: Floats) -> tuple[float, ...]:
    times = numbers("stop", stop)[numbers("event", event) == 1]
    if len(times) == 0:
        raise DataError("no events: there is no baseline to shape")
    return tuple(float(t) for t in np.unique(np.quantile(times, shares, method="lower")))
