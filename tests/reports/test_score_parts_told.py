"""What moved a score, in words."""

from __future__ import annotations

import pandas as pd
import pytest

from reporting.reports.telling.score_parts import cause


@pytest.mark.parametrize(
    ("moved", "named"),
    [
        ({"a": 0.5, "b": -0.49}, ["a"]),
        ({"a": -0.5, "b": 0.49}, ["a"]),
        ({"a": 1.0, "b": -3.0, "c": 2.0, "d": 0.6}, ["b", "c", "a"]),
        ({"a": 1.0, "b": 1.0, "c": 1.0, "d": 1.0}, ["a", "b", "c"]),  # of equals those named first
        ({"a": 0.4}, []),
    ],
)
def test_a_cause_names_three_parts_of_half_a_point_or_more(moved, named):
    found = cause(pd.Series(moved))
    assert [part.split()[0] for part in found.split(", ")] == (named or ["many"])
