"""Users, flows, belief in the score and causes of a movement: at their edges."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from tests.hand import BEFORE, NOW, book, months, panel, snapshot

from reporting.analysis.users import users
from reporting.present.blocks import Table
from reporting.reports import monthly_health as health
from reporting.reports.telling.movements import movements

# A section and its module share a name, and the package shows the section.
lifecycle, validity = (
    import_module(f"reporting.reports.monthly_health.{name}") for name in ("lifecycle", "validity")
)
CLOSE = pd.Timestamp("2026-03-01")


def load(*rows: dict, **tables) -> health.Data:
    return health.load(snapshot(panel(*rows), **tables))


# --- users --------------------------------------------------------------------------------------------


def user(name: str = "u", month=NOW, **columns) -> dict:
    usual = {"account_id": "a", "user_id": name, "month": month, "role": "admin", "team": "T"}
    usual |= {"last_active_at": CLOSE - pd.Timedelta(days=1), "key_action_gap_days": 1.0, "active_days_7": 3}
    usual |= {"customer_engagement_score": 5.0, "sessions": 2, "duration_seconds": 240.0}
    return usual | {"tasks": 4, "tasks_done": 3} | columns


def people_of(*rows: dict) -> pd.DataFrame:
    made = book({}, {"account_id": "gone", "mrr_cents": 0}, user_month=pd.DataFrame(rows))
    return users(made).set_index("user_id")


@pytest.mark.parametrize(("days", "regular"), [(2, False), (3, True), (4, True)])
def test_a_regular_comes_on_three_of_seven_days(days, regular):
    assert people_of(user(active_days_7=days)).loc["u", "a3x7"] == regular


def test_who_was_not_there_this_month_keeps_what_was_last_known():
    found = people_of(
        user("u", BEFORE, key_action_gap_days=4.0, last_active_at=pd.Timestamp("2026-01-20"), role="viewer"),
        user("v", BEFORE, key_action_gap_days=2.0),
        user("v", key_action_gap_days=np.nan),
        user("w", key_action_gap_days=np.nan),
        user("x", account_id="gone"),
    )
    assert found.index.tolist() == ["u", "v", "w"]
    assert found.loc["u", ["last_active_days", "key_action_gap_days", "active_days_7"]].tolist() == [
        40,
        32,
        0,
    ]
    assert found.loc["v", "key_action_gap_days"] == 2 + 28
    assert np.isnan(found.loc["w", "key_action_gap_days"])


def test_sessions_and_tasks_of_none_have_no_length_and_no_share():
    found = people_of(user("u"), user("v", sessions=0, tasks=0))
    assert found.loc["u", ["session_duration", "task_completion_rate"]].tolist() == [2.0, 0.75]
    assert found.loc["v", ["session_duration", "task_completion_rate"]].isna().all()


def test_people_are_counted_when_active_in_thirty_days_and_regular_of_those_of_seven():
    rows = [user(f"u{i}", last_active_at=CLOSE - pd.Timedelta(days=d)) for i, d in enumerate((6, 7, 29, 30))]
    rows[1] |= {"active_days_7": 0}
    rows[2] |= {"key_action_gap_days": 7.0}
    data = load({}, user_month=pd.DataFrame(rows))
    (table,) = [block for block in health.people(data) if isinstance(block, Table)][:1]
    assert table.rows[-1][:4] == ["All", "3", "100.0%", "66.7%"]


# --- tenure, validity ---------------------------------------------------------------------------------


def test_the_largest_flow_between_stages():
    def at(account: str, was: str, now: str) -> list[dict]:
        return [
            {"account_id": account, "month": month, "funnel_stage": stage}
            for month, stage in ((BEFORE, was), (NOW, now))
        ]

    rows = [*at("a", "adopted", "engaged"), *at("b", "adopted", "engaged"), *at("c", "engaged", "gone")]
    rows += [*at("d", "adopted", "adopted"), *at("e", "adopted", "adopted"), *at("f", "adopted", "adopted")]
    assert "from adopted to engaged, 2 accounts" in lifecycle._largest_flow(load(*rows))
    assert lifecycle._largest_flow(load(*at("d", "adopted", "adopted"))) == ""


def judged(lost: int, low: float = 0.6, reliable: bool = True) -> SimpleNamespace:
    share = SimpleNamespace(value=0.5, known=True, n=40, low=0.4, high=0.6)
    area = SimpleNamespace(value=0.7, low=low, high=0.8, known=True)
    return SimpleNamespace(
        past_scores=pd.DataFrame({"happened": [i < lost for i in range(80)]}),
        churn_by_band=dict.fromkeys(("healthy", "at risk", "churn risk"), share),
        score_auc=area,
        aucs={"health_score": area, "engagement_score": area},
        trust=SimpleNamespace(reliable=reliable),
        horizon_months=3,
    )


@pytest.mark.parametrize(
    ("lost", "low", "word"),
    [(9, 0.6, "yet"), (10, 0.6, "tells"), (10, 0.5, "does not"), (10, 0.51, "tells"), (10, 0.4, "does not")],
)
def test_a_score_is_judged_from_ten_losses_and_believed_beyond_a_coin(lost, low, word):
    text = validity.validity_sentence(judged(lost, low))
    assert ("AUC" in text) is (word != "yet")
    assert ("does not tell" in text) is (word == "does not")


# --- why MRR moved ------------------------------------------------------------------------------------


def why(*rows: dict, **tables) -> dict[str, str]:
    found = movements(book(*rows, **tables))
    return dict(zip(found["movement"], found["why"], strict=True))


@pytest.mark.parametrize(
    ("quiet", "trend", "named"),
    [
        (15, 0.0, "quiet for 15 days"),
        (14, 0.0, None),
        (1, 0.101, "use up 10.1% over 90 days"),
        (1, 0.10, None),
        (1, -0.10, None),
        (1, -0.101, "use down 10.1% over 90 days"),
    ],
)
def test_use_before_a_loss_is_named_from_its_edge(quiet, trend, named):
    rows = months("a", [100, 0])
    rows[0] |= {"last_active_days": quiet, "usage_trend_90": trend}
    expected = f"a month earlier: {named}" if named else "no reason recorded"
    assert why(*rows) == {"Churn": expected}


@pytest.mark.parametrize(
    ("requested", "said_"),
    [("2025-11-01", True), ("2025-10-31", False), ("2026-02-10", True)],
)
def test_a_cancellation_of_the_last_three_months_gives_the_reason(requested, said_):
    cancelled = pd.DataFrame(
        {"account_id": ["a"], "requested_at": [pd.Timestamp(requested)], "reason": ["too_expensive"]}
    )
    cancelled["effective_at"] = pd.NaT
    found = why(*months("a", [100, 0]), cancellations=cancelled)
    assert found == {"Churn": "said: too expensive" if said_ else "no reason recorded"}


def test_the_last_of_several_reasons_counts():
    cancelled = pd.DataFrame(
        {
            "account_id": "a",
            "requested_at": pd.to_datetime(["2026-01-20", "2026-01-05", "2026-02-01"]),
            "reason": ["price", "bugs", None],
        }
    )
    assert why(*months("a", [100, 0]), cancellations=cancelled) == {"Churn": "said: price"}


def test_terms_name_plan_and_seats():
    rows = months("a", [100, 150])
    rows[0] |= {"plan": "Team", "seats_purchased": 5.0}
    rows[1] |= {"plan": "Business", "seats_purchased": 8.0}
    assert why(*rows) == {"Expansion": "plan Team to Business and seats 5 to 8"}
    same = [row | {"plan": "Team", "seats_purchased": 5.0} for row in months("a", [100, 150])]
    assert why(*same)["Expansion"].startswith("price, discount")


def test_movements_stand_by_size_whatever_their_sign():
    rows = [*months("a", [100, 150]), *months("b", [100, 0]), *months("c", [0, 50]), *months("d", [9, 9])]
    found = movements(book(*rows))
    assert found["account_id"].tolist() == ["b", "a", "c"]
    assert found["amount_cents"].tolist() == [-100, 50, 50]


@pytest.mark.parametrize(
    ("health_auc", "engagement_auc", "told"),
    [
        (
            0.70,
            0.64,
            "The health score foretold it better than the engagement score (AUC 0.70 against 0.64)",
        ),
        (
            0.60,
            0.64,
            "The engagement score foretold it better than the health score (AUC 0.64 against 0.60)",
        ),
        (0.700, 0.695, "The health score and the engagement score foretold it equally well"),
        (0.70, None, ""),
    ],
)
def test_which_of_the_two_scores_foretold_churn_better(health_auc, engagement_auc, told):
    data = judged(20)
    data.aucs = {
        name: SimpleNamespace(value=value, known=value is not None)
        for name, value in (("health_score", health_auc), ("engagement_score", engagement_auc))
    }
    assert validity._which_foretold_better(data).strip(" .") == told
