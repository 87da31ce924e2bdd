"""Revenue against health: four quadrants of the paying accounts."""

from __future__ import annotations

import pandas as pd

from reporting.analysis.view import View

QUADRANTS = ("large and healthy", "large, not healthy", "small and healthy", "small, not healthy")


def scored(book: View, rows: pd.DataFrame) -> pd.DataFrame:
    """The paying accounts that have the band score."""
    return rows[rows["paying"].astype(bool) & rows[book.product.band_score].notna()]


def matrix(book: View, rows: pd.DataFrame) -> pd.Series:
    """The quadrant of each account of one month.

    Args:
        book: The month, for the band score and the edge of the healthy band.
        rows: One month's rows, indexed by `account_id`.

    Returns:
        Name of the quadrant by account: healthy is a band score above the band's edge, large an MRR of at
        least the median of the scored accounts; null without a score.
    """
    known = scored(book, rows)
    large = known["mrr_cents"] >= known["mrr_cents"].median()
    healthy = known[book.product.band_score].astype(float) > book.product.bands.healthy
    size = large.map({True: "large", False: "small"}).astype(object)
    name = size + healthy.map({True: " and healthy", False: ", not healthy"}).astype(object)
    return name.reindex(rows.index)


def by_quadrant(book: View) -> pd.DataFrame:
    """Accounts and MRR by quadrant, now and a month earlier.

    Returns:
        Indexed by quadrant: accounts, mrr_cents, share (of all MRR), accounts_before.
    """
    names = list(QUADRANTS)
    now, before = book.paying, book.before
    groups = now.groupby(matrix(book, now))["mrr_cents"]
    out = pd.DataFrame({"accounts": groups.size(), "mrr_cents": groups.sum()}).reindex(names).fillna(0)
    out = out.astype("int64").rename_axis("quadrant")
    out["share"] = out["mrr_cents"] / max(int(now["mrr_cents"].sum()), 1)
    earlier = matrix(book, before).value_counts() if len(before) else pd.Series(dtype="int64")
    out["accounts_before"] = earlier.reindex(names).fillna(0).astype("int64")
    return out
