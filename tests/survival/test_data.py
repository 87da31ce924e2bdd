"""Bad rows are refused by number, with the rule they break."""

from __future__ import annotations

import numpy as np
import pytest

from reporting.survival import DataError, benjamini_hochberg, holm, kaplan_meier, model_gate


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


def test_gates():
    assert not model_gate(19, 3).open
    assert model_gate(35, 5).parameters == 3
    assert model_gate(80, 5).parameters == 5
    assert "not 5" in model_gate(35, 5).reason
