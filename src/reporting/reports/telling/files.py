"""Frames as they are published in data files."""

from __future__ import annotations

import pandas as pd

from reporting.analysis.view import View

DIGITS = 4


def with_own(book: View, frame: pd.DataFrame) -> pd.DataFrame:
    """A frame of accounts, with the company's own columns of these at its end."""
    own = book.accounts.reindex(columns=list(book.own_columns))
    return frame.join(own, on="account_id") if len(own.columns) else frame


def tidy(frame: pd.DataFrame, currency: str = "") -> pd.DataFrame:
    """Money in units of the currency instead of cents, floats of `DIGITS` decimals, a plain index.

    Args:
        frame: Any; columns ending in `_cents` lose the ending.
        currency: ISO code, written as a column after the first money column.
    """
    out = frame.reset_index(drop=True)
    money = [column for column in out.columns if column.endswith("_cents")]
    out = out.assign(**{column: out[column] / 100 for column in money})
    out = out.rename(columns={column: column.removesuffix("_cents") for column in money})
    amounts = [column.removesuffix("_cents") for column in money]
    floats = out.select_dtypes("float").columns.difference(amounts)
    out = out.assign(**{column: out[column].round(DIGITS) for column in floats})
    if money and currency:
        out.insert(list(out.columns).index(money[0].removesuffix("_cents")) + 1, "currency", currency)
    return out
