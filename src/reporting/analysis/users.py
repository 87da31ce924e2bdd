"""The users of the paying accounts, one row each, as of the close, and those to write to."""

from __future__ import annotations

import pandas as pd

from reporting.analysis.view import View
from reporting.params.product import Product


def users(book: View) -> pd.DataFrame:
    """Every user of a paying account that was ever seen, as of the close.

    Returns:
        One row a user: account_id, account_name, csm, user_id, email, role, team, mrr_cents (the account's),
        valid (the log-in was not withdrawn), active_days_7, a3x7 (active on enough of the last seven days),
        last_active_days, key_action_gap_days (null: never done), customer_engagement_score (points of the
        month), session_duration (minutes) and task_completion_rate (both of the month). Sorted by account and
        user.
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
    own = book.paying.reindex(columns=["account_name", "csm", "mrr_cents"])
    out = out.reset_index().join(own, on="account_id").join(_log_ins(book), on="user_id")
    out["valid"] = out["valid"].fillna(True).astype(bool)
    first = ["account_id", "account_name", "csm", "user_id", "email", "role", "team", "mrr_cents", "valid"]
    return out[[*first, *out.columns.difference(first, sort=False)]]


def _log_ins(book: View) -> pd.DataFrame:
    """`email` and `valid` by user, as known at the close; empty where the source has no users, or a snapshot
    of an earlier version didn't freeze them."""
    known = book.snapshot.users
    if known is None:
        return pd.DataFrame(columns=["email", "valid"], index=pd.Index([], name="user_id"))
    known = known.set_index("user_id").reindex(columns=["email", "deactivated_at"])
    return known[["email"]].assign(valid=known["deactivated_at"].isna())


def to_write_to(found: pd.DataFrame, product: Product) -> dict[str, pd.DataFrame]:
    """Users with a valid log-in that went silent, or come in without doing what the product is for.

    Args:
        found: Rows of `users`.
        product: Days of silence, and without a key action.

    Returns:
        `silent` (no use for `high_risk_days`), `quiet` (for `check_in_days`, not yet silent), and
        `without_key_action` (used the product since, and did no key action for `key_action_days`, or never):
        no user stands in two. The columns of a mail tool or CRM, latest seen first.
    """
    found = found[found["valid"]]
    silence, gap = found["last_active_days"], found["key_action_gap_days"]
    quiet, silent = silence >= product.check_in_days, silence >= product.high_risk_days
    idle = gap.isna() | (gap >= product.engagement.key_action_days)
    lists = {"silent": silent, "quiet": quiet & ~silent, "without_key_action": idle & ~quiet}
    order = ["last_active_days", "account_id", "user_id"]
    columns = ["email", "user_id", "account_id", "account_name", "csm", "role"]
    columns += ["last_active_days", "key_action_gap_days"]
    return {
        name: found.loc[rows, columns].sort_values(order, ignore_index=True) for name, rows in lists.items()
    }
