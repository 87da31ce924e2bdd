"""What is read off a fitted model: the reference account, who is at high risk, words at their edges."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from tests.reports.hand import book, product

from reporting.analysis.churn import model
from reporting.analysis.churn.drivers import Driver, catalogue
from reporting.analysis.churn.model import Model
from reporting.reports.churn_drivers import at_risk, words

STATES = {d.name: d.state for d in catalogue(product(), pd.Timestamp("2025-01-01"), False)}


def plain(name: str, binary: bool = False) -> Driver:
    return Driver(name, "behaviour", name, name, (name,), lambda f: f[name], str, "", binary=binary)


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


def ranked(high_risk: float, columns: dict | None = None, **p3: float) -> pd.DataFrame:
    now = pd.DataFrame(
        {"account_id": list(p3), "account_name": list(p3), "mrr_cents": 1000, "due_in": np.nan}
        | (columns or {})
    )
    now = now.set_index("account_id", drop=False).rename_axis(None)

    def probability(rows: pd.DataFrame, months: int) -> pd.DataFrame:
        value = pd.Series(p3) if months == 3 else pd.Series(p3) / 3
        return pd.DataFrame({"probability": value, "lower": value / 2, "upper": value * 2})

    parts = pd.DataFrame({"x": 0.0}, index=now.index)
    fitted = SimpleNamespace(
        probability=probability,
        design=SimpleNamespace(drivers=[plain("x")], columns=lambda rows: parts),
        hazard=SimpleNamespace(contributions=lambda columns, reference: parts),
        reference=None,
        table=pd.DataFrame({"lower": 1.1, "upper": 2.0}, index=["x"]),
    )
    made = book(*({"account_id": name, "mrr_cents": 1000} for name in p3))
    return at_risk.accounts_at_risk(made, SimpleNamespace(now=now), fitted, high_risk)


def test_an_account_is_at_high_risk_from_the_threshold_on():
    found = ranked(0.25, a=0.25, b=0.24, c=0.26)
    assert found["high"].to_dict() == {"c": True, "a": True, "b": False}


def test_the_engagement_score_is_carried_along_where_there_is_one():
    found = ranked(0.5, {"engagement_score": [7.0, np.nan], "due_in": [2.0, 1.0]}, a=0.2, b=0.1)
    assert found.loc["a", ["engagement_score", "due_in"]].tolist() == [7.0, 2.0]
    assert np.isnan(found.loc["b", "engagement_score"])
    assert ranked(0.5, a=0.2)["engagement_score"].isna().all()


def test_without_a_rule_or_a_told_reason_one_keeps_in_touch():
    assert ranked(0.5, a=0.2)["action"].tolist() == ["Keep in touch"]


def test_accounts_stand_by_mrr_at_risk_and_of_equals_by_name():
    found = ranked(0.5, c=0.2, a=0.2, b=0.3)
    assert found.index.tolist() == ["b", "a", "c"]
    assert found["mrr_at_risk_cents"].tolist() == [300, 200, 200]
    assert found.loc["b", ["p1", "p3", "p3_lower", "p3_upper"]].tolist() == pytest.approx(
        [0.1, 0.3, 0.15, 0.6]
    )


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
    assert words.told(row(lower=lower, upper=upper)) is told


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
        ("usage_halvings", -2.0, "usage up 300% in 30 days"),
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
