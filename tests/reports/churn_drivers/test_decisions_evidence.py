"""What came before losses, what moves first, what is believed of model and aha moment: at the edges."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from reporting.analysis.churn import aha, movements, out_of_time, way_out
from reporting.analysis.churn.drivers import Driver
from reporting.analysis.churn.risk_set import RiskSet
from reporting.reports.churn_drivers import at_risk

CLOSE = pd.Timestamp("2025-06-01")


def plain(name: str) -> Driver:
    return Driver(name, "behaviour", name, name, (name,), lambda f: f[name], str, "")


# --- the end of service, and the decline before it ----------------------------------------------------


def test_service_ends_with_the_last_row_of_the_month_of_the_loss():
    june = pd.Timestamp("2025-06-01")
    lost = pd.DataFrame(
        {"account_id": ["a", "b", "c"], "churned": [True, True, False], "left": [june, june, pd.NaT]},
        index=["a 1", "b 1", "c 1"],
    )
    rows = [
        ("a", "2025-06-03"),
        ("a", "2025-06-20"),
        ("a", "2025-07-02"),
        ("b", "2025-05-31"),
        ("c", "2025-06-09"),
    ]
    subs = pd.DataFrame(rows, columns=["account_id", "valid_to"]).astype({"valid_to": "datetime64[us]"})
    found = way_out.end_of_service(subs, SimpleNamespace(spells=lost))
    assert found.to_dict() == {"a 1": pd.Timestamp("2025-06-20"), "b 1": june}


def declining(weeks: int, n: int = 12) -> way_out.Pattern:
    """Leavers whose use is half of the stayers' in the last `weeks`, each by its own small noise."""
    noise = np.linspace(-0.01, 0.01, n)[:, None] * np.ones(way_out.WEEKS)
    gone = noise.copy()
    if weeks:
        gone[:, -weeks:] += np.log(0.5)
    return way_out._pattern(gone, np.zeros((n, way_out.WEEKS)), 3)


@pytest.mark.parametrize(
    ("weeks", "lead"),
    [  # means of four weeks: the first that ends in the decline holds one low week of four, and is below
        (0, None),
        (1, 1),
        (8, 8),
        (13, 13),
        (16, 13),  # all thirteen means of the sixteen weeks after the base
    ],
)
def test_the_lead_is_how_long_the_decline_has_shown(weeks, lead):
    found = declining(weeks)
    assert found.lead == lead
    assert (found.losses, found.left_out) == (12, 3)
    if weeks:
        assert found.weeks.loc[-1, "ratio"] == pytest.approx(0.5)
        assert found.weeks.loc[-1, "lower"] < 0.5 < found.weeks.loc[-1, "upper"]


def test_a_decline_that_chance_could_bring_gives_no_lead():
    loud = np.where(np.arange(12)[:, None] % 2, 0.5, -0.6) * np.ones(way_out.WEEKS)
    assert way_out._pattern(loud, np.zeros_like(loud), 0).lead is None


def test_an_interval_of_a_mean_worked_by_hand():
    # 1, 2, 3: mean 2, sd 1, t of two degrees of freedom 4.3027.
    middle, half = way_out._interval(np.array([[1.0], [2.0], [3.0]]))
    assert (middle[0], half[0]) == pytest.approx((2.0, 4.302653 / np.sqrt(3)))


# --- reasons, movements, the test -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("factors", "raising", "lowering"),
    [
        ({"a": 1.16, "b": 1.14}, ["a"], None),
        ({"a": 1.2, "b": 1.5, "c": 1.3, "d": 1.4}, ["b", "d", "c"], None),
        ({"a": 1 / 1.16, "b": 1 / 1.14}, [], "a"),
        ({"a": 0.8, "b": 0.5, "c": 2.0}, ["c"], "b"),
        ({"a": 1.0}, [], None),
    ],
)
def test_a_part_is_a_reason_from_fifteen_percent_on(factors, raising, lowering):
    drivers = [plain(name) for name in factors]
    parts = pd.DataFrame([np.log(list(factors.values()))], columns=list(factors), index=["acc"])
    model = SimpleNamespace(
        design=SimpleNamespace(drivers=drivers, columns=lambda rows: parts * 0 + 1.0),
        hazard=SimpleNamespace(contributions=lambda columns, reference: parts),
        reference=None,
        table=pd.DataFrame({"lower": 1.1, "upper": 2.0}, index=list(factors)),
    )
    up, down = at_risk.reasons(model, pd.DataFrame(index=["acc"]))
    assert [reason.driver.name for reason in up[0]] == raising
    assert (down[0].driver.name if down[0] else None) == lowering
    assert all(reason.told for reason in up[0])


def moves(*spells_: list[tuple[bool, bool, bool]], late: bool = False) -> dict[str, float] | None:
    """Spells as months of (leaves, shrinks, grows)."""
    rows = [
        (f"x{i} 1", f"x{i}", k + float(late), k + 1.0 + late, *month)
        for i, spell in enumerate(spells_)
        for k, month in enumerate(spell)
    ]
    columns = ["spell", "account_id", "start", "stop", "churned", "contracted", "expanded"]
    frame = pd.DataFrame(rows, columns=columns)
    panel = pd.DataFrame(
        {"month": CLOSE, "account_id": ["x0"], "contraction_cents": [0], "expansion_cents": [5]}
    )
    risk = RiskSet(frame, frame, frame, False, 0, CLOSE)
    found = movements.first_movement(risk, panel)
    return (
        None
        if found is None
        else {cause: found.table.loc[cause, "incidence"].iloc[-1] for cause in found.causes}
    )


NO, OUT, LESS, MORE = (False,) * 3, (True, False, False), (False, True, False), (False, False, True)


@pytest.mark.parametrize(
    ("spells_", "first"),
    [
        ([[NO, OUT], [NO, NO]], {"leaves": 0.5}),
        ([[MORE, OUT], [NO, NO]], {"grows": 0.5}),  # what came first
        ([[LESS, NO], [NO, MORE]], {"shrinks": 0.5, "grows": 0.5}),
        ([[(True, True, True)], [NO]], {"leaves": 0.5}),  # leaving outranks the others within a month
        ([[(False, True, True)], [NO]], {"shrinks": 0.5}),
    ],
)
def test_the_first_movement_of_a_spell(spells_, first):
    assert moves(*spells_) == pytest.approx(first)


def test_without_a_movement_there_is_nothing_to_tell():
    assert moves([NO, NO]) is None


def test_a_spell_that_moved_before_it_was_seen_stays_out():
    # The first account grew before the records begin; only one entered late is left out for it.
    assert moves([OUT], [MORE, NO], late=True) == pytest.approx({"grows": 1.0})
    assert moves([OUT], [MORE, NO]) == pytest.approx({"leaves": 0.5, "grows": 0.5})


@pytest.mark.parametrize(
    ("seen", "unseen", "tested"),
    [
        (20, 10, True),
        (19, 10, False),  # a model needs twenty
        (20, 9, False),  # a test ten
        (20, 21, False),  # and the past no fewer than the rest
        (21, 21, True),
    ],
)
def test_a_model_is_tested_where_enough_losses_lie_on_either_side(monkeypatch, seen, unseen, tested):
    """Thirteen months; the last twelve are held back."""
    losses = [(0, i < seen) for i in range(60)] + [(5, i < unseen) for i in range(60)]
    losses += [(k, False) for k in range(13)]
    frame = pd.DataFrame(losses, columns=["k", "churned"])
    frame["month"] = [pd.Timestamp("2025-01-01") + pd.DateOffset(months=k) for k in frame.pop("k")]
    monkeypatch.setattr(out_of_time, "TEST_MONTHS", (12,))
    monkeypatch.setattr(out_of_time, "fit", lambda *_: SimpleNamespace())
    monkeypatch.setattr(out_of_time, "score", lambda model, rows, horizon: (len(rows), horizon))
    found = out_of_time.validate(SimpleNamespace(rows=frame.assign(can_leave=True), committed=False), [])
    assert bool(found.horizons) is tested
    if tested:
        assert found.last_fitted == pd.Timestamp("2025-01-01")
        assert found.fitted_losses == seen
        assert found.horizons == [(72, 1), (72, 3)]


def test_the_longest_stretch_that_can_be_held_back_is(monkeypatch):
    months = pd.date_range("2025-01-01", periods=12, freq="MS")
    churned = ([True] * 8 + [False] * 2) * 12
    frame = pd.DataFrame({"month": np.repeat(months, 10), "churned": churned, "can_leave": True})
    monkeypatch.setattr(out_of_time, "fit", lambda *_: SimpleNamespace())
    monkeypatch.setattr(out_of_time, "score", lambda model, rows, horizon: horizon)
    found = out_of_time.validate(SimpleNamespace(rows=frame, committed=False), [])
    # Twelve can't be held back of twelve; nine leave 24 losses for 72; six leave 48 for 48.
    assert found.last_fitted == pd.Timestamp("2025-06-01")
    few = out_of_time.validate(SimpleNamespace(rows=frame.iloc[:60], committed=False), [])
    assert few.horizons == [] and few.last_fitted is None and few.reason


# --- the aha moment -----------------------------------------------------------------------------------


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


@pytest.mark.parametrize(
    ("name", "cut", "words"),
    [
        ("active_users", 2.0, "3 or more active users"),
        ("active_users", 2.5, "more than 2.5 active users"),
        ("activated", 0.0, "value outcome reached"),
    ],
)
def test_a_condition_in_words(name, cut, words):
    assert aha.Candidate(name, SimpleNamespace(cut=cut), 0.01).condition == words


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
