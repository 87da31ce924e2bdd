"""Rows at risk: what every estimator here takes, checked once.

A row says that a subject was under observation over `(start, stop]` and whether it had the event at `stop`. A
subject may have many rows (one a month, covariates as known at `start`) and may enter late (first `start`
above zero, left truncation). Counterpart in R: `Surv(start, stop, event)`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from .errors import DataError

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

_TIMES_OF_PANDAS = {"timedelta", "timedelta64", "datetime", "datetime64", "date", "time", "period"}
_TIE_TOLERANCE = float(np.sqrt(np.finfo(float).eps))


@dataclass(frozen=True)
class SurvivalData:
    """Checked rows at risk, arrays of one length.

    `cluster` and `strata` are codes from 0 (`None`: every row its own cluster; one stratum); `strata_labels`
    gives the meaning of each stratum code.
    """

    start: Floats
    stop: Floats
    event: NDArray[np.bool_]
    weights: Floats
    strata: Ints
    strata_labels: tuple[object, ...]
    cluster: Ints | None

    def __len__(self) -> int:
        return len(self.stop)


def survival_data(
    stop: ArrayLike,
    event: ArrayLike,
    *,
    start: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
) -> SurvivalData:
    """Check rows at risk and bring them into one form.

    Args:
        stop: end of each row, a number in any one unit of time (no `datetime` or `timedelta`, whose unit
            nobody chose).
        event: 1 or True where the event happened at `stop`, else 0.
        start: start of each row (default: minus infinity, at risk from the outset).
        weights: positive case weights.
        strata: label of the stratum of each row; risk sets never cross strata.
        cluster: label of what rows share errors, as a rule the subject.

    Times closer than 1.5e-8 of their mean size count as tied, as in R (`aeqSurv`): tenures reached by
    different arithmetic must not decide who was at risk.

    Raises:
        DataError: naming the first row that breaks a rule, counted from 0.
    """
    stop = numbers("stop", stop)
    n = len(stop)
    if n == 0:
        raise DataError("no rows: nothing was at risk")
    start_ = np.full(n, -np.inf) if start is None else numbers("start", start, n)
    event_ = numbers("event", event, n)
    _demand(np.isin(event_, (0, 1)), "event", event_, "0 or 1")
    weights_ = np.ones(n) if weights is None else numbers("weights", weights, n)
    _demand(weights_ > 0, "weights", weights_, "a positive number")
    start_, stop = _join_near_ties(start_, stop)
    _demand(start_ < stop, "stop", stop, "later than the row's start")
    strata_, labels = (np.zeros(n, np.intp), (None,)) if strata is None else codes("strata", strata, n)
    cluster_ = None if cluster is None else codes("cluster", cluster, n)[0]
    return SurvivalData(start_, stop, event_ == 1, weights_, strata_, tuple(labels), cluster_)


def codes(name: str, labels: ArrayLike, n: int) -> tuple[Ints, list[object]]:
    """Codes from 0 in sorted order of the labels, and the labels; a missing label is an error."""
    values = pd.Series(labels).reset_index(drop=True)
    if len(values) != n:
        raise DataError(f"{name}: {len(values)} values for {n} rows")
    if values.isna().any():
        raise DataError(f"{name}: row {int(values.isna().argmax())} is missing; every row needs a label")
    code, unique = pd.factorize(values, sort=True)
    return code.astype(np.intp), list(unique)


def design_matrix(covariates: pd.DataFrame, n: int | None = None) -> tuple[list[str], Floats]:
    """Names and values (rows x columns) of numeric covariates.

    Raises:
        DataError: naming the column that is not numeric, or the row and column of a missing or infinite
            value.
    """
    frame = pd.DataFrame(covariates)
    if n is not None and len(frame) != n:
        raise DataError(f"covariates: {len(frame)} rows, but {n} rows at risk")
    if frame.shape[1] == 0:
        raise DataError("no covariates: name at least one column")
    if not frame.columns.is_unique:
        raise DataError(f"covariate {frame.columns[frame.columns.duplicated()][0]!r} is there twice")
    for name, dtype in frame.dtypes.items():
        if not (pd.api.types.is_numeric_dtype(dtype) or pd.api.types.is_bool_dtype(dtype)):
            raise DataError(
                f"covariate {name!r} is {dtype}, not numeric; turn levels into columns (pandas.get_dummies)"
            )
    values = np.ascontiguousarray(frame.to_numpy(dtype=float, na_value=np.nan))
    bad = np.argwhere(~np.isfinite(values))
    if len(bad):
        row, column = bad[0]
        raise DataError(
            f"covariate {frame.columns[column]!r}, row {row}: {values[row, column]}; "
            "fill it, flag it in a column of its own, or leave the row out before fitting"
        )
    return [str(name) for name in frame.columns], values


def split_rows(frame: pd.DataFrame, cuts: ArrayLike, *, start: str, stop: str, event: str) -> pd.DataFrame:
    """Cut each row at the given times; the event stays with the last piece. R: `survSplit`.

    The index repeats the label of the row a piece came from.
    """
    cuts_ = np.unique(points("cuts", cuts))
    begin, end = numbers(start, frame[start]), numbers(stop, frame[stop])
    first = np.searchsorted(cuts_, begin, side="right")
    pieces = np.searchsorted(cuts_, end, side="left") - first + 1
    origin = np.repeat(np.arange(len(frame)), pieces)
    piece = np.arange(len(origin)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    edges = np.append(cuts_, np.inf)
    is_first, is_last = piece == 0, piece == pieces[origin] - 1
    result = frame.iloc[origin].copy()
    result[start] = np.where(is_first, begin[origin], edges[first[origin] + piece - 1])
    result[stop] = np.where(is_last, end[origin], edges[first[origin] + piece])
    result[event] = np.where(is_last, frame[event].to_numpy()[origin], 0)
    return result


def numbers(name: str, values: ArrayLike, n: int | None = None) -> Floats:
    """Finite numbers, one a row; anything else is an error that names the argument and the row."""
    result = _floats(name, values)
    if n is not None and len(result) != n:
        raise DataError(f"{name}: {len(result)} values for {n} rows")
    _demand(np.isfinite(result), name, result, "a finite number")
    return result


def points(name: str, values: ArrayLike) -> Floats:
    """Points in time at which something is asked; they may lie infinitely far away, but not be missing."""
    result = _floats(name, values)
    _demand(~np.isnan(result), name, result, "a number")
    return result


def _floats(name: str, values: ArrayLike) -> Floats:
    series = pd.Series(values)
    kind = pd.api.types.infer_dtype(series, skipna=True)
    if kind in _TIMES_OF_PANDAS:
        length = name if kind.startswith("timedelta") else f"({name} - origin)"
        raise DataError(
            f"{name}: {kind} values; expected numbers in one unit of time, the same for all arguments. For "
            f"days, give {length} / pd.Timedelta(days=1)"
        )
    try:
        return series.to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError):
        raise DataError(f"{name}: expected numbers, got {series.dtype}") from None


def _demand(good: NDArray[np.bool_], name: str, values: Floats, expected: str) -> None:
    if not good.all():
        row = int(np.argmin(good))
        place = name if len(values) == 1 else f"{name}, row {row}"
        raise DataError(f"{place}: {values[row]:g}; expected {expected}")


def _join_near_ties(start: Floats, stop: Floats) -> tuple[Floats, Floats]:
    both = np.concatenate([start[np.isfinite(start)], stop])
    times = np.unique(both)
    gap = np.diff(times)
    near = gap <= _TIE_TOLERANCE * max(1.0, float(np.abs(times).mean()))
    if not near.any():
        return start, stop
    cuts = times[np.concatenate([[True], ~near])]

    def snap(values: Floats) -> Floats:
        return cuts[np.maximum(np.searchsorted(cuts, values, side="right") - 1, 0)]

    return np.where(np.isfinite(start), snap(start), start), snap(stop)
