"""The end of the health report: data quality, what can't be known, glossary, data files."""

from __future__ import annotations

import pandas as pd

from reporting.present.blocks import Blocks

from ..common import closing
from ..common.files import tidy
from ..common.frames import is_true
from .data import Data


def data_quality(data: Data) -> Blocks:
    """Every finding of the data contract, with counts and examples."""
    return closing.data_quality(data.book)


def unknowns(data: Data) -> Blocks:
    """What can't be known from this data."""
    return closing.unknowns(data.book, data.trust)


def glossary(data: Data) -> Blocks:
    """The terms of this report."""
    return closing.glossary("monthly_health", data.book)


def exports(data: Data) -> dict[str, pd.DataFrame]:
    """Health by account with its change and cause, and the accounts that hang on one user."""
    book = data.book
    columns = [
        *(
            "account_id",
            "account_name",
            "csm",
            "mrr_cents",
            "engagement_score",
            "engagement_band",
            "health_score",
        ),
        *("usage_trend_30", "last_active_days", "active_users", "session_frequency", "licence_utilisation"),
        *("feature_breadth", "customer_engagement_score", "key_action_gap_days", "time_to_first_value"),
        *("tenure_days", "lifecycle_stage", "funnel_stage", "risk_flags"),
    ]
    changes = data.health_changes[["account_id", "change", "cause"]]
    changes = changes.rename(columns={"change": "health_change", "cause": "health_change_cause"})
    health = book.paying.reindex(columns=columns).merge(changes, on="account_id", how="left")
    champions = book.paying[is_true(book.paying["single_champion"])]
    single = champions.reindex(columns=[*columns[:4], "top1_share", "active_users"])
    return {
        "account_health": tidy(health, book.currency),
        "single_champions": tidy(single, book.currency),
    }
