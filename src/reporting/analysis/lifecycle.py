"""The lifecycle funnel: how many accounts stand at each stage, and how many moved this month."""

from __future__ import annotations

import pandas as pd

from reporting.analysis.view import View

STAGES = (
    "signed up",
    "activated",
    "adopted",
    "engaged",
    "retained",
    "expanded",
    "declining",
    "gone",
)
"""In the order of a life; an account stands at the last that holds."""


def lifecycle(book: View) -> pd.DataFrame:
    """The stages in the order of a life.

    Returns:
        Columns stage, accounts, step (change on last month), entered and left (this month's moves;
        accounts new on record enter); empty where no account has a stage.
    """
    now, before = book.now["funnel_stage"].dropna(), book.before["funnel_stage"].dropna()
    if now.empty:
        return pd.DataFrame(columns=["stage", "accounts", "step", "entered", "left"])
    was = before.reindex(now.index)
    moved = was.ne(now)
    names = list(STAGES)

    def tally(stages: pd.Series) -> pd.Series:
        return stages.value_counts().reindex(names).fillna(0).astype("int64")

    out = pd.DataFrame({"accounts": tally(now), "step": tally(now) - tally(before)})
    out["entered"], out["left"] = tally(now[moved]), tally(was[moved].dropna())
    return out.rename_axis("stage").reset_index()
