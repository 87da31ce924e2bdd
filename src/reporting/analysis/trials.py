"""Trials that should convert: on trial at the close, or ended lately without paying."""

from __future__ import annotations

import pandas as pd

from reporting.analysis.frames import is_true
from reporting.analysis.intervals import share
from reporting.analysis.view import View
from reporting.survival.estimate import Estimate

RECENT = pd.Timedelta(days=30)
YEAR = pd.DateOffset(years=1)


def open_trials(book: View) -> pd.DataFrame:
    """Accounts whose trial runs at the close or ended within 30 days of it, and that don't pay.

    Returns:
        account_id, account_name, csm, plan, trial_ends_at (its last end), running, activated, steps_done,
        value_events, active_users, last_active_days (null where unknown), and should_convert: activated, and
        not silent. Those that should convert first, the nearest end first.
    """
    last = _trials(book).groupby("account_id").agg(plan=("plan", "last"), trial_ends_at=("valid_to", "max"))
    last = last[last["trial_ends_at"].isna() | (last["trial_ends_at"] > book.close - RECENT)]
    last = last[~last.index.isin(book.paying.index)]
    known = ["activated", "steps_done", "value_events", "active_users", "last_active_days"]
    rows = book.now.reindex(index=last.index, columns=["account_name", "csm", *known])
    out = last.join(rows).rename_axis("account_id").reset_index()
    out["running"] = out["trial_ends_at"].isna() | (out["trial_ends_at"] >= book.close)
    quiet = out["last_active_days"].astype(float) >= book.product.check_in_days
    out["should_convert"] = is_true(out["activated"]) & out["last_active_days"].notna() & ~quiet
    first = ["account_id", "account_name", "csm", "plan", "trial_ends_at", "running", "should_convert"]
    out = out[[*first, *out.columns.difference(first, sort=False)]]
    order = ["should_convert", "trial_ends_at", "account_id"]
    return out.sort_values(order, ascending=[False, True, True], ignore_index=True)


def converted(book: View) -> dict[bool, Estimate]:
    """Share of the trials ended within twelve months of the close that a paid subscription has followed, by
    whether the account was activated before its trial ended; unknown where there were none."""
    trials = _trials(book)
    ended = trials[(trials["valid_to"] > book.close - YEAR) & (trials["valid_to"] <= book.close)]
    last = ended.groupby("account_id")[["valid_from", "valid_to"]].max()
    subscriptions = _subscriptions(book)
    paid = subscriptions[~is_true(subscriptions["is_trial"]) & (subscriptions["amount"] > 0)]
    later = paid.groupby("account_id")["valid_from"].max().reindex(last.index)
    pays = (later >= last["valid_from"]).to_numpy()
    known = book.now["activated"].reindex(last.index).notna()
    in_time = book.now["activated_at"].reindex(last.index) <= last["valid_to"]
    return {
        side: share(int(pays[known & (in_time == side)].sum()), int((known & (in_time == side)).sum()))
        for side in (True, False)
    }


def _trials(book: View) -> pd.DataFrame:
    rows = _subscriptions(book)
    return rows[is_true(rows["is_trial"])]


def _subscriptions(book: View) -> pd.DataFrame:
    """A source need not map `is_trial` or `plan`."""
    rows = book.snapshot.subscriptions
    return rows.reindex(columns=list(dict.fromkeys([*rows.columns, "is_trial", "plan"])))
