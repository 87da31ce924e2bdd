"""Cox's proportional hazards model on start-stop rows.

    hazard(t | x) = hazard_0(t) exp(x b)    within each stratum

fitted by Newton's method on the partial likelihood (`partial`). R: `coxph(Surv(start, stop, event) ~ x +
strata(s), weights=, cluster=, ties=)`. A row enters the risk set after its `start`, never at it: with monthly
rows the difference biases every coefficient.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from .data import Floats, SurvivalData, design_matrix, survival_data
from .errors import CollinearError, DataError
from .inference import (
    TestResult,
    coefficient_table,
    contributions,
    dependent_columns,
    sandwich,
    wald_test,
)
from .newton import maximise
from .partial import Evaluation, PartialLikelihood

Ties = Literal["efron", "breslow"]


@dataclass(frozen=True)
class CoxFit:
    """A fitted model.

    Attributes:
        names: covariates, in the order of every array here.
        coef: log hazard ratios.
        covariance: of `coef`; robust where clusters were given, else the inverse information
            (`model_covariance`).
        loglik_null, loglik: at nil and at `coef`.
        score_statistic: of all coefficients nil.
        center: mean of each covariate over the rows, the default reference of predictions.
        rows, events, clusters: what it was fitted on; `clusters` is None without clusters.
    """

    names: list[str]
    coef: Floats
    covariance: Floats
    model_covariance: Floats
    loglik_null: float
    loglik: float
    score_statistic: float
    center: Floats
    level: float
    ties: Ties
    rows: int
    events: int
    clusters: int | None
    evaluation: Evaluation = field(repr=False)
    scale: Floats = field(repr=False)

    def table(self) -> pd.DataFrame:
        """Hazard ratios with intervals and p-values, see `coefficient_table`."""
        return coefficient_table(self.names, self.coef, self.covariance, self.level)

    def likelihood_ratio_test(self) -> TestResult:
        """All coefficients nil: 2 (log L - log L_0). Takes rows as independent, clusters or not."""
        return TestResult(2 * (self.loglik - self.loglik_null), len(self.coef))

    def wald_test(self) -> TestResult:
        """All coefficients nil, with the covariance that `table` uses."""
        return wald_test(self.coef, self.covariance)

    def score_test(self) -> TestResult:
        """All coefficients nil: U' I^-1 U at nil; for groups without ties, the log-rank."""
        return TestResult(self.score_statistic, len(self.coef))

    def contributions(self, covariates: pd.DataFrame, reference: pd.Series | None = None) -> pd.DataFrame:
        """What each covariate adds to each row's log hazard against `reference` (default: the means)."""
        names, values = design_matrix(covariates[self.names])
        against = self.center if reference is None else reference[self.names].to_numpy(dtype=float)
        return contributions(names, self.coef, values, against, covariates.index)


def cox(
    covariates: pd.DataFrame,
    stop: ArrayLike,
    event: ArrayLike,
    *,
    start: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    ties: Ties = "efron",
    level: float = 0.95,
) -> CoxFit:
    """Fit the model.

    Args:
        covariates: numeric columns, as known at the start of each row.
        stop, event, start, strata, weights, cluster: rows at risk, see `survival_data`. With `cluster` (the
            subject) standard errors come from the sandwich of the score residuals.
        ties: Efron's or Breslow's handling of tied events.
        level: of the intervals.

    Raises:
        DataError: a row or column breaks a rule, or there is no event.
        CollinearError: a covariate is constant or a combination of others.
        NotIdentifiedError: a coefficient runs to infinity.
    """
    if ties not in ("efron", "breslow"):
        raise DataError(f"ties: {ties!r}; expected 'efron' or 'breslow'")
    data = survival_data(stop, event, start=start, weights=weights, strata=strata, cluster=cluster)
    names, values = design_matrix(covariates, len(data))
    if not data.event.any():
        raise DataError("no events: there is nothing to fit")
    center, scale = _center_and_scale(names, values)
    likelihood = PartialLikelihood(data, (values - center) / scale, efron=ties == "efron")
    null = likelihood.at(np.zeros(len(names)))
    information = null.information()
    if dependent := dependent_columns(information):
        raise CollinearError([names[j] for j in dependent])
    score = null.score()
    coef, best = maximise(likelihood.at, np.zeros(len(names)), names)
    inverse, robust = _covariances(best, data)
    unscale = np.outer(1 / scale, 1 / scale)
    return CoxFit(
        names=names,
        coef=coef / scale,
        covariance=robust * unscale,
        model_covariance=inverse * unscale,
        loglik_null=null.loglik,
        loglik=best.loglik,
        score_statistic=float(score @ np.linalg.solve(information, score)),
        center=center,
        level=level,
        ties=ties,
        rows=len(data),
        events=int(data.event.sum()),
        clusters=None if data.cluster is None else int(data.cluster.max()) + 1,
        evaluation=best,
        scale=scale,
    )


def _center_and_scale(names: list[str], values: Floats) -> tuple[Floats, Floats]:
    """Mean and standard deviation of each covariate; one that doesn't vary has no coefficient."""
    center, scale = values.mean(axis=0), values.std(axis=0)
    constant = scale <= 1e-12 * np.abs(center)
    if constant.any():
        raise CollinearError([names[j] for j in np.flatnonzero(constant)])
    return center, scale


def _covariances(best: Evaluation, data: SurvivalData) -> tuple[Floats, Floats]:
    """The inverse information, and what subjects with several rows ask for: the same without clusters."""
    inverse: Floats = np.linalg.inv(best.information()).astype(np.float64, copy=False)
    if data.cluster is None:
        return inverse, inverse
    return inverse, sandwich(best.score_residuals() * data.weights[:, None], inverse, data.cluster)
