"""Shapes of a baseline: edges of steps, knots of splines, by their definitions."""

from __future__ import annotations

import numpy as np
import pytest

from reporting.survival import DataError, Spline, Steps, spline, steps


@pytest.mark.parametrize(
    ("time", "step"), [(-5, 0), (2.999, 0), (3, 0), (3.001, 1), (6, 1), (6.001, 2), (1e9, 2)]
)
def test_a_cut_belongs_to_the_step_that_ends_there(time, step):
    """R: cut(time, c(-Inf, 3, 6, Inf))."""
    shape = Steps((3.0, 6.0))
    assert shape.columns(np.array([time])).tolist() == [[float(i == step) for i in range(3)]]
    assert shape.names == ["baseline (-inf, 3]", "baseline (3, 6]", "baseline (6, inf]"]


def test_steps_hold_as_many_events_each():
    """Nine events at 1 to 9 in three steps; rows without an event don't count."""
    stop, event = [*range(1, 10), 50, 60, 70], [1] * 9 + [0] * 3
    assert steps(stop, event, 3) == Steps((3.0, 6.0))
    assert steps(stop, event, 1) == Steps(())
    assert steps([4, 5], [1, 0], 2) == Steps((4.0,))
    assert steps([4, 4, 4], [1, 1, 1], 3) == Steps((4.0,))  # at most, where events are tied


def test_knots_lie_at_harrells_percentiles():
    """Of events at 1 to 101, the 5th, 35th, 65th and 95th percentile; of two knots, the outer ones."""
    stop, event = np.arange(1, 201), np.arange(1, 201) <= 101
    assert spline(stop, event).knots == (6, 36, 66, 96)
    assert spline(stop, event, 2).knots == (6, 96)


@pytest.mark.parametrize("shape", [lambda *rows: steps(*rows, 2), spline])
def test_without_events_there_is_no_shape(shape):
    with pytest.raises(DataError, match="no events"):
        shape([1, 2], [0, 0])


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        (1, 0),
        (2, 0),
        (3, 1 / 36),  # 1^3
        (4, 8 / 36),  # 2^3
        (6, (64 - 8 * 1.5) / 36),  # 4^3 - 2^3 (8 - 2) / (8 - 4)
        (8, (216 - 64 * 1.5) / 36),
        (9, (343 - 125 * 1.5 + 1 * 0.5) / 36),  # and + 1^3 (4 - 2) / (8 - 4)
    ],
)
def test_three_knots_by_hand(time, expected):
    """Harrell's restricted cubic spline with knots at 2, 4 and 8, over (8 - 2)^2."""
    shape = Spline((2.0, 4.0, 8.0))
    assert shape.columns(np.array([time])).tolist() == [pytest.approx([1, time, expected])]
    assert shape.names == ["baseline 0", "baseline 1", "baseline 2"]


@pytest.mark.parametrize("knots", [(), (3.0,), (3.0, 5.0)])
def test_fewer_than_three_knots_are_a_straight_line(knots):
    shape = Spline(knots)
    assert shape.columns(np.array([1.0, 7])).tolist() == [[1, 1], [1, 7]]
    assert shape.names == ["baseline 0", "baseline 1"]
