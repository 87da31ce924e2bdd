"""Proportional hazards: published tests, and effects by stretch of time."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2

from reporting.survival import (
    CollinearError,
    DataError,
    NotIdentifiedError,
    cox,
    effect_over_time,
    proportional_hazards_test,
)

from .conftest import ROSSI


def test_rossi(rossi):
    table = proportional_hazards_test(cox(rossi[ROSSI], rossi["week"], rossi["arrest"])).table
    assert table.loc[["age", "wexp", "global"], "statistic"].tolist() == pytest.approx(
        [5.974, 4.225, 17.694], abs=1e-3
    )
    assert table.loc["global", "df"] == 7


def test_columns_of_one_factor_are_tested_together(rossi):
    fit = cox(rossi[ROSSI], rossi["week"], rossi["arrest"])
    table = proportional_hazards_test(fit, terms={"all": ROSSI}).table
    assert table.loc["all"].tolist() == pytest.approx(table.loc["global"].tolist())


def test_residuals_average_to_the_coefficient(rossi):
    fit = cox(rossi[ROSSI], rossi["week"], rossi["arrest"])
    residuals = proportional_hazards_test(fit).residuals
    assert len(residuals) == fit.events
    assert residuals[ROSSI].mean().to_numpy() == pytest.approx(fit.coef, rel=1e-6)


def test_events_all_at_once_leave_the_question_open(rossi):
    rows = rossi.assign(week=rossi["week"].where(rossi["arrest"] == 0, 20))
    table = proportional_hazards_test(cox(rows[["age", "prio"]], rows["week"], rows["arrest"])).table
    assert table["p"].isna().all()


def test_effect_over_time_without_cuts_is_the_plain_effect(rossi, rossi_weeks):
    names = ["week", "arrest"]
    given = {"start": rossi["start"], "cluster": rossi.index}
    whole = effect_over_time("age", [], rossi[ROSSI], *(rossi[n] for n in names), **given)
    fit = cox(rossi[ROSSI], rossi["week"], rossi["arrest"], cluster=rossi.index)
    assert whole["coef"].item() == pytest.approx(fit.table().loc["age", "coef"])
    assert whole["se"].item() == pytest.approx(fit.table().loc["age", "se"])
    # Long rows are cut where they reach over an edge: the same as rows cut by week before.
    split = effect_over_time("age", [13, 26], rossi[ROSSI], *(rossi[n] for n in names), **given)
    weekly = effect_over_time(
        "age",
        [13, 26],
        rossi_weeks[ROSSI],
        *(rossi_weeks[n] for n in names),
        start=rossi_weeks["start"],
        cluster=rossi_weeks.index,
    )
    assert split.to_numpy() == pytest.approx(weekly.to_numpy(), rel=1e-8)
    assert split["events"].tolist() == [20, 34, 60]


@pytest.mark.parametrize(
    ("transform", "age", "surgery", "both"),
    [
        ("km", 0.8953793491, 0.0982971089, 0.9932210437),
        ("rank", 0.865778976, 0.005167085586, 0.872175161902),
        ("identity", 1.826191505, 1.212432363, 2.865996366),
        ("log", 0.44971396156, 0.01008481308, 0.45931788112),
    ],
)
def test_heart_with_late_entry(heart, transform, age, surgery, both):
    """R: cox.zph(coxph(Surv(start, stop, event) ~ age + surgery, heart), transform)."""
    fit = cox(heart[["age", "surgery"]], heart["stop"], heart["event"], start=heart["start"])
    found = proportional_hazards_test(fit, transform)
    assert found.transform == transform
    assert found.table.index.tolist() == ["age", "surgery", "global"] and found.table.index.name == "term"
    assert found.table["statistic"].tolist() == pytest.approx([age, surgery, both], rel=1e-4)
    assert found.table["df"].tolist() == [1, 1, 2]
    assert found.table["p"].tolist() == pytest.approx(chi2.sf([age, surgery, both], [1, 1, 2]), rel=1e-4)


def test_scaled_residuals_over_time(heart):
    """R: cox.zph(fit, "km"): its $time, $x (1 - S, its mean over the events taken off here) and $y."""
    fit = cox(heart[["age", "surgery"]], heart["stop"], heart["event"], start=heart["start"])
    rows = proportional_hazards_test(fit).residuals
    assert rows.columns.tolist() == ["time", "g", "age", "surgery"]
    assert rows.index.tolist() == list(range(75)) and rows["time"].is_monotonic_increasing
    assert rows["time"].iloc[:4].tolist() == [1, 2, 2, 2]
    expected = np.array([0.0, 0.009708737864, 0.009708737864, 0.009708737864]) - 0.3692856241
    assert rows["g"].iloc[:4].tolist() == pytest.approx(expected)
    assert rows.loc[0, ["age", "surgery"]].tolist() == pytest.approx([0.11491294253, 8.169001258], rel=1e-5)
    at_two = rows.loc[1:3, ["age", "surgery"]].sum().tolist()
    assert at_two == pytest.approx(
        [0.09347695866 + 0.09882251323 - 0.02945849605, 8.235538553 - 2.9251929], rel=1e-5
    )


def test_unknown_transforms_and_terms_are_refused(rossi):
    fit = cox(rossi[["age"]], rossi["week"], rossi["arrest"])
    with pytest.raises(DataError, match="transform: 'sqrt'; expected 'km', 'rank', 'identity' or 'log'"):
        proportional_hazards_test(fit, "sqrt")
    with pytest.raises(DataError, match="term: 'height'; expected a column of the covariates: age, prio"):
        effect_over_time(
            "height", [1], rossi[["age", "prio"]], rossi["week"], rossi["arrest"], start=rossi["start"]
        )


@pytest.mark.parametrize(("cut", "events"), [(1.999, [1, 5]), (2, [3, 3]), (2.001, [3, 3])])
def test_an_event_at_a_cut_belongs_to_the_stretch_that_ends_there(cut, events):
    """Stretches are closed on the right, as rows are: (-inf, cut], (cut, inf)."""
    x = pd.DataFrame({"x": [0.0, 1, 0, 1, 0, 1, 0, 1]})
    stop, event = [1, 2, 2, 3, 4, 5, 6, 6.5], [1, 1, 1, 1, 1, 1, 0, 0]
    given = {"start": [0.0] * 8}
    if cut < 2:
        x.loc[[0, 1], "x"] = 0.5, 1
    table = effect_over_time("x", [cut], x, stop, event, **given)
    assert table["events"].tolist() == events
    assert table.index.name == "time"
    assert table.index.tolist() == [pd.Interval(-np.inf, cut), pd.Interval(cut, np.inf)]


def test_a_stretch_without_rows_has_no_events_and_no_effect(rossi):
    with pytest.raises((NotIdentifiedError, CollinearError)):
        effect_over_time("age", [60], rossi[["age"]], rossi["week"], rossi["arrest"], start=rossi["start"])


def test_scaled_residuals_of_weighted_rows(heart):
    """R: cox.zph(coxph(..., weights = 1 + row %% 3 / 2))$y; weights count in the fit only."""
    weights = 1 + (np.arange(1, len(heart) + 1) % 3) / 2
    fit = cox(heart[["age", "surgery"]], heart["stop"], heart["event"], start=heart["start"], weights=weights)
    found = proportional_hazards_test(fit)
    assert found.table["statistic"].tolist() == pytest.approx(
        [2.9198080378, 0.3274660204, 3.2085694957], rel=1e-5
    )
    first = found.residuals.iloc[:4].sort_values(["time", "age"])
    expected = [0.09139238424, -0.01481313030, 0.07529854702, 0.07919302291]
    assert first["age"].tolist() == pytest.approx(expected, rel=1e-5)
    expected = [5.027542754, 5.073828342, -1.205106396, -1.205419516]
    assert first["surgery"].tolist() == pytest.approx(expected, rel=1e-5)
