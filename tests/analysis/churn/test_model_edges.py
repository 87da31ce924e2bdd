"""The churn model and its risks: at the edges."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from reporting.analysis.churn import model, risk
from reporting.analysis.churn.drivers import Driver
from reporting.analysis.churn.model import Model
from reporting.analysis.churn.out_of_time import Horizon, Validation
from reporting.survival.validation import Calibration


def plain(name: str, binary: bool = False) -> Driver:
    return Driver(name, "behaviour", (name,), lambda f: f[name], binary=binary)


@pytest.mark.parametrize(("ones", "answer"), [(5, 1.0), (4, 0.0), (6, 1.0)])
def test_the_reference_is_the_median_and_the_commoner_answer(ones, answer):
    columns = pd.DataFrame(
        {"x": [1.0] * 9 + [100.0], "yes": [1.0] * ones + [0.0] * (10 - ones), "x_unknown": 1.0}
    )
    terms = SimpleNamespace(
        drivers=[plain("x"), plain("yes", binary=True)],
        indicators={"x_unknown": ["x"]},
        columns=lambda _: columns,
    )
    found = Model(None, None, terms, None, None, False).reference
    assert found.to_dict() == {"x": 1.0, "yes": answer, "x_unknown": 0.0}


def risks(due: dict[str, float], correction: float = 1.0) -> pd.DataFrame:
    """Risks of accounts with 10 % within a month, 30 % within three, 40 % at the end of a term."""
    now = pd.DataFrame({"due_in": due})

    def probability(rows: pd.DataFrame, months: int) -> pd.DataFrame:
        may = ~(rows["due_in"] > months)
        value = (0.3 if months == 3 else 0.1) * may
        return pd.DataFrame({"probability": value, "lower": value / 2, "upper": value * 2, "can_leave": may})

    def at_term_end(rows: pd.DataFrame) -> pd.DataFrame:
        return pd.DataFrame({"probability": 0.4, "lower": 0.2, "upper": 0.6}, index=rows.index)

    model = SimpleNamespace(probability=probability, at_term_end=at_term_end)
    return risk.risks(SimpleNamespace(now=now), model, correction)


def test_within_a_longer_term_the_risk_is_that_of_its_end():
    found = risks({"a": np.nan, "b": 3.0, "c": 4.0})
    assert found["at_renewal"].tolist() == [False, False, True]
    columns = ["p1", "p3", "probability", "probability_lower", "probability_upper"]
    assert found.loc["a", columns].tolist() == pytest.approx([0.1, 0.3, 0.3, 0.15, 0.6])
    assert found.loc["b", columns].tolist() == pytest.approx([0.0, 0.3, 0.3, 0.15, 0.6])
    assert found.loc["c", columns].tolist() == pytest.approx([0.0, 0.0, 0.4, 0.2, 0.6])


def test_a_correction_multiplies_the_hazard():
    assert risks({"a": np.nan}, 2.0).loc["a", ["p1", "p3"]].tolist() == pytest.approx([0.19, 0.51])


def test_what_another_processor_computes_in_the_last_digits_is_the_same_risk():
    due = {"a": np.nan, "b": 3.0, "c": 4.0}
    assert risks(due, 1.3).equals(risks(due, 1.3 * (1 + 1e-13)))


@pytest.mark.parametrize(
    ("losses", "ratio", "expected"),
    [  # exact 95 % Poisson limits of 10 losses are 4.795 and 18.39 (Garwood 1936)
        (10, 10 / 4.80, 1.0),
        (10, 10 / 4.79, 10 / 4.79),
        (10, 10 / 18.3, 1.0),
        (10, 10 / 18.4, 10 / 18.4),
        (10, 1.0, 1.0),
    ],
)
def test_risks_are_corrected_where_chance_does_not_explain_what_came(losses, ratio, expected):
    one = Horizon(1, 100, losses, None, None, Calibration(None, ratio, None))
    three = Horizon(3, 100, 3 * losses, None, None, Calibration(None, 9.0, None))
    assert risk.correction(Validation(None, 0, [one, three])) == pytest.approx(expected, abs=1e-6)
    assert risk.correction(Validation(None, 0, [three])) == 1.0


def held(losses: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many stretches of tenure a driver's effect is told in, for so many losses over 30 months."""
    asked = []
    monkeypatch.setattr(
        model, "effect_over_time", lambda name, cuts, *_, **__: asked.append(cuts) or pd.DataFrame({"x": [1]})
    )
    stop = [float(1 + i % 30) for i in range(losses)]
    rows = pd.DataFrame({"churned": True, "stop": stop, "start": 0.0, "account_id": range(losses)})
    terms = SimpleNamespace(columns=lambda _: rows)
    Model(None, None, terms, rows, None, False).over_tenure(plain("x"))
    return len(asked[0]) + 1 if asked else 0


@pytest.mark.parametrize(("losses", "stretches"), [(45, 3), (44, 2), (30, 2), (29, 0)])
def test_an_effect_over_tenure_needs_fifteen_losses_a_stretch(monkeypatch, losses, stretches):
    assert held(losses, monkeypatch) == stretches
