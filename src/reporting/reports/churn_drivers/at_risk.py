"""The accounts' verdicts with their modelled risk: probability, interval, money, reasons and what to do."""

from __future__ import annotations

from collections.abc import Container

import pandas as pd

from reporting.analysis.churn.risk import read

from ..telling import verdicts
from ..telling.book import Book


def accounts_at_risk(book: Book, drivers: Container[str]) -> pd.DataFrame:
    """Every paying account, in the order in which to act.

    Args:
        book: The month.
        drivers: Names of drivers that there are words for; another version may have frozen others.

    Returns:
        Indexed by account_id: the verdict (see `verdicts.listed`), engagement_score, and, where a model
        holds, the columns of `churn.risk.risks` with raising (up to three `Reason`s) and lowering (one or
        None).
    """
    table = verdicts.listed(book)
    table["engagement_score"] = book.now["engagement_score"].reindex(table.index).astype(float)
    risk = book.judgement.risk
    if not len(risk):
        return table
    table = table.join(risk.drop(columns=["probability", "probability_lower", "probability_upper"]))
    for column in ("raising", "lowering"):
        told = [[reason for reason in read(text) if reason.driver in drivers] for text in table[column]]
        table[column] = told
    table["lowering"] = [next(iter(told), None) for told in table["lowering"]]
    return table
