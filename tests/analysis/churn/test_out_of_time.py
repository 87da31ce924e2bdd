"""When the model is tested on months it has not seen, and how its predictions are scored: by hand."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from reporting.analysis.churn import out_of_time


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


def past_of(*rows: tuple[float, int, int], committed: bool = False) -> SimpleNamespace:
    """A model fitted on this past: tenure, accounts at risk in the month after it, losses in it."""
    told = [(start, start + 1, i < lost) for start, n, lost in rows for i in range(n)]
    frame = pd.DataFrame(told, columns=["start", "stop", "churned"])
    return SimpleNamespace(rows=frame, committed=committed)


@pytest.mark.parametrize(
    ("start", "due", "horizon", "committed", "expected"),
    [  # hazards of the first months: 2 of 10, 4 of 8, 1 of 4
        (0, None, 1, False, 0.2),
        (1, None, 1, False, 0.5),
        (0, None, 2, False, 0.6),  # 1 - 0.8 x 0.5
        (0, None, 3, False, 0.7),  # 1 - 0.8 x 0.5 x 0.75
        (0, 2, 3, False, 0.7),  # a term that does not bind
        (0, 2, 3, True, 0.5),  # only the second month is open
        (1, 2, 3, True, 0.25),
        (0, 1, 3, True, 0.2),
        (0, None, 3, True, 0.7),  # no term: every month is open
        (0, 4, 3, True, 0.0),  # none is
        (3, None, 1, False, None),  # a tenure that nobody had reached
    ],
)
def test_the_null_is_the_past_s_loss_at_that_tenure_in_the_open_months(
    start, due, horizon, committed, expected
):
    model = past_of((0.0, 10, 2), (1.0, 8, 4), (2.0, 4, 1), committed=committed)
    # Beside a row of another kind, so that each gets its own answer.
    rows = pd.DataFrame(
        {"start": [0.0, float(start)], "due_in": [1.0, np.nan if due is None else float(due)]}
    )
    found = out_of_time._null(model, rows, horizon)[1]
    assert np.isnan(found) if expected is None else found == pytest.approx(expected)


def scored(*rows: tuple, horizon: int = 1) -> out_of_time.Horizon | None:
    """Rows as (account, tenure, lost, predicted, can leave); the past lost one in two."""
    frame = pd.DataFrame(rows, columns=["account_id", "start", "churned", "probability", "can_leave"])
    frame = frame.assign(spell=frame["account_id"], stop=frame["start"] + 1, due_in=np.nan)
    frame.index = frame.index + 100
    model = past_of((0.0, 10, 5), (1.0, 10, 5))
    model.probability = lambda rows, months: rows[["probability", "can_leave"]]
    return out_of_time.score(model, frame, horizon)


def test_predictions_are_scored_for_those_that_could_leave():
    found = scored(
        ("a", 0.0, True, 0.8, True),
        ("b", 0.0, False, 0.4, True),
        ("c", 0.0, True, 0.2, True),
        ("d", 0.0, False, 0.0, False),  # could not
    )
    assert (found.months, found.predictions, found.losses) == (1, 3, 2)
    assert found.auc.value == pytest.approx(0.5)  # of the pairs (a, b) and (c, b) one is ranked rightly
    # Squared errors 0.04, 0.16, 0.64 against 0.25 each of the null.
    assert (found.brier.score, found.brier.null) == pytest.approx((0.84 / 3, 0.25))
    assert found.calibration.observed_to_expected == pytest.approx(2 / 1.4)


def test_a_tenure_that_the_past_has_not_seen_is_ranked_but_not_held_against_the_null():
    known = [("a", 0.0, True, 0.8, True), ("b", 0.0, False, 0.4, True)]
    beyond = [("c", 5.0, True, 0.5, True), ("d", 5.0, False, 0.6, True)]
    found = scored(*known, *beyond)
    assert (found.predictions, found.losses, found.auc.value) == (4, 2, pytest.approx(0.75))
    assert found.brier.score == pytest.approx((0.04 + 0.16) / 2)
    assert scored(*beyond).brier is None


def test_without_both_outcomes_there_is_no_score():
    stays, goes = ("a", 0.0, False, 0.4, True), ("b", 0.0, True, 0.4, True)
    assert scored(stays) is None and scored(goes) is None and scored(stays, goes) is not None
    assert scored(stays, goes).calibration is None  # of one prediction there is no slope
    assert scored(stays, ("b", 0.0, True, 0.0, False)) is None  # the loss could not be
