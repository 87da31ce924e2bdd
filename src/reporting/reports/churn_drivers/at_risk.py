"""The accounts' verdicts with their modelled risk: probability, interval, money, reasons and what to do."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from reporting.analysis.churn.drivers import Driver
from reporting.analysis.churn.risk import read

from ..common import verdicts
from ..common.book import Book


def accounts_at_risk(book: Book, drivers: Sequence[Driver]) -> pd.DataFrame:
    """Every paying account, in the order in which to act.

    Args:
        book: The month.
        drivers: What the reasons of the judgement may name.

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
    known = {driver.name: driver for driver in drivers}
    table["raising"] = [read(text, known) for text in table["raising"]]
    table["lowering"] = [next(iter(read(text, known)), None) for text in table["lowering"]]
    return table
