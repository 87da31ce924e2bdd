"""The log-rank test: published statistics, late entry, strata, pairs."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2

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


@pytest.mark.parametrize(
    ("entry", "expected", "variance"),
    [
        (0.999, 1 / 2 + 1, 1 / 4),  # b is at risk when a goes
        (1, 1, None),  # b enters when a goes and is not: the two never meet
        (1.001, 1, None),
    ],
)
def test_entry_at_an_event_time(entry, expected, variance):
    """Per event time d n_g / n and d (n - d) / (n - 1) n_g / n (1 - n_g / n)."""
    given = (["a", "b"], [1, 2], [1, 1])
    if variance is None:
        with pytest.raises(DataError, match="never at risk together"):
            logrank(*given, start=[0, entry])
        return
    test = logrank(*given, start=[0, entry])
    assert test.table.loc["b", "expected"] == pytest.approx(expected)
    assert test.statistic == pytest.approx((1 - expected) ** 2 / variance)


def test_the_table_by_hand():
    """Two events tied at 1 among 4 (2 of each group), one at 2 among 2 (one of each)."""
    test = logrank(["y", "x", "x", "y"], [1, 1, 2, 2], [1, 1, 1, 0])
    assert test.table.index.tolist() == ["x", "y"] and test.table.index.name == "group"
    assert test.table["rows"].tolist() == [2, 2]
    assert test.table["observed"].tolist() == [2, 1]
    assert test.table["expected"].tolist() == pytest.approx([1.5, 1.5])
    # Variance: 2 x 2 / 3 x 1/4 at 1, 1 x 1 / 1 x 1/4 at 2.
    assert test.statistic == pytest.approx(0.5**2 / (1 / 3 + 1 / 4))
    assert test.p == pytest.approx(chi2.sf(test.statistic, 1))


def test_a_group_never_at_risk_with_others_is_not_compared():
    """c is watched after the last event only: two groups remain, one degree of freedom."""
    test = logrank(["a", "b", "b", "c"], [1, 2, 3, 9], [1, 1, 0, 0], start=[0, 0, 0, 3])
    assert test.test.df == 1
    assert test.statistic == pytest.approx(logrank(["a", "b", "b"], [1, 2, 3], [1, 1, 0]).statistic)


def test_pairs_keep_their_rows(panel):
    """Late entry and strata reach each pair; one that can't be compared is NaN and no part of Holm's."""
    group = np.where(panel["subject"] % 2 == 0, "p", "q")
    given = {"start": panel["start"].to_numpy(), "strata": panel["stratum"].to_numpy()}
    rows = (group, panel["stop"], panel["event"])
    alone = logrank(*rows, **given)
    early, late = pairwise_logrank(*rows, **given), pairwise_logrank(*rows)
    assert early.loc[("p", "q"), "statistic"] == pytest.approx(alone.statistic)
    assert late.loc[("p", "q"), "statistic"] != pytest.approx(alone.statistic, rel=1e-3)
    assert early.index.names == ["group", "other"]
    assert early.columns.tolist() == ["statistic", "p", "p_adjusted"]
    table = pairwise_logrank(
        ["a", "a", "b", "b", "c"], [1, 2, 3, 1, 9], [1, 1, 1, 1, 1], start=[0, 0, 0, 0, 8]
    )
    assert table.loc[[("a", "c"), ("b", "c")]].isna().all(axis=None)
    assert table.loc[("a", "b"), "p_adjusted"] == table.loc[("a", "b"), "p"]


def test_a_missing_group_is_refused_by_row():
    for ask in (logrank, pairwise_logrank):
        with pytest.raises(DataError, match="groups: row 1 is missing"):
            ask(["a", None], [1, 2], [1, 1])
