"""What a value says at a threshold and beside it; every edge is the product definition's."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from reporting.metrics.reading import AtLeast, Banded, Graded, Over, Referred, Sticky

LIMITS = SimpleNamespace(
    low=0.2, middle=0.4, high=0.6, pair=(0.2, 0.3), stickiness_good=0.3, stickiness_daily=0.7
)
PRODUCT = SimpleNamespace(
    limits=LIMITS, engagement=LIMITS, bands=SimpleNamespace(healthy=75, at_risk=45),
    band_score="health_score", rhythm="weekly",
)  # fmt: skip
GRADED = Graded("limits.low", "limits.middle", "limits.high")


@pytest.mark.parametrize(
    ("reading", "value", "text", "edges"),
    [
        (AtLeast("limits.low", "good", "bad"), 0.2, "good: {0} or more", (0.2,)),
        (AtLeast("limits.low", "good", "bad"), 0.199, "bad: below {0}", (0.2,)),
        (Over("limits.low", "much", "little"), 0.2, "little: {0} or less", (0.2,)),
        (Over("limits.low", "much", "little"), 0.201, "much: over {0}", (0.2,)),
        (GRADED, 0.199, "good: below {0}", (0.2,)),
        (GRADED, 0.2, "between {0} and {1}", (0.2, 0.4)),
        (GRADED, 0.4, "between {0} and {1}", (0.2, 0.4)),
        (GRADED, 0.401, "attention: above {0}", (0.4,)),
        (GRADED, 0.6, "attention: above {0}", (0.4,)),
        (GRADED, 0.601, "alarm: above {0}", (0.6,)),
        (Banded("health_score"), 75.1, "healthy: bands end at {0} and {1}", (45, 75)),
        (Banded("health_score"), 75, "at risk: bands end at {0} and {1}", (45, 75)),
        (Banded("health_score"), 44.9, "churn risk: bands end at {0} and {1}", (45, 75)),
        (Banded("other"), 75.1, "high: between {0} and {1} is middle", (45, 75)),
        (Banded("other"), 45, "middle: between {0} and {1} is middle", (45, 75)),
        (Banded("other"), 44.9, "low: between {0} and {1} is middle", (45, 75)),
        (Referred("limits.pair"), 0.199, "below the outside reference, {0} to {1}", (0.2, 0.3)),
        (Referred("limits.pair"), 0.2, "within the outside reference, {0} to {1}", (0.2, 0.3)),
        (Referred("limits.pair"), 0.3, "within the outside reference, {0} to {1}", (0.2, 0.3)),
        (Referred("limits.low"), 0.201, "above the outside reference, {0}", (0.2,)),
        (Sticky(), 0.3, "good: {0} or more", (0.3,)),
        (Sticky(), 0.299, "low: below {0}", (0.3,)),
    ],
)
def test_a_value_at_its_threshold(reading, value, text, edges):
    assert reading(PRODUCT, value)[:2] == (text, edges)


@pytest.mark.parametrize(
    ("rhythm", "text", "edges"),
    [("daily", "low: below {0}", (0.7,)), ("monthly", "not judged: a product of monthly use", ())],
)
def test_stickiness_goes_by_the_rhythm(rhythm, text, edges):
    product = SimpleNamespace(engagement=LIMITS, rhythm=rhythm)
    assert Sticky()(product, 0.5)[:2] == (text, edges)


@pytest.mark.parametrize(("over", "good"), [(-0.001, True), (0.0, None), (0.001, None)])
def test_a_grade_is_good_below_its_first_edge(over, good):
    assert GRADED(PRODUCT, PRODUCT.limits.low + over).good is good


@pytest.mark.parametrize(("over", "good"), [(0.0, None), (0.001, False)])
def test_a_grade_is_bad_above_its_second_edge(over, good):
    assert GRADED(PRODUCT, PRODUCT.limits.middle + over).good is good
