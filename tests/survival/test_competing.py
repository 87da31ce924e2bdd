"""Aalen-Johansen: published incidences, and what ties it to Kaplan-Meier."""

from __future__ import annotations

import numpy as np
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


def test_missing_and_absent_causes_are_refused():
    with pytest.raises(DataError, match="row 1 is missing"):
        aalen_johansen([1, 2], ["a", None])
    with pytest.raises(DataError, match="no events"):
        aalen_johansen([1, 2], [0, 0])
