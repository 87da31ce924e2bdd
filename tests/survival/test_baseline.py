"""Predicted survival of a Cox model."""

from __future__ import annotations

import numpy as np
import pandas as pd
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


def test_nothing_is_predicted_past_the_follow_up_of_the_stratum():
    """R's summary(survfit(fit, newdata=), times=) leaves out what is past the last row, not event."""
    x = pd.DataFrame({"x": [0.0, 1, 0, 1, 1, 0, 1, 0]})
    stop, event = [1, 2, 3, 4, 1, 2, 3, 9], [1, 1, 1, 0, 1, 1, 1, 0]
    fit = cox(x, stop, event, strata=["a"] * 4 + ["b"] * 4)
    late = {s: predict_survival(fit, x.iloc[:1], [3, 4, 4.001, 9, 9.001], stratum=s) for s in "ab"}
    assert late["a"].isna().all(axis=1).tolist() == [False, False, True, True, True]
    assert late["b"].isna().all(axis=1).tolist() == [False, False, False, False, True]
    assert late["a"].isna().any(axis=1).tolist() == [False, False, True, True, True]
    assert late["b"]["survival"].iloc[0] == late["b"]["survival"].iloc[3]  # no event after 3


def test_predictions_change_at_the_event_not_before(lung):
    fit = cox(lung[["sex"]], lung["time"], lung["died"])
    first = lung["time"][lung["died"]].min()
    at = predict_survival(fit, lung[["sex"]].iloc[:1], [first - 0.001, first])["survival"].tolist()
    assert at[0] == 1 and at[1] < 1


def test_heart(heart):
    """R: summary(survfit(fit, newdata = data.frame(age = c(0, 10), surgery = 0:1)), times = c(50, 200))."""
    fit = cox(heart[["age", "surgery"]], heart["stop"], heart["event"], start=heart["start"])
    rows = pd.DataFrame({"surgery": [0, 1], "age": [0.0, 10]}, index=pd.Index(["x", "y"], name="who"))
    found = predict_survival(fit, rows, [50, 200])
    assert found.index.names == ["who", "time"]
    assert found.index.tolist() == [("x", 50), ("x", 200), ("y", 50), ("y", 200)]
    assert found["survival"].tolist() == pytest.approx(
        [0.6365908531, 0.3551546146, 0.7532367948, 0.5222853970]
    )
    assert found["se"].tolist() == pytest.approx([0.05126128231, 0.05298149388, 0.08534014509, 0.12907764315])
    assert found["lower"].tolist() == pytest.approx([0.5436478216, 0.2651162485, 0.6032428479, 0.3217672840])
    assert found["upper"].tolist() == pytest.approx([0.7454235963, 0.4757716697, 0.9405261430, 0.8477618747])
    assert np.exp(-found["cumulative_hazard"]).tolist() == pytest.approx(found["survival"].tolist())
    other = predict_survival(fit, rows, 50, interval="plain").iloc[0]
    assert other["upper"] - other["survival"] == pytest.approx(1.959964 * other["se"])


def test_baseline_by_stratum(heart):
    """R: basehaz(coxph(Surv(start, stop, event) ~ age + strata(surgery), heart))."""
    fit = cox(heart[["age"]], heart["stop"], heart["event"], start=heart["start"], strata=heart["surgery"])
    table = baseline_hazard(fit)
    assert table.index.names == ["stratum", "time"] and set(table.index.unique("stratum")) == {0, 1}
    assert table.columns.tolist() == ["hazard", "cumulative_hazard"]
    assert table.loc[0, "cumulative_hazard"].loc[[2, 3]].tolist() == pytest.approx(
        [0.0224535745, 0.0572676010], rel=1e-5
    )
    assert table.loc[0, "hazard"].loc[3] == pytest.approx(0.0572676010 - 0.0224535745, rel=1e-5)
