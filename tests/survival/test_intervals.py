"""Limits of probabilities at their edges."""

from __future__ import annotations

import numpy as np
import pytest

from reporting.survival import wilson
from reporting.survival.intervals import confidence_limits

Z = 1.959963984540054


@pytest.mark.parametrize(
    ("kind", "p", "se", "lower", "upper"),
    [
        ("plain", 0.05, 0.1, 0, 0.05 + Z / 10),  # cut at 0
        ("plain", 0.95, 0.1, 0.95 - Z / 10, 1),  # and at 1
        ("plain", 0, 0, 0, 0),
        ("plain", 1, 0, 1, 1),
        ("plain", 3, 0.1, 1, 1),  # by rounding or weights
        ("plain", -3, 0.1, 0, 0),
        ("log", 0.5, 0.1, 0.5 * np.exp(-Z / 5), 0.5 * np.exp(Z / 5)),
        ("log", 0.95, 0.1, 0.95 * np.exp(-Z / 9.5), 1),
        ("log", 0, 0, np.nan, np.nan),  # log 0 has no value
        ("log", 1, 0, 1, 1),
        ("log-log", 0.5, 0.1, 0.5 ** np.exp(Z / 5 / np.log(2)), 0.5 ** np.exp(-Z / 5 / np.log(2))),
        ("log-log", 0, 0, np.nan, np.nan),
        ("log-log", 1, 0, np.nan, np.nan),  # log(-log 1) has no value
        ("log-log", 1 - 1e-15, 0.1, 0, 1),
    ],
)
def test_limits_at_the_edges(kind, p, se, lower, upper):
    found = confidence_limits(np.array([p]), np.array([se]), 0.95, kind)
    assert [side.item() for side in found] == pytest.approx([lower, upper], nan_ok=True)


@pytest.mark.parametrize(
    ("hits", "n", "lower", "upper"),
    [
        (0, 10, 0, 0.2775),
        (1, 10, 0.0179, 0.4042),
        (5, 10, 0.2366, 0.7634),
        (10, 10, 0.7225, 1),
        (0, 1, 0, 0.7935),
    ],
)
def test_wilson(hits, n, lower, upper):
    """Published: Wilson's 95 % limits of small shares; R: prop.test(hits, n, correct = FALSE)."""
    low, high = wilson(hits / n, n)
    assert [low, high] == pytest.approx([lower, upper], abs=5e-5)
    assert low >= 0 and high <= 1


def test_wilson_of_nothing_is_not_known():
    low, high = wilson([np.nan, 0.5], [0, 10], level=0.5)
    assert np.isnan([low[0], high[0]]).all()
    # z^2 = 0.45494 at 50 %: (0.5 -+ sqrt(z^2 (0.025 + z^2 / 400)) / (1 + z^2 / 10)
    assert [low[1], high[1]] == pytest.approx([0.5 - 0.10430, 0.5 + 0.10430], abs=5e-5)
