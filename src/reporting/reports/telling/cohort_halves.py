"""Whether the accounts that began lately keep more or less than those before them, in words."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from reporting.analysis.cohorts import Aligned, halves
from reporting.analysis.intervals import differ
from reporting.present.formats import percent


class Newer(NamedTuple):
    """What the newer half of the accounts keeps: `more` or `less`, and `80% against 101%`."""

    word: str
    apart: str


def newer_half(aligned: Aligned, parts: tuple[np.ndarray, np.ndarray], age: int) -> Newer | None:
    """The difference at an age; None where it may be chance. Arguments as of `cohorts.halves`."""
    older, newer = halves(aligned, parts, age)
    if not differ(older, newer):
        return None
    word = "more" if newer.value > older.value else "less"
    return Newer(word, f"{percent(newer.value, 0)} against {percent(older.value, 0)}")
