"""Which parts moved a score, in words."""

from __future__ import annotations

import pandas as pd

from reporting.present.formats import number
from reporting.present.words import plain

MOST_NAMED = 3
WORTH_NAMING = 0.5  # points


def cause(points: pd.Series) -> str:
    """The parts that moved a score most, with their points: `usage trend -6.2, tickets +1.4`."""
    moved = points.astype(float)
    moved = moved[moved.abs() >= WORTH_NAMING].sort_values(key=abs, ascending=False, kind="stable")
    most = moved.head(MOST_NAMED).items()
    named = [f"{plain(str(name))} {number(value, 1, sign=True)}" for name, value in most]
    return ", ".join(named) or "many small ones"
