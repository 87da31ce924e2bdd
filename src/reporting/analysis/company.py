"""The company's verdict: what was read of each key figure, which is worst, and what it comes to."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import pandas as pd

from reporting.analysis.signals import YEAR

GOOD, BAD, OPEN = "good", "bad", "open"
UNRELIABLE, EARLY, ABSENT, THIN = "unreliable", "too early", "not available", "thin"
# A verdict needs so many figures that are not open.
FEWEST_SIGNS = 3
# Growth and usage are read over a quarter: one month is noise.
QUARTER = 3


@dataclass(frozen=True)
class Reading:
    """One key figure, read.

    Attributes:
        figure: Its id: a portfolio metric, or one of `key_figures.OWN`.
        value: At the close; NaN where there is none.
        low: Lower end of its 95 % interval, NaN where it has none; `high` likewise.
        n: Accounts behind it; 0 where it isn't a rate over accounts.
        quarter_ago: What it was three months ago.
        history: Its value at up to thirteen closes, oldest first, the last is `value`'s.
        lower: Lower limit of its usual range this month, NaN where none can be told; `upper` likewise.
        beyond: How far outside, see `signals.Usual`; above zero is for the better.
        threshold: `good`, `bad` or `open` by its threshold, or why it can't be read: `unreliable` (the
            sources contradict each other), `too early`, `not available`, `thin` (a score of few parts).
    """

    figure: str
    value: float
    low: float
    high: float
    n: int
    quarter_ago: float
    history: tuple[float, ...]
    lower: float
    upper: float
    beyond: float
    threshold: str

    @property
    def signal(self) -> bool:
        """Whether it moved more than it usually does."""
        return bool(math.isfinite(self.beyond) and self.beyond)

    @property
    def reading(self) -> str:
        """`good`, `bad`, `open`, or why it doesn't count: a signal for the worse outweighs a good level."""
        if self.threshold not in (GOOD, BAD, OPEN):
            return self.threshold
        if self.threshold == BAD or (self.signal and self.beyond < 0):
            return BAD
        return GOOD if self.threshold == GOOD or self.signal else OPEN

    @property
    def latest(self) -> float:
        """The month's own value; `value` may be pooled over a quarter."""
        return self.history[-1] if self.history else self.value

    @property
    def before(self) -> float:
        """Its value a month ago."""
        return self.history[-2] if len(self.history) > 1 else math.nan

    @property
    def year_ago(self) -> float:
        """Its value twelve months ago."""
        return self.history[0] if len(self.history) > YEAR else math.nan


def worst_first(found: Sequence[Reading]) -> list[Reading]:
    """The bad ones, those furthest beyond their usual range first; of equals the order is kept."""
    bad = [reading for reading in found if reading.reading == BAD]
    return sorted(bad, key=lambda reading: reading.beyond if reading.signal else 0.0)


def word(found: Sequence[Reading], reliable: bool) -> str:
    """`thriving`, `teetering`, `shrinking`, `mixed`, or `unknown`.

    Thriving needs three good signs and no bad one; teetering is two bad signs, or more bad ones than good
    ones; shrinking is teetering with MRR falling. Where the sources contradict each other on who left, no
    good verdict is given.
    """
    good = sum(reading.reading == GOOD for reading in found)
    bad = sum(reading.reading == BAD for reading in found)
    if bad > good or bad >= 2:
        return "shrinking" if found[0].reading == BAD else "teetering"
    if not reliable or good + bad < FEWEST_SIGNS:
        return "unknown"
    return "thriving" if bad == 0 and good >= FEWEST_SIGNS else "mixed"


def as_table(found: Sequence[Reading]) -> pd.DataFrame:
    """The readings as they are frozen, one row each; `history` is a JSON list."""
    rows = pd.DataFrame([asdict(reading) for reading in found])
    rows["history"] = [
        json.dumps([x if math.isfinite(x) else None for x in reading.history]) for reading in found
    ]
    return rows


def from_table(rows: pd.DataFrame) -> list[Reading]:
    """The readings of a frozen table."""
    found = []
    for row in rows.to_dict("records"):
        history = tuple(math.nan if x is None else float(x) for x in json.loads(row.pop("history")))
        found.append(Reading(history=history, **row))
    return found
