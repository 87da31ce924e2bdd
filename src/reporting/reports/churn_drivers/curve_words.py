"""Retention curves in words: the share at a month, the median, with their intervals."""

from __future__ import annotations

import pandas as pd

from reporting.present.formats import number
from reporting.present.words import short
from reporting.survival.curves import KaplanMeier
from reporting.survival.estimate import Estimate


def at_month(curve: KaplanMeier, month: float) -> float:
    """The share of a curve that stays at a month; NaN beyond what was observed."""
    return float(curve.at([month])["survival"].iloc[0])


def share_text(curve: KaplanMeier, month: float) -> str:
    """`81% (76% to 85%)`."""
    row = curve.at([month]).iloc[0]
    found = Estimate(row["survival"], row["lower"], row["upper"], int(curve.at_risk([month])[0]) or 1)
    return short(found, none="not observed")


def median_text(curve: KaplanMeier) -> str:
    """`14 (11 to not reached)`."""
    median = curve.median()
    if pd.isna(median.time):
        return "not reached"
    low, high = (number(x) if pd.notna(x) else "?" for x in (median.lower, median.upper))
    return f"{number(median.time)} ({low} to {'not reached' if high == '?' else high})"
