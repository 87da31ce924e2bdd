"""Past scores against what came after them: the only proof a score has."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from reporting.analysis.intervals import share
from reporting.analysis.view import View
from reporting.survival.estimate import UNKNOWN, Estimate
from reporting.survival.validation import auc


def followed_scores(book: View, columns: list[str], event: str, horizon: int) -> pd.DataFrame:
    """Scores of paying accounts at past closes, each with what happened within `horizon` months.

    The closes are `horizon` months apart, counted back from the report month, so no event is counted twice.

    Args:
        book: The month.
        columns: The score, and whatever else is wanted of that close; rows without the first are left out.
        event: The panel's money column that is above zero when the event happens, such as `churned_cents`.
        horizon: Months.

    Returns:
        Columns account_id, month, mrr_cents, `columns`, amount_cents (sum of `event` within the horizon) and
        happened.
    """
    panel = book.panel
    events = panel.loc[panel[event] > 0, ["account_id", "month", event]]
    wanted = ["account_id", "month", "mrr_cents", *columns]
    found = [panel.iloc[:0][wanted].assign(amount_cents=pd.Series(dtype="int64"))]
    month, start = book.month - pd.DateOffset(months=horizon), panel["month"].min()
    while month >= start:
        rows = panel[(panel["month"] == month) & panel["paying"].astype(bool) & panel[columns[0]].notna()]
        end = month + pd.DateOffset(months=horizon)
        met = events[(events["month"] > month) & (events["month"] <= end)].groupby("account_id")[event].sum()
        amounts = met.reindex(rows["account_id"]).fillna(0).astype("int64").to_numpy()
        found.append(rows[wanted].assign(amount_cents=amounts))
        month -= pd.DateOffset(months=horizon)
    out = pd.concat([rows for rows in found if len(rows)] or found, ignore_index=True)
    return out.assign(happened=out["amount_cents"] > 0)


def rates(rows: pd.DataFrame, column: str, values: Iterable[str]) -> dict[str, Estimate]:
    """How often it happened, by the value that a column had then.

    Args:
        rows: Those of `followed_scores`.
        column: Such as the band of the score.
        values: The values wanted, in the order of the result.
    """
    groups = {value: rows.loc[rows[column] == value, "happened"] for value in values}
    return {value: share(int(happened.sum()), len(happened)) for value, happened in groups.items()}


def discrimination(rows: pd.DataFrame, score: str, *, low_foretells: bool = False) -> Estimate:
    """Chance that an account to which it happened had the higher score: the AUC, clustered by account.

    Args:
        rows: Those of `followed_scores`; those without the score are left out.
        score: Column of the score.
        low_foretells: Whether the lower score is the one that should foretell the event.

    Returns:
        Unknown where it happened to all, or to none.
    """
    known = rows[rows[score].notna()]
    if known["happened"].nunique() < 2:
        return UNKNOWN
    ranks = known[score].astype(float) * (-1 if low_foretells else 1)
    return auc(ranks, known["happened"], cluster=known["account_id"])
