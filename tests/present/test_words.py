"""Words follow the numbers."""

import math

import pytest

from reporting.analysis.intervals import share
from reporting.present.words import direction, listing, moved_points, plural, sentence, with_interval


@pytest.mark.parametrize(
    ("now", "before", "steady", "word"),
    [
        (2, 1, 0, "rose"),
        (1, 2, 0, "fell"),
        (1, 1, 0, "held"),
        (101, 100, 0.02, "held"),
        (97, 100, 0.02, "fell"),
    ],
)
def test_the_verb_follows_the_step(now, before, steady, word):
    assert direction(now, before, steady) == word


def test_a_step_from_nothing_is_not_called_a_rise():
    assert direction(1.0, math.nan) == "can't be compared"
    assert moved_points(0.5, math.nan) == "no earlier figure"


def test_points_say_which_way():
    assert moved_points(0.52, 0.5) == "up 2.0 points"
    assert moved_points(0.5, 0.52) == "down 2.0 points"
    assert moved_points(0.5, 0.5001) == "unchanged"


def test_numbers_agree_with_their_nouns():
    assert [plural(n, "account") for n in (0, 1, 1200)] == ["no accounts", "1 account", "1,200 accounts"]
    assert listing(["a", "b", "c"]) == "a, b and c"
    assert sentence("no accounts") == "No accounts"


def test_an_estimate_is_told_with_its_interval_and_size():
    assert with_interval(share(8, 10)) == "80.0% (95% interval 49.0% to 94.3%, 10 accounts)"
    assert with_interval(share(0, 0)) == "not available"
