"""Cox's partial likelihood with its derivatives, vectorised over events and rows.

Write r_i = w_i exp(x_i b). At a slot (event time in a stratum) with d tied events, Efron's l-th term, l = 0
.. d - 1, has

    D_l = sum_{at risk} r - (l / d) sum_{tied} r        m_l = the mean of x with the same weights

and hazard weight w̄, the mean weight of the tied events; Breslow's has l / d = 0. Then

    log L = sum_{events} w x b - sum_l w̄ log D_l
    score = sum_{events} w x - sum_l w̄ m_l
    information = X' diag(r q) X - sum_l w̄ m_l m_l'

where q_i is the hazard that row i went through, sum_l w̄ / D_l over its slots (an event's own, last slot
counts 1 - l / d). One weighted Gram matrix instead of a matrix per slot is what makes it fast.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from .data import Floats, Ints, SurvivalData
from .riskset import RiskSets


class PartialLikelihood:
    """The likelihood of given rows and covariates, to be evaluated at any coefficients."""

    def __init__(self, data: SurvivalData, values: Floats, *, efron: bool) -> None:
        self.data = data
        self.risk = RiskSets.at_events(data)
        at_risk = self.risk.after > self.risk.first
        # Rows at risk at no event time say nothing; leaving them out here spares every evaluation.
        self.rows = np.flatnonzero(at_risk)
        self.inner = RiskSets(
            self.risk.time, self.risk.stratum, self.risk.first[at_risk], self.risk.after[at_risk]
        )
        self.x1 = np.column_stack([np.ones(len(self.rows)), values[self.rows]])
        self.weights = data.weights[self.rows]

        events = np.flatnonzero(data.event[self.rows])
        self.events: Ints = events[np.argsort(self.inner.last[events], kind="stable")]
        self.slot = self.inner.last[self.events]
        tied = np.bincount(self.slot, minlength=len(self.risk))
        edges = np.concatenate([[0], np.cumsum(tied)])
        every = np.arange(len(self.events))
        self._events_of_slot = sparse.csr_array((np.ones(len(every)), every, edges))
        place = every - edges[self.slot]
        self.tied_before = place / tied[self.slot] if efron else np.zeros(len(self.events))
        self.event_weights = self.weights[self.events]
        self.mean_weight = (self.by_slot(self.event_weights) / tied)[self.slot]
        self.tied = tied

    def at(self, coef: Floats) -> Evaluation:
        """Everything the likelihood has to say at these coefficients."""
        # A step too far may overflow; its likelihood is then minus infinity and the step is halved.
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            eta = self.x1[:, 1:] @ coef
            ratio = self.weights * np.exp(eta)
            weighted = self.x1 * ratio[:, None]
            at_risk = self.inner.total(weighted)[self.slot]
            tied = self.by_slot(weighted[self.events])[self.slot]
            sums = at_risk - self.tied_before[:, None] * tied
            return Evaluation(self, eta, ratio, sums[:, 0], sums[:, 1:] / sums[:, :1])

    def by_slot(self, values: Floats) -> Floats:
        """Sum of values (events, or events x columns) over the events of each slot."""
        return self._events_of_slot @ values


@dataclass(frozen=True)
class Evaluation:
    """The partial likelihood at one point; `denominator` (D_l) and `mean` (m_l) have a row for each event."""

    likelihood: PartialLikelihood
    eta: Floats
    ratio: Floats
    denominator: Floats
    mean: Floats

    @cached_property
    def loglik(self) -> float:
        """log L, or minus infinity where it can't be computed."""
        own = self.likelihood
        with np.errstate(divide="ignore", invalid="ignore"):
            value = own.event_weights @ self.eta[own.events] - own.mean_weight @ np.log(self.denominator)
        return float(value) if np.isfinite(value) else -np.inf

    def score(self, by_slot: Floats | None = None) -> Floats:
        """Derivative of log L; each slot's share counted `by_slot` times, if given."""
        own = self.likelihood
        times = 1.0 if by_slot is None else by_slot[own.slot]
        return (own.event_weights * times) @ own.x1[own.events, 1:] - (own.mean_weight * times) @ self.mean

    def information(self, by_slot: Floats | None = None) -> Floats:
        """Minus the second derivative of log L; each slot's share counted `by_slot` times, if given."""
        own = self.likelihood
        times = 1.0 if by_slot is None else by_slot[own.slot]
        x = own.x1[:, 1:]
        means = self.mean * (times * own.mean_weight)[:, None]
        with np.errstate(over="ignore", invalid="ignore"):
            hazard = times * own.mean_weight / self.denominator
            passed = own.inner.spread(own.by_slot(hazard))
            passed[own.events] -= own.by_slot(hazard * own.tied_before)[own.slot]
            return x.T @ (x * (self.ratio * passed)[:, None]) - self.mean.T @ means

    def hazard(self) -> tuple[Floats, Floats, Floats]:
        """By slot: increment of the cumulative hazard at x = 0, its variance given b, increment times m."""
        own = self.likelihood
        increment = own.mean_weight / self.denominator
        return (
            own.by_slot(increment),
            own.by_slot(increment / self.denominator),
            own.by_slot(increment[:, None] * self.mean),
        )

    def score_residuals(self) -> Floats:
        """Each row's part of the score (rows x columns) before weighting. R: `residuals(type="score")`."""
        own = self.likelihood
        increment = own.mean_weight / self.denominator
        x = own.x1[:, 1:]
        relative = (self.ratio / own.weights)[:, None]
        passed = own.inner.spread(own.by_slot(increment))[:, None]
        passed_mean = own.inner.spread(own.by_slot(increment[:, None] * self.mean))
        inner = relative * (passed_mean - x * passed)
        spared = own.by_slot(increment * own.tied_before)[own.slot][:, None]
        spared_mean = own.by_slot((increment * own.tied_before)[:, None] * self.mean)[own.slot]
        average = (own.by_slot(self.mean) / own.tied[:, None])[own.slot]
        events, at_event = own.events, x[own.events]
        inner[events] += at_event - average + relative[events] * (at_event * spared - spared_mean)
        residuals = np.zeros((len(own.data), x.shape[1]))
        residuals[own.rows] = inner
        return residuals
