"""Predicted survival of a Cox model."""

from __future__ import annotations

import numpy as np
import pytest

from reporting.survival import DataError, baseline_hazard, cox, kaplan_meier, predict_survival


def test_baseline_is_that_of_the_mean_row(lung):
    fit = cox(lung[["age", "sex"]], lung["time"], lung["died"])
    mean = lung[["age", "sex"]].mean().to_frame().T
    curve = predict_survival(fit, mean, [100, 400])
    hazard = baseline_hazard(fit)["cumulative_hazard"]
    assert curve["cumulative_hazard"].tolist() == pytest.approx(
        [hazard.loc[:100].iloc[-1], hazard.loc[:400].iloc[-1]]
    )


def test_a_weak_covariate_leaves_about_kaplan_meier(lung):
    noise = lung[[]].assign(x=np.random.default_rng(0).normal(size=len(lung)))
    fit = cox(noise, lung["time"], lung["died"])
    times = [100, 300, 500]
    curve = kaplan_meier(lung["time"], lung["died"]).at(times)
    flat = predict_survival(fit, noise.iloc[:1] * 0, times)
    assert flat["survival"].to_numpy() == pytest.approx(curve["survival"].to_numpy(), abs=0.01)
    assert flat["se"].to_numpy() == pytest.approx(curve["se"].to_numpy(), rel=0.1)


def test_strata_have_their_own_baseline(panel):
    fit = cox(panel[["x"]], panel["stop"], panel["event"], start=panel["start"], strata=panel["stratum"])
    rows = panel[["x"]].iloc[:1]
    ends = [predict_survival(fit, rows, [12], stratum=s)["survival"].item() for s in (0, 1, 2)]
    assert len(set(ends)) == 3
    with pytest.raises(DataError, match="expected one of 0, 1, 2"):
        predict_survival(fit, rows, [12], stratum=5)
