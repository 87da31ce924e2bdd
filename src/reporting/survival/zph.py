"""Does the effect of a covariate hold over time? The score test of proportional hazards, and what to show if
not.

Each covariate x gets a companion x g(t). With b at its estimate and the companions' coefficients at nil, the
score of the companions is U_2 = sum over events of g (x - mean of x at risk), the information of both

    [ sum V    sum g V  ]
    [ sum g V  sum g^2 V ]        V: information of one slot

and the statistic of a term is (0, U_2)' information^-1 (0, U_2). g is centred on its mean over the events; by
default it is 1 - S(t-), Kaplan-Meier's. R: `cox.zph(fit, transform="km")` since survival 3.0 (Grambsch and
Therneau 1994, made exact).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import chdtrc

from .cox import CoxFit, cox
from .curves import kaplan_meier
from .data import Floats, SurvivalData, points, split_rows, survival_data
from .errors import DataError
from .inference import dependent_columns

Transform = Literal["km", "rank", "identity", "log"]


@dataclass(frozen=True)
class ProportionalHazards:
    """The test's outcome.

    Attributes:
        table: by term, and "global": statistic, df, p; NaN where the events leave the change over time open.
        residuals: a row for each event: time, g, and each covariate's scaled Schoenfeld residual plus
            coefficient, whose smooth over time estimates the coefficient as it changes.
        transform: name of g.
    """

    table: pd.DataFrame
    residuals: pd.DataFrame
    transform: Transform


def proportional_hazards_test(
    fit: CoxFit, transform: Transform = "km", terms: Mapping[str, Sequence[str]] | None = None
) -> ProportionalHazards:
    """Test each term and all together.

    Args:
        fit: a Cox model.
        transform: the function of time that an effect might follow.
        terms: columns that belong together (the levels of one factor); default, each column by itself.
    """
    terms = {name: [name] for name in fit.names} if terms is None else terms
    here, own = fit.evaluation, fit.evaluation.likelihood
    g_rows = _transformed(own.data, transform)
    g_rows = g_rows - g_rows[own.data.event].mean()
    events = own.rows[own.events]
    g = np.zeros(len(own.risk))
    g[own.slot] = g_rows[events]
    score = here.score(g)
    plain, cross, square = (here.information(times) for times in (None, g, g**2))
    information = np.block([[plain, cross], [cross, square]])

    size = len(fit.names)
    rows = {}
    for label, columns in {**terms, "global": fit.names}.items():
        chosen = [fit.names.index(name) for name in columns]
        keep = np.concatenate([np.arange(size), size + np.array(chosen)])
        u, both = np.concatenate([np.zeros(size), score[chosen]]), information[np.ix_(keep, keep)]
        statistic = np.nan if dependent_columns(both) else float(u @ np.linalg.solve(both, u))
        rows[label] = (statistic, len(chosen), float(chdtrc(len(chosen), statistic)))
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["statistic", "df", "p"]).rename_axis("term")

    average = (own.by_slot(here.mean) / own.tied[:, None])[own.slot]
    schoenfeld = own.x1[own.events, 1:] - average
    scaled = (schoenfeld @ np.linalg.inv(plain) * len(events)) / fit.scale + fit.coef
    residuals = pd.DataFrame(scaled, columns=fit.names)
    residuals.insert(0, "time", own.data.stop[events])
    residuals.insert(1, "g", g_rows[events])
    return ProportionalHazards(table, residuals.sort_values("time", ignore_index=True), transform)


def effect_over_time(
    term: str,
    cuts: ArrayLike,
    covariates: pd.DataFrame,
    stop: ArrayLike,
    event: ArrayLike,
    *,
    start: ArrayLike,
    cluster: ArrayLike | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Hazard ratio of one term in each stretch of time, the other covariates held proportional.

    What to show when the test fails. Rows that reach over a cut are split there.

    Args:
        term: column of `covariates`.
        cuts: inner edges of the stretches, say months 6 and 12.
        covariates, stop, event, start, cluster, level: as for `cox`.

    Returns:
        By stretch (an interval, closed on the right): the columns of `CoxFit.table` and its number of events.

    Raises:
        NotIdentifiedError, CollinearError: a stretch holds too few events; choose fewer cuts.
    """
    if term not in covariates:
        raise DataError(
            f"term: {term!r}; expected a column of the covariates: {', '.join(map(str, covariates))}"
        )
    survival_data(stop, event, start=start)  # refuses bad rows by the names they have here
    edges = np.unique(points("cuts", cuts))
    rows = covariates.assign(__start=start, __stop=stop, __event=event, __row=np.arange(len(covariates)))
    rows = split_rows(rows, edges, start="__start", stop="__stop", event="__event")
    stretches = pd.IntervalIndex.from_breaks([-np.inf, *edges, np.inf], closed="right", name="time")
    stretch = np.searchsorted(edges, rows["__stop"].to_numpy(float), side="left")
    parts = {f"{term} {label}": np.where(stretch == i, rows[term], 0.0) for i, label in enumerate(stretches)}
    others = rows[[name for name in covariates if name != term]]
    fit = cox(
        pd.concat([pd.DataFrame(parts, index=rows.index), others], axis=1),
        rows["__stop"],
        rows["__event"],
        start=rows["__start"],
        cluster=None if cluster is None else np.asarray(cluster)[rows["__row"].to_numpy()],
        level=level,
    )
    events = np.bincount(stretch, weights=rows["__event"].to_numpy(float), minlength=len(stretches))
    return fit.table().iloc[: len(stretches)].set_axis(stretches).assign(events=events.astype(int))


def _transformed(data: SurvivalData, transform: Transform) -> Floats:
    if transform == "km":
        # Unweighted, across strata, as cox.zph has it.
        start = data.start if np.isfinite(data.start).any() else None
        curve = kaplan_meier(data.stop, data.event, start=start).table
        before = np.searchsorted(curve["time"].to_numpy(), data.stop, side="left")
        return 1 - np.concatenate([[1.0], curve["survival"]])[before]
    if transform == "rank":
        from scipy.stats import rankdata  # a second that the other scales don't need

        return rankdata(data.stop)
    if transform == "identity":
        return data.stop
    if transform == "log":
        return np.log(data.stop)
    raise DataError(f"transform: {transform!r}; expected 'km', 'rank', 'identity' or 'log'")
