"""Who is at risk when, what a driver's value is, and the gates of the model: at the edges."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from tests.reports.hand import product

from reporting.analysis.churn import design, risk_set
from reporting.analysis.churn.drivers import Driver, catalogue
from reporting.analysis.churn.model import Model

CLOSE = pd.Timestamp("2025-06-01")


# --- who could leave when -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("renewal", "due"),
    [
        ("2025-03-31", np.nan),  # before the month whose close is looked from
        ("2025-05-31", np.nan),
        ("2025-06-01", np.nan),  # in that month itself: passed at its close
        ("2025-06-30", np.nan),
        ("2025-07-01", 1),
        ("2025-07-31", 1),
        ("2025-08-01", 2),
        ("2026-06-15", 12),
        (None, np.nan),
    ],
)
def test_a_renewal_in_the_past_is_no_term(renewal, due):
    found = risk_set._months_between(pd.Series([CLOSE]), pd.Series([pd.Timestamp(renewal)]))
    assert found.iloc[0] == due or (np.isnan(due) and np.isnan(found.iloc[0]))


def under_term(at_end: int, within: int) -> pd.DataFrame:
    due = [1.0] * at_end + [3.0] * within + [np.nan] * 30
    return pd.DataFrame({"due_in": due, "churned": True})


@pytest.mark.parametrize(
    ("at_end", "within", "binding"),
    [
        (5, 0, True),
        (4, 0, False),  # too few losses to tell
        (19, 1, True),  # exactly 95 %
        (18, 1, False),  # 94.7 %
        (95, 5, True),
        (94, 5, False),
        (0, 0, False),
    ],
)
def test_terms_bind_from_five_losses_and_ninety_five_percent(at_end, within, binding):
    assert risk_set._binding(under_term(at_end, within)) == (binding, within)


def test_a_term_that_goes_on_does_not_count_as_a_loss():
    rows = under_term(5, 0)
    stays = pd.DataFrame({"due_in": 3.0, "churned": [False] * 50})
    assert risk_set._binding(pd.concat([rows, stays])) == (True, 0)


def panel_of(**paths: str) -> pd.DataFrame:
    """1 pays at the close, 0 does not; one letter a month from January 2025."""
    parts = []
    for account, path in paths.items():
        pays = np.array([letter == "1" for letter in path])
        frame = pd.DataFrame({"month": pd.date_range("2025-01-01", periods=len(path), freq="MS")})
        parts.append(frame.assign(account_id=account, paying=pays, mrr_cents=np.where(pays, 100, 0)))
    panel = pd.concat(parts, ignore_index=True)
    return panel.assign(contraction_cents=0, expansion_cents=0, renewal_at=pd.NaT, events=1.0)


def spells(**paths: str) -> dict[str, list]:
    found = risk_set.risk_set(panel_of(**paths), pd.Timestamp("2025-12-01")).spells
    return {name: [r.entry, r.exit, r.churned] for name, r in found.iterrows()}


def test_a_return_is_a_new_spell_at_tenure_nil():
    assert spells(a="1110110") == {"a 1": [0, 3, True], "a 2": [0, 2, True]}


def test_who_stays_is_censored_and_who_never_paid_is_not_there():
    assert spells(a="111", b="000", c="011") == {"a 1": [0, 2, False], "c 1": [0, 1, False]}


def test_an_account_is_at_risk_from_its_first_close_to_its_loss():
    rows = risk_set.risk_set(panel_of(a="0110"), pd.Timestamp("2025-12-01")).rows
    assert rows["as_of"].dt.month.tolist() == [2, 3]
    assert rows["month"].dt.month.tolist() == [3, 4]
    assert rows["churned"].tolist() == [False, True]


def test_a_gap_in_the_panel_is_not_followed():
    panel = panel_of(a="1111")
    panel = panel[panel["month"] != "2025-03-01"]
    rows = risk_set.risk_set(panel, pd.Timestamp("2025-04-01")).rows
    assert rows["as_of"].dt.month.tolist() == [1]


def test_movements_are_those_of_the_month_after_the_close():
    panel = panel_of(a="1111")
    panel["contraction_cents"] = [9, 0, 5, 0]
    panel["expansion_cents"] = [0, 7, 0, 0]
    rows = risk_set.risk_set(panel, pd.Timestamp("2025-04-01")).rows
    assert rows["contracted"].tolist() == [False, True, False]
    assert rows["contracted_cents"].tolist() == [0, 5, 0]
    assert rows["expanded"].tolist() == [True, False, False]


def test_under_binding_terms_only_the_month_of_the_end_is_open():
    panel = panel_of(**{f"x{i}": "1110" for i in range(5)}, m="1111")
    panel.loc[panel["account_id"] != "m", "renewal_at"] = pd.Timestamp("2025-04-10")
    found = risk_set.risk_set(panel, pd.Timestamp("2025-04-01"))
    assert found.committed
    own = found.rows[found.rows["account_id"] == "x0"]
    by_close = dict(zip(own["as_of"].dt.month, own["can_leave"], strict=True))
    assert by_close == {1: False, 2: False, 3: True}
    assert found.rows.loc[found.rows["account_id"] == "m", "can_leave"].all()
    assert found.now.index.tolist() == ["m"]


# --- drivers ------------------------------------------------------------------------------------------


def driver(name: str, **columns) -> list[float]:
    found = next(d for d in catalogue(product(), pd.Timestamp("2025-01-01"), False) if d.name == name)
    return found.value(pd.DataFrame(columns)).tolist()


@pytest.mark.parametrize(
    ("name", "columns", "expected"),
    [
        ("admin_inactive", {"last_admin_active_days": [30.0, 31.0, np.nan]}, [0, 1, 1]),
        ("invites", {"onboarding_invites": [2.0, 3.0, 4.0]}, [0, 1, 1]),
        ("term_ends", {"due_in": [1.0, 2.0, np.nan]}, [1, 0, 0]),
        ("active_user_share", {"active_user_share": [0.5]}, [5]),
        ("feature_breadth", {"feature_breadth": [0.25]}, [2.5]),
        ("mrr_doublings", {"mrr_cents": [400, 100, 0]}, [2, 0, 0]),
        ("seat_doublings", {"seats_purchased": [8.0, 0.0]}, [3, 0]),
        ("usage_halvings", {"usage_trend_30": [-0.75, -0.9, 3.0, 9.0]}, [2, 2, -2, -2]),
        ("billed_yearly", {"billing_frequency": ["year", "month"]}, [1, 0]),
        ("escalations", {"escalations": [2.0]}, [2]),
        ("tickets", {"tickets_opened": [2.0]}, [2]),
        ("integration_count", {"integration_count": [2.0]}, [2]),
    ],
)
def test_a_driver_s_value(name, columns, expected):
    assert driver(name, **columns) == expected


def test_one_user_over_seven_tenths_is_a_single_champion_and_an_idle_account_has_none():
    share, events = [0.70, 0.71, np.nan, np.nan], [5.0, 5.0, 0.0, 5.0]
    found = driver("single_champion", top1_share=share, events=events)
    assert found[:3] == [0, 1, 0] and np.isnan(found[3])
    idle = driver("session_frequency", session_frequency=[2.5, np.nan, np.nan], events=[5.0, np.nan, 1.0])
    assert idle[:2] == [2.5, 0] and np.isnan(idle[2])


def test_activated_early_is_within_fourteen_days_of_a_sign_up_that_was_watched():
    signed = pd.to_datetime(["2025-01-01", "2025-01-01", "2024-12-31", "2025-02-01"])
    activated = pd.to_datetime(["2025-01-15", "2025-01-15 00:00:01", "2025-01-01", None], format="mixed")
    found = driver("activated_early", signed_up_at=signed, activated_at=activated)
    assert found[:2] == [1, 0] and np.isnan(found[2]) and found[3] == 0


def test_terms_enter_as_a_driver_only_where_they_do_not_bind():
    names = [[d.name for d in catalogue(product(), CLOSE, committed)] for committed in (True, False)]
    assert "term_ends" not in names[0] and "term_ends" in names[1]


# --- gates of the model -------------------------------------------------------------------------------


def plain(name: str, **more) -> Driver:
    return Driver(name, "behaviour", name, name, (name,), lambda f: f[name], str, "", **more)


def left_out(values: list[float], binary: bool = False, losses: int = 200) -> dict[str, str]:
    rows = pd.DataFrame({"x": values})
    event = pd.Series([i < losses for i in range(len(rows))])
    return design.design(rows, event, [plain("x", binary=binary)]).left_out


@pytest.mark.parametrize(("unknown", "stays"), [(200, True), (201, False), (199, True)])
def test_a_driver_unknown_in_more_than_half_of_the_rows_is_left_out(unknown, stays):
    assert (not left_out([np.nan] * unknown + [float(i) for i in range(400 - unknown)])) is stays


@pytest.mark.parametrize(("ones", "stays"), [(20, True), (19, False), (380, True), (381, False)])
def test_a_yes_no_driver_needs_twenty_of_each(ones, stays):
    assert (not left_out([1.0] * ones + [0.0] * (400 - ones), binary=True)) is stays


def test_the_same_for_every_account_is_no_driver():
    assert left_out([1.0] * 400) and not left_out([1.0] * 399 + [2.0])


@pytest.mark.parametrize(("unknown", "marked"), [(4, True), (3, False), (0, False)])
def test_gaps_of_one_percent_get_an_indicator(unknown, marked):
    rows = pd.DataFrame({"x": [np.nan] * unknown + [float(i) for i in range(400 - unknown)]})
    found = design.design(rows, pd.Series([True] * 400), [plain("x")])
    assert bool(found.indicators) is marked
    assert found.filled == ({"x": unknown / 400} if unknown else {})


def test_a_yes_no_driver_is_filled_with_the_commoner_answer():
    rows = pd.DataFrame({"x": [np.nan] * 10 + [1.0] * 250 + [0.0] * 140})
    found = design.design(rows, pd.Series([True] * 400), [plain("x", binary=True)])
    assert found.fill == {"x": 1.0}


def test_taking_a_driver_out_takes_its_indicator_and_its_gaps_with_it():
    rows = pd.DataFrame({"x": [np.nan] * 40 + [1.0, 2.0] * 180, "y": [1.0, 2.0, 4.0, 5.0] * 100})
    found = design.design(rows, pd.Series([True] * 400), [plain("x"), plain("y")])
    assert found.names == ["x", "y", "x_unknown"]
    less = found.without(["x"], "why")
    assert less.names == ["y"] and less.left_out == {"x": "why"} and less.filled == {}
    assert found.without(["x_unknown"], "why").names == ["x", "y"]


@pytest.mark.parametrize(("apart", "agrees"), [(0.49, True), (0.51, False), (-0.49, True), (-0.51, False)])
def test_cox_disagrees_beyond_half_a_standard_error(apart, agrees):
    mine = pd.DataFrame({"coef": [1.0], "se": [2.0], "hazard_ratio": 1.0, "p": [0.01], "z": 1.0}, index=["x"])
    other = mine.assign(coef=1.0 + apart * 2.0)
    model = Model(
        SimpleNamespace(table=lambda: mine), SimpleNamespace(table=lambda: other),
        SimpleNamespace(drivers=[plain("x")]), None, None, False,
    )  # fmt: skip
    assert bool(model.table.loc["x", "agrees"]) is agrees


def tabled(**p: float) -> Model:
    """A model whose drivers have these p-values; `r...` are of the group revenue, z grows with the order."""
    frame = pd.DataFrame({"p": p}).assign(coef=1.0, se=1.0, hazard_ratio=1.0)
    frame["z"] = np.arange(1, len(frame) + 1) * np.where(np.arange(len(frame)) % 2, -1.0, 1.0)
    drivers = [
        Driver(name, "revenue" if name.startswith("r") else "behaviour", name, name, (name,), len, str, "")
        for name in frame.index
    ]
    return Model(
        SimpleNamespace(table=lambda: frame), None, SimpleNamespace(drivers=drivers), None, None, False
    )


def test_a_driver_is_found_below_five_percent_and_contract_comes_last():
    # Benjamini-Hochberg of .01 .02 .03 .04: all .04.
    assert list(tabled(a=0.01, ra=0.02, b=0.03, rb=0.04).found.index) == ["b", "a", "rb", "ra"]
    assert list(tabled(a=0.05).found.index) == []
    assert list(tabled(a=0.0499).found.index) == ["a"]
    assert list(tabled(a=0.03, b=0.9).found.index) == []  # .06 for having looked twice
