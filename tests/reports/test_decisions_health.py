"""The health report's edges: silence, trends, bands, onboarding, features, people, past scores."""

from __future__ import annotations

import math
from importlib import import_module
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from tests.reports.hand import BEFORE, NOW, book, months, panel, snapshot

from reporting.present.blocks import KeyFigures, Table
from reporting.reports import monthly_health as health
from reporting.reports.common.why import movements
from reporting.reports.monthly_health.users import users

# A section and its module share a name, and the package shows the section.
NAMES = ("adoption", "attention", "bands", "features", "lifecycle", "people", "usage", "validity")
adoption, attention, bands, features, lifecycle, people, usage, validity = (
    import_module(f"reporting.reports.monthly_health.{name}") for name in NAMES
)
CLOSE = pd.Timestamp("2026-03-01")


def load(*rows: dict, **tables) -> health.Data:
    return health.load(snapshot(panel(*rows), **tables))


def said(blocks) -> str:
    return " ".join(block.markdown for block in blocks if hasattr(block, "markdown"))


# --- silence, rise and fall ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "place"), [(0, 0), (6, 0), (7, 1), (14, 1), (15, 2), (29, 2), (30, 3), (31, 3), (900, 3)]
)
def test_silence_by_days_since_the_last_use(monkeypatch, days, place):
    """Under 7, 7 to 14, 15 to 29 (check in), 30 and more (high risk)."""
    shown = {}
    real = attention.charts.bars

    def keep(names, values, *rest, **more):
        shown.update(values=values)
        return real(names, values, *rest, **more)

    monkeypatch.setattr(attention.charts, "bars", keep)
    rows = [
        {"account_id": f"x{i}", "last_active_days": d, "mrr_cents": 1} for i, d in enumerate((0, 7, 15, 30))
    ]
    health.recency(load(*rows, {"account_id": "case", "last_active_days": days, "mrr_cents": 100}))
    assert [int(cents > 1) for cents in shown["values"]] == [int(i == place) for i in range(4)]


def test_the_share_of_silent_mrr_is_of_all_mrr_and_the_unknown_is_said_beside_it():
    text = said(
        health.recency(
            load(
                {"account_id": "a", "last_active_days": 30, "mrr_cents": 200},
                {"account_id": "b", "last_active_days": 1, "mrr_cents": 300},
                {"account_id": "c", "mrr_cents": 500},
            )
        )
    )
    assert text.startswith("20.0% of MRR")
    assert "1 account with 50.0% of MRR can't be judged" in text


@pytest.mark.parametrize(
    ("trend", "down", "up"), [(-0.11, 1, 0), (-0.10, 0, 0), (0.10, 0, 0), (0.11, 0, 1), (0.0, 0, 0)]
)
def test_use_falls_or_rises_by_more_than_a_tenth(trend, down, up):
    blocks = health.trends(load({"usage_trend_30": trend}))
    assert [block.label for block in blocks if isinstance(block, Table)] == (
        ["tbl-falling"] * down + ["tbl-rising"] * up
    )


def test_shares_of_falling_use_are_of_all_mrr():
    """The falling account pays 200 of 1000, of which 500 can't be judged: a fifth, not two fifths."""
    text = said(
        health.trends(
            load(
                {"account_id": "a", "usage_trend_30": -0.5, "mrr_cents": 200},
                {"account_id": "b", "usage_trend_30": 0.5, "mrr_cents": 300},
                {"account_id": "c", "mrr_cents": 500},
            )
        )
    )
    assert "at 1 account with 20.0% of MRR" in text and "at 1 account with 30.0%" in text
    assert "1 account with 50.0% of MRR can't be judged" in text


def test_single_champions_are_told_in_shares_of_all_mrr():
    text = said(
        health.concentration(
            load(
                {"account_id": "a", "top1_share": 0.9, "single_champion": True, "mrr_cents": 100},
                {"account_id": "b", "top1_share": 0.2, "single_champion": False, "mrr_cents": 100},
                {"account_id": "c", "mrr_cents": 200},
            )
        )
    )
    assert "1 account with 25.0% of MRR hangs" in text and "1 account with 50.0% of MRR can't" in text


# --- bands --------------------------------------------------------------------------------------------


def banded(account: str, cents: int, band: str | None, month=NOW, **columns) -> dict:
    return {"account_id": account, "mrr_cents": cents, "month": month, "engagement_band": band, **columns}


def test_a_band_s_share_of_mrr_is_of_all_mrr_and_its_share_of_accounts_of_those_scored():
    data = load(
        banded("a", 300, "healthy"),
        banded("b", 100, "churn risk"),
        banded("c", 100, None),
        banded("d", 0, "healthy"),
        banded("a", 100, "healthy", BEFORE),
        banded("b", 100, None, BEFORE),
    )
    assert data.by_band["accounts"].tolist() == [1, 0, 1]
    assert data.by_band["mrr_cents"].tolist() == [300, 0, 100]
    assert data.by_band["accounts_before"].tolist() == [1, 0, 0]
    assert bands._share(data, "mrr_cents", "healthy") == 0.6
    assert bands._share(data, "mrr_cents_before", "healthy") == 0.5
    assert bands._share(data, "accounts", "healthy") == 0.5
    assert math.isnan(bands._share(load(banded("a", 5, None)), "mrr_cents", "healthy"))


@pytest.mark.parametrize(("before", "good"), [(500, None), (499, True), (501, False)])
def test_a_healthy_share_that_did_not_move_is_neither_better_nor_worse(before, good):
    known = {f"score_{part}": 50.0 for part in ("session_frequency", "feature_breadth", "integrations")}
    rows = [
        banded(name, cents, band, month, **known)
        for month, healthy in ((NOW, 500), (BEFORE, before))
        for name, cents, band in (("a", healthy, "healthy"), ("b", 1000 - healthy, "at risk"))
    ]
    (tiles,) = [block for block in health.key_figures(load(*rows)) if isinstance(block, KeyFigures)]
    assert tiles.items[0].good is good


@pytest.mark.parametrize(("days", "quiet"), [(14, 0), (15, 1), (16, 1)])
def test_accounts_quiet_for_fifteen_days(days, quiet):
    data = load(banded("a", 5, "healthy", last_active_days=days))
    (tiles,) = health.key_figures(data)
    tile = next(item for item in tiles.items if "quiet" in item.label)
    assert tile.value == str(quiet)
    assert ("1 paying account" in bands._quiet_sentence(data).lower()) is bool(quiet)


@pytest.mark.parametrize(
    ("change", "gained", "lost"),
    [(5.0, "1", "no"), (4.9, "no", "no"), (-5.0, "no", "1"), (-4.9, "no", "no"), (6.0, "1", "no")],
)
def test_five_points_or_more(change, gained, lost):
    data = load({})
    data.health_changes = pd.DataFrame(
        {"account_name": "A", "mrr_cents": 5, "now": 50 + change, "change": [change], "cause": "x"}
    )
    text = said(health.movers(data))
    assert f"{gained} account{'' if gained == '1' else 's'} gained five points or more" in text
    assert f"and {lost} account{'' if lost == '1' else 's'} lost as many" in text


@pytest.mark.parametrize(
    ("step", "word"), [(1.0, "rose"), (0.9, "stayed"), (-0.9, "stayed"), (-1.0, "fell"), (0.0, "stayed")]
)
def test_mean_health_rises_or_falls_by_a_point(step, word):
    data = load({"month": BEFORE, "health_score": 50.0}, {"health_score": 50.0 + step})
    assert said(health.health_trend(data)).startswith(f"Mean health {word}")


# --- onboarding ---------------------------------------------------------------------------------------

STEPS = ["profile_completed", "first_import", "invite_colleague"]


def onboarded(took: dict[str, list[int]], **columns) -> health.Data:
    """Newcomers that signed up 60 days ago, and the steps (1, 2, ...) each has taken."""
    rows = [
        {"account_id": name, "tenure_days": 60, "activated": True, "signed_up_at": "2025-12-31"}
        for name in took
    ]
    steps = [
        (name, STEPS[place - 1] if place <= 3 else f"step {place}", place, pd.Timestamp("2026-01-05"))
        for name, places in took.items()
        for place in places
    ]
    table = pd.DataFrame(steps, columns=["account_id", "step", "position", "reached_at"])
    accounts = pd.DataFrame({"account_id": list(took), "signed_up_at": pd.Timestamp("2025-12-31")})
    made = [{k: v for k, v in row.items() if k != "signed_up_at"} | columns for row in rows]
    return load(*made, accounts=accounts, activation_steps=table)


def test_the_bar_says_what_share_took_this_very_step():
    """Of four, three took the second step and all went past it, for the fourth skipped it."""
    table = adoption.drop_off(onboarded({"a": [1, 2, 3], "b": [1, 2, 3], "c": [1, 2], "d": [1, 3]}))
    assert table["accounts"].tolist()[:4] == [4, 3, 3, 0]
    assert table["share"].tolist()[:4] == [1.0, 0.75, 0.75, 0.0]
    # Lost before the third step: the one that got as far as the second; before the fourth: the other three.
    assert table["lost"].tolist()[:4] == [0, 0, 1, 3]


def test_who_took_no_step_is_lost_before_the_first():
    table = adoption.drop_off(onboarded({"a": [], "b": [1], "c": [7]}))
    assert table["lost"].tolist() == [1, 1, 0, 0, 0, 0, 0]
    assert table["accounts"].tolist() == [1, 0, 0, 0, 0, 0, 1]


@pytest.mark.parametrize(
    ("tenure", "signed_up", "activated", "counted"),
    [
        (30, "2026-01-30", True, True),
        (29, "2026-01-31", True, False),  # not yet onboarded
        (365, "2025-03-01", True, True),
        (366, "2025-02-28 23:59", True, False),  # more than twelve months ago
        (60, "2025-12-31", None, False),
        (60, "2025-12-31", False, True),
    ],
)
def test_newcomers_of_twelve_months_whose_first_month_is_over(tenure, signed_up, activated, counted):
    accounts = pd.DataFrame({"account_id": ["a"], "signed_up_at": [pd.Timestamp(signed_up)]})
    data = load({"tenure_days": tenure, "activated": activated}, accounts=accounts)
    assert len(adoption._newcomers(data)) == counted


# --- usage --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("risk", "values", "share"),
    [
        ("below", [2.9, 3.0, 3.1, 4.0], "25.0%"),
        ("over", [2.9, 3.0, 3.1, 4.0], "50.0%"),
        ("at least", [2.9, 3.0, 3.1, 4.0], "75.0%"),
    ],
)
def test_the_share_beyond_a_limit(risk, values, share):
    measure = usage.Measure("x", "", "", str, 3.0, risk)
    assert measure.beyond(np.array(values)).startswith(share)


def test_each_measure_has_the_limit_and_the_side_of_the_product_definition():
    found = {m.column: (m.limit, m.risk) for m in usage._measures(load({}))}
    assert found["session_frequency"] == (3, "below")
    assert found["feature_breadth"] == (0.3, "below")
    assert found["adoption_recent"] == (0.3, "below")
    assert found["active_users"] == (3, "below")
    assert found["active_user_share"] == (0.05, "below")
    assert found["time_to_first_value"] == (14, "over")
    assert found["last_active_days"] == (15, "at least")
    assert found["value_events"][0] is found["tenure_days"][0] is None


# --- features -----------------------------------------------------------------------------------------


def feature_rows(
    first: str = "2024-01-01", users: int = 10, core: bool = True, name: str = "f"
) -> pd.DataFrame:
    """A feature used by so many of 100 users this month, on record since `first`; use as such since 2024."""
    old = [(pd.Timestamp("2024-01-01"), "old", True, False, 5, 50, 500)]
    own = [(pd.Timestamp(first), name, core, False, 5, users, 100), (NOW, name, core, False, 5, users, 100)]
    columns = ["month", "feature", "core", "premium", "accounts", "users", "events"]
    return pd.DataFrame(old + own, columns=columns).drop_duplicates(["month", "feature"])


def reading(**changes) -> str:
    data = load({"active_users": 100.0, "events": 5.0}, feature_month=feature_rows(**changes))
    return features._readings(data, features._features_at(data, NOW))[0]


@pytest.mark.parametrize(
    ("users", "core", "expected"),
    [
        (30, True, "good"),
        (29, True, "low"),
        (30, False, "in use"),
        (5, True, "low"),
        (5, False, "in use"),
        (4, True, features.REMOVE),
        (4, False, features.REMOVE),
        (0, False, features.REMOVE),
    ],
)
def test_a_feature_by_the_share_of_users(users, core, expected):
    assert reading(users=users, core=core) == expected


@pytest.mark.parametrize(
    ("first", "removed"),
    [  # six months after launch: the close is 1 March 2026
        ("2025-08-01", True),
        ("2025-09-01", True),
        ("2025-10-01", False),
        ("2024-01-01", True),  # in the first month on record: older than that
    ],
)
def test_a_rare_feature_is_a_candidate_from_six_months_on(first, removed):
    assert (reading(first=first, users=4) == features.REMOVE) is removed


def test_a_feature_hidden_in_a_menu_is_no_candidate():
    data = load({"active_users": 100.0}, feature_month=feature_rows(users=4))
    adoption_ = data.book.product.adoption.model_copy(update={"hidden_features": ["f"]})
    data.book.product = data.book.product.model_copy(update={"adoption": adoption_})
    assert features._readings(data, features._features_at(data, NOW)) == ["hidden in a menu"]


def test_adoption_is_a_share_of_users_or_else_of_accounts_with_use():
    by_users = load({"active_users": 20.0, "events": 5.0}, feature_month=feature_rows(users=10))
    assert features._features_at(by_users, NOW)["rate"].tolist() == [0.5]
    rows = [{"account_id": f"x{i}", "events": float(i < 10)} for i in range(12)]
    by_accounts = load(*rows, feature_month=feature_rows())
    assert features._features_at(by_accounts, NOW)["rate"].tolist() == [0.5]


@pytest.mark.parametrize(("using", "others", "told"), [(5, 5, True), (4, 6, False), (6, 4, False)])
def test_health_with_and_without_a_feature_needs_five_of_each(using, others, told):
    """The score without its feature part: users have 80 for sessions, the others 60."""
    rows = [
        {"account_id": f"x{i}", "engagement_band": "healthy", "score_feature_breadth": 100.0 * (i < using)}
        | {"score_session_frequency": 80.0 if i < using else 60.0}
        for i in range(using + others)
    ]
    used = pd.DataFrame(
        {"account_id": [f"x{i}" for i in range(using)] + ["x9"], "month": NOW, "feature": "f"}
    )
    used["events"] = [5] * using + [0]
    data = load(*rows, account_feature_month=used)
    assert (features._health_gap(data, "f") == "+20 (+20 to +20)") is told


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


@pytest.mark.parametrize(
    ("gap", "last", "stopped"),
    [(7, 6, True), (6, 6, False), (7, 7, False), (8, 0, True), (np.nan, 0, False)],
)
def test_who_still_comes_in_but_stopped_the_key_action(gap, last, stopped):
    active = pd.DataFrame({"key_action_gap_days": [gap], "last_active_days": [last]})
    assert len(people._stopped(book({}), active)) == stopped


def test_people_are_counted_when_active_in_thirty_days_and_regular_of_those_of_seven():
    rows = [user(f"u{i}", last_active_at=CLOSE - pd.Timedelta(days=d)) for i, d in enumerate((6, 7, 29, 30))]
    rows[1] |= {"active_days_7": 0}
    rows[2] |= {"key_action_gap_days": 7.0}
    data = load({}, user_month=pd.DataFrame(rows))
    (table,) = [block for block in health.people(data) if isinstance(block, Table)][:1]
    assert table.rows[-1][:4] == ["All", "3", "100.0%", "66.7%"]


def test_accounts_by_how_many_of_their_users_stopped():
    stopped = pd.DataFrame(
        {"account_id": list("aabcc"), "account_name": list("AABCC"), "mrr_cents": [5, 5, 9, 7, 7]}
    )
    active = pd.DataFrame({"account_id": list("aaaabbcc")})
    found = people._by_account(stopped, active)
    assert found["account_id"].tolist() == ["c", "a", "b"]
    assert found["share"].tolist() == [1.0, 0.5, 0.5]


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
    return SimpleNamespace(
        past_scores=pd.DataFrame({"happened": [i < lost for i in range(80)]}),
        churn_by_band=dict.fromkeys(("healthy", "at risk", "churn risk"), share),
        score_auc=SimpleNamespace(value=0.7, low=low, high=0.8),
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
