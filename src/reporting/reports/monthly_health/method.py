"""The end of the health report: data quality, what can't be known, glossary, data files."""

from __future__ import annotations

import pandas as pd

from reporting.analysis.account_figures import NAMES, account_figures
from reporting.analysis.frames import is_true
from reporting.analysis.renewals import renewals
from reporting.analysis.trials import open_trials
from reporting.analysis.users import to_write_to

from ..telling.files import tidy
from .data import Data

RENEWALS = (
    *("account_id", "account_name", "renewal_at", "days_to_renewal", "contract_value_cents", "mrr_cents"),
    *("band", "probability", "stance", "owner"),
)
"""Columns of the file of renewals."""


def exports(data: Data) -> dict[str, pd.DataFrame]:
    """Every figure of every account with its change and cause, the users and those to write to, open trials,
    renewals, the accounts that hang on one user."""
    book = data.book
    causes = data.health_changes[["account_id", "cause"]].rename(columns={"cause": "health_trend_cause"})
    health = account_figures(book, "monthly_health").merge(causes, on="account_id", how="left")
    bands = book.paying[["engagement_band", "health_band"]]
    champions = book.paying[is_true(book.paying["single_champion"])]
    columns = ["top1_share", "top2_share", "role_count", "active_users"]
    return {
        "account_health": tidy(health.join(bands, on="account_id"), book.currency),
        "user_engagement": tidy(data.users.drop(columns=["email", "valid"]), book.currency),
        **{f"users_{name}": rows for name, rows in to_write_to(data.users, book.product).items()},
        "trials": open_trials(book),
        "renewals": tidy(renewals(book.judgement.accounts)[list(RENEWALS)], book.currency),
        "single_champions": tidy(champions.reindex(columns=[*NAMES, *columns]), book.currency),
    }
