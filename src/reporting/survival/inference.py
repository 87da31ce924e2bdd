"""What all fitted models report: coefficient tables, tests, robust errors, contributions to a prediction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import chdtrc, ndtr

from .data import Floats, Ints
from .errors import DataError
from .intervals import critical_value
from .multiple import benjamini_hochberg


@dataclass(frozen=True)
class TestResult:
    """A chi-square statistic, its degrees of freedom and its p-value."""

    __test__ = False  # not a test case, whatever pytest makes of the name

    statistic: float
    df: int

    @property
    def p(self) -> float:
        return float(chdtrc(self.df, self.statistic))


def coefficient_table(names: Sequence[str], coef: Floats, covariance: Floats, level: float) -> pd.DataFrame:
    """By term: coef, se, hazard_ratio, lower, upper (of the ratio), z, p, p_adjusted (Benjamini-Hochberg)."""
    se = np.sqrt(np.diag(covariance))
    half = critical_value(level) * se
    p = 2 * ndtr(-np.abs(coef / se))
    with np.errstate(over="ignore"):  # an interval without upper end is infinite
        ratio, lower, upper = np.exp(coef), np.exp(coef - half), np.exp(coef + half)
    return pd.DataFrame(
        {
            "coef": coef,
            "se": se,
            "hazard_ratio": ratio,
            "lower": lower,
            "upper": upper,
            "z": coef / se,
            "p": p,
            "p_adjusted": benjamini_hochberg(p),
        },
        index=pd.Index(names, name="term"),
    )


def wald_test(coef: Floats, covariance: Floats) -> TestResult:
    """All coefficients nil: b' V^-1 b; NaN where V is singular, as with few clusters."""
    if dependent_columns(covariance, 1e-12):
        return TestResult(float("nan"), len(coef))
    return TestResult(float(coef @ np.linalg.solve(covariance, coef)), len(coef))


def cluster_sums(scores: Floats, cluster: Ints | None) -> Floats:
    """Score contributions summed by cluster (clusters x columns); without clusters, the rows as they are."""
    if cluster is None:
        return scores
    # NumPy types `bincount` as whole numbers; with weights they are floats.
    sums = [np.bincount(cluster, weights=column) for column in scores.T]
    return np.column_stack(sums)  # ty: ignore[invalid-explicit-return]


def sandwich(scores: Floats, bread: Floats, cluster: Ints | None) -> Floats:
    """Robust covariance B (sum_c u_c u_c') B, no small-sample factor. R: `coxph(cluster=)`.

    Raises:
        DataError: no more clusters than coefficients; such a covariance is singular.
    """
    sums = cluster_sums(scores, cluster)
    if len(sums) <= scores.shape[1]:
        raise DataError(f"cluster: {len(sums)} can't carry robust errors of {scores.shape[1]} coefficients")
    influence = sums @ bread
    return influence.T @ influence


def contributions(
    names: Sequence[str], coef: Floats, values: Floats, reference: Floats, index: pd.Index
) -> pd.DataFrame:
    """What each covariate adds to the log hazard of each row against the reference: coef (x - reference)."""
    return pd.DataFrame((values - reference) * coef, index=index, columns=list(names))


def dependent_columns(information: Floats, tolerance: float = 1e-9) -> list[int]:
    """Columns of a positive semi-definite matrix that are combinations of those before (pivots of nil)."""
    rest = information.astype(float).copy()
    size = np.diag(information).copy()
    found = []
    for j in range(len(rest)):
        pivot = rest[j, j]
        if not pivot > tolerance * max(size[j], 1e-300):
            found.append(j)
            continue
        rest[j + 1 :, j + 1 :] -= np.outer(rest[j + 1 :, j], rest[j, j + 1 :]) / pivot
    return found
