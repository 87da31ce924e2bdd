"""A score is said to tell as much as its AUC bears."""

import pytest

from reporting.reports.telling.ranking import tells
from reporting.survival.estimate import UNKNOWN, Estimate


@pytest.mark.parametrize(
    ("value", "low", "said"),
    [
        (0.80, 0.70, "tells well"),
        (0.79, 0.70, "tells fairly well"),
        (0.70, 0.60, "tells fairly well"),
        (0.69, 0.60, "tells a little of"),
        (0.62, 0.55, "tells a little of"),
        (0.59, 0.55, "tells hardly anything of"),
        (0.51, 0.501, "tells hardly anything of"),
        (0.90, 0.50, "does not tell"),
        (0.40, 0.30, "does not tell"),
    ],
)
def test_the_words_follow_the_auc_and_its_interval(value, low, said):
    assert tells(Estimate(value, low, 1.0, 100), "who will leave") == f"{said} who will leave"


def test_what_is_unknown_tells_nothing():
    assert tells(UNKNOWN, "who will leave") == "does not tell who will leave"
