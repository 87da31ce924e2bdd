"""The people behind the accounts: who is active, how regular by role, and who stopped what they came for.

All take the rows of `users.users`.
"""

from __future__ import annotations

import pandas as pd

from reporting.analysis.frames import quantile
from reporting.params.product import Product

WEEK = 7


def active(found: pd.DataFrame, product: Product) -> pd.DataFrame:
    """The users seen in the last `engagement.active_user_days` days."""
    return found[found["last_active_days"] < product.engagement.active_user_days]


def stopped(found: pd.DataFrame, product: Product) -> pd.DataFrame:
    """Users who once did the key action, not within `engagement.key_action_days`, and came in since."""
    limit = product.engagement.key_action_days
    return found[(found["key_action_gap_days"] >= limit) & (found["last_active_days"] < limit)]


def stopped_by_account(gone: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """Accounts with users who stopped, most of them first, then by MRR.

    Args:
        gone: Those who stopped.
        found: All active users.

    Returns:
        Columns account_id, account_name, mrr_cents, stopped, active, and share (of its active users).
    """
    groups = gone.groupby("account_id")
    out = groups[["account_name", "mrr_cents"]].first().assign(stopped=groups.size())
    out["active"] = found["account_id"].value_counts().reindex(out.index)
    out["share"] = out["stopped"] / out["active"]
    return out.reset_index().sort_values(
        ["stopped", "mrr_cents", "account_id"], ascending=[False, False, True], ignore_index=True
    )


def by_role(found: pd.DataFrame, product: Product) -> pd.DataFrame:
    """Habits of the users of each role, the most common role first.

    Returns:
        Indexed by role ("" where none is on record); columns as in `habits`.
    """
    groups = {str(role): rows for role, rows in found.groupby(found["role"].fillna(""))}
    order = sorted(groups, key=lambda role: (-len(groups[role]), role))
    return pd.DataFrame([habits(groups[role], product) for role in order], index=pd.Index(order, name="role"))


def habits(found: pd.DataFrame, product: Product) -> pd.Series:
    """How these users use the product; NaN where nobody shows it.

    Returns:
        users, a3x7 (of those seen within a week, the share active on enough of its days), acted (share with a
        key action within `engagement.key_action_days`), and medians: points (engagement), minutes (of a
        session), tasks (share completed).
    """
    weekly = found[found["last_active_days"] < WEEK]
    acted = found["key_action_gap_days"] < product.engagement.key_action_days
    return pd.Series(
        {
            "users": len(found),
            "a3x7": weekly["a3x7"].astype(float).mean(),
            "acted": acted.astype(float).mean(),
            "points": quantile(found["customer_engagement_score"], 0.5),
            "minutes": quantile(found["session_duration"], 0.5),
            "tasks": quantile(found["task_completion_rate"], 0.5),
        },
        dtype=float,
    )
