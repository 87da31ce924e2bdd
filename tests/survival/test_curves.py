"""Kaplan-Meier: published curves, late entry by its definition, limits and medians."""

from __future__ import annotations

import numpy as np
import pytest

from reporting.survival import DataError, kaplan_meier, kaplan_meier_by, numbers_at_risk


def test_freireich_by_hand(freireich):
    curve = kaplan_meier_by(freireich["group"], freireich["weeks"], freireich["relapse"])["6-MP"]
    expected = [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482]
    assert curve.at([6, 7, 10, 13, 16, 22, 23])["survival"].round(4).tolist() == expected
    # Greenwood at 6 weeks: 3 of 21.
    assert curve.at([6])["se"].item() == pytest.approx(18 / 21 * np.sqrt(3 / (21 * 18)))
    assert curve.at_risk([0, 6, 7, 10, 35, 36]).tolist() == [21, 21, 17, 15, 1, 0]


def test_lung(lung):
    curves = kaplan_meier_by(lung["sex"], lung["time"], lung["died"])
    assert [curves[1].median().time, curves[2].median().time] == [270, 426]
    survival = [curves[sex].at([180])["survival"].item() for sex in (1, 2)]
    assert survival == pytest.approx([0.644465, 0.842402], abs=1e-6)
    assert numbers_at_risk(curves, [0, 180]).to_numpy().tolist() == [[138, 89], [90, 71]]


def test_limits_by_scale():
    # Two of four leave at 1: S = 1/2, se of log S = sqrt(2 / (4 * 2)) = 1/2.
    arguments = ([1, 1, 2, 2], [1, 1, 0, 0])
    z = 1.959963984540054
    expected = {
        "plain": (0.5 - z / 4, 0.5 + z / 4),
        "log": (0.5 * np.exp(-z / 2), 1.0),
        "log-log": tuple(0.5 ** np.exp(s * z * 0.5 / np.log(2)) for s in (1, -1)),
    }
    for kind, limits in expected.items():
        at = kaplan_meier(*arguments, interval=kind).at([1])
        assert at[["lower", "upper"]].iloc[0].tolist() == pytest.approx(list(limits))
    with pytest.raises(DataError, match="expected 'log-log', 'log' or 'plain'"):
        kaplan_meier(*arguments, interval="loglog")


def test_late_entry_follows_its_definition(panel):
    curve = kaplan_meier(panel["stop"], panel["event"], start=panel["start"])
    survival = 1.0
    for t in sorted(panel["stop"].unique()):
        at_risk = ((panel["start"] < t) & (panel["stop"] >= t)).sum()
        survival *= 1 - ((panel["stop"] == t) & (panel["event"] == 1)).sum() / at_risk
        assert curve.at([t])["survival"].item() == pytest.approx(survival)


def test_robust_errors_of_single_rows_are_greenwoods(lung):
    plain = kaplan_meier(lung["time"], lung["died"])
    robust = kaplan_meier(lung["time"], lung["died"], cluster=lung.index)
    assert robust.table["se"].to_numpy() == pytest.approx(plain.table["se"].to_numpy(), abs=1e-12)


def test_duplicated_rows_of_a_cluster_add_no_certainty(lung):
    once = kaplan_meier(lung["time"], lung["died"], cluster=lung.index)
    twice = lung.loc[lung.index.repeat(2)]
    doubled = kaplan_meier(twice["time"], twice["died"], cluster=twice.index)
    assert doubled.table["se"].to_numpy() == pytest.approx(once.table["se"].to_numpy())


def test_median_on_a_flat_stretch_is_its_middle():
    assert kaplan_meier([1, 2, 3, 4], [1, 1, 1, 1]).median().time == 2.5
    never = kaplan_meier([1, 2, 3, 4], [1, 0, 0, 0]).median()
    assert np.isnan(never.time)


@pytest.mark.parametrize(
    ("stop", "event", "time", "survival"),
    [
        ([1, 2, 3], [1, 0, 0], 0.999, 1),
        ([1, 2, 3], [1, 0, 0], 1, 2 / 3),
        ([1, 2, 3], [1, 0, 0], 1.001, 2 / 3),
        ([1, 2, 3], [1, 0, 0], 3, 2 / 3),
        ([1, 2, 3], [1, 0, 0], 3.001, np.nan),  # one is still there, for how long nobody knows
        ([1, 2, 3], [1, 0, 0], np.inf, np.nan),
        ([1, 2, 3], [1, 1, 1], 2.999, 1 / 3),
        ([1, 2, 3], [1, 1, 1], 3, 0),
        ([1, 2, 3], [1, 1, 1], 3.001, 0),  # all have gone
        ([1, 2, 3], [1, 1, 1], np.inf, 0),
        ([1, 2, 3], [1, 0, 0], -1, 1),
    ],
)
def test_what_is_known_when(stop, event, time, survival):
    """A step is taken at the event; past the end of follow-up only a curve that has reached 0 is known."""
    at = kaplan_meier(stop, event).at(time).iloc[0]
    assert at["survival"] == pytest.approx(survival, nan_ok=True)
    if time > 3:
        assert at[["se", "lower", "upper"]].isna().all()


@pytest.mark.parametrize(
    ("since", "horizon", "expected"),
    [
        (0, 1, 1 / 4),
        (1, 1, 1 / 3),
        (2, 1, 1 / 2),  # S(2) = 1/2, S(3) = 1/4
        (1, 0.999, 0),
        (3, 1, 0),  # the last is censored at 4: nobody left between
        (3, 1.001, np.nan),
        (4, 0, 0),
        (4.001, 0, np.nan),
    ],
)
def test_conditional_probability(since, horizon, expected):
    curve = kaplan_meier([1, 2, 3, 4], [1, 1, 1, 0])
    assert curve.probability_within(since, horizon).item() == pytest.approx(expected, nan_ok=True)


def test_conditional_probability_where_all_have_gone():
    curve = kaplan_meier([1, 2, 3, 4], [1, 1, 1, 1])
    assert curve.probability_within([0, 1, 2, 3], 1).tolist() == pytest.approx([1 / 4, 1 / 3, 1 / 2, 1])
    assert curve.probability_within([3], 9).tolist() == [1]
    assert np.isnan(curve.probability_within([4, 5], 1)).all()  # none is left of whom to ask


@pytest.mark.parametrize(
    ("entry", "survival", "at_risk"),
    [
        (1.999, 1 / 2, 2),
        (2.0, 0, 1),  # who enters when the other goes was not at risk then
        (2.001, 0, 1),
    ],
)
def test_entry_at_an_event_time(entry, survival, at_risk):
    """R: survfit(Surv(c(0, entry), c(2, 3), c(1, 0)) ~ 1); rows are at risk over (start, stop]."""
    curve = kaplan_meier([2, 3], [1, 0], start=[0, entry])
    assert curve.table["at_risk"].tolist() == [at_risk, 1]
    assert curve.at(2)["survival"].item() == survival
    assert curve.at_risk(2).item() == at_risk


@pytest.mark.parametrize(("censoring", "survival"), [(1.999, 0), (2, 1 / 2), (2.001, 1 / 2)])
def test_censoring_at_an_event_time(censoring, survival):
    """Events come first: who is censored at the event's time was still at risk."""
    assert kaplan_meier([2, censoring], [1, 0]).at(2)["survival"].item() == survival


@pytest.mark.parametrize(
    ("time", "at_risk"),
    [
        (-1, 2),
        (0, 2),
        (0.5, 2),
        (1, 3),
        (1.999, 3),
        (2, 3),
        (2.001, 3),
        (3, 3),
        (3.001, 2),
        (4, 2),
        (4.001, 1),
    ],
)
def test_numbers_at_risk(time, at_risk):
    """Rows (0, 2], (-1, 3], (0.5, 4], (2, 9]; at 0 or before, those there from the outset."""
    curve = kaplan_meier([2, 3, 4, 9], [1, 1, 1, 0], start=[0, -1, 0.5, 2])
    assert curve.at_risk(time).tolist() == [at_risk]
    table = numbers_at_risk({"all": curve}, [time])
    assert table.loc["all", time] == at_risk


def test_no_curves_have_no_numbers_at_risk():
    with pytest.raises(DataError, match="no curves"):
        numbers_at_risk({}, [1])


@pytest.mark.parametrize(
    ("p", "time"),
    [
        (0.24, 1),
        (0.25, 1.5),  # S(1) = 3/4 exactly: the middle of the stretch at 3/4
        (0.26, 2),
        (0.5, 2.5),
        (0.75, 3.5),
        (0.76, 4),
        (1.0, 4),
    ],
)
def test_quantiles_on_and_beside_a_step(p, time):
    """R: quantile(survfit(Surv(1:4, rep(1, 4)) ~ 1), p)."""
    assert kaplan_meier([1, 2, 3, 4], [1, 1, 1, 1]).quantile(p).time == time


def test_limits_of_the_median_are_where_those_of_the_curve_cross_it(lung):
    """R: survfit(Surv(time, status) ~ 1, lung, conf.type = "log-log"): 310 (284, 361)."""
    assert kaplan_meier(lung["time"], lung["died"]).quantile() == (310, 284, 361)


@pytest.mark.parametrize("level", [-0.1, 0.0, 1.0, 1.1])
def test_a_level_is_a_share_strictly_between_0_and_1(level):
    with pytest.raises(DataError, match=r"level: .*between 0 and 1"):
        kaplan_meier([1, 2], [1, 0], level=level)


def test_weights_that_are_not_whole_make_errors_robust():
    """Whole weights are copies of rows (Greenwood); others are not."""
    twice = kaplan_meier([1, 2, 3], [1, 1, 0], weights=[2, 2, 2])
    copies = kaplan_meier([1, 1, 2, 2, 3, 3], [1, 1, 1, 1, 0, 0])
    assert twice.influence is None
    assert twice.table.to_numpy() == pytest.approx(copies.table.to_numpy(), nan_ok=True)
    halves = kaplan_meier([1, 2, 3], [1, 1, 0], weights=[0.5, 0.5, 0.5])
    single = kaplan_meier([1, 2, 3], [1, 1, 0])
    assert halves.table["se"].to_numpy() == pytest.approx(single.table["se"].to_numpy())


def test_groups_keep_their_rows_weights_and_clusters():
    given = {"start": [0, 0, 1, 1], "weights": [2.5, 1, 1, 3], "cluster": ["a", "b", "c", "c"]}
    both = kaplan_meier_by(
        ["x", "y", "x", "y"], [2, 3, 4, 5], [1, 1, 0, 1], level=0.9, interval="log", **given
    )
    assert list(both) == ["x", "y"]
    alone = kaplan_meier(
        [2, 4], [1, 0], start=[0, 1], weights=[2.5, 1], cluster=["a", "c"], level=0.9, interval="log"
    )
    assert both["x"].table.to_numpy() == pytest.approx(alone.table.to_numpy(), nan_ok=True)
    assert (both["x"].level, both["x"].interval, both["x"].events, both["x"].last_time) == (
        0.9,
        "log",
        2.5,
        4,
    )


def test_a_curve_without_any_event_ends_with_its_follow_up():
    at = kaplan_meier([1, 2], [0, 0]).at([0, 2, 2.001])
    assert at["survival"].tolist() == pytest.approx([1, 1, np.nan], nan_ok=True)
    assert at["se"].tolist() == pytest.approx([0, 0, np.nan], nan_ok=True)
    assert at.index.tolist() == [0, 2, 2.001] and at.index.name == "time"


@pytest.mark.parametrize(("weight", "robust"), [(1, False), (3, False), (2.999, True), (3.001, True)])
def test_whole_weights_are_copies(weight, robust):
    curve = kaplan_meier([1, 2, 3], [1, 1, 0], weights=[weight] * 3)
    assert (curve.influence is not None) == robust


def test_who_leaves_early_lowers_the_curve():
    """Influence of three rows on S(1) = 2/3: the one that goes -(1 - 1/3) / 3, each other (1/3) / 3."""
    influence = kaplan_meier([1, 2, 3], [1, 0, 0], cluster=["a", "b", "c"]).influence
    assert influence[:, 0].tolist() == pytest.approx([-2 / 9, 1 / 9, 1 / 9])


def test_a_missing_group_is_refused_by_row():
    with pytest.raises(DataError, match="groups: row 1 is missing"):
        kaplan_meier_by(["a", None], [1, 2], [1, 1])
