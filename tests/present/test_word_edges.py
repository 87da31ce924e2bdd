"""Words for steps and labels: at the edge, just below, just above."""

from __future__ import annotations

import math

import pytest

from reporting.present import words


@pytest.mark.parametrize(
    ("now", "before", "better"),
    [
        (0.5, 0.5, None),
        (0.5004, 0.5, None),
        (0.4996, 0.5, None),
        (0.501, 0.5, True),
        (0.499, 0.5, False),
        (0.5, math.nan, None),
    ],
)
def test_a_share_told_as_unchanged_is_neither_better_nor_worse(now, before, better):
    assert words.better_share(now, before) is better
    if better is None and not math.isnan(before):
        assert words.moved_points(now, before) == "unchanged"


@pytest.mark.parametrize(
    ("label", "inside"),
    [
        ("Workflows run", "workflows run"),
        ("API requests", "API requests"),
        ("NPS", "NPS"),
        ("A3x7", "A3x7"),
        ("x", "x"),
    ],
)
def test_a_label_keeps_its_own_capitals_inside_a_sentence(label, inside):
    assert words.uncapitalised(label) == inside


@pytest.mark.parametrize(
    ("now", "before", "steady", "word"),
    [
        (102, 100, 0.02, "held"),
        (102.1, 100, 0.02, "rose"),
        (98, 100, 0.02, "held"),
        (97.9, 100, 0.02, "fell"),
    ],
)
def test_a_step_of_exactly_the_margin_is_none(now, before, steady, word):
    assert words.direction(now, before, steady) == word
