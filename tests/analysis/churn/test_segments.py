"""Segments of survival: at the edges."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from tests.hand import product

from reporting.analysis.churn import segments
from reporting.analysis.churn.risk_set import RiskSet

CLOSE = pd.Timestamp("2025-06-01")


@pytest.mark.parametrize(
    ("sizes", "groups"),
    [
        ({"a": 15, "b": 15}, {"a": 15, "b": 15}),
        ({"a": 15, "b": 14}, {"a": 15}),  # fourteen are too few, even together
        ({"a": 15, "b": 8, "c": 7}, {"a": 15, "Other": 15}),
        ({"a": 19, "b": 18, "c": 17, "d": 16}, {"a": 19, "b": 18, "c": 17, "d": 16}),
        ({"a": 19, "b": 18, "c": 17, "d": 16, "e": 15}, {"a": 19, "b": 18, "c": 17, "Other": 31}),
        ({"a": 19, "b": 18, "c": 17, "d": 8, "e": 8}, {"a": 19, "b": 18, "c": 17, "Other": 16}),
    ],
)
def test_groups_of_fifteen_at_most_four(sizes, groups):
    column = pd.Series([name for name, n in sizes.items() for _ in range(n)])
    assert segments._merged(column).value_counts().to_dict() == groups


@pytest.mark.parametrize(
    ("at_risk_by_month", "until"),
    [([12, 11, 10, 9], 3), ([12, 10, 10, 10], 4), ([9, 9], 0), ([12, 9, 12], 1)],
)
def test_a_curve_is_read_while_ten_are_at_risk(at_risk_by_month, until):
    curve = SimpleNamespace(
        last_time=len(at_risk_by_month), at_risk=lambda months: np.array(at_risk_by_month)[: len(months)]
    )
    assert segments.reliable_until(curve) == until


@pytest.mark.parametrize(("p", "differs"), [(0.0499, True), (0.0501, False)])
def test_segments_differ_below_five_percent_after_holm(p, differs):
    assert segments.Segmentation("plan", pd.DataFrame(), {}, None, p).differs is differs


def grouped(name: str, **columns) -> list:
    n = len(next(iter(columns.values())))
    rows = pd.DataFrame({"spell": [f"x{i} 1" for i in range(n)], **columns})
    risk = RiskSet(rows, rows.set_index("spell"), rows, False, 0, pd.Timestamp("2025-01-01"))
    return segments._groups(name, risk, pd.DataFrame(), product()).tolist()


def test_early_activation_is_what_was_known_at_the_first_paid_close():
    """Within fourteen days of a watched sign-up; an activation after that close is not seen yet."""
    signed = pd.to_datetime(["2025-02-01", "2025-02-01", "2025-02-01", "2024-12-31"])
    activated = pd.to_datetime(["2025-02-15", "2025-02-16", None, "2025-01-02"])
    early, late, none, unwatched = grouped("activated", signed_up_at=signed, activated_at=activated)
    assert early == segments.IN_TIME
    assert late == none != early
    assert "not activated" not in none.lower()  # it may have been since, or after the fourteen days
    assert pd.isna(unwatched)


def test_without_any_known_activation_nobody_is_divided_by_it():
    signed = pd.to_datetime(["2025-02-01"] * 2)
    found = grouped("activated", signed_up_at=signed, activated_at=pd.to_datetime([None, None]))
    assert pd.isna(found).all()


def test_watched_sign_ups_begin_with_the_first_month_with_events():
    signed = pd.to_datetime(["2025-01-01", "2024-12-31 23:59:59"], format="mixed")
    first, before = grouped("activated", signed_up_at=signed, activated_at=signed)
    assert first == segments.IN_TIME and pd.isna(before)


def test_a_group_is_what_the_first_close_of_the_spell_said():
    rows = pd.DataFrame({"spell": ["x 1", "x 1", "y 1"], "plan": ["Free", "Team", None]})
    rows["billing_frequency"] = ["month", "year", "week"]
    risk = RiskSet(rows, rows.drop_duplicates("spell").set_index("spell"), rows, False, 0, CLOSE)
    told = [segments._groups(name, risk, pd.DataFrame(), product()) for name in ("plan", "billing_frequency")]
    assert told[0]["x 1"] == "Free" and pd.isna(told[0]["y 1"])
    assert told[1].tolist() == ["month", "week"]


def test_standing_attributes_come_from_the_accounts():
    rows = pd.DataFrame({"spell": ["x 1", "x 2", "y 1"], "account_id": ["x", "x", "y"]})
    risk = RiskSet(rows, rows.set_index("spell"), rows, False, 0, CLOSE)
    accounts = pd.DataFrame({"region": ["north", None]}, index=["x", "y"])
    found = segments._groups("region", risk, accounts, product())
    assert found.tolist()[:2] == ["north", "north"] and pd.isna(found["y 1"])
    assert segments._groups("industry", risk, accounts, product()).isna().all()


def test_groups_stand_by_size_then_name_and_other_last():
    column = pd.Series(["Other"] * 9 + ["b"] * 3 + ["a"] * 3 + ["c"] * 4)
    assert list(segments._sizes(column).items()) == [("c", 4), ("a", 3), ("b", 3), ("Other", 9)]


def divided(*names: str) -> list[segments.Segmentation]:
    """Sixty spells: half of one region leaves in the first month, none of the other; two sizes alike."""
    rows = pd.DataFrame(
        {
            "spell": [f"x{i} 1" for i in range(60)],
            "account_id": [f"x{i}" for i in range(60)],
            "entry": 0.0,
            "exit": [1.0 if i < 15 else 12.0 for i in range(60)],
            "churned": [i < 15 for i in range(60)],
        }
    )
    accounts = pd.DataFrame(
        {
            "region": ["north"] * 30 + ["south"] * 30,
            "company_size": ["small", "large"] * 30,
            "industry": "all the same",
        },
        index=rows["account_id"],
    )
    risk = RiskSet(rows, rows.set_index("spell"), rows, False, 0, CLOSE)
    return segments.segmentations(risk, accounts, product(), names)


def test_the_strongest_division_comes_first_and_pays_for_the_others():
    found = divided("company_size", "industry", "region")
    assert [one.name for one in found] == ["region", "company_size"]  # one group can't be compared
    strong, weak = found
    assert strong.p_adjusted == pytest.approx(2 * strong.test.p)  # Holm: the smallest p times how many
    assert weak.p_adjusted == pytest.approx(weak.test.p)
    assert strong.spells == {"north": 30, "south": 30}
    assert strong.differs and not weak.differs


def test_groups_are_compared_with_the_first_over_the_months_that_all_are_watched():
    (found,) = divided("region")
    assert list(found.curves) == ["north", "south"]
    assert found.tau == 12  # fifteen of either are at risk to the end
    # Half leave after one month: 0.5 x 1 + 0.5 x 12 months of 12 are stayed.
    assert {group: mean.estimate for group, mean in found.means.items()} == pytest.approx(
        {"north": 6.5, "south": 12.0}
    )
    assert found.differences["north"] is None
    assert found.differences["south"].estimate == pytest.approx(5.5)
