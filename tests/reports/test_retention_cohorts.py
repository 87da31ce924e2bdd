"""Sentences of the retention report follow its figures."""

import numpy as np
import pandas as pd
import pytest

from reporting.errors import ParameterError
from reporting.reports import retention_cohorts as report
from reporting.reports.telling.growth import growth_finding, quick_ratio_words


def test_the_answer_names_the_figures_worked_by_hand(company):
    text = report.headline(report.load(str(company())))[-1].markdown
    assert "66.7%" in text and "(GRR, " in text and "61.4%" in text and "67.1%" in text
    assert "A further $400 comes from accounts that left and came back" in text


@pytest.mark.parametrize(
    ("mrr", "words"),
    [
        ([100, 101, 102, 103, 104, 105, 106], "grows steadily"),
        ([100, 100, 100, 101, 104, 107, 110], "grows faster"),
        ([100, 105, 110, 115, 116, 117, 118], "grows more slowly"),
        ([100, 104, 108, 112, 112, 112, 112], "plateaus"),
        ([110, 109, 108, 107, 104, 101, 98], "shrinks"),
        ([100, 110], "too few months"),
    ],
)
def test_growth_is_named_by_its_pace(mrr, words):
    assert words in growth_finding(pd.Series(mrr) * 100, "USD")


def test_the_quick_ratio_is_not_defined_without_losses():
    row = pd.Series({"new": 10, "expansion": 5, "contraction": 0, "churn": 0, "reactivation": 99})
    assert quick_ratio_words(row) == "not defined"
    assert quick_ratio_words(row.replace({0: 5})) == "1.5"  # reactivation stays out


def test_an_unknown_reading_is_refused(company):
    with pytest.raises(ParameterError, match="'on' or 'on_or_after'"):
        report.load(str(company()), reading="after")


def test_triangles_are_exported_with_their_open_cells(company):
    table = report.exports(report.load(str(company())))["retention_triangles"]
    year = table[(table["cohort"] == "2025-01") & (table["age_months"] == 12)].set_index("measure")["share"]
    # January 2026: Echo is gone, everybody else pays as at first.
    assert year["logo"] == pytest.approx(5 / 6)
    assert year["grr"] == pytest.approx(3100 / 3500)


def test_groups_too_small_are_not_compared(company):
    text = report.by_segment(report.load(str(company())))[0].markdown
    assert "No segment splits the accounts" in text


def test_a_difference_is_only_claimed_beyond_chance(company):
    paths = {f"x{i}": [100] * 6 + [0 if i % 2 else 100] * 8 for i in range(80)}
    data = report.load(str(company(paths=paths)))
    blocks = report.by_segment(data)
    assert "0.0% (north) to 100.0% (south)" in blocks[0].alt
    assert "overlap" not in blocks[0].alt


def test_a_past_of_survivors_only_is_left_out(company):
    # Use is on record from July 2025; before, nobody ever leaves, afterwards one in six does each month.
    paths = {f"x{i}": [100] * 7 + [100 if month < i % 6 else 0 for month in range(7)] for i in range(60)}
    paths |= {f"y{i}": [0] * 8 + [100] * 6 for i in range(5)}

    def unseen(panel):
        early = panel["month"] < "2025-07-01"
        panel.loc[early, ["events", "value_events"]] = float("nan")
        return panel

    data = report.load(str(company(paths=paths, edit=unseen)))
    assert f"{data.book.observed_from:%Y-%m}" == "2025-07"
    assert len(data.paid.accounts) == 5
    assert "Left out: 60 accounts" in report.logo_triangle(data)[0].markdown


def test_a_complete_past_is_kept(company):
    def unseen(panel):
        panel.loc[panel["month"] < "2025-07-01", ["events", "value_events"]] = float("nan")
        return panel

    # One in twelve leaves in any month, before use is on record as after.
    paths = {f"x{i}": [100] * (1 + i % 12) + [0] * (13 - i % 12) for i in range(60)}
    assert f"{report.load(str(company(paths=paths, edit=unseen))).book.observed_from:%Y-%m}" == "2025-01"


def test_contraction_is_compared_by_usage_trend(company):
    paths = {f"x{i}": [100] * 12 + ([60, 60] if i < 15 else [100, 100]) for i in range(60)}

    def falling(panel):
        ill = panel["account_id"].isin([f"x{i}" for i in range(20)])
        return panel.assign(usage_trend_90=np.where(ill, -0.5, 0.3))

    text = report.contraction(report.load(str(company(paths=paths, edit=falling))))[0].markdown
    assert "the difference is beyond chance" in text


def test_growth_of_nothing_is_a_sentence_and_no_chart(company):
    data = report.load(str(company(paths={"a": [100] * 14})))  # new in January 2025, before the twelve months
    (only,) = report.growth(data)
    assert "Since March 2025 no account's MRR moved" in only.markdown and "@" not in only.markdown
