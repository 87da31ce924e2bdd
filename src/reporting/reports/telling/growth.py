"""Growing, plateauing or shrinking: the pace of MRR in words."""

from __future__ import annotations

import math

import pandas as pd

from reporting.present.formats import money, number, percent

# Quarter-on-quarter paces closer together than this are the same pace.
SAME_PACE = 0.01


def growth_finding(mrr: pd.Series, currency: str) -> str:
    """The last three months' pace against that of the three before.

    Args:
        mrr: Cents at each close, oldest first.
        currency: ISO code.
    """
    if len(mrr) < 7 or mrr.iloc[-4] <= 0 or mrr.iloc[-7] <= 0:
        return f"MRR stands at {money(mrr.iloc[-1], currency, short=True)}; too few months for a pace"
    pace, was = mrr.iloc[-1] / mrr.iloc[-4] - 1, mrr.iloc[-4] / mrr.iloc[-7] - 1
    if abs(pace) < SAME_PACE:
        word = "plateaus"
    elif pace < 0:
        word = "shrinks"
    elif pace > was + SAME_PACE:
        word = "grows faster"
    elif pace < was - SAME_PACE:
        word = "grows more slowly"
    else:
        word = "grows steadily"
    return (
        f"MRR {word}: {percent(pace, sign=True)} in the last three months, {percent(was, sign=True)} in the "
        "three before"
    )


def quick_ratio(row: pd.Series) -> float:
    """(new + expansion) / (contraction + churn) of one month's bridge; NaN when nothing was lost."""
    lost = row["contraction"] + row["churn"]
    return float((row["new"] + row["expansion"]) / lost) if lost else math.nan


def quick_ratio_words(row: pd.Series) -> str:
    """The quick ratio in text; `not defined` when nothing was lost."""
    value = quick_ratio(row)
    return number(value, 1) if math.isfinite(value) else "not defined"
