"""Cox: published fits, the look-ahead trap, refusals, and what must not change a fit."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from reporting.survival import (
    CollinearError,
    DataError,
    NotIdentifiedError,
    benjamini_hochberg,
    cox,
    logrank,
    split_rows,
)
from reporting.survival.inference import wald_test

from .conftest import ROSSI


def test_rossi(rossi):
    fit = cox(rossi[ROSSI], rossi["week"], rossi["arrest"])
    table = fit.table().round(4)
    assert table["coef"].tolist() == [-0.3794, -0.0574, 0.3139, -0.1498, -0.4337, -0.0849, 0.0915]
    assert table["se"].tolist() == [0.1914, 0.0220, 0.3080, 0.2122, 0.3819, 0.1958, 0.0286]
    assert fit.likelihood_ratio_test().statistic == pytest.approx(33.27, abs=5e-3)
    assert fit.events == 114


def test_lung(lung):
    known = lung.dropna(subset=["ph.ecog"])
    fit = cox(known[["age", "sex", "ph.ecog"]], known["time"], known["died"])
    assert fit.coef == pytest.approx([0.0110668, -0.5526124, 0.4637285], abs=1e-7)


def test_heart_with_entry_at_its_own_time(heart):
    """A row must not be at risk at its own entry; a library that does so gives -0.0554 here."""
    fit = cox(
        heart[["age", "year", "surgery", "transplant"]], heart["stop"], heart["event"], start=heart["start"]
    )
    assert fit.table().loc["transplant", "coef"] == pytest.approx(-0.0103, abs=5e-5)


@pytest.mark.parametrize(
    ("ties", "coef", "robust", "model"),
    [
        ("efron", -0.464687, [0.265561, 0.063041, 0.077616], [0.199732, 0.047074, 0.069051]),
        ("breslow", -0.459791, [0.258010, 0.061314, 0.075548], None),
    ],
)
def test_andersen_gill_robust_error(bladder2, ties, coef, robust, model):
    """Robust errors from the score residuals, by subject: R's figures, not PHReg's 0.2708."""
    fit = cox(
        bladder2[["rx", "number", "size"]],
        bladder2["stop"],
        bladder2["event"],
        start=bladder2["start"],
        cluster=bladder2["id"],
        ties=ties,
    )
    assert fit.coef[0] == pytest.approx(coef, abs=1e-5)
    assert fit.table()["se"].tolist() == pytest.approx(robust, abs=1e-6)
    if model:
        assert np.sqrt(np.diag(fit.model_covariance)) == pytest.approx(model, abs=1e-6)


def test_a_covariate_of_the_same_week_looks_ahead(rossi_weeks):
    """Who is arrested isn't at work that week: only last week's work is known at the start of the row."""
    work = rossi_weeks["employed"].to_list()
    same = [int(digits[int(week) - 1]) for digits, week in zip(work, rossi_weeks["week"], strict=True)]
    fit = cox(
        rossi_weeks[ROSSI].assign(employed=same),
        rossi_weeks["week"],
        rossi_weeks["arrest"],
        start=rossi_weeks["start"],
    )
    assert fit.coef[-1] == pytest.approx(-1.328, abs=5e-4)
    later = rossi_weeks[rossi_weeks["start"] >= 1]
    lagged = [
        int(digits[int(week) - 1]) for digits, week in zip(later["employed"], later["start"], strict=True)
    ]
    fit = cox(later[ROSSI].assign(employed=lagged), later["week"], later["arrest"], start=later["start"])
    assert fit.coef[-1] == pytest.approx(-0.787, abs=5e-4)


def test_splitting_rows_changes_nothing(rossi, rossi_weeks):
    whole = cox(rossi[ROSSI], rossi["week"], rossi["arrest"], cluster=rossi.index)
    split = cox(
        rossi_weeks[ROSSI],
        rossi_weeks["week"],
        rossi_weeks["arrest"],
        start=rossi_weeks["start"],
        cluster=rossi_weeks.index,
    )
    assert split.coef == pytest.approx(whole.coef, rel=1e-9)
    assert split.covariance == pytest.approx(whole.covariance, rel=1e-9)


def test_row_order_units_and_time_scale_change_nothing(panel):
    names = ["x", "z"]
    fit = cox(panel[names], panel["stop"], panel["event"], start=panel["start"], cluster=panel["subject"])
    shuffled = panel.sample(frac=1, random_state=1)
    other = cox(
        shuffled[names] * [1000, 1] + [5e5, 0],
        shuffled["stop"] ** 2,
        shuffled["event"],
        start=shuffled["start"] ** 2,
        cluster=shuffled["subject"],
    )
    assert other.coef * [1000, 1] == pytest.approx(fit.coef, rel=1e-8)
    assert np.diag(other.covariance) * [1e6, 1] == pytest.approx(np.diag(fit.covariance), rel=1e-7)


def test_whole_weights_are_copies_for_breslow(panel):
    copies = panel.loc[panel.index.repeat(2)]
    a = cox(
        panel[["x"]],
        panel["stop"],
        panel["event"],
        start=panel["start"],
        weights=[2] * len(panel),
        ties="breslow",
    )
    b = cox(copies[["x"]], copies["stop"], copies["event"], start=copies["start"], ties="breslow")
    assert a.coef == pytest.approx(b.coef)
    assert a.loglik == pytest.approx(b.loglik)


def test_score_test_is_the_logrank_without_ties():
    rng = np.random.default_rng(3)
    time, group = rng.permutation(60) + 1.0, rng.integers(0, 2, 60)
    event = rng.random(60) < 0.7
    fit = cox(pd.DataFrame({"group": group}), time, event)
    assert fit.score_test().statistic == pytest.approx(logrank(group, time, event).statistic)


def test_times_that_differ_by_rounding_are_ties():
    frame = pd.DataFrame({"x": [0.0, 1, 2, 3, 4, 5]})
    stop = np.array([0.3, 0.3, 0.6, 0.9, 0.9, 1.2])
    start = np.array([0, 0, 0.3, 0, 0.6, 0])
    event = [1, 1, 0, 1, 1, 1]
    clean = cox(frame, stop, event, start=start)
    noisy = cox(
        frame,
        stop + np.array([0, 1e-12, 0, 1e-12, 0, 0]),
        event,
        start=start - np.array([0, 0, 1e-12, 0, 0, 0]),
    )
    assert noisy.coef == pytest.approx(clean.coef, rel=1e-12)


def test_what_has_no_estimate_is_refused_by_name(panel):
    given = (panel["stop"], panel["event"])
    start = {"start": panel["start"]}
    with pytest.raises(CollinearError, match=r"^twice:"):
        cox(panel[["x", "z"]].assign(twice=panel["x"] * 2 - panel["z"]), *given, **start)
    with pytest.raises(CollinearError) as caught:
        cox(panel[["x", "z"]].assign(twice=panel["x"] * 2, again=panel["z"] * 3), *given, **start)
    assert caught.value.terms == ["twice", "again"]
    with pytest.raises(CollinearError, match=r"^constant:"):
        cox(panel[["x"]].assign(constant=3), *given, **start)
    safe = ((panel["event"] == 0) & (panel["subject"] % 5 == 0)).astype(int)
    with pytest.raises(NotIdentifiedError, match="no finite estimate for safe:") as caught:
        cox(panel[["x"]].assign(safe=safe), *given, **start)
    assert caught.value.terms == ["safe"]
    with pytest.raises(DataError, match="cluster: 2 can't carry robust errors of 2"):
        cox(panel[["x", "z"]], *given, **start, cluster=panel["subject"] % 2)
    with pytest.raises(DataError, match="no events"):
        cox(panel[["x"]], panel["stop"], panel["event"] * 0, **start)


def test_contributions_add_up_to_the_log_hazard_ratio(rossi):
    fit = cox(rossi[ROSSI], rossi["week"], rossi["arrest"])
    parts = fit.contributions(rossi.iloc[:5], reference=rossi.iloc[9])
    expected = (rossi.iloc[:5][ROSSI] - rossi.iloc[9][ROSSI].astype(float)) @ fit.coef
    assert parts.sum(axis=1).to_numpy() == pytest.approx(expected.to_numpy(dtype=float))


def test_split_rows_keeps_time_and_events():
    frame = pd.DataFrame({"start": [0.0, 2], "stop": [5.0, 3], "event": [1, 1], "x": ["a", "b"]})
    rows = split_rows(frame, [2, 4], start="start", stop="stop", event="event")
    assert rows.to_numpy().tolist() == [[0, 2, 0, "a"], [2, 4, 0, "a"], [4, 5, 1, "a"], [2, 3, 1, "b"]]
    assert rows.index.tolist() == [0, 0, 0, 1]


def test_what_a_fit_reports(rossi):
    """R: summary(coxph(Surv(week, arrest) ~ ., rossi)); LR 33.27, Wald 32.11, score 33.53, 7 df."""
    fit = cox(rossi[ROSSI], rossi["week"], rossi["arrest"])
    tests = (fit.likelihood_ratio_test(), fit.wald_test(), fit.score_test())
    assert [t.df for t in tests] == [7, 7, 7]
    assert [t.statistic for t in tests] == pytest.approx([33.2659458, 32.11, 33.5286889], abs=5e-3)
    assert tests[1].p == pytest.approx(3.871e-05, rel=2e-3)
    assert tests[2].p == pytest.approx(2.109861517e-05, rel=1e-4)
    table = fit.table()
    assert table.index.tolist() == ROSSI and table.index.name == "term"
    row = table.loc["fin", ["hazard_ratio", "lower", "upper", "z", "p"]]
    assert row.tolist() == pytest.approx([0.684256681, 0.470236718, 0.995684064, -1.98256451, 0.0474160945])
    assert table["p_adjusted"].tolist() == pytest.approx(benjamini_hochberg(table["p"]))
    assert (fit.rows, fit.events, fit.clusters, fit.level, fit.ties) == (432, 114, None, 0.95, "efron")
    assert fit.center == pytest.approx(rossi[ROSSI].mean().to_numpy())
    narrow = cox(rossi[ROSSI], rossi["week"], rossi["arrest"], level=0.5).table().loc["fin"]
    assert np.log(narrow["upper"]) - narrow["coef"] == pytest.approx(0.67448975 * narrow["se"])


def test_late_entry_weights_and_clusters_together(heart):
    """R: coxph(Surv(start, stop, event) ~ age + surgery, heart, weights = 1 + row %% 3 / 2, cluster = id)."""
    weights = 1 + (np.arange(1, len(heart) + 1) % 3) / 2
    given = {"start": heart["start"], "weights": weights, "cluster": heart["id"]}
    fit = cox(heart[["age", "surgery"]], heart["stop"], heart["event"], **given)
    assert fit.coef == pytest.approx([0.03798102081, -0.82279488484], rel=1e-6)
    assert fit.table()["se"].tolist() == pytest.approx([0.01540570417, 0.33030979613], rel=1e-6)
    assert np.sqrt(np.diag(fit.model_covariance)) == pytest.approx([0.01163924936, 0.2891771061], rel=1e-6)
    assert fit.wald_test().statistic == pytest.approx(13.49218553, rel=1e-6)
    assert fit.score_test().statistic == pytest.approx(19.34971674, rel=1e-6)
    assert fit.clusters == heart["id"].nunique()


def test_a_singular_covariance_leaves_no_joint_test():
    """b' V^-1 b; few clusters can make V singular."""
    nothing = wald_test(np.array([1.0, 2.0]), np.ones((2, 2)))
    assert np.isnan(nothing.statistic) and nothing.df == 2
    something = wald_test(np.array([1.0, 2.0]), np.array([[2.0, 0], [0, 4]]))
    assert (something.statistic, something.df) == (1 / 2 + 4 / 4, 2)


def test_contributions_against_the_means_are_named(rossi):
    fit = cox(rossi[["fin", "age"]], rossi["week"], rossi["arrest"])
    rows = rossi.iloc[[7, 3]]
    parts = fit.contributions(rows)
    assert parts.index.tolist() == [7, 3] and parts.columns.tolist() == ["fin", "age"]
    expected = (rows[["fin", "age"]] - rossi[["fin", "age"]].mean()) * fit.coef
    assert parts.to_numpy() == pytest.approx(expected.to_numpy())


def test_ties_are_efrons_or_breslows(rossi):
    with pytest.raises(DataError, match="ties: 'exact'; expected 'efron' or 'breslow'"):
        cox(rossi[["age"]], rossi["week"], rossi["arrest"], ties="exact")


def test_split_rows_at_its_edges():
    """A cut at a row's start or stop leaves the row whole; cuts may come in any order, and twice."""
    frame = pd.DataFrame({"from": [1.0, 1.5], "to": [3.0, 3], "gone": [1, 0]}, index=["a", "b"])
    rows = split_rows(frame, [3, 1, 2, 2, 9], start="from", stop="to", event="gone")
    assert rows.to_numpy().tolist() == [[1, 2, 0], [2, 3, 1], [1.5, 2, 0], [2, 3, 0]]
    assert rows.index.tolist() == ["a", "a", "b", "b"]
    assert split_rows(frame, [], start="from", stop="to", event="gone").equals(frame)
    assert frame["gone"].tolist() == [1, 0]
