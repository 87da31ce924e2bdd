"""Aalen-Johansen: published incidences, and what ties it to Kaplan-Meier."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from reporting.survival import DataError, aalen_johansen, kaplan_meier


def test_mgus2(mgus2):
    fit = aalen_johansen(mgus2["months"], mgus2["cause"], censored="none")
    at = fit.at([60, 120, 240, 360]).loc["pcm"]
    assert at["incidence"].tolist() == pytest.approx([0.0341037, 0.0637222, 0.0998137, 0.1340416], abs=1e-7)
    assert at["se"].iloc[0] == pytest.approx(0.0048893, abs=1e-7)


def test_incidences_and_survival_add_up_to_one(panel):
    cause = np.where(panel["event"] == 1, 1 + panel["stratum"], 0)
    fit = aalen_johansen(panel["stop"], cause, start=panel["start"], cluster=panel["subject"])
    curve = kaplan_meier(panel["stop"], panel["event"], start=panel["start"])
    total = fit.table["incidence"].groupby("time").sum()
    assert total.to_numpy() == pytest.approx(1 - curve.table["survival"].to_numpy())


def test_one_cause_is_kaplan_meier_turned_over(lung):
    fit = aalen_johansen(lung["time"], lung["died"].astype(int))
    curve = kaplan_meier(lung["time"], lung["died"])
    some = fit.table["incidence"].to_numpy() < 1
    assert fit.table["se"].to_numpy()[some] == pytest.approx(curve.table["se"].to_numpy()[some], abs=1e-12)


def test_splitting_rows_changes_nothing(mgus2):
    whole = mgus2[mgus2["months"] > 1]
    cause = whole["cause"].to_numpy()
    first = np.full(len(whole), "none")
    fit = aalen_johansen(whole["months"], cause, censored="none")
    split = aalen_johansen(
        np.concatenate([whole["months"] / 2, whole["months"]]),
        np.concatenate([first, cause]),
        start=np.concatenate([np.zeros(len(whole)), whole["months"] / 2]),
        cluster=np.tile(whole["id"], 2),
        censored="none",
    )
    times = [12, 60, 240]
    assert split.at(times).to_numpy() == pytest.approx(fit.at(times).to_numpy(), nan_ok=True)


@pytest.mark.parametrize(
    ("cause", "censored"),
    [
        (["left", None, "grew", None], None),
        (["left", np.nan, "grew", np.nan], None),
        (["left", "none", "grew", "none"], "none"),
        (["left", "", "grew", ""], ""),
        (["left", 0, "grew", 0], 0),
        ([1, 0, 2, 0], None),
        ([1, np.nan, 2, np.nan], None),
        ([1, 9, 2, 9], 9),
        ([True, False, True, False], None),
        (pd.Categorical(["left", None, "grew", None]), None),
    ],
)
def test_a_missing_cause_or_the_label_named_is_censored(cause, censored):
    """Four at risk: one leaves at 1, one is censored at 2, one of the two others leaves at 3."""
    fit = aalen_johansen([1, 2, 3, 4], cause, censored=censored)
    causes = list(dict.fromkeys([cause[0], cause[2]]))
    assert sorted(map(str, fit.causes)) == sorted(map(str, causes))
    final = fit.at([4])["incidence"].groupby("cause").sum()
    assert final.sum() == pytest.approx(1 / 4 + 3 / 4 * 1 / 2)
    if len(causes) == 2:
        assert [final[cause[0]], final[cause[2]]] == pytest.approx([1 / 4, 3 / 8])


@pytest.mark.parametrize(
    ("cause", "censored", "message"),
    [
        (["left", "none", "grew"], None, r"'grew', 'left', 'none'.*censored="),
        (["left", "none", "grew"], 0, "censored: 0 .*'left'"),
        ([1, 0, 2], "none", "censored: 'none' .*1"),
        ([1, 0, np.nan], None, "cause, row 2: missing, while row 1 is 0"),
        (["left", None, "none"], "none", "cause, row 1: missing; write 'none'"),
        ([0, 0, 0], None, "no events"),
        ([None, None, None], None, "no events"),
        (["none", "none", "none"], "none", "no events"),
    ],
)
def test_causes_that_leave_open_who_is_censored_are_refused(cause, censored, message):
    with pytest.raises(DataError, match=message):
        aalen_johansen([1, 2, 3], cause, censored=censored)


def test_nobody_censored_can_be_said():
    fit = aalen_johansen([1, 2], ["left", "grew"], censored="none")
    assert fit.at([2])["incidence"].tolist() == [0.5, 0.5]


def test_incidences_past_the_end_of_follow_up():
    """Unknown while someone may still go; final once nobody is left to go."""
    open_end = aalen_johansen([1, 2, 3], [1, 2, 0])
    assert open_end.at([3])["incidence"].tolist() == pytest.approx([1 / 3, 1 / 3])
    assert open_end.at([3.001]).isna().all(axis=None)
    closed = aalen_johansen([1, 2, 3], [1, 2, 1])
    assert closed.at([3.001, np.inf])["incidence"].tolist() == pytest.approx([2 / 3, 2 / 3, 1 / 3, 1 / 3])
    assert closed.at([0.999])["incidence"].tolist() == [0, 0]
    assert closed.at([1])["incidence"].tolist() == pytest.approx([1 / 3, 0])


def test_weights_by_hand():
    """Two of four (by weight) leave at 1; one of the two remaining grows at 2."""
    fit = aalen_johansen([1, 2, 3], ["left", "grew", None], weights=[2, 1, 1])
    table = fit.at([0.5, 1, 2])
    assert table.index.names == ["cause", "time"]
    assert table.loc["left", "incidence"].to_dict() == {0.5: 0, 1: 0.5, 2: 0.5}
    assert table.loc["grew", "incidence"].to_dict() == {0.5: 0, 1: 0, 2: 0.25}
    assert table.loc["left", "se"].loc[0.5] == 0
    assert fit.table.index.names == ["cause", "time"]
    assert fit.table.loc["left", ["at_risk", "events"]].to_numpy().tolist() == [[4, 2], [2, 0], [1, 0]]


@pytest.mark.parametrize(("entry", "incidence"), [(1.999, 1 / 2), (2, 1), (2.001, 1)])
def test_entry_at_an_event_time(entry, incidence):
    """Who enters when the other goes was not at risk then."""
    fit = aalen_johansen([2, 3], ["left", None], start=[0, entry])
    assert fit.at([2])["incidence"].item() == incidence


def test_limits_are_on_the_scale_named():
    """Two of four leave at 1: F = 1/2, se = 1/4, as a share of independent rows."""
    z = 1.959963984540054
    for kind, lower in (("plain", 0.5 - z / 4), ("log", 0.5 * np.exp(-z / 2))):
        fit = aalen_johansen([1, 1, 2, 2], [1, 1, 0, 0], interval=kind)
        assert (fit.interval, fit.level) == (kind, 0.95)
        assert fit.at([1])[["se", "lower"]].iloc[0].tolist() == pytest.approx([0.25, lower])
