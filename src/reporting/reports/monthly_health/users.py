"""The users of the paying accounts, one row each, as of the close."""

from __future__ import annotations

import pandas as pd

from reporting.reports.telling.book import Book


def users(book: Book) -> pd.DataFrame:
    """Every user of a paying account that was ever seen, as of the close.

    Returns:
        One row a user: account_id, account_name, user_id, role, team, mrr_cents (the account's),
        active_days_7, a3x7 (active on enough of the last seven days), last_active_days,
        key_action_gap_days (null: never done),
        customer_engagement_score (points of the month), session_duration (minutes) and task_completion_rate
        (both of the month). Sorted by account and user.
    """
    rows = book.snapshot.user_month
    rows = rows[rows["account_id"].isin(book.paying.index)].sort_values(["account_id", "user_id", "month"])
    keys = ["account_id", "user_id"]
    now = rows[rows["month"] == book.month].set_index(keys)
    out = rows.groupby(keys)[["role", "team", "last_active_at"]].last()
    close = pd.Timestamp(book.snapshot.meta["close"])
    out["last_active_days"] = (close - out.pop("last_active_at")).dt.days
    # The gap at the close of the last month with a key action, and the days since that close.
    acted = rows[rows["key_action_gap_days"].notna()]
    since = (book.close - (acted["month"] + pd.offsets.MonthBegin(1))).dt.days
    gap = (acted["key_action_gap_days"] + since).to_numpy()
    out["key_action_gap_days"] = acted[keys].assign(gap=gap).groupby(keys)["gap"].last()
    for name in ("active_days_7", "customer_engagement_score"):
        out[name] = now[name].reindex(out.index).fillna(0)
    out["a3x7"] = out["active_days_7"] >= book.product.engagement.a3x7_days
    sessions, tasks = now["sessions"].where(now["sessions"] > 0), now["tasks"].where(now["tasks"] > 0)
    out["session_duration"] = now["duration_seconds"] / sessions / 60
    out["task_completion_rate"] = now["tasks_done"] / tasks
    out = out.reset_index().join(book.paying[["account_name", "mrr_cents"]], on="account_id")
    first = ["account_id", "account_name", "user_id", "role", "team", "mrr_cents"]
    return out[[*first, *out.columns.difference(first, sort=False)]]
