"""p-values that stand beside others: Holm's step-down and Benjamini-Hochberg's false discovery rate.

R: `p.adjust(method="holm")`, `p.adjust(method="BH")`. A missing p-value stays missing and does not count.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .data import Floats
from .errors import DataError


def holm(p: ArrayLike) -> Floats:
    """p-values that hold the chance of any false alarm among all tests."""
    return _adjust(p, "holm")


def benjamini_hochberg(p: ArrayLike) -> Floats:
    """p-values that hold the expected share of false alarms among those called significant."""
    return _adjust(p, "fdr_bh")


def _adjust(p: ArrayLike, method: str) -> Floats:
    result = np.asarray(p, dtype=float).copy()
    known = ~np.isnan(result)
    if np.any((result[known] < 0) | (result[known] > 1)):
        raise DataError("p-values lie between 0 and 1")
    if known.any():
        from statsmodels.stats.multitest import multipletests  # a second that curves alone don't need

        result[known] = multipletests(result[known], method=method)[1]
    return result
