"""The discrete-time hazard: published fit, baselines, predictions, contributions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from reporting.survival import (
    CollinearError,
    DataError,
    NotIdentifiedError,
    Spline,
    Steps,
    cox,
    discrete_hazard,
    kaplan_meier,
    spline,
    steps,
)

from .conftest import ROSSI


def rows(panel):
    return panel[["x", "z"]], panel["stop"], panel["event"]


def test_rossi_by_week(rossi_weeks):
    """A step for each week with an arrest; weeks without say nothing about the coefficients."""
    arrests = np.unique(rossi_weeks["week"][rossi_weeks["arrest"] == 1])
    used = rossi_weeks[rossi_weeks["week"].isin(arrests)]
    fit = discrete_hazard(
        used[ROSSI], used["week"], used["arrest"], start=used["start"], baseline=Steps(tuple(arrests[:-1]))
    )
    table = fit.table().round(4)
    assert table.loc["fin", ["coef", "se"]].tolist() == [-0.3802, 0.1914]
    assert table.loc["prio", ["coef", "se"]].tolist() == [0.0918, 0.0286]
    assert fit.loglik == pytest.approx(-661.5596, abs=1e-4)


def test_it_is_the_cox_model_in_grouped_time(rossi_weeks):
    given = (rossi_weeks[ROSSI], rossi_weeks["week"], rossi_weeks["arrest"])
    start = rossi_weeks["start"]
    fit = discrete_hazard(*given, start=start, cluster=rossi_weeks.index)
    against = cox(*given, start=start, cluster=rossi_weeks.index)
    assert fit.coef == pytest.approx(against.coef, abs=0.02)
    assert fit.table()["se"].to_numpy() == pytest.approx(against.table()["se"].to_numpy(), rel=0.01)


def test_without_covariates_effect_the_steps_are_kaplan_meier(panel):
    """With every month its own step, predictions at x = 0 chain to about 1 - S."""
    noise = pd.DataFrame({"noise": np.random.default_rng(0).normal(size=len(panel))})
    known = panel["stop"] <= 10
    used = panel[known]
    fit = discrete_hazard(
        noise[known], used["stop"], used["event"], start=used["start"], baseline=Steps(tuple(range(1, 10)))
    )
    curve = kaplan_meier(used["stop"], used["event"], start=used["start"])
    ahead = fit.predict(pd.DataFrame({"noise": [0.0]}), [0], periods=10)
    assert ahead["probability"].item() == pytest.approx(1 - curve.at([10])["survival"].item(), abs=0.02)


def test_months_chain(panel):
    fit = discrete_hazard(*rows(panel), start=panel["start"], cluster=panel["subject"])
    row = panel[["x", "z"]].iloc[[4]]
    single = [fit.predict(row, [start])["probability"].item() for start in (3, 4, 5)]
    three = fit.predict(row, [3], periods=3)
    assert three["probability"].item() == pytest.approx(1 - np.prod(1 - np.array(single)))
    assert three["lower"].item() < three["probability"].item() < three["upper"].item()


def test_interval_is_the_delta_method(panel):
    fit = discrete_hazard(*rows(panel), start=panel["start"], cluster=panel["subject"])
    row = panel[["x", "z"]].iloc[[4]]
    base, step, slope = fit.coef_all.copy(), 1e-6, []
    for j in range(len(base)):
        ends = []
        for sign in (1, -1):
            moved = base.copy()
            moved[j] += sign * step
            object.__setattr__(fit, "coef_all", moved)
            ends.append(fit.predict(row, [3], periods=3)["log_hazard"].item())
        slope.append((ends[0] - ends[1]) / (2 * step))
    object.__setattr__(fit, "coef_all", base)
    se = np.sqrt(np.array(slope) @ fit.covariance_all @ np.array(slope))
    assert fit.predict(row, [3], periods=3)["se"].item() == pytest.approx(se, rel=1e-5)


def test_contributions_explain_the_distance_to_the_reference(panel):
    fit = discrete_hazard(*rows(panel), start=panel["start"])
    reference = pd.Series({"x": 0.5, "z": -1.0})
    parts = fit.contributions(panel.iloc[:3], reference)
    both = fit.predict(pd.concat([panel.iloc[:3][["x", "z"]], reference.to_frame().T]), 3)[
        "log_hazard"
    ].to_numpy()
    assert parts.sum(axis=1).to_numpy() == pytest.approx(both[:3] - both[3])


def test_splines_are_straight_outside_their_knots_and_smooth_within():
    shape = Spline((2.0, 5.0, 9.0, 14.0))
    outside = shape.columns(np.array([15.0, 16, 17, -2, -1, 0]))
    assert outside[:3] - 2 * outside[1] + outside[2::-1] == pytest.approx(np.zeros((3, 4)), abs=1e-9)
    assert outside[3:] - 2 * outside[4] + outside[:2:-1] == pytest.approx(np.zeros((3, 4)), abs=1e-9)
    h = 1e-4
    around = shape.columns(np.array([5 - 2 * h, 5 - h, 5, 5 + h, 5 + 2 * h]))
    bends = np.diff(around, n=2, axis=0) / h**2
    assert bends[0] == pytest.approx(bends[-1], abs=1e-3)


def test_shapes_follow_the_events(panel):
    assert len(spline(panel["stop"], panel["event"], 4).knots) <= 4
    cut = steps(panel["stop"], panel["event"], 3)
    counts = cut.columns(panel["stop"][panel["event"] == 1].to_numpy(float)).sum(axis=0)
    assert counts.min() > 0


def test_refusals(panel):
    covariates, stop, event = rows(panel)
    with pytest.raises(DataError, match="row per subject and period"):
        discrete_hazard(covariates, stop + (panel.index == 3), event, start=panel["start"])
    with pytest.raises(CollinearError, match=r"^tenure:"):
        discrete_hazard(covariates.assign(tenure=stop), stop, event, start=panel["start"])
    safe = ((event == 0) & (panel["subject"] % 5 == 0)).astype(int)
    with pytest.raises(NotIdentifiedError, match="no finite estimate for safe:"):
        discrete_hazard(covariates.assign(safe=safe), stop, event, start=panel["start"])
    late = event.where(stop > 3, 0)
    with pytest.raises(NotIdentifiedError, match=r"baseline \(-inf, 3\]"):
        discrete_hazard(covariates, stop, late, start=panel["start"], baseline=Steps((3.0,)))
    gap = covariates.astype(object)
    gap.iloc[7, 0] = np.nan
    with pytest.raises(DataError, match="covariate 'x', row 7: nan"):
        discrete_hazard(gap.astype(float), stop, event, start=panel["start"])
    with pytest.raises(DataError, match="'plan' is str, not numeric"):
        discrete_hazard(covariates.assign(plan="pro"), stop, event, start=panel["start"])


def test_what_a_fit_reports(panel):
    shape = Steps((4.0, 8.0))
    fit = discrete_hazard(*rows(panel), start=panel["start"], cluster=panel["subject"], baseline=shape)
    assert (fit.rows, fit.events, fit.clusters) == (len(panel), panel["event"].sum(), 200)
    assert (fit.names, fit.period, fit.level, len(fit.coef_all)) == (["x", "z"], 1.0, 0.95, 5)
    assert fit.center == pytest.approx(panel[["x", "z"]].mean().to_numpy())
    test = fit.wald_test()
    assert test.df == 2
    assert test.statistic == pytest.approx(fit.coef @ np.linalg.inv(fit.covariance) @ fit.coef)
    assert fit.table().index.tolist() == ["x", "z"]
    single = discrete_hazard(*rows(panel), start=panel["start"], baseline=shape)
    assert single.clusters is None and single.coef == pytest.approx(fit.coef)


def test_the_unit_of_time_does_not_matter(panel):
    """Months counted as two halves: rows of length 2, all times twice as far, the same predictions."""
    covariates, stop, event = rows(panel)
    months = discrete_hazard(covariates, stop, event, start=panel["start"], baseline=Steps((4.0, 8.0)))
    halves = discrete_hazard(
        covariates, 2 * stop, event, start=2 * panel["start"], baseline=Steps((8.0, 16.0))
    )
    assert halves.period == 2
    some = covariates.iloc[[5, 2, 9]]
    for periods in (1, 3):
        found = halves.predict(some, [6, 12, 14], periods)
        assert found.index.tolist() == [5, 2, 9]
        assert found.to_numpy() == pytest.approx(months.predict(some, [3, 6, 7], periods).to_numpy())


def test_the_interval_is_symmetric_for_the_log_hazard(panel):
    fit = discrete_hazard(*rows(panel), start=panel["start"], level=0.5)
    row = fit.predict(panel[["x", "z"]].iloc[[4]], [3]).iloc[0]
    for side, sign in (("lower", -1), ("probability", 0), ("upper", 1)):
        log_hazard = row["log_hazard"] + sign * 0.6744897501960817 * row["se"]
        assert row[side] == pytest.approx(1 - np.exp(-np.exp(log_hazard)))


def test_contributions_against_the_means_are_named(panel):
    fit = discrete_hazard(*rows(panel), start=panel["start"])
    some = panel[["z", "x"]].iloc[[8, 3]]
    parts = fit.contributions(some)
    assert parts.index.tolist() == [8, 3] and parts.columns.tolist() == ["x", "z"]
    expected = (some[["x", "z"]] - panel[["x", "z"]].mean()) * fit.coef
    assert parts.to_numpy() == pytest.approx(expected.to_numpy())


@pytest.mark.parametrize(("periods", "good"), [(0, False), (1, True), (2, True)])
def test_predictions_reach_at_least_one_period_ahead(panel, periods, good):
    fit = discrete_hazard(*rows(panel), start=panel["start"])
    if good:
        assert fit.predict(panel[["x", "z"]].iloc[:1], 3, periods)["probability"].between(0, 1).all()
    else:
        with pytest.raises(DataError, match="periods: 0; expected 1 or more"):
            fit.predict(panel[["x", "z"]].iloc[:1], 3, periods)


@pytest.mark.parametrize(("longer", "good"), [(0.0, True), (9e-7, True), (2e-6, False), (1.0, False)])
def test_rows_are_of_one_length(panel, longer, good):
    """To a millionth: the rounding of tenures."""
    covariates, stop, event = rows(panel)
    stop = stop + longer * (panel.index == 3)
    if good:
        assert discrete_hazard(covariates, stop, event, start=panel["start"]).period == 1
    else:
        with pytest.raises(
            DataError, match=r"row 3 is .* long, others 1; expected a row per subject and period"
        ):
            discrete_hazard(covariates, stop, event, start=panel["start"])


def test_without_events_there_is_nothing_to_fit(panel):
    with pytest.raises(DataError, match="no events"):
        discrete_hazard(panel[["x"]], panel["stop"], panel["event"] * 0, start=panel["start"])
