"""The lifecycle funnel in words."""

from __future__ import annotations

import pandas as pd

from reporting.present.formats import count, number

MEANING = {
    "signed up": "no value outcome yet",
    "activated": "reached the activation outcome",
    "adopted": "uses enough of the core features",
    "engaged": "adopted, with value events this month",
    "retained": "engaged beyond the adoption phase",
    "expanded": "engaged, and grew within twelve months",
    "declining": "use falls, or paid less this month",
    "gone": "paid once, pays no longer",
}


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
