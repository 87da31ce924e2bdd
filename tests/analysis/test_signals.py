"""Usual ranges, worked by hand."""

import math

import pytest

from reporting.analysis.signals import UNKNOWN, usual_range

NAN = math.nan
CALM = [10, 12, 10, 12, 10, 12, 10, 12, 10, 12, 10, 12]
"""Mean 11, moving range 2: the usual range is 11 +/- 5.32."""


@pytest.mark.parametrize(
    ("last", "beyond"),
    [(11, 0), (16.31, 0), (16.33, 1), (5.69, 0), (5.67, -1)],
)
def test_a_level_is_a_signal_outside_its_limits(last, beyond):
    found = usual_range([*CALM, last], "level")
    assert (found.lower, found.upper) == (pytest.approx(5.68), pytest.approx(16.32))
    assert (found.beyond > 0) - (found.beyond < 0) == beyond


def test_how_far_outside_is_counted_in_half_widths():
    assert usual_range([*CALM, 11 + 2 * 5.32], "level").beyond == pytest.approx(1)
    assert usual_range([*CALM, 11 - 1.5 * 5.32], "level").beyond == pytest.approx(-0.5)


def test_a_step_is_judged_by_the_steps_before_it():
    # Steps of +2 and -2 in turn: mean 0.18 (one more +2 of eleven), moving range 4.
    found = usual_range([*CALM, 12], "step")
    assert found.upper == pytest.approx(12 + 2 / 11 + 2.66 * 4)
    assert found.beyond == 0


def test_growth_is_relative_to_the_month_before():
    values = [100.0]
    for factor in (1.02, 1.04) * 6:
        values.append(values[-1] * factor)
    # Mean growth 3 %, moving range 2 points: 3 +/- 5.32 %.
    found = usual_range([*values, values[-1] * 1.0833], "growth")
    assert found.upper == pytest.approx(values[-1] * 1.0832)
    assert found.beyond > 0


def test_only_the_twelve_before_it_say_what_is_usual():
    assert usual_range([1000, 0, *CALM, 11], "level") == usual_range([*CALM, 11], "level")


@pytest.mark.parametrize(("known", "told"), [(6, True), (5, False)])
def test_six_earlier_values_are_needed(known, told):
    assert usual_range([*[NAN] * (12 - known), *CALM[:known], 11], "level").known is told


@pytest.mark.parametrize(
    ("before", "told"),
    [
        ([5, 5, 5, 5, 5, 5, 5, 5], False),  # never moved
        ([5, 5, 5, 5, 6, 6, 6, 6], False),  # moved once
        ([5, 5, 5, 5, 6, 5, 5, 5], True),
    ],
)
def test_what_hardly_ever_moves_has_no_usual_range(before, told):
    assert usual_range([*before, 7], "level").known is told


def test_without_a_value_nothing_is_judged():
    assert usual_range([*CALM, NAN], "level") is UNKNOWN
    assert usual_range([], "step") is UNKNOWN
    assert not usual_range([*CALM, 0, 5], "growth").known  # no growth from nothing
