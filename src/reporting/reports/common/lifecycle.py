"""The lifecycle funnel: how many accounts stand at each stage, and how many moved this month."""

from __future__ import annotations

import pandas as pd

from reporting.present.formats import count, number

from .book import Book

# Stage -> meaning, in the order of a life; an account stands at the last that holds.
STAGES = {
    "signed up": "no value outcome yet",
    "activated": "reached the activation outcome",
    "adopted": "uses enough of the core features",
    "engaged": "adopted, with value events this month",
    "retained": "engaged beyond the adoption phase",
    "expanded": "engaged, and grew within twelve months",
    "declining": "use falls, or paid less this month",
    "gone": "paid once, pays no longer",
}


def lifecycle(book: Book) -> pd.DataFrame:
    """The stages in the order of a life.

    Returns:
        Columns stage, meaning, accounts, step (change on last month), entered and left (this month's moves;
        accounts new on record enter); empty where no account has a stage.
    """
    now, before = book.now["funnel_stage"].dropna(), book.before["funnel_stage"].dropna()
    if now.empty:
        return pd.DataFrame(columns=["stage", "meaning", "accounts", "step", "entered", "left"])
    was = before.reindex(now.index)
    moved = was.ne(now)
    names = list(STAGES)

    def tally(stages: pd.Series) -> pd.Series:
        return stages.value_counts().reindex(names).fillna(0).astype("int64")

    out = pd.DataFrame({"accounts": tally(now), "step": tally(now) - tally(before)})
    out["entered"], out["left"] = tally(now[moved]), tally(was[moved].dropna())
    out.insert(0, "meaning", [STAGES[name] for name in names])
    return out.rename_axis("stage").reset_index()


def largest_stage(table: pd.DataFrame) -> str:
    """`the largest stage is retained (312 of 593 accounts ever signed up)`; the gone don't count."""
    accounts = table.set_index("stage")["accounts"]
    lead = accounts.drop("gone").idxmax()
    of = f"{count(accounts[lead])} of {count(accounts.sum())} accounts ever signed up"
    return f"the largest stage is {lead} ({of})"


def declining(table: pd.DataFrame) -> str:
    """`12 are declining (+3 on last month)`."""
    row = table.set_index("stage").loc["declining"]
    verb = "is" if row["accounts"] == 1 else "are"
    return f"{count(row['accounts'])} {verb} declining ({number(int(row['step']), sign=True)} on last month)"
