"""What a value says against the thresholds of the product definition.

A reading knows the words and the edges; how an edge is printed goes by the metric's unit and is the report's.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import Any, NamedTuple, Protocol

from reporting.params.product import Product

BANDS = ("healthy", "at risk", "churn risk")


class Said(NamedTuple):
    """A reading in words.

    Attributes:
        text: With `{0}`, `{1}` where the edges stand.
        edges: In the metric's unit.
        good: Whether that is good; None where it is neither good nor bad.
    """

    text: str
    edges: tuple[float, ...] = ()
    good: bool | None = None


class Reading(Protocol):
    """Reads a value."""

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the product definition it reads."""
        ...

    def __call__(self, product: Product, value: float) -> Said: ...


def value_of(product: Product, key: str) -> Any:
    """The value of a key such as `bands.healthy`."""
    return reduce(getattr, key.split("."), product)


@dataclass(frozen=True)
class AtLeast:
    """Good from the threshold on."""

    key: str
    good: str
    bad: str

    @property
    def keys(self) -> tuple[str, ...]:
        """The threshold."""
        return (self.key,)

    def __call__(self, product: Product, value: float) -> Said:
        """`bad: below {0}` or `good: {0} or more`."""
        edge = value_of(product, self.key)
        return Said(f"{self.bad}: below {{0}}" if value < edge else f"{self.good}: {{0}} or more", (edge,))


@dataclass(frozen=True)
class Over:
    """Something else above the threshold."""

    key: str
    over: str
    under: str

    @property
    def keys(self) -> tuple[str, ...]:
        """The threshold."""
        return (self.key,)

    def __call__(self, product: Product, value: float) -> Said:
        """`over: over {0}` or `under: {0} or less`."""
        edge = value_of(product, self.key)
        return Said(f"{self.over}: over {{0}}" if value > edge else f"{self.under}: {{0}} or less", (edge,))


@dataclass(frozen=True)
class Graded:
    """A rate that is better the lower it is: good, between, attention, alarm."""

    good: str
    attention: str
    alarm: str

    @property
    def keys(self) -> tuple[str, ...]:
        """The three thresholds."""
        return (self.good, self.attention, self.alarm)

    def __call__(self, product: Product, value: float) -> Said:
        """The worst grade that the value is above."""
        good, attention, alarm = (value_of(product, key) for key in self.keys)
        if value > alarm:
            return Said("alarm: above {0}", (alarm,), good=False)
        if value > attention:
            return Said("attention: above {0}", (attention,), good=False)
        if value < good:
            return Said("good: below {0}", (good,), good=True)
        return Said("between {0} and {1}", (good, attention))


@dataclass(frozen=True)
class Banded:
    """A score; one whose bands are not the accounts' is high, middle or low at the same edges."""

    score: str
    keys = ("bands", "band_score")

    def __call__(self, product: Product, value: float) -> Said:
        """The band of the score."""
        edges = (product.bands.at_risk, product.bands.healthy)
        level = 0 if value > product.bands.healthy else 1 if value >= product.bands.at_risk else 2
        if product.band_score == self.score:
            return Said(f"{BANDS[level]}: bands end at {{0}} and {{1}}", edges)
        return Said(f"{('high', 'middle', 'low')[level]}: between {{0}} and {{1}} is middle", edges)


@dataclass(frozen=True)
class Referred:
    """A reference from outside: a value, or lowest and highest."""

    key: str

    @property
    def keys(self) -> tuple[str, ...]:
        """The reference."""
        return (self.key,)

    def __call__(self, product: Product, value: float) -> Said:
        """Below, within or above it."""
        reference = value_of(product, self.key)
        low, high = reference if isinstance(reference, tuple) else (reference, reference)
        word = "below" if value < low else "above" if value > high else "within"
        edges = (low,) if low == high else (low, high)
        return Said(f"{word} the outside reference, {' to '.join(('{0}', '{1}')[: len(edges)])}", edges)


@dataclass(frozen=True)
class Sticky:
    """Daily against monthly use, which only a product used within the week can be judged by."""

    keys = ("rhythm", "engagement.stickiness_good", "engagement.stickiness_daily")

    def __call__(self, product: Product, value: float) -> Said:
        """Against what is good for the product's rhythm."""
        if product.rhythm not in ("daily", "weekly"):
            return Said(f"not judged: a product of {product.rhythm} use")
        key = self.keys[2] if product.rhythm == "daily" else self.keys[1]
        return AtLeast(key, "good", "low")(product, value)
