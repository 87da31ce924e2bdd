"""The log-rank test: published statistics, late entry, strata, pairs."""

from __future__ import annotations

import numpy as np
import pytest

from reporting.survival import DataError, holm, logrank, pairwise_logrank


def test_published_statistics(freireich, lung):
    assert logrank(freireich["group"], freireich["weeks"], freireich["relapse"]).statistic == pytest.approx(
        16.7929, abs=1e-4
    )
    test = logrank(lung["sex"], lung["time"], lung["died"])
    assert test.statistic == pytest.approx(10.3267, abs=1e-4)
    assert test.table["observed"].sum() == pytest.approx(test.table["expected"].sum())


def test_late_entry_follows_its_definition(panel):
    group = panel["stratum"] == 1
    o_minus_e = variance = 0.0
    for t in panel["stop"][panel["event"] == 1].unique():
        at_risk = (panel["start"] < t) & (panel["stop"] >= t)
        n, n1 = at_risk.sum(), (at_risk & group).sum()
        out = (panel["stop"] == t) & (panel["event"] == 1)
        d = out.sum()
        o_minus_e += (out & group).sum() - d * n1 / n
        variance += d * (n - d) / max(n - 1, 1) * n1 / n * (1 - n1 / n)
    test = logrank(group, panel["stop"], panel["event"], start=panel["start"])
    assert test.statistic == pytest.approx(o_minus_e**2 / variance)


def test_identical_strata_double_the_statistic(lung):
    single = logrank(lung["sex"], lung["time"], lung["died"])
    twice = lung.loc[lung.index.repeat(2)]
    copies = np.tile([0, 1], len(lung))
    both = logrank(twice["sex"], twice["time"], twice["died"], strata=copies)
    assert both.statistic == pytest.approx(2 * single.statistic)


def test_pairs_agree_with_single_tests_and_holm(lung):
    known = lung[lung["ph.ecog"].isin([0, 1, 2])]
    table = pairwise_logrank(known["ph.ecog"], known["time"], known["died"])
    pair = known[known["ph.ecog"] != 1]
    assert table.loc[(0, 2), "p"] == pytest.approx(logrank(pair["ph.ecog"], pair["time"], pair["died"]).p)
    assert table["p_adjusted"].tolist() == pytest.approx(holm(table["p"]).tolist())


def test_what_cannot_be_compared_is_refused():
    with pytest.raises(DataError, match="only 'a'"):
        logrank(["a", "a"], [1, 2], [1, 1])
    with pytest.raises(DataError, match="never at risk together"):
        logrank(["a", "b"], [1, 3], [1, 1], start=[0, 2])
    with pytest.raises(DataError, match="no events"):
        logrank(["a", "b"], [1, 3], [0, 0])
