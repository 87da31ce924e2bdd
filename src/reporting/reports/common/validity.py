"""Past scores against what came after them: the only proof a score has."""

from __future__ import annotations

import pandas as pd

from .book import Book


def followed_scores(book: Book, columns: list[str], event: str, horizon: int) -> pd.DataFrame:
    """Scores of paying accounts at past closes, each with what happened within `horizon` months.

    The closes are `horizon` months apart, counted back from the report month, so that no event is counted twice.

    Args:
        book: The month.
        columns: The score, and whatever else is wanted of that close; rows without the first are left out.
        event: The panel's money column that is above zero when the event happens, such as `churned_cents`.
        horizon: Months.

    Returns:
        Columns account_id, month, `columns`, happened.
    """
    panel = book.panel
    events = panel.loc[panel[event] > 0, ["account_id", "month"]]
    wanted = ["account_id", "month", *columns]
    found = [panel.iloc[:0][wanted].assign(happened=pd.Series(dtype=bool))]
    month, start = book.month - pd.DateOffset(months=horizon), panel["month"].min()
    while month >= start:
        rows = panel[(panel["month"] == month) & panel["paying"].astype(bool) & panel[columns[0]].notna()]
        end = month + pd.DateOffset(months=horizon)
        met = set(events.loc[(events["month"] > month) & (events["month"] <= end), "account_id"])
        found.append(rows[wanted].assign(happened=rows["account_id"].isin(met)))
        month -= pd.DateOffset(months=horizon)
    return pd.concat([rows for rows in found if len(rows)] or found, ignore_index=True)
