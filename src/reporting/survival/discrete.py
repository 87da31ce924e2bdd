"""Discrete-time hazard: the chance of leaving in the next period, from one row per subject and period.

    P(event in the period ending at t | still there) = 1 - exp(-exp(alpha(t) + x b))

a binomial GLM with complementary log-log link. It is the Cox model seen through grouped time, so exp(b) is
the same hazard ratio, and it gives probabilities. alpha is a step function or spline of time (`tenure`).
Standard errors are the sandwich over subjects. R: `glm(event ~ baseline + x, family = binomial("cloglog"))`
with `sandwich::vcovCL(type = "HC0", cadjust = FALSE)`.

Over m periods, the covariates as they are, P = 1 - exp(-Lambda) with Lambda = sum_j exp(alpha(t_j) + x b).
The interval
is symmetric for log Lambda: with z_j the full row of the design, its gradient is sum_j exp(.) z_j / Lambda
(delta method). Ahead of the longest time seen, alpha goes on as its shape says: a step stays level, a spline
straight.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import logsumexp

from .cloglog import fit_cloglog
from .data import Floats, design_matrix, numbers, survival_data
from .errors import DataError
from .inference import TestResult, coefficient_table, contributions, wald_test
from .intervals import critical_value
from .tenure import Baseline, spline


@dataclass(frozen=True)
class DiscreteHazard:
    """A fitted model.

    Attributes:
        names: covariates; the baseline's columns come before them in `coef_all` and `covariance_all`.
        coef_all, covariance_all: all parameters and their covariance, robust where clusters were given.
        baseline: shape over time.
        center: mean of each covariate over the rows, the default reference.
        period: length of a row.
        loglik: at the estimate.
        rows, events, clusters: what it was fitted on.
    """

    names: list[str]
    coef_all: Floats
    covariance_all: Floats
    baseline: Baseline
    center: Floats
    period: float
    level: float
    loglik: float
    rows: int
    events: int
    clusters: int | None

    @property
    def coef(self) -> Floats:
        """Log hazard ratios of the covariates."""
        return self.coef_all[-len(self.names) :]

    @property
    def covariance(self) -> Floats:
        """Covariance of `coef`."""
        return self.covariance_all[-len(self.names) :, -len(self.names) :]

    def table(self) -> pd.DataFrame:
        """Hazard ratios with intervals and p-values, see `coefficient_table`."""
        return coefficient_table(self.names, self.coef, self.covariance, self.level)

    def wald_test(self) -> TestResult:
        """All covariates nil."""
        return wald_test(self.coef, self.covariance)

    def predict(self, covariates: pd.DataFrame, start: ArrayLike, periods: int = 1) -> pd.DataFrame:
        """Probability of the event within the next periods.

        Args:
            covariates: a row to predict each; needs the model's columns.
            start: time (tenure) each row has reached.
            periods: how many ahead.

        Returns:
            By the index of `covariates`: probability, lower, upper, log_hazard (log Lambda) and its se.
        """
        if periods < 1:
            raise DataError(f"periods: {periods}; expected 1 or more")
        _, values = design_matrix(covariates[self.names])
        start = np.broadcast_to(numbers("start", start), len(values))
        ahead = range(1, periods + 1)
        designs = [np.hstack([self.baseline.columns(start + j * self.period), values]) for j in ahead]
        parts = np.array([design @ self.coef_all for design in designs])
        middle = logsumexp(parts, axis=0)
        gradient = sum(
            share[:, None] * design for share, design in zip(np.exp(parts - middle), designs, strict=True)
        )
        se = np.sqrt(np.einsum("ij,jk,ik->i", gradient, self.covariance_all, gradient))
        half = critical_value(self.level) * se
        with np.errstate(over="ignore"):
            lower, probability, upper = (-np.expm1(-np.exp(middle + shift)) for shift in (-half, 0, half))
        columns = {"probability": probability, "lower": lower, "upper": upper, "log_hazard": middle, "se": se}
        return pd.DataFrame(columns, index=covariates.index)

    def contributions(self, covariates: pd.DataFrame, reference: pd.Series | None = None) -> pd.DataFrame:
        """What each covariate adds to each row's log hazard against `reference` (default: the means).

        Sums to the row's linear predictor minus the reference's at the same tenure; exp of a part is the
        factor by which it raises the hazard.
        """
        _, values = design_matrix(covariates[self.names])
        against = self.center if reference is None else reference[self.names].to_numpy(dtype=float)
        return contributions(self.names, self.coef, values, against, covariates.index)


def discrete_hazard(
    covariates: pd.DataFrame,
    stop: ArrayLike,
    event: ArrayLike,
    *,
    start: ArrayLike,
    baseline: Baseline | None = None,
    cluster: ArrayLike | None = None,
    level: float = 0.95,
) -> DiscreteHazard:
    """Fit the model.

    Args:
        covariates: numeric columns, as known at the start of each row.
        stop, event, start: rows at risk, see `survival_data`; all rows of one length, the period.
        baseline: shape over time; default, a natural spline with four knots at quantiles of the event times.
        cluster: the subject of each row; with it standard errors are robust to what its rows share.
        level: of the intervals.

    Raises:
        DataError: a broken rule, no event, or rows of different length.
        CollinearError: a covariate is constant or a combination of others or of the baseline.
        NotIdentifiedError: a coefficient runs to infinity, as with a step of the baseline that has no event.
    """
    data = survival_data(stop, event, start=start, cluster=cluster)
    names, values = design_matrix(covariates, len(data))
    if not data.event.any():
        raise DataError("no events: there is nothing to fit")
    length = data.stop - data.start
    period = float(np.median(length))
    if not np.allclose(length, period, rtol=1e-6):
        row = int(np.argmax(np.abs(length - period)))
        raise DataError(
            f"row {row} is {length[row]:g} long, others {period:g}; expected a row per subject and period"
        )
    baseline = spline(data.stop, data.event) if baseline is None else baseline
    columns = baseline.columns(data.stop)
    # The baseline goes first, so that a covariate which repeats it is the one to be named.
    fit = fit_cloglog(
        data.event.astype(float),
        np.hstack([columns, values]),
        [*baseline.names, *names],
        cluster=data.cluster,
    )
    return DiscreteHazard(
        names=names,
        coef_all=fit.coef,
        covariance_all=fit.covariance,
        baseline=baseline,
        center=values.mean(axis=0),
        period=period,
        level=level,
        loglik=fit.loglik,
        rows=len(data),
        events=int(data.event.sum()),
        clusters=None if data.cluster is None else int(data.cluster.max()) + 1,
    )
