"""Growing, plateauing or shrinking: the pace of MRR in words."""

from __future__ import annotations

import math

import pandas as pd

from reporting.analysis.bridge import quick_ratio
from reporting.analysis.pace import Pace, pace
from reporting.present.formats import money, number, percent

_WORDS = {
    "plateaus": "plateaus",
    "shrinks": "shrinks",
    "faster": "grows faster",
    "slower": "grows more slowly",
    "steadily": "grows steadily",
}


def growth_finding(mrr: pd.Series, currency: str) -> str:
    """The last three months' pace against that of the three before.

    Args:
        mrr: Cents at each close, oldest first.
        currency: ISO code.
    """
    found = pace(mrr)
    if not isinstance(found, Pace):
        return f"MRR stands at {money(mrr.iloc[-1], currency, short=True)}; too few months for a pace"
    return (
        f"MRR {_WORDS[found.kind]}: {percent(found.now, sign=True)} in the last three months, "
        f"{percent(found.before, sign=True)} in the three before"
    )


def quick_ratio_words(row: pd.Series) -> str:
    """The quick ratio in text; `not defined` when nothing was lost."""
    value = quick_ratio(row)
    return number(value, 1) if math.isfinite(value) else "not defined"
