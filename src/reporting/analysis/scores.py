"""The parts of a score: what each costs an account, and which part moved it."""

from __future__ import annotations

import pandas as pd

from reporting.analysis.view import View
from reporting.params.scores import Part

ENGAGEMENT, HEALTH = "engagement_score", "health_score"
SCORES = (HEALTH, ENGAGEMENT)
# A score that has parts for less than this share of its weight is a figure about those parts only.
THIN = 0.5
_PREFIX = {ENGAGEMENT: "score_", HEALTH: "health_"}


def weights(book: View, score: str) -> dict[str, float]:
    """Part -> weight of a score, in the order of the product definition; parts without a value anywhere
    this month are left out and the others re-weighted to sum to one."""
    parts = {name: part.weight for name, part in getattr(book.product, score) if isinstance(part, Part)}
    known = {
        name: weight
        for name, weight in parts.items()
        if column(score, name) in book.now and book.now[column(score, name)].notna().any()
    }
    total = sum(known.values())
    return {name: weight / total for name, weight in known.items()}


def coverage(book: View, score: str) -> float:
    """The share of the score's weight that this source has parts for; below `THIN` it says little."""
    parts = {name: part.weight for name, part in getattr(book.product, score) if isinstance(part, Part)}
    known = sum(weight for name, weight in parts.items() if name in weights(book, score))
    return round(known, 9)  # half of it is half, in whatever order its parts are added


def absent(book: View, score: str) -> list[str]:
    """Parts of the score that have no value in this source."""
    parts = [name for name, part in getattr(book.product, score) if isinstance(part, Part)]
    known = weights(book, score)
    return [name for name in parts if name not in known]


def column(score: str, part: str) -> str:
    """The panel's column of a part."""
    return _PREFIX[score] + part


def costs(rows: pd.DataFrame, book: View, score: str) -> pd.DataFrame:
    """Points each part takes off 100 for each account; a part unknown for an account costs it nothing and
    the others weigh more."""
    parts = weights(book, score)
    values = rows[[column(score, name) for name in parts]].astype(float).set_axis(list(parts), axis=1)
    weight = values.notna() * pd.Series(parts)
    weight = weight.div(weight.sum(axis=1), axis=0)
    return ((100 - values) * weight).fillna(0.0)


def change(now: pd.DataFrame, before: pd.DataFrame, book: View, score: str) -> pd.DataFrame:
    """How each part moved the score between two months, for accounts that have it in both.

    Returns:
        Indexed by `account_id`: `before`, `now`, `change`, and a column of points for each part, which sum to
        the change.
    """
    common = now.index[now[score].notna() & now.index.isin(before.index[before[score].notna()])]
    moved = costs(before.loc[common], book, score) - costs(now.loc[common], book, score)
    out = pd.DataFrame({"before": before.loc[common, score], "now": now.loc[common, score]}).astype(float)
    out["change"] = out["now"] - out["before"]
    return out.join(moved)
