"""The search for an aha moment and its confirmation: at the edges."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from reporting.analysis.churn import aha

CLOSE = pd.Timestamp("2025-06-01")


@pytest.mark.parametrize(
    ("p", "above", "confirm", "suggested", "confirmed"),
    [
        (0.049, True, (0.049, True), True, True),
        (0.05, True, (0.01, True), False, False),
        (0.01, True, (0.05, True), True, False),
        (0.01, True, (0.01, False), True, False),
        (0.01, False, (0.01, True), False, False),
        (0.01, True, None, True, False),
    ],
)
def test_a_threshold_is_found_below_five_percent_twice_and_the_same_way(
    p, above, confirm, suggested, confirmed
):
    best = aha.Candidate("active_users", SimpleNamespace(above_lasts_longer=above, cut=2.0), p)
    told = aha.Confirmation(50, 12, *confirm) if confirm else None
    found = aha.Aha([best], 100, 20, CLOSE, told, {})
    assert (found.suggested, found.confirmed) == (suggested, confirmed)


def signed_up(n: int, losses: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "account_id": [f"x{i:03d}" for i in range(n)],
            "signed_up_at": pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(n), unit="D"),
            "time": [1 + i % 7 for i in range(n)],
            "left": [i < losses for i in range(n)],
            "active_users": [float(i % 5) for i in range(n)],
        }
    )


@pytest.mark.parametrize(("losses", "searched"), [(19, False), (20, True)])
def test_a_search_needs_twenty_losses(losses, searched):
    assert isinstance(aha.search(signed_up(60, losses), permutations=9), aha.Aha) is searched


def test_the_search_sees_the_sign_ups_up_to_six_tenths_of_the_losses():
    found = aha.search(signed_up(60, 40), permutations=9)
    assert (found.accounts, found.losses) == (24, 24)
    assert found.until == pd.Timestamp("2024-01-24")
    assert (found.confirmation.accounts, found.confirmation.losses) == (36, 16)


@pytest.mark.parametrize(("unknown", "kept"), [(1, True), (2, False)])
def test_an_action_unknown_for_more_than_one_in_twenty_is_not_looked_at(unknown, kept):
    rows = signed_up(40, 34)  # the first 21 sign-ups hold six tenths of the losses
    rows.loc[: unknown - 1, "active_users"] = np.nan
    rows["value_events"] = [float(i % 3) for i in range(40)]
    found = aha.search(rows, permutations=9)
    assert ("active_users" in [one.name for one in found.candidates]) is kept


@pytest.mark.parametrize(("unknown", "kept"), [(1, True), (2, False)])
def test_unknown_for_exactly_one_in_twenty_is_looked_at(unknown, kept):
    rows = signed_up(40, 33)  # six tenths of 33 losses are reached with the twentieth sign-up
    rows.loc[: unknown - 1, "active_users"] = np.nan
    rows["value_events"] = [float(i % 3) for i in range(40)]
    found = aha.search(rows, permutations=9)
    assert found.accounts == 20
    assert ("active_users" in [one.name for one in found.candidates]) is kept


def later(above_lasts: bool) -> pd.DataFrame:
    """Forty later sign-ups: users 3 on one half and 2 on the other; of one half ten leave at once."""
    users = [3.0] * 20 + [2.0] * 20
    gone = [i % 20 < 10 and (i >= 20) is above_lasts for i in range(40)]
    rows = pd.DataFrame({"active_users": users, "left": gone, "time": [1 if left else 12 for left in gone]})
    return pd.concat([rows, rows.iloc[:1].assign(active_users=np.nan)], ignore_index=True)


@pytest.mark.parametrize("searched", [True, False])
@pytest.mark.parametrize("seen", [True, False])
def test_a_confirmation_tells_whether_it_points_the_same_way(searched, seen):
    best = aha.Candidate("active_users", SimpleNamespace(cut=2.0, above_lasts_longer=searched), 0.01)
    found = aha._confirm(later(seen), best)
    assert (found.accounts, found.losses) == (40, 10)  # the one without a value stays out
    assert found.same_direction is (searched is seen)
    assert found.p < 0.001


def test_curves_are_of_all_whose_action_is_known():
    best = aha.Candidate("active_users", SimpleNamespace(cut=2.0, above_lasts_longer=True), 0.01)
    found = aha._curves(later(True), best)
    at_end = {name: float(curve.at([12.0])["survival"].iloc[0]) for name, curve in found.items()}
    assert at_end == pytest.approx({"above": 1.0, "below": 0.5})  # a cut is passed by more, not reached


@pytest.mark.parametrize(("losses", "told"), [(10, True), (9, False)])
def test_a_confirmation_needs_ten_losses_and_both_sides(losses, told):
    best = aha.Candidate("active_users", SimpleNamespace(cut=2.0, above_lasts_longer=True), 0.01)
    assert bool(aha._confirm(signed_up(40, losses), best)) is told
    low = aha.Candidate("active_users", SimpleNamespace(cut=9.0, above_lasts_longer=True), 0.01)
    assert aha._confirm(signed_up(40, losses), low) is None


def watched(**columns) -> pd.DataFrame:
    """One account by month from January to April 2025, paying, signed up on 1 January, gone in the last."""
    months = pd.date_range("2025-01-01", periods=16, freq="MS")
    panel = pd.DataFrame({"account_id": "a", "month": months, "paying": True, "signed_up_at": months[0]})
    panel["tenure_days"] = (panel["month"] + pd.offsets.MonthBegin(1) - months[0]).dt.days
    panel = panel.assign(**columns)
    rows = pd.DataFrame({"account_id": "a", "spell": "a 1", "as_of": months[:-1], "stop": 1.0})
    rows["churned"] = rows["as_of"] == columns.get("gone", months[14])
    return aha.at_landmark(panel, SimpleNamespace(rows=rows, observed_from=months[0]))


@pytest.mark.parametrize(("days", "month"), [([29, 60], 2), ([30, 60], 1), ([31, 60], 1)])
def test_the_landmark_is_the_first_close_thirty_days_after_sign_up(days, month):
    found = watched(tenure_days=days + [90] * 14)
    assert found["month"].dt.month.tolist() == [month]


def test_an_account_is_followed_for_twelve_months_and_a_later_loss_is_not_seen():
    assert watched()[["time", "left"]].to_numpy().tolist() == [[12, False]]
    within = watched(gone=pd.Timestamp("2025-12-01"))
    assert within[["time", "left"]].to_numpy().tolist() == [[12, False]]


def test_sign_ups_before_the_records_are_not_watched():
    assert watched(signed_up_at=pd.Timestamp("2024-12-31")).empty
