"""Binary regression with complementary log-log link, P(y = 1) = 1 - exp(-h) with h = exp(z b).

    log L = sum w (y log(1 - e^-h) - (1 - y) h)
    score = sum w z (y o - (1 - y) h)                      with o = h / (e^h - 1)
    observed information = sum w z z' (y o (h + o - 1) + (1 - y) h)
    expected information = sum w z z' h o

The likelihood is concave, so Newton's steps with the observed information converge fast from anywhere; those
with the expected one (Fisher scoring) crawl when a row with an extreme covariate dominates. The covariance
comes from the expected information, as in R.

R: `glm(family = binomial("cloglog"))`. statsmodels' GLM gives the same estimates, but at perfect separation
returns numbers without a word, and takes several times as long on a large panel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .data import Floats, Ints
from .errors import CollinearError
from .inference import dependent_columns, sandwich
from .newton import maximise


@dataclass(frozen=True)
class CloglogFit:
    """Coefficients, their covariance (the sandwich, where clusters were given) and the log likelihood."""

    coef: Floats
    covariance: Floats
    loglik: float


def fit_cloglog(
    outcome: Floats,
    design: Floats,
    names: Sequence[str],
    *,
    cluster: Ints | None = None,
    weights: Floats | None = None,
) -> CloglogFit:
    """Fit by Newton's method.

    Args:
        outcome: 0 or 1 for each row.
        design: rows x columns, the constant among them.
        names: of the columns, for messages.
        cluster: codes from 0 of rows that share errors.
        weights: of the rows.

    Raises:
        CollinearError: a column is a combination of those before.
        NotIdentifiedError: a coefficient runs to infinity.
    """
    weights = np.ones(len(outcome)) if weights is None else weights
    scale = np.sqrt((design**2).mean(axis=0))
    scale = np.where(scale > 0, scale, 1.0)
    z = design / scale
    gram = z.T @ z
    if dependent := dependent_columns(gram, 1e-10):
        raise CollinearError([names[j] for j in dependent])
    rate = np.average(outcome, weights=weights)
    level = np.log(-np.log1p(-np.clip(rate, 1e-12, 1 - 1e-12)))
    first = np.linalg.solve(gram, z.sum(axis=0) * level)
    coef, best = maximise(lambda b: _Point(outcome, z, weights, z @ b), first, names)
    inverse = np.linalg.inv(best.expected_information())
    covariance = inverse
    if cluster is not None:
        # NumPy's `linalg.inv` forgets the width of its floats.
        covariance = sandwich(best.residual[:, None] * z, inverse, cluster)  # ty: ignore[invalid-argument-type]
    return CloglogFit(coef / scale, covariance / np.outer(scale, scale), best.loglik)


@dataclass(frozen=True)
class _Point:
    outcome: Floats
    z: Floats
    weights: Floats
    eta: Floats

    @cached_property
    def hazard(self) -> Floats:
        return np.exp(np.clip(self.eta, -700, 700))

    @cached_property
    def odds(self) -> Floats:
        """h / (e^h - 1), between 1 (rare) and 0."""
        with np.errstate(over="ignore"):
            return self.hazard / np.expm1(self.hazard)

    @cached_property
    def residual(self) -> Floats:
        """Derivative of each row's weighted log likelihood by its linear predictor."""
        return self.weights * (self.outcome * self.odds - (1 - self.outcome) * self.hazard)

    @cached_property
    def loglik(self) -> float:
        rows = np.where(self.outcome > 0, np.log(-np.expm1(-self.hazard)), -self.hazard)
        return float(self.weights @ rows)

    def score(self) -> Floats:
        return self.residual @ self.z

    def information(self) -> Floats:
        at_event = self.odds * np.maximum(self.hazard + self.odds - 1, 0)
        curvature = np.where(self.outcome > 0, at_event, self.hazard)
        return self._gram(curvature)

    def expected_information(self) -> Floats:
        return self._gram(self.hazard * self.odds)

    def _gram(self, curvature: Floats) -> Floats:
        return self.z.T @ (self.z * (self.weights * curvature)[:, None])
