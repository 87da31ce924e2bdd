"""Words that follow the numbers: a falling figure can't get a rising sentence."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

from reporting.present.formats import count, number, percent


class WithInterval(Protocol):
    """A number with its interval, from `n` cases."""

    @property
    def value(self) -> float: ...
    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...
    @property
    def n(self) -> int: ...
    @property
    def known(self) -> bool:
        """Whether there was anything to estimate from."""
        ...


SMALLEST_STEP = 0.0005  # of a share: less rounds to 0.0 points


def direction(
    now: float, before: float, steady: float = 0.0, words: Sequence[str] = ("rose", "fell", "held")
) -> str:
    """The verb for a step from `before` to `now`; a relative step of at most `steady` counts as none."""
    if not (math.isfinite(now) and math.isfinite(before)):
        return "can't be compared"
    step = now - before
    if abs(step) <= steady * abs(before):
        return words[2]
    return words[0] if step > 0 else words[1]


def plural(n: float, noun: str, nouns: str | None = None) -> str:
    """`1 account`, `2 accounts`, `no accounts`."""
    many = nouns or f"{noun}s"
    if n == 0:
        return f"no {many}"
    return f"{count(n)} {noun if n == 1 else many}"


def listing(items: Sequence[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    items = list(items)
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


NAME = 120
"""Letters of a name that the accounts' and owners' pages show; data files have it whole."""


def cut(text: str, most: int = 40) -> str:
    """The text, or its beginning and `…` where it is longer than `most` letters."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def sentence(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]


def uncapitalised(label: str) -> str:
    """The label for the middle of a sentence; abbreviations such as `CAC payback` keep their capitals."""
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def interval(estimate: WithInterval) -> str:
    """`95% interval 80.1% to 88.2%`, or why there is none."""
    if not math.isfinite(estimate.low):
        return "too few accounts for an interval"
    return f"95% interval {percent(estimate.low)} to {percent(estimate.high)}"


def short(estimate: WithInterval, digits: int = 0, none: str = "not available") -> str:
    """`81% (70% to 88%)`, for a cell; without an interval the share alone, `none` where nothing is known."""
    if not estimate.known:
        return none
    value, low, high = (percent(x, digits) for x in (estimate.value, estimate.low, estimate.high))
    return f"{value} ({low} to {high})" if math.isfinite(estimate.low) else value


def with_interval(estimate: WithInterval, noun: str = "account") -> str:
    """`84.3% (95% interval 80.1% to 88.2%, 312 accounts)`, or `not available`."""
    if not estimate.known:
        return "not available"
    return f"{percent(estimate.value)} ({interval(estimate)}, {plural(estimate.n, noun)})"


def moved_points(now: float, before: float) -> str:
    """`up 1.2 points`, `down 0.4 points`, `unchanged`, or `no earlier figure`."""
    if not (math.isfinite(now) and math.isfinite(before)):
        return "no earlier figure"
    step = now - before
    if abs(step) < SMALLEST_STEP:
        return "unchanged"
    return f"{'up' if step > 0 else 'down'} {number(100 * abs(step), 1)} points"


def better_share(now: float, before: float) -> bool | None:
    """Whether a share that should be high rose; None where the step is told as `unchanged`, or not known."""
    step = now - before
    return bool(step > 0) if math.isfinite(step) and abs(step) >= SMALLEST_STEP else None


def plain(name: str) -> str:
    """A name of the product definition for a sentence: `report_created` is `report created`."""
    return str(name).replace("_", " ")
