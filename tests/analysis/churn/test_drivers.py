"""What a driver's value is, and the gates of the model: at the edges."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from tests.hand import product

from reporting.analysis.churn import design
from reporting.analysis.churn.drivers import Driver, catalogue
from reporting.analysis.churn.model import Model
from reporting.analysis.untold import Untold

CLOSE = pd.Timestamp("2025-06-01")


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


def test_yes_no_drivers_are_known_as_such():
    drivers = {d.name: d.binary for d in catalogue(product(), CLOSE, False)}
    assert {name for name, binary in drivers.items() if binary} == {
        *("activated_early", "term_ends", "billed_yearly", "billed_quarterly"),
        *("admin_inactive", "single_champion", "invites"),
    }


def test_steady_use_is_a_plain_nil():
    (steady,) = driver("usage_halvings", usage_trend_30=[0.0])
    assert str(steady) == "0.0"  # no minus before it in the exported data


def test_an_outcome_can_not_be_a_driver():
    with pytest.raises(ValueError, match=r"driver x reads churned_flag, paying"):
        Driver("x", "behaviour", ("paying", "events", "churned_flag"), len)


def test_a_driver_is_available_where_every_column_it_needs_has_a_value():
    rows = pd.DataFrame({"x": [1.0, np.nan], "y": [np.nan, np.nan], "z": [np.nan, 2.0]})
    wants = {"a": ("x", "z"), "b": ("x", "y"), "c": ("x", "other"), "d": ("y",), "e": ("z",)}
    drivers = [Driver(name, "behaviour", needs, len) for name, needs in wants.items()]
    assert [d.name for d in design.available(rows, drivers)] == ["a", "e"]


# --- gates of the model -------------------------------------------------------------------------------


def plain(name: str, **more) -> Driver:
    return Driver(name, "behaviour", (name,), lambda f: f[name], **more)


def left_out(values: list[float], binary: bool = False, losses: int = 200) -> dict[str, Untold]:
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


def test_gaps_are_filled_with_the_median_and_marked():
    rows = pd.DataFrame({"x": [np.nan] * 40 + [1.0, 2.0, 9.0] * 120}).assign(y=lambda f: f["x"] * 2, z=0.0)
    rows.loc[:199, "z"] = 1.0
    drivers = [plain("x"), plain("y"), plain("z", binary=True)]
    found = design.design(rows, pd.Series([True] * 400), drivers)
    assert found.names == ["x", "y", "z", "x_unknown"]  # unknown in the same rows: one indicator
    assert found.indicators == {"x_unknown": ["x", "y"]}
    asked = pd.DataFrame({"x": [np.nan, 7.0], "y": [3.0, 5.0], "z": [1.0, 0.0]}, index=["a", "b"])
    assert found.columns(asked).to_dict("index") == {
        "a": {"x": 2.0, "y": 3.0, "z": 1.0, "x_unknown": 1.0},
        "b": {"x": 7.0, "y": 5.0, "z": 0.0, "x_unknown": 0.0},
    }
    # The indicator stays as long as one of the drivers it stands for does.
    assert found.without(["x"], "why").indicators == {"x_unknown": ["y"]}
    assert found.without(["x", "y"], "why").indicators == {}


@pytest.mark.parametrize(
    ("losses", "gaps", "kept"),
    [
        *((30, 0, "abc"), (29, 0, "ab"), (20, 0, "ab"), (19, 0, "")),
        *((40, 40, "abc"), (39, 40, "ab")),  # the gaps of the last driver cost a term of their own
    ],
)
def test_the_last_drivers_give_way_where_losses_are_few(losses, gaps, kept):
    rows = pd.DataFrame({name: np.arange(400.0) for name in "abc"})
    rows.loc[: gaps - 1, "c"] = np.nan
    found = design.design(rows, pd.Series(np.arange(400) < losses), [plain(name) for name in "abc"])
    assert [d.name for d in found.drivers] == list(kept)
    assert set(found.left_out) == set("abc") - set(kept)


def test_a_yes_no_driver_is_filled_with_the_commoner_answer():
    rows = pd.DataFrame({"x": [np.nan] * 10 + [1.0] * 250 + [0.0] * 140})
    found = design.design(rows, pd.Series([True] * 400), [plain("x", binary=True)])
    assert found.fill == {"x": 1.0}


def test_taking_a_driver_out_takes_its_indicator_and_its_gaps_with_it():
    rows = pd.DataFrame({"x": [np.nan] * 40 + [1.0, 2.0] * 180, "y": [1.0, 2.0, 4.0, 5.0] * 100})
    found = design.design(rows, pd.Series([True] * 400), [plain("x"), plain("y")])
    assert found.names == ["x", "y", "x_unknown"]
    less = found.without(["x"], "why")
    assert less.names == ["y"] and less.left_out == {"x": Untold("why")} and less.filled == {}
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
        Driver(name, "revenue" if name.startswith("r") else "behaviour", (name,), len) for name in frame.index
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
