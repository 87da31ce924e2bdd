"""How much hangs on how few accounts."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from reporting.analysis.retention import followed
from reporting.analysis.view import View

YEAR = 12
LARGEST = 10


@dataclass(frozen=True)
class Concentration:
    """How much hangs on how few accounts.

    Attributes:
        largest: Account id of the largest.
        share_of_largest: Its share of MRR.
        share_of_ten: That of the ten largest.
        accounts: Paying accounts.
        nrr: Over twelve months, of all accounts; `grr` likewise.
        nrr_without: Without the largest; `grr_without` likewise.
    """

    largest: str
    share_of_largest: float
    share_of_ten: float
    accounts: int
    nrr: float
    nrr_without: float
    grr: float
    grr_without: float


def concentration(view: View) -> Concentration | None:
    """How much hangs on the largest accounts; None where nobody pays."""
    paying = view.paying.sort_values(["mrr_cents", "account_id"], ascending=[False, True])
    if paying.empty:
        return None
    largest = str(paying.index[0])
    rows = followed(view.panel, view.month - pd.DateOffset(months=YEAR), view.month)
    rest = rows.drop(index=largest, errors="ignore")
    return Concentration(
        largest,
        view.share_of_mrr(paying["mrr_cents"].iloc[0]),
        view.share_of_mrr(paying["mrr_cents"].head(LARGEST).sum()),
        len(paying),
        *(_ratio(of, column) for column in ("end_cents", "kept_cents") for of in (rows, rest)),
    )


def _ratio(rows: pd.DataFrame, column: str) -> float:
    below = rows["start_cents"].sum()
    return float(rows[column].sum() / below) if below else math.nan
