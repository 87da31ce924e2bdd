"""Competing events: the share that has left for each reason (Aalen-Johansen).

    F_k(t) = sum_{u <= t} S(u-) d_ku / n_u        S(u) = prod (1 - sum_k d_ku / n_u)

with standard errors from the infinitesimal jackknife over subjects (`influence`) and late entry by the risk
sets.
R: `survfit(Surv(start, stop, factor(cause)) ~ 1, id=)`.

To model one cause, fit `cox` or `discrete_hazard` with that cause as the event and the others as censoring: a
cause-specific hazard. Fine and Gray's subdistribution hazard is left out on purpose. It keeps those who left
for another reason in the risk set for ever, so a covariate that changes with time would need values after its
subject is gone; none exist for behaviour observed month by month (Latouche, Porcher and Chevret 2005, "A note
on including time-dependent covariates in regression model for competing risks data", Biometrical Journal 47).
Its coefficients also have no reading as a rate among those still there, which is what a reader takes a hazard
ratio to be.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from .data import codes, points, survival_data
from .errors import DataError
from .influence import incidence_influence
from .intervals import IntervalKind, confidence_limits
from .riskset import RiskSets


@dataclass(frozen=True)
class CumulativeIncidence:
    """Fitted incidences.

    Attributes:
        causes: labels, in sorted order.
        table: by (cause, time), each distinct `stop`: at_risk, events, incidence, se, lower, upper; limits
            are NaN before the first event of the cause.
        level, interval: confidence level and scale of the limits.
    """

    causes: list[object]
    table: pd.DataFrame
    level: float
    interval: IntervalKind

    def at(self, times: ArrayLike) -> pd.DataFrame:
        """Incidence, se, limits by (cause, time); NaN past the end of follow-up.

        Where everybody at risk has left for one cause or another, the incidences are final and hold beyond.
        """
        times = points("times", times)
        left = self.table["events"].groupby(level="time").sum()
        final = np.isclose(left, self.table.loc[self.causes[0], "at_risk"], rtol=1e-9).any()
        parts = {}
        for cause in self.causes:
            part = self.table.loc[cause, ["incidence", "se", "lower", "upper"]]
            steps = np.vstack([[0.0, 0.0, np.nan, np.nan], part.to_numpy()])
            values = steps[np.searchsorted(part.index, times, side="right")]
            if not final:
                values[times > part.index[-1]] = np.nan
            parts[cause] = pd.DataFrame(values, index=pd.Index(times, name="time"), columns=part.columns)
        return pd.concat(parts, names=["cause"])


def aalen_johansen(
    stop: ArrayLike,
    cause: ArrayLike,
    *,
    start: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    censored: object = None,
    level: float = 0.95,
    interval: IntervalKind = "log-log",
) -> CumulativeIncidence:
    """Cumulative incidence of each cause.

    Args:
        stop, start, weights: rows at risk, see `survival_data`.
        cause: label of what happened at `stop`. Where nothing did it is missing (None, NaN) or, among
            numbers, 0; or else `censored`.
        cluster: the subject, where it has more than one row (default: every row its own).
        censored: the label that means "nothing happened", where it is another. Needed among text labels none
            of which is missing: a "none" must not be counted as one more cause.
        level, interval: of the limits. On the log-log scale of the incidence itself, which keeps them within
            0 and 1.

    Raises:
        DataError: a broken rule, no event of any cause, or causes that leave open which rows are censored.
    """
    labels = pd.Series(cause, dtype=object).reset_index(drop=True)
    happened = _happened(labels, censored)
    if not happened.any():
        raise DataError("no events: every row is censored")
    data = survival_data(stop, happened, start=start, weights=weights, cluster=cluster)
    code, names = codes("cause", labels[happened], int(happened.sum()))
    which = np.full(len(data), -1)
    which[happened] = code

    risk = RiskSets.at_stops(data)
    at_risk = risk.total(data.weights)
    rows = [np.flatnonzero(which == k) for k in range(len(names))]
    events = np.array([risk.count(r, data.weights[r]) for r in rows])
    hazard = events / at_risk
    before = np.concatenate([[1.0], np.cumprod(1 - hazard.sum(axis=0))[:-1]])
    incidence = np.cumsum(before * hazard, axis=1)
    influence = incidence_influence(data, risk, which, len(names))
    se = np.sqrt((influence**2).sum(axis=1))
    tables = {}
    for k, name in enumerate(names):
        lower, upper = confidence_limits(incidence[k], se[k], level, interval)
        columns = {"at_risk": at_risk, "events": events[k], "incidence": incidence[k], "se": se[k]}
        tables[name] = pd.DataFrame({**columns, "lower": lower, "upper": upper}, index=risk.time)
    return CumulativeIncidence(names, pd.concat(tables, names=["cause", "time"]), level, interval)


def _happened(labels: pd.Series, censored: object) -> NDArray[np.bool_]:
    """Whether each row has a cause; refuses labels that leave it open."""
    missing = labels.isna().to_numpy()
    present = labels[~missing]
    row = int(missing.argmax())
    if present.empty:
        return ~missing
    if censored is not None:
        if missing.any():
            raise DataError(
                f"cause, row {row}: missing; write {censored!r}, the label given for censored rows"
            )
        if not any(_is_number(label) == _is_number(censored) for label in present):
            raise DataError(
                f"censored: {censored!r} can't be among causes such as {present.iloc[0]!r}; give the label "
                "that means that nothing happened"
            )
        return (labels != censored).to_numpy()
    if all(_is_number(label) for label in present):
        nil = (labels == 0).to_numpy()
        if nil.any() and missing.any():
            raise DataError(
                f"cause, row {row}: missing, while row {int(nil.argmax())} is 0; both would mean censored. "
                "Write 0 in both, or leave both missing"
            )
        return ~(missing | nil)
    if not missing.any():
        names = ", ".join(sorted({repr(label) for label in present}))
        raise DataError(
            f"cause: which of {names} means that nothing happened? Name it, as in censored='none', or leave "
            "the cause of censored rows missing (None)"
        )
    return ~missing


def _is_number(label: object) -> bool:
    return isinstance(label, int | float | np.number | np.bool_)
