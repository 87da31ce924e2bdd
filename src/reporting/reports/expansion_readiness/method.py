"""The end of the expansion report: figures, what can't be known, glossary, data files."""

from __future__ import annotations

import pandas as pd

from reporting.analysis.account_figures import account_figures

from ..telling.files import tidy
from .data import Data
from .evidence import rates_by_band


def exports(data: Data) -> dict[str, pd.DataFrame]:
    """The ranked list for the account team, the observed rates, and what every account could grow by."""
    columns = [
        *("account_id", "account_name", "owner", "plan", "mrr_cents"),
        *("commercial_reason", "expansion_readiness", "reason", "action", "due", "seats_over", "over_cents"),
    ]
    return {
        "expansion_accounts": tidy(data.listed.reindex(columns=columns), data.book.currency),
        "expansion_rates": tidy(rates_by_band(data)),
        "account_growth": tidy(account_figures(data.book, "expansion_readiness"), data.book.currency),
    }
