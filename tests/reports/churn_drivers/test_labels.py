"""A condition of an aha moment in words."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from reporting.analysis.churn import aha
from reporting.reports.churn_drivers import labels


@pytest.mark.parametrize(
    ("name", "cut", "words"),
    [
        ("active_users", 2.0, "3 or more active users"),
        ("active_users", 2.5, "more than 2.5 active users"),
        ("activated", 0.0, "value outcome reached"),
    ],
)
def test_a_condition_in_words(name, cut, words):
    assert labels.condition(aha.Candidate(name, SimpleNamespace(cut=cut), 0.01)) == words
