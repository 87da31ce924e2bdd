"""The partial likelihood against its definition, term by term; its derivatives against differences."""

from __future__ import annotations

import numpy as np
import pytest

from reporting.survival.data import survival_data
from reporting.survival.partial import PartialLikelihood


def by_definition(data, x, coef, efron):
    ratio = data.weights * np.exp(x @ coef)
    total = 0.0
    for stratum in np.unique(data.strata):
        here = data.strata == stratum
        for t in np.unique(data.stop[here & data.event]):
            at_risk = here & (data.start < t) & (data.stop >= t)
            tied = np.flatnonzero(here & data.event & (data.stop == t))
            total += data.weights[tied] @ (x[tied] @ coef)
            for place in range(len(tied)):
                share = place / len(tied) if efron else 0.0
                total -= data.weights[tied].mean() * np.log(ratio[at_risk].sum() - share * ratio[tied].sum())
    return total


@pytest.mark.parametrize("efron", [True, False])
def test_likelihood_score_and_information(panel, efron):
    data = survival_data(
        panel["stop"], panel["event"], start=panel["start"], strata=panel["stratum"], weights=panel["weight"]
    )
    x, coef, step = panel[["x", "z"]].to_numpy(), np.array([0.4, -0.2]), 1e-5
    likelihood = PartialLikelihood(data, x, efron=efron)
    here = likelihood.at(coef)
    assert here.loglik == pytest.approx(by_definition(data, x, coef, efron), rel=1e-12)
    moves = np.eye(2) * step
    up, down = ([likelihood.at(coef + sign * move) for move in moves] for sign in (1, -1))
    slope = [(a.loglik - b.loglik) / (2 * step) for a, b in zip(up, down, strict=True)]
    assert here.score() == pytest.approx(slope, rel=1e-6)
    curve = [(b.score() - a.score()) / (2 * step) for a, b in zip(up, down, strict=True)]
    assert here.information() == pytest.approx(np.array(curve), rel=1e-6)
    assert data.weights @ here.score_residuals() == pytest.approx(here.score())


def test_rows_never_at_risk_have_no_part(panel):
    first = panel["stop"][panel["event"] == 1].min()
    data = survival_data(
        [*panel["stop"], first - 0.5], [*panel["event"], 0], start=[*panel["start"], first - 0.9]
    )
    x = np.append(panel["x"], 1e3)[:, None]
    here = PartialLikelihood(data, x, efron=True).at(np.array([0.3]))
    assert here.score_residuals()[-1] == 0
    assert np.isfinite(here.loglik)
