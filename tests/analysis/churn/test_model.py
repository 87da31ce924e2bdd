"""The model on worlds whose truth is known, its gates, and what it makes of missing values."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests import churn_world as world
from tests.churn_hand import simple, six_hundred

from reporting.analysis.churn.design import design
from reporting.analysis.churn.model import Model, fit
from reporting.analysis.untold import Untold


def test_the_truth_lies_within_four_standard_errors_and_signs_are_right(data):
    table = data.model.table
    for name, log_hr in world.TRUTH.items():
        assert abs(table.loc[name, "coef"] - log_hr) < 4 * table.loc[name, "se"], name
        assert np.sign(table.loc[name, "coef"]) == np.sign(log_hr), name
        assert table.loc[name, "p_adjusted"] < 0.05, name
    for name in world.NIL:
        assert abs(table.loc[name, "coef"]) < 4 * table.loc[name, "se"], name


def test_cox_stands_beside_and_disagreement_is_told_from_agreement(data):
    table = data.model.table
    apart = (np.log(table["cox_ratio"]) - table["coef"]).abs() / table["se"]
    assert (table["agrees"] == (apart <= 0.5)).all()
    assert table.loc["usage_halvings", "agrees"]


def test_an_account_within_its_term_cannot_leave_before_its_end(data):
    at_risk, due = data.at_risk, data.risk.now["due_in"]
    due = due.reindex(at_risk.index)
    assert data.risk.committed
    within = due > 3
    assert within.any() and (at_risk.loc[within, "p3"] == 0).all()
    assert at_risk["at_renewal"].equals(within) and (at_risk.loc[within, "probability"] > 0).all()
    assert (at_risk.loc[due.isna(), "p3"] > at_risk.loc[due.isna(), "p1"]).all()
    assert (at_risk.loc[due == 3, "p1"] == 0).all() and (at_risk.loc[due == 3, "p3"] > 0).all()


def test_probabilities_are_within_their_intervals_and_fit_the_losses(data):
    rows = data.risk.modelled
    predicted = data.model.probability(rows, 1)
    assert (predicted["lower"] <= predicted["probability"]).all()
    assert (predicted["probability"] <= predicted["upper"]).all()
    assert predicted["probability"].sum() == pytest.approx(rows["churned"].sum(), rel=0.02)


def test_reasons_multiply_to_the_hazard_against_the_reference(data):
    model, now = data.model, data.risk.now
    columns = model.design.columns(now)
    parts = model.hazard.contributions(columns, model.reference).sum(axis=1)
    reference = model.reference.to_frame().T
    for account in now.index[:5]:
        start = now.loc[account, "start"]
        own = model.hazard.predict(columns.loc[[account]], start)["log_hazard"].iloc[0]
        base = model.hazard.predict(reference, start)["log_hazard"].iloc[0]
        assert parts[account] == pytest.approx(own - base)


def test_reasons_are_the_largest_parts_contract_last(data):
    contract = {driver.name for driver in data.model.design.drivers if driver.group == "revenue"}
    for raising, lowering in zip(data.at_risk["raising"], data.at_risk["lowering"], strict=True):
        factors = [reason.factor for reason in raising]
        order = [(reason.driver in contract, -reason.factor) for reason in raising]
        assert order == sorted(order) and len(factors) <= 3
        assert all(factor > 1.1 for factor in factors)
        assert lowering is None or lowering.factor < 0.9


@pytest.fixture
def rows() -> pd.DataFrame:
    return six_hundred()


def test_ten_losses_a_term_choose_in_the_drivers_order(rows):
    rows["churned"] = np.arange(len(rows)) < 29
    model = fit(rows, [simple(x, x) for x in "bac"], False)
    assert isinstance(model, Model)
    assert [driver.name for driver in model.design.drivers] == ["b", "a"]
    assert model.design.left_out == {"c": Untold("beyond_gate")}
    assert "29 events carry 2 terms, not 3" in model.design.gate


def test_gaps_are_filled_with_the_median_and_marked_once(rows):
    rows.loc[rows.index[:150], ["a", "b"]] = np.nan
    terms = design(rows, rows["churned"], [simple(x, x) for x in "abc"])
    assert terms.indicators == {"a_unknown": ["a", "b"]}
    assert terms.filled == {"a": 0.25, "b": 0.25}
    columns = terms.columns(rows)
    assert columns["a"].iloc[0] == pytest.approx(rows["a"].median())
    assert columns["a_unknown"].sum() == 150


def test_an_indicator_counts_as_a_term(rows):
    rows["churned"] = np.arange(len(rows)) < 20
    rows.loc[rows.index[-200:], "b"] = np.nan
    terms = design(rows, rows["churned"], [simple("a", "a"), simple("b", "b")])
    assert terms.names == ["a"]


def test_what_the_source_lacks_is_said(rows):
    terms = design(rows, rows["churned"], [simple("a", "a"), simple("z", "nowhere")])
    assert terms.left_out == {"z": Untold("absent")}


def test_a_driver_that_repeats_another_is_left_out(rows):
    rows["b"] = 2 * rows["a"] + 1
    model = fit(rows, [simple("a", "a"), simple("b", "b")], False)
    assert [driver.name for driver in model.design.drivers] == ["a"]
    assert model.design.left_out == {"b": Untold("repeats_another")}


def test_a_driver_that_separates_is_left_out(rows):
    rows["a"] = rows["churned"].astype(float) + np.where(np.arange(len(rows)) > 500, 2.0, 0.0)
    model = fit(rows, [simple("b", "b"), simple("a", "a")], False)
    assert (
        "a" not in [driver.name for driver in model.design.drivers]
        or model.hazard.table().loc["a", "se"] < 10
    )
