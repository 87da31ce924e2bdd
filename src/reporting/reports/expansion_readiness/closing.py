"""The end of the expansion report: figures, what can't be known, glossary, data files."""

from __future__ import annotations

import pandas as pd

from reporting.analysis.account_figures import account_figures
from reporting.present.blocks import Blocks

from ..common import closing
from ..common.files import tidy
from .data import Data
from .evidence import rates_by_band


def figures(data: Data) -> Blocks:
    """The portfolio's figures of this report, with the accounts that moved them."""
    return closing.figures("expansion_readiness", data.book, data.trust)


def unknowns(data: Data) -> Blocks:
    """What can't be known from this data."""
    return closing.unknowns(
        data.book,
        data.trust,
        [
            "Whether an account that expanded did so because it was asked: no offers are recorded in this "
            "data.",
        ],
    )


def glossary(data: Data) -> Blocks:
    """The terms of this report."""
    return closing.glossary("expansion_readiness", data.book)


def exports(data: Data) -> dict[str, pd.DataFrame]:
    """The ranked list for the account team, the observed rates, and what every account could grow by."""
    columns = [
        *("account_id", "account_name", "owner", "plan", "mrr_cents"),
        *("commercial_reason", "expansion_readiness", "reason", "action", "due"),
    ]
    return {
        "expansion_accounts": tidy(data.listed.reindex(columns=columns), data.book.currency),
        "expansion_rates": tidy(rates_by_band(data)),
        "account_growth": tidy(account_figures(data.book, "expansion_readiness"), data.book.currency),
    }
