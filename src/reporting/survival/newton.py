"""Maximum likelihood by Newton's method, for concave log likelihoods that may have no finite maximum."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

import numpy as np

from .data import Floats
from .errors import NotIdentifiedError
from .inference import dependent_columns

_SMALL = 1e-7  # a step so short that the next would not matter
_FLAT = 1e-11  # relative change of the log likelihood
_UNABATED = 0.7  # ratio of a step to the one before; on the way to a maximum it is far lower
_MOST_STEPS = 60


class Point(Protocol):
    """A log likelihood at given coefficients."""

    @property
    def loglik(self) -> float: ...

    def score(self) -> Floats: ...

    def information(self) -> Floats: ...


P = TypeVar("P", bound=Point)


def maximise(at: Callable[[Floats], P], coef: Floats, names: Sequence[str]) -> tuple[Floats, P]:
    """Coefficients at the maximum, and the likelihood there.

    Covariates should be scaled to a spread near one. Steps are halved while they make things worse. Where the
    data separate, the likelihood flattens out while a coefficient walks on, a step of about one at a time.

    Raises:
        NotIdentifiedError: naming the coefficients that walk on.
    """
    here, before = at(coef), np.inf
    for _ in range(_MOST_STEPS):
        information = here.information()
        if lost := dependent_columns(information, 1e-14):
            raise NotIdentifiedError([names[j] for j in lost])
        step = np.linalg.solve(information, here.score())
        there = at(coef + step)
        while not there.loglik >= here.loglik - 1e-9 * abs(here.loglik):
            step = step / 2
            there = at(coef + step)
        flat = abs(there.loglik - here.loglik) <= _FLAT * max(abs(there.loglik), 1.0)
        coef, here = coef + step, there
        length = np.abs(step) / np.maximum(1, np.abs(coef))
        if length.max() <= _SMALL:
            return coef, here
        if flat and length.max() > _UNABATED * before:
            break
        before = length.max()
    raise NotIdentifiedError([names[j] for j in np.flatnonzero(length > 1e-3 * length.max())])
