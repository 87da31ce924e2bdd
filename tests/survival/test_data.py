"""Bad rows are refused by number, with the rule they break."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from reporting.survival import (
    CollinearError,
    DataError,
    NotIdentifiedError,
    Steps,
    SurvivalError,
    aalen_johansen,
    benjamini_hochberg,
    best_threshold,
    cox,
    discrete_hazard,
    effect_over_time,
    follow_up,
    holm,
    kaplan_meier,
    kaplan_meier_by,
    known_within,
    model_gate,
    numbers_at_risk,
    predict_survival,
    rmst,
    split_rows,
    steps,
)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"stop": [], "event": []}, "no rows"),
        ({"stop": [1, np.nan], "event": [0, 1]}, "stop, row 1: nan; expected a finite number"),
        ({"stop": [1, 2], "event": [0, 2]}, "event, row 1: 2; expected 0 or 1"),
        ({"stop": [1, 2], "event": [0]}, "event: 1 values for 2 rows"),
        (
            {"stop": [1, 2], "event": [0, 1], "start": [0, 2]},
            "stop, row 1: 2; expected later than the row's start",
        ),
        (
            {"stop": [1, 2], "event": [0, 1], "weights": [1, 0]},
            "weights, row 1: 0; expected a positive number",
        ),
        ({"stop": [1, 2], "event": [0, 1], "cluster": ["a", None]}, "cluster: row 1 is missing"),
        ({"stop": ["x", "y"], "event": [0, 1]}, "stop: expected numbers"),
    ],
)
def test_bad_rows(arguments, message):
    with pytest.raises(DataError, match=message):
        kaplan_meier(**arguments)


def test_adjusted_p_values_by_hand():
    p = [0.01, 0.04, 0.03, np.nan]
    assert holm(p).tolist() == pytest.approx([0.03, 0.06, 0.06, np.nan], nan_ok=True)
    assert benjamini_hochberg(p).tolist() == pytest.approx([0.03, 0.04, 0.04, np.nan], nan_ok=True)


DAYS = pd.to_timedelta([1, 2, 3, 4], unit="D")
DATES = pd.to_datetime(["2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01"])
X = pd.DataFrame({"x": [0.0, 1, 1, 0]})
ENDS, EVENTS, SINCE = [1, 2, 3, 4], [1, 1, 0, 0], [0, 1, 2, 3]
CURVE = kaplan_meier(ENDS, EVENTS)
FLAT = Steps(())
FRAME = pd.DataFrame({"a": SINCE, "b": ENDS, "e": EVENTS})


@pytest.mark.parametrize(
    "times", [DAYS, DATES, list(DAYS), DAYS.to_pytimedelta(), DATES.date, DATES.to_numpy()]
)
@pytest.mark.parametrize(
    ("name", "ask"),
    [
        ("stop", lambda t: kaplan_meier(t, EVENTS)),
        ("start", lambda t: kaplan_meier([9, 9, 9, 9], EVENTS, start=t)),
        ("stop", lambda t: kaplan_meier_by([1, 1, 2, 2], t, EVENTS)),
        ("times", lambda t: CURVE.at(t)),
        ("times", lambda t: CURVE.at_risk(t)),
        ("times", lambda t: numbers_at_risk({"all": CURVE}, t)),
        ("start", lambda t: CURVE.probability_within(t, 1)),
        ("horizon", lambda t: CURVE.probability_within([0], t[0])),
        ("tau", lambda t: rmst(CURVE, t[0])),
        ("stop", lambda t: cox(X, t, EVENTS)),
        ("times", lambda t: predict_survival(cox(X, ENDS, EVENTS), X, t)),
        ("cuts", lambda t: effect_over_time("x", t, X, ENDS, EVENTS, start=SINCE)),
        ("stop", lambda t: effect_over_time("x", [], X, t, EVENTS, start=SINCE)),
        ("stop", lambda t: discrete_hazard(X, t, EVENTS, start=SINCE)),
        ("start", lambda t: discrete_hazard(X, ENDS, EVENTS, start=SINCE, baseline=FLAT).predict(X, t)),
        ("stop", lambda t: steps(t, EVENTS, 2)),
        ("value", lambda t: best_threshold(t, ENDS, EVENTS)),
        ("stop", lambda t: follow_up([1, 2, 3, 4], SINCE, t, EVENTS)),
        ("stop", lambda t: known_within(t, EVENTS, 1)),
        ("horizon", lambda t: known_within(ENDS, EVENTS, t[0])),
        ("b", lambda t: split_rows(FRAME.assign(b=t), [1], start="a", stop="b", event="e")),
        ("cuts", lambda t: split_rows(FRAME, t, start="a", stop="b", event="e")),
    ],
)
def test_times_need_a_unit(name, ask, times):
    """Read as numbers, a timedelta would be in whatever unit pandas keeps it in."""
    length = name if isinstance(times[0], timedelta | np.timedelta64) else rf"\({name} - origin\)"
    with pytest.raises(DataError, match=rf"^{name}: .*unit of time.* give {length} / pd.Timedelta\(days=1\)"):
        ask(times)


@pytest.mark.parametrize(
    ("name", "ask"),
    [
        ("times, row 1", lambda t: CURVE.at([1, t])),
        ("times", lambda t: CURVE.at(t)),
        ("times", lambda t: CURVE.at_risk(t)),
        ("times", lambda t: numbers_at_risk({"all": CURVE}, t)),
        ("start", lambda t: CURVE.probability_within(t, 1)),
        ("horizon", lambda t: CURVE.probability_within(1, t)),
        ("tau", lambda t: rmst(CURVE, t)),
        ("times", lambda t: predict_survival(cox(X, ENDS, EVENTS), X, t)),
        ("times", lambda t: aalen_johansen(ENDS, EVENTS).at(t)),
        ("start", lambda t: discrete_hazard(X, ENDS, EVENTS, start=SINCE, baseline=FLAT).predict(X, t)),
        ("horizon", lambda t: known_within(ENDS, EVENTS, t)),
        ("cuts, row 1", lambda t: effect_over_time("x", [1, t], X, ENDS, EVENTS, start=SINCE)),
    ],
)
def test_a_missing_time_is_refused(name, ask):
    with pytest.raises(DataError, match=rf"^{name}: nan; expected a"):
        ask(np.nan)


@pytest.mark.parametrize(
    ("events", "wanted", "parameters", "reason"),
    [
        (19, 1, 0, "19 events, under the 20"),
        (20, 1, 1, "20 events, 20 a term"),
        (21, 2, 2, "21 events, 10 a term"),
        (20, 3, 2, "20 events carry 2 terms, not 3: 10 events a term"),
        (29, 3, 2, "29 events carry 2 terms, not 3"),
        (30, 3, 3, "30 events, 10 a term"),
        (31, 3, 3, "31 events, 10 a term"),
        (30, 4, 3, "not 4"),
        (25, 0, 0, "25 events, 25 a term"),
    ],
)
def test_gates(events, wanted, parameters, reason):
    """Twenty events for any model, ten for each parameter."""
    gate = model_gate(events, wanted)
    assert gate.parameters == parameters
    assert gate.open == (parameters > 0)
    assert reason in gate.reason


def test_p_values_at_the_edges():
    assert holm([0.0, 1.0]).tolist() == [0, 1]
    assert benjamini_hochberg([np.nan]).tolist() == pytest.approx([np.nan], nan_ok=True)
    for bad in (-0.001, 1.001):
        with pytest.raises(DataError, match="between 0 and 1"):
            holm([0.5, bad])


@pytest.mark.parametrize(
    ("first", "second", "tied"),
    [
        (1.0, 1.0 + 1.4e-8, True),
        (1.0, 1.0 + 1.6e-8, False),
        (1e-3, 1e-3 + 1.4e-8, True),  # never less than 1.5e-8 itself
        (1e-3, 1e-3 + 1.6e-8, False),
        (1000.0, 1000.0 + 1.4e-5, True),
        (1000.0, 1000.0 + 1.6e-5, False),
        (-1000.0, -1000.0 - 1.4e-5, True),
    ],
)
def test_times_about_as_far_apart_as_rounding_are_tied(first, second, tied):
    """R's aeqSurv: apart by no more than 1.49e-8 (the root of the machine's), or that share of their mean."""
    curve = kaplan_meier([first, second], [1, 1])
    assert len(curve.table) == (1 if tied else 2)
    assert curve.table["time"].iloc[0] == min(first, second)
    late = kaplan_meier([first, first + 1], [1, 1], start=[first - 1, second])
    if second > first:
        # Who enters "at" the event is not at risk then.
        assert late.table["at_risk"].iloc[0] == 1


def test_a_row_no_longer_than_rounding_is_refused():
    with pytest.raises(DataError, match="stop, row 1: 2; expected later than the row's start"):
        kaplan_meier([1, 2 + 1e-9], [0, 1], start=[0, 2])


def test_no_start_is_at_risk_from_the_outset():
    assert kaplan_meier([-5, 2], [1, 1]).table["at_risk"].tolist() == [2, 1]


@pytest.mark.parametrize(
    ("covariates", "message"),
    [
        (X.iloc[:3], "covariates: 3 rows, but 4 rows at risk"),
        (X[[]], "no covariates"),
        (pd.concat([X, X], axis=1), "covariate 'x' is there twice"),
        (X.assign(y=[0, 1, np.nan, np.inf]), "covariate 'y', row 2: nan"),
        (X.assign(y=[0, 1, 2, np.inf]), "covariate 'y', row 3: inf"),
        (X.assign(y=list("abca")), "covariate 'y' is .*, not numeric"),
        (X.assign(y=DAYS), "covariate 'y' is timedelta.*, not numeric"),
    ],
)
def test_bad_covariates(covariates, message):
    with pytest.raises(DataError, match=message):
        cox(covariates, ENDS, EVENTS)


def test_flags_and_nullable_columns_are_covariates():
    plain = cox(X, ENDS, EVENTS)
    for column in (X["x"] == 1, X["x"].astype("Int64"), (X["x"] == 1).astype("boolean")):
        assert cox(pd.DataFrame({"x": column}), ENDS, EVENTS).coef == pytest.approx(plain.coef)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"start": [0]}, "start: 1 values for 4 rows"),
        ({"weights": [1, 2]}, "weights: 2 values for 4 rows"),
        ({"weights": [1, 2, -0.001, 1]}, "weights, row 2: -0.001; expected a positive number"),
        ({"cluster": [1, 2]}, "cluster: 2 values for 4 rows"),
        ({"start": [0, np.inf, 0, 0]}, "start, row 1: inf; expected a finite number"),
        ({"start": ["x", "y", "z", "w"]}, "start: expected numbers, got"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(DataError, match=message):
        kaplan_meier(ENDS, EVENTS, **arguments)


def test_strata_are_labels_of_rows():
    for labels, message in (
        ([1, 2], "strata: 2 values for 4 rows"),
        ([1, None, 1, 1], "strata: row 1 is missing"),
    ):
        with pytest.raises(DataError, match=message):
            cox(X, ENDS, EVENTS, strata=labels)


def test_errors_name_terms_and_a_remedy():
    collinear, endless = CollinearError(["a", "b"]), NotIdentifiedError(["a", "b"])
    assert collinear.terms == endless.terms == ["a", "b"]
    assert str(collinear).startswith("a, b: constant, or a combination") and "Leave out" in str(collinear)
    assert str(endless).startswith("no finite estimate for a, b:") and "Leave it out" in str(endless)
    assert isinstance(collinear, SurvivalError) and isinstance(endless, ValueError)
