"""The log-rank test: do groups leave at the same rate?

At each event time of each stratum, given d events among n at risk, of which n_g in group g,

    E_g = d n_g / n        V_gh = d (n - d) / (n - 1) * n_g / n * (1{g = h} - n_h / n)

summed over times and strata; statistic (O - E)' V^-1 (O - E) without one group, chi-square on k - 1 degrees
of freedom.
R: `survdiff(Surv(time, event) ~ group + strata(s))`. survdiff refuses late entry; there the counterpart is
the score test of `coxph(Surv(start, stop, event) ~ group, ties = "exact")`.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from .data import codes, survival_data
from .errors import DataError
from .inference import TestResult
from .multiple import holm
from .riskset import RiskSets


@dataclass(frozen=True)
class LogRank:
    """The test and, by group, rows, observed and expected events."""

    test: TestResult
    table: pd.DataFrame

    @property
    def statistic(self) -> float:
        return self.test.statistic

    @property
    def p(self) -> float:
        return self.test.p


def logrank(
    groups: ArrayLike,
    stop: ArrayLike,
    event: ArrayLike,
    *,
    start: ArrayLike | None = None,
    strata: ArrayLike | None = None,
) -> LogRank:
    """Test that the hazard is the same in all groups, within strata.

    Args:
        groups: label of each row, at least two different ones.
        stop, event, start, strata: rows at risk, see `survival_data`. Rows of one subject may be many, but as
            the subject can have the event only once in a spell, they need no correction.

    Raises:
        DataError: fewer than two groups, no event, or groups that are never at risk together.
    """
    data = survival_data(stop, event, start=start, strata=strata)
    code, labels = codes("groups", groups, len(data))
    if len(labels) < 2:
        raise DataError(f"groups: only {labels[0]!r}; a comparison needs at least two")
    if not data.event.any():
        raise DataError("no events: there is nothing to compare")
    member = np.eye(len(labels))[code]
    risk = RiskSets.at_events(data)
    at_risk = np.round(risk.total(member))
    observed = np.column_stack(
        [risk.count(np.flatnonzero(data.event & (code == g)), None) for g in range(len(labels))]
    )
    n, d = at_risk.sum(axis=1), observed.sum(axis=1)
    share = at_risk / n[:, None]
    expected = d[:, None] * share
    spread = d * (n - d) / np.maximum(n - 1, 1)
    variance = np.diag(spread @ share) - share.T @ (share * spread[:, None])
    table = pd.DataFrame(
        {
            "rows": member.sum(axis=0).astype(int),
            "observed": observed.sum(axis=0).astype(int),
            "expected": expected.sum(axis=0),
        },
        index=pd.Index(labels, name="group"),
    )
    compared = table["expected"].to_numpy() > 0
    difference = (observed - expected).sum(axis=0)[compared][1:]
    kept = np.flatnonzero(compared)[1:]
    variance = variance[np.ix_(kept, kept)]
    if len(kept) == 0 or np.linalg.matrix_rank(variance) < len(kept):
        raise DataError(
            "groups: they are never at risk together when events happen, so they can't be compared"
        )
    statistic = float(difference @ np.linalg.solve(variance, difference))
    return LogRank(TestResult(statistic, len(kept)), table)


def pairwise_logrank(
    groups: ArrayLike,
    stop: ArrayLike,
    event: ArrayLike,
    *,
    start: ArrayLike | None = None,
    strata: ArrayLike | None = None,
) -> pd.DataFrame:
    """Each pair of groups: statistic, p, p_adjusted (Holm); index (group, other). NaN where a pair can't be
    compared.

    R: `survminer::pairwise_survdiff(p.adjust.method="holm")`.
    """
    columns = {"stop": stop, "event": event, "start": start, "strata": strata}
    arrays = {name: np.asarray(values) for name, values in columns.items() if values is not None}
    code, labels = codes("groups", groups, len(arrays["stop"]))
    results = {}
    for a, b in combinations(range(len(labels)), 2):
        rows = (code == a) | (code == b)
        try:
            test = logrank(code[rows], **{name: values[rows] for name, values in arrays.items()}).test
            results[labels[a], labels[b]] = (test.statistic, test.p)
        except DataError:
            results[labels[a], labels[b]] = (np.nan, np.nan)
    table = pd.DataFrame.from_dict(results, orient="index", columns=["statistic", "p"])
    table.index = pd.MultiIndex.from_tuples(list(results), names=["group", "other"])
    return table.assign(p_adjusted=holm(table["p"]))
