"""What a score's parts cost, and what moved it."""

import pytest

from reporting.analysis import scores
from reporting.analysis.validity import followed_scores
from reporting.analysis.view import View


def test_the_points_lost_and_the_score_make_a_hundred(company):
    book = View(company())
    lost = scores.costs(book.paying, book, scores.ENGAGEMENT).sum(axis=1)
    assert (lost + book.paying["engagement_score"]).tolist() == pytest.approx([100.0] * 6)


def test_absent_parts_are_named_and_the_rest_weighs_more(company):
    book = View(company(without=("score_session_frequency", "score_licence_utilisation")))
    assert scores.absent(book, scores.ENGAGEMENT) == ["session_frequency", "licence_utilisation"]
    weights = scores.weights(book, scores.ENGAGEMENT)
    assert sum(weights.values()) == pytest.approx(1)
    assert weights["feature_breadth"] == pytest.approx(0.6)


def test_the_parts_of_a_change_add_up_to_it(company):
    def drop(panel):
        rows = (panel["account_id"] == "a") & (panel["month"] == panel["month"].max())
        panel.loc[rows, ["score_integrations", "engagement_score"]] = [35.0, 75.0]
        return panel

    book = View(company(edit=drop))
    moved = scores.change(book.paying, book.before, book, scores.ENGAGEMENT).loc["a"]
    assert moved["change"] == pytest.approx(-10)
    assert moved["integrations"] == pytest.approx(-10)
    assert moved["feature_breadth"] == pytest.approx(0)


def test_past_scores_are_followed_in_windows_that_do_not_overlap(company):
    book = View(company())
    rows = followed_scores(book, ["engagement_score"], "churned_cents", 3)
    # Closes from which three months can be followed: November, August, May, February 2025.
    assert sorted(rows["month"].dt.strftime("%Y-%m").unique()) == ["2025-02", "2025-05", "2025-08", "2025-11"]
    assert rows.loc[rows["happened"], ["account_id", "amount_cents"]].to_numpy().tolist() in (
        [["c", 80_000], ["e", 40_000]],
        [["e", 40_000], ["c", 80_000]],
    )
