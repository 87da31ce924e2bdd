"""Proportional hazards: published tests, and effects by stretch of time."""

from __future__ import annotations

import pytest

from reporting.survival import cox, effect_over_time, proportional_hazards_test

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
