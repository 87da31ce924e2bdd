"""Kinds of loss, the way out, segments, subscriptions, flags: each by a case worked out by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests import hand
from tests.churn_hand import cohort, landmarks, use_of

from reporting.analysis.churn import aha, before_leaving, kinds, segments, subscriptions
from reporting.analysis.churn.drivers import catalogue
from reporting.analysis.churn.flags import flags
from reporting.analysis.churn.risk_set import RiskSet
from reporting.errors import ParameterError


@pytest.fixture(scope="module")
def product():
    return hand.product()


def test_early_activation_is_unknown_where_the_events_had_not_begun(product):
    early = next(
        d for d in catalogue(product, pd.Timestamp("2024-01-01"), True) if d.name == "activated_early"
    )
    signed = pd.to_datetime(["2023-06-01", "2024-02-01", "2024-02-01", "2024-02-01"])
    activated = pd.to_datetime(["2023-06-05", "2024-02-15", "2024-02-16", None])
    value = early.value(pd.DataFrame({"signed_up_at": signed, "activated_at": activated}))
    assert np.isnan(value[0]) and value[1:].tolist() == [1, 0, 0]


def test_kinds_of_loss_by_hand(product):
    rows = pd.DataFrame(
        {
            "spell": ["a", "a", "b", "c", "d", "d"],
            "active_users": [3.0, 3, 0, 2, 4, 3],
            "active_days": 1.0,
            "last_active_days": [1.0, 1, 40, 1, 1, 1],
            "activated": pd.array([True, True, True, False, True, None], dtype="boolean"),
            "engagement_score": [71.0, 40, 90, 90, np.nan, 90],
        }
    )
    assert kinds.classify(rows, product).tolist() == [
        kinds.ENGAGED,
        kinds.UNCLEAR,
        kinds.ABANDONED,
        kinds.NEVER,
        kinds.UNCLEAR,
        kinds.INACTIVE,
    ]


def test_a_decline_is_found_about_when_it_begins():
    found = before_leaving.pattern(*use_of(8, np.random.default_rng(0)))
    assert (found.losses, found.left_out) == (20, 0)
    assert 5 <= found.lead <= 8
    assert found.weeks.loc[-8:, "ratio"].between(0.4, 0.65).all()
    assert found.weeks.loc[:-9, "ratio"].between(0.85, 1.15).all()


def test_no_decline_gives_no_lead():
    assert before_leaving.pattern(*use_of(0, np.random.default_rng(1))).lead is None


def test_noise_is_not_confirmed():
    assert not any(aha.search(cohort(0.0, seed), permutations=199).confirmed for seed in range(1, 6))


def test_an_unknown_segment_is_refused_with_a_guess():
    with pytest.raises(ParameterError, match=r"'regoin' is not a segment. Did you mean 'region'\?"):
        segments.check_names(["plan", "regoin"])


def test_the_strongest_segment_comes_first_and_holm_pays_for_all(data):
    found = data.segments
    assert found[0].name == "billing_frequency" and found[0].differs
    assert all(s.p_adjusted >= s.test.p for s in found)
    means = found[0].means
    gap = found[0].differences["year"]
    assert gap.estimate == pytest.approx(means["year"].estimate - means["month"].estimate)
    assert found[0].differences["month"] is None


def test_small_groups_are_joined():
    group = pd.Series(["a"] * 30 + ["b"] * 20 + ["c"] * 8 + ["d"] * 9 + [None])
    assert segments._merged(group).value_counts().to_dict() == {"a": 30, "b": 20, "Other": 17}
    assert segments._merged(group[:58]).value_counts().to_dict() == {"a": 30, "b": 20}


def test_a_change_of_terms_is_no_end_of_a_subscription():
    frame = pd.DataFrame(
        {
            "account_id": ["a", "a", "b"],
            "plan": "P",
            "is_trial": False,
            "valid_from": pd.to_datetime(["2025-01-01", "2025-04-01", "2025-01-01"]),
            "valid_to": pd.to_datetime(["2025-04-01", None, "2025-03-01"]),
        }
    )
    rows = subscriptions.spans(frame, pd.Timestamp("2025-07-01"))
    assert rows["ended"].tolist() == [False, False, True]
    assert rows["months"].round(1).tolist() == [3.0, 3.0, 1.9]


def test_a_flag_that_warns_is_told_from_one_that_does_not(data, product):
    rows = data.risk.rows.copy()
    rng = np.random.default_rng(0)
    soon = rows.groupby("spell")["churned"].transform("any")
    rows["flag_good"] = soon & (rng.random(len(rows)) < 0.8)
    rows["flag_idle"] = rng.random(len(rows)) < 0.3
    now = data.risk.now.assign(flag_good=True, flag_idle=False)
    risk = RiskSet(rows, data.risk.spells, now, data.risk.committed, 0, data.risk.observed_from)
    found = {flag.name: flag for flag in flags(risk, product)}
    good, idle = found["good"], found["idle"]
    assert good.name == "good" and good.holds and good.now == len(now)
    assert not idle.holds


def test_accounts_are_followed_from_their_first_close_thirty_days_after_sign_up():
    found = landmarks("2024-03-20", "2024-03-01")
    assert found["month"].unique().tolist() == [pd.Timestamp("2024-04-01")]
    assert found["time"].to_dict() == {"A": 5, "B": 3}
    assert found["left"].to_dict() == {"A": False, "B": True}
