"""What is read off a fitted model: the reference account, who is at high risk, words at their edges."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from tests.hand import product

from reporting.analysis.churn import model, risk
from reporting.analysis.churn.drivers import Driver
from reporting.analysis.churn.model import Model
from reporting.analysis.churn.out_of_time import Horizon, Validation
from reporting.reports.churn_drivers import words
from reporting.reports.churn_drivers.driver_words import driver_words
from reporting.survival.validation import Calibration

STATES = {name: told.state for name, told in driver_words(product(), committed=False).items()}


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
    assert risk.correction(Validation(None, 0, [one, three])) == expected
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


# --- words at their edges -----------------------------------------------------------------------------


def row(ratio: float = 2.0, lower: float = 1.5, upper: float = 3.0, p: float = 0.01) -> pd.Series:
    return pd.Series({"hazard_ratio": ratio, "lower": lower, "upper": upper, "p_adjusted": p})


@pytest.mark.parametrize(
    ("lower", "upper", "told"),
    [(1.01, 2.0, True), (1.0, 2.0, False), (0.9, 2.0, False), (0.5, 1.0, False), (0.5, 0.99, True)],
)
def test_an_effect_is_told_where_its_interval_keeps_to_one_side_of_one(lower, upper, told):
    assert risk.is_clear(row(lower=lower, upper=upper)) is told


@pytest.mark.parametrize(
    ("p", "ratio", "verdict"),
    [
        (0.049, 1.5, "goes with leaving"),
        (0.049, 0.5, "goes with staying"),
        (0.05, 1.5, "not told from chance"),
        (0.9, 0.5, "not told from chance"),
    ],
)
def test_what_a_driver_goes_with(p, ratio, verdict):
    assert words.verdict(row(ratio, p=p)) == verdict


@pytest.mark.parametrize(
    ("ratio", "lower", "shown"),
    [(1.5, 1.1, "1.5 (1.1 to 3.0)"), (1.5, 1.09, "1.50 (1.09 to 3.00)"), (0.5, 0.4, "0.50 (0.40 to 3.00)")],
)
def test_ratios_near_one_have_two_digits(ratio, lower, shown):
    assert words.ratio(row(ratio, lower)) == shown


@pytest.mark.parametrize(
    ("auc", "word"),
    [
        (0.80, "well"),
        (0.79, "fairly well"),
        (0.70, "fairly well"),
        (0.69, "somewhat better than chance"),
        (0.60, "somewhat better than chance"),
        (0.59, "poorly"),
        (0.55, "poorly"),
        (0.54, "no better than a coin"),
        (np.nan, "not known"),
    ],
)
def test_the_word_for_an_auc(auc, word):
    assert words.discrimination(auc) == word


@pytest.mark.parametrize(
    ("driver", "value", "state"),
    [
        ("usage_halvings", 0.14, "usage steady over 30 days"),  # 9 % down
        ("usage_halvings", 0.16, "usage down 10% in 30 days"),
        ("usage_halvings", -0.14, "usage up 10% in 30 days"),  # 10.2 %
        ("usage_halvings", -0.13, "usage steady over 30 days"),
        ("usage_halvings", 1.9, "usage down 73% in 30 days"),
        ("usage_halvings", 2.0, "usage down at least 75% in 30 days"),
        ("usage_halvings", -2.0, "usage more than doubled in 30 days"),
        ("active_user_share", 4.0, "40% of the seats active"),
        ("feature_breadth", 2.5, "25% of the core features in use"),
        ("activated_early", 1.0, "activated within 14 days"),
        ("activated_early", 0.0, "not activated within 14 days"),
        ("escalations", 0.0, "no escalated ticket"),
        ("escalations", 1.0, "1 escalated ticket in the month"),
        ("escalations", 2.0, "2 escalated tickets in the month"),
        ("tickets", 0.0, "no ticket"),
        ("tickets", 1.0, "1 ticket in the month"),
        ("tickets", 2.0, "2 tickets in the month"),
        ("integration_count", 0.0, "no integration connected"),
        ("integration_count", 1.0, "1 integration connected"),
        ("integration_count", 2.0, "2 integrations connected"),
        ("admin_inactive", 1.0, "no admin seen for 30 days"),
        ("admin_inactive", 0.0, "an admin is active"),
        ("single_champion", 1.0, "leans on one user"),
        ("single_champion", 0.0, "use spread over several users"),
        ("invites", 1.0, "3 or more users invited early"),
        ("invites", 0.0, "fewer than 3 users invited early"),
        ("session_frequency", 2.5, "2.5 sessions per user and week"),
        ("mrr_doublings", 3.0, "MRR of 8"),
        ("seat_doublings", 3.0, "8 seats bought"),
        ("term_ends", 1.0, "its term ends now"),
        ("term_ends", 0.0, "no term ends now"),
        ("billed_yearly", 1.0, "billed yearly"),
        ("billed_yearly", 0.0, "not billed yearly"),
    ],
)
def test_what_can_be_said_of_an_account(driver, value, state):
    assert STATES[driver](value) == state
