"""Bad rows are refused by number, with the rule they break."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from reporting.survival import (
    DataError,
    Steps,
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
    with pytest.raises(DataError, match=rf"^{name}: .*unit of time.* / pd.Timedelta\(days=1\)"):
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
