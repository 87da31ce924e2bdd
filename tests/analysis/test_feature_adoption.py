"""Features against their thresholds and beside health, at the edges."""

from __future__ import annotations

import pandas as pd
import pytest
from tests.hand import NOW, view_of

from reporting.analysis.feature_adoption import adoption, health_gap, readings
from reporting.analysis.untold import Untold


def feature_rows(
    first: str = "2024-01-01", users: int = 10, core: bool = True, name: str = "f"
) -> pd.DataFrame:
    """A feature used by so many of 100 users this month, on record since `first`; use as such since 2024."""
    old = [(pd.Timestamp("2024-01-01"), "old", True, False, 5, 50, 500)]
    own = [(pd.Timestamp(first), name, core, False, 5, users, 100), (NOW, name, core, False, 5, users, 100)]
    columns = ["month", "feature", "core", "premium", "accounts", "users", "events"]
    return pd.DataFrame(old + own, columns=columns).drop_duplicates(["month", "feature"])


def reading(**changes) -> str:
    view = view_of({"active_users": 100.0, "events": 5.0}, feature_month=feature_rows(**changes))
    return readings(view, adoption(view, NOW))[0]


@pytest.mark.parametrize(
    ("users", "core", "expected"),
    [
        (30, True, "good"),
        (29, True, "low"),
        (30, False, "in_use"),
        (5, True, "low"),
        (5, False, "in_use"),
        (4, True, "remove"),
        (4, False, "remove"),
        (0, False, "remove"),
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
    assert (reading(first=first, users=4) == "remove") is removed


def test_a_feature_hidden_in_a_menu_is_no_candidate():
    view = view_of({"active_users": 100.0}, feature_month=feature_rows(users=4))
    limits = view.product.adoption.model_copy(update={"hidden_features": ["f"]})
    view.product = view.product.model_copy(update={"adoption": limits})
    assert readings(view, adoption(view, NOW)) == ["hidden"]


def test_adoption_is_a_share_of_users_or_else_of_accounts_with_use():
    by_users = view_of({"active_users": 20.0, "events": 5.0}, feature_month=feature_rows(users=10))
    assert adoption(by_users, NOW)["rate"].tolist() == [0.5]
    rows = [{"account_id": f"x{i}", "events": float(i < 10)} for i in range(12)]
    by_accounts = view_of(*rows, feature_month=feature_rows())
    assert adoption(by_accounts, NOW)["rate"].tolist() == [0.5]


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
    view = view_of(*rows, account_feature_month=used)
    found = health_gap(view, "f")
    if told:
        assert (found.value, found.low, found.high) == pytest.approx((20, 20, 20))
    else:
        assert found == Untold("too_few_users" if using < others else "too_few_others")


@pytest.mark.parametrize(
    ("unknown", "gap"),
    [
        ("all", 30),  # sessions count alone
        ("none", 12),  # (0.3 x 30 - 0.2 x 15) / 0.5
        ("one", 16.8),  # users: one of 80 and four of 56, on average 60.8; the others 44
    ],
)
def test_health_beside_a_feature_weighs_the_parts_that_are_known(unknown, gap):
    """Sessions weigh 0.3 and integrations 0.2; users have 80 and 20, the others 50 and 35."""
    rows = [
        {"account_id": f"x{i}", "health_band": "healthy", "score_feature_breadth": 100.0 * (i < 5)}
        | {"score_session_frequency": 80.0 if i < 5 else 50.0}
        | {"score_integrations": 20.0 if i < 5 else 35.0}
        for i in range(10)
    ]
    for row in rows[: {"none": 0, "one": 1, "all": 10}[unknown]]:
        row["score_integrations"] = None
    used = pd.DataFrame({"account_id": [f"x{i}" for i in range(5)], "month": NOW, "feature": "f"})
    view = view_of(*rows, account_feature_month=used.assign(events=5))
    assert health_gap(view, "f").value == pytest.approx(gap)
