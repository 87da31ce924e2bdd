"""How long subscriptions last: what can still be shown where too few accounts have left.

A subscription is not a customer. A row that ends while another row of the account begins within a day is a
change of terms and counts as going on elsewhere, not as an end.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from reporting.survival.curves import KaplanMeier, kaplan_meier_by

DAYS_A_MONTH = 365.25 / 12
MOST_GROUPS = 4
NEAR = pd.Timedelta(days=1)


def spans(subscriptions: pd.DataFrame, close: pd.Timestamp) -> pd.DataFrame:
    """One row a paid subscription: account_id, plan, months (length so far), ended."""
    rows = subscriptions
    if "is_trial" in rows:
        rows = rows[~rows["is_trial"].fillna(False).astype(bool)]
    rows = rows[rows["valid_from"] < close]
    until = rows["valid_to"].fillna(close).clip(upper=close)
    months = (until - rows["valid_from"]).dt.total_seconds() / 86_400 / DAYS_A_MONTH
    ended = rows["valid_to"].notna() & (rows["valid_to"] < close) & ~_continued(rows)
    out = pd.DataFrame(
        {"account_id": rows["account_id"], "plan": rows["plan"], "months": months, "ended": ended}
    )
    return out[out["months"] > 0]


def _continued(rows: pd.DataFrame) -> np.ndarray:
    ends = rows.reset_index()[["index", "account_id", "valid_to"]].dropna(subset=["valid_to"])
    pairs = ends.merge(rows[["account_id", "valid_from"]], on="account_id")
    near = (pairs["valid_from"] - pairs["valid_to"]).abs() <= NEAR
    return rows.index.isin(pairs.loc[near, "index"])


def curves(rows: pd.DataFrame) -> dict[str, KaplanMeier]:
    """Kaplan-Meier by plan, the commonest plans first."""
    plans = rows["plan"].value_counts().index[:MOST_GROUPS]
    kept = rows[rows["plan"].isin(plans)]
    found = kaplan_meier_by(kept["plan"], kept["months"], kept["ended"])
    return {str(plan): found[plan] for plan in plans}
