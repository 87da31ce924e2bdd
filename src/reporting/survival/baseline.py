"""What a fitted Cox model predicts: the baseline hazard and the survival of given covariates.

    H_0(t) = sum_{u <= t} sum_l w̄ / D_l                    (Efron's terms D_l; Breslow's where the model uses
    them) S(t | x) = exp(-H_0(t) e^{x b}) var H(t | x) = e^{2 x b} (sum_l w̄ / D_l^2 + q' V q)    q = sum_l
    (m_l - x) w̄ / D_l

R: `survfit(coxph fit, newdata=)`, with its default log interval. Past the last `stop` of a stratum nothing
was watched, and predictions there are NaN.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from .cox import CoxFit
from .data import Floats, design_matrix, points
from .errors import DataError
from .intervals import IntervalKind, confidence_limits


def baseline_hazard(fit: CoxFit) -> pd.DataFrame:
    """At each event time, hazard and cumulative hazard at the mean of the covariates.

    By time, or by (stratum, time) where the model has strata.
    """
    risk = fit.evaluation.likelihood.risk
    labels = fit.evaluation.likelihood.data.strata_labels
    table = pd.DataFrame({"time": risk.time, "hazard": fit.evaluation.hazard()[0]})
    table["cumulative_hazard"] = table["hazard"].groupby(risk.stratum).cumsum()
    if labels == (None,):
        return table.set_index("time")
    table["stratum"] = [labels[code] for code in risk.stratum]
    return table.set_index(["stratum", "time"])


def predict_survival(
    fit: CoxFit,
    covariates: pd.DataFrame,
    times: ArrayLike,
    *,
    stratum: object = None,
    interval: IntervalKind = "log",
) -> pd.DataFrame:
    """Survival of each row of covariates at each time, were they to stay as they are.

    Args:
        fit: the model.
        covariates: rows to predict; needs the model's columns.
        times: when.
        stratum: label of the stratum, where the model has strata.
        interval: scale of the limits.

    Returns:
        By (index of `covariates`, time): survival, se, lower, upper, cumulative_hazard; NaN past the end of
        the stratum's follow-up.
    """
    likelihood = fit.evaluation.likelihood
    labels = likelihood.data.strata_labels
    if stratum not in labels:
        raise DataError(f"stratum: {stratum!r}; expected one of {', '.join(map(repr, labels))}")
    _, values = design_matrix(covariates[fit.names])
    x = (values - fit.center) / fit.scale
    times = points("times", times)

    own = likelihood.data.strata == labels.index(stratum)
    watched = np.where(times <= likelihood.data.stop[own].max(), 1.0, np.nan)
    slots = likelihood.risk.stratum == labels.index(stratum)
    reached = np.searchsorted(likelihood.risk.time[slots], times, side="right")

    def until(per_slot: Floats) -> Floats:
        steps = np.cumsum(per_slot[slots], axis=0)
        return np.concatenate([np.zeros((1, *steps.shape[1:])), steps])[reached]

    hazard, variance, hazard_mean = (until(part) for part in fit.evaluation.hazard())
    covariance = fit.covariance * np.outer(fit.scale, fit.scale)
    with np.errstate(over="ignore", invalid="ignore"):
        drift = hazard_mean[None] - x[:, None, :] * hazard[None, :, None]
        spread = np.einsum("rtj,jk,rtk->rt", drift, covariance, drift)
        ratio = np.exp(x @ (fit.coef * fit.scale))[:, None]
        cumulative = hazard * ratio * watched
        survival = np.exp(-cumulative)
        se = survival * ratio * np.sqrt(variance + spread)
    lower, upper = confidence_limits(survival, se, fit.level, interval)
    index = pd.MultiIndex.from_product([covariates.index, times], names=[covariates.index.name, "time"])
    columns = {
        "survival": survival,
        "se": se,
        "lower": lower,
        "upper": upper,
        "cumulative_hazard": cumulative,
    }
    return pd.DataFrame({name: part.ravel() for name, part in columns.items()}, index=index)
