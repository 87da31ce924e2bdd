"""Small look-ups on panel rows: flags that may be unknown, quantiles that may be empty, segments."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

SEGMENTS = ("plan", "region", "company_size", "industry", "acquisition_channel", "billing_frequency")


def is_true(flags: pd.Series) -> pd.Series:
    """Where the flag is known and true."""
    return flags.dropna().astype(bool).reindex(flags.index, fill_value=False)


def is_false(flags: pd.Series) -> pd.Series:
    """Where the flag is known and false."""
    return (~flags.dropna().astype(bool)).reindex(flags.index, fill_value=False)


def numbers(values: pd.Series) -> np.ndarray:
    """The known values as floats."""
    given = pd.to_numeric(values, errors="coerce").to_numpy(dtype=float)
    return given[np.isfinite(given)]


def quantile(values: pd.Series, q: float) -> float:
    """A quantile of the known values, NaN without any."""
    given = numbers(values)
    return float(np.quantile(given, q)) if given.size else math.nan


def segments(rows: pd.DataFrame, fewest: int = 5, own: Sequence[str] = ()) -> list[str]:
    """The segment columns that split the rows: at least two values that hold `fewest` rows each; those of the
    company's own, `own`, first."""
    found = []
    for column in (*own, *SEGMENTS):
        if column in rows and (rows[column].value_counts() >= fewest).sum() >= 2:
            found.append(column)
    return found


def by_value(rows: pd.DataFrame, column: str, fewest: int) -> list[tuple[str, pd.DataFrame]]:
    """The groups of `fewest` rows or more by value, in the order a reader counts: 1-10, 11-50, 51-200."""
    groups = [(str(value), group) for value, group in rows.groupby(column) if len(group) >= fewest]
    return sorted(groups, key=lambda item: _natural(item[0]))


def _natural(text: str) -> list[tuple[bool, int, str]]:
    parts = re.findall(r"\d+|\D+", text)
    return [(not part.isdigit(), int(part) if part.isdigit() else 0, part) for part in parts]


def weighted_mean(values: pd.Series, weights: pd.Series) -> float:
    """Mean of the known values with weights, NaN without any."""
    given = pd.to_numeric(values, errors="coerce").to_numpy(dtype=float)
    weight = weights.to_numpy(dtype=float)
    keep = np.isfinite(given)
    total = weight[keep].sum()
    return float((given[keep] * weight[keep]).sum() / total) if total else math.nan
