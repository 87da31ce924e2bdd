"""The lifecycle funnel: how many accounts stand at each stage, and how many moved this month."""

from __future__ import annotations

import pandas as pd

from reporting.analysis.frames import quantile
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
PHASES = ("onboarding", "adoption", "expansion")
"""By days since sign-up; their ends stand in the product definition's `lifecycle`."""


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


def largest_flow(view: View) -> tuple[str, str, int] | None:
    """The most common move between two stages this month: from, to, accounts; None where nobody moved."""
    now = view.now["funnel_stage"]
    both = pd.DataFrame({"was": view.before["funnel_stage"].reindex(now.index), "now": now}).dropna()
    moves = both[both["was"] != both["now"]].value_counts()
    if moves.empty:
        return None
    was, to = moves.index[0]
    return was, to, int(moves.iloc[0])


def by_phase(view: View) -> pd.DataFrame:
    """Paying accounts by how long they are with us.

    Returns:
        Indexed by phase (onboarding, adoption, expansion): accounts, mrr_cents, and the medians
        feature_breadth and last_active_days (NaN where unknown of all).
    """
    phases = {}
    for phase in PHASES:
        rows = view.paying[view.paying["lifecycle_stage"] == phase]
        phases[phase] = {
            "accounts": len(rows),
            "mrr_cents": int(rows["mrr_cents"].sum()),
            "feature_breadth": quantile(rows["feature_breadth"], 0.5),
            "last_active_days": quantile(rows["last_active_days"], 0.5),
        }
    return pd.DataFrame.from_dict(phases, orient="index").rename_axis("phase")
