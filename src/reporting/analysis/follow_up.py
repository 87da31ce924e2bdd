"""What came of the accounts that were on the list to save some months ago, and of those that were not.

The past list is that of the past month judged by what was known then, see `earlier.earlier`: what was
published at the time can differ by what has been booked late, and by changes of the playbook since.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reporting.analysis.intervals import share
from reporting.analysis.retention import followed
from reporting.analysis.view import View
from reporting.params.playbook import TO_SAVE
from reporting.survival.estimate import UNKNOWN, Estimate

BACK = (1, 3)
"""How many months ago the lists stood that are followed up."""
OUTCOMES = ("left", "shrank", "recovered", "unchanged")


@dataclass(frozen=True)
class FollowUp:
    """The accounts that paid at a past close, and what became of them.

    Attributes:
        since: The month at whose close the list stood.
        months: How long ago that is.
        accounts: One row an account that paid then, indexed by account_id: account_name, mrr_cents (then),
            now_cents, stance, rule and owner (then), listed, outcome (one of `OUTCOMES`; `recovered` only of
            those listed), contacted (between then and now; missing where the source has no activities).
    """

    since: pd.Timestamp
    months: int
    accounts: pd.DataFrame

    @property
    def listed(self) -> pd.DataFrame:
        """The accounts that were to save."""
        return self.accounts[self.accounts["listed"]]

    @property
    def outcomes(self) -> pd.DataFrame:
        """Of those listed, by outcome: accounts, mrr_cents (then)."""
        groups = self.listed.groupby("outcome")["mrr_cents"]
        found = pd.DataFrame({"accounts": groups.size(), "mrr_cents": groups.sum()})
        return found.reindex(OUTCOMES).fillna(0).astype("int64")

    @property
    def left_listed(self) -> Estimate:
        """Share of those listed that left."""
        return _left(self.listed)

    @property
    def left_unlisted(self) -> Estimate:
        """Share of the others that left."""
        return _left(self.accounts[~self.accounts["listed"]])

    @property
    def caught(self) -> Estimate:
        """Of the accounts that left, the share that was listed."""
        gone = self.accounts.loc[self.accounts["outcome"] == "left", "listed"]
        return share(int(gone.sum()), len(gone))

    @property
    def left_contacted(self) -> Estimate:
        """Of those listed and contacted since, the share that left. Whom to contact is chosen, not drawn, so
        the difference is no effect."""
        return self._left_by_contact(True)

    @property
    def left_uncontacted(self) -> Estimate:
        """Of those listed and not contacted, the share that left."""
        return self._left_by_contact(False)

    def _left_by_contact(self, contacted: bool) -> Estimate:
        rows = self.listed[self.listed["contacted"].notna()]
        return _left(rows[rows["contacted"].astype(bool) == contacted]) if len(rows) else UNKNOWN


def follow_up(view: View, past: pd.DataFrame, now: pd.DataFrame, months: int) -> FollowUp:
    """Follow the accounts of a past list to the report month.

    Left: stopped paying in between, even if it is back. Shrank: pays less, exchange rates aside. Recovered:
    is on no list to save today. Unchanged: still is.

    Args:
        view: The report month.
        past: The verdicts of then, see `verdict.verdicts`.
        now: The verdicts of today.
        months: How long ago `past` was.
    """
    since = view.month - pd.DateOffset(months=months)
    kept = followed(view.panel, since, view.month)
    rows = past.loc[past.index.isin(kept.index)]
    out = rows[["account_name", "mrr_cents", "stance", "rule", "owner"]].copy()
    out["now_cents"] = kept["end_cents"].reindex(out.index)
    out["listed"] = out["stance"].isin(TO_SAVE)
    between = view.panel[view.panel["month"] > since]
    rates = between.groupby("account_id")["fx_cents"].sum().reindex(out.index).fillna(0)
    left = ~kept["stayed"].reindex(out.index)
    shrank = out["now_cents"] - rates < out["mrr_cents"]
    still = out.index.isin(now.index[now["stance"].isin(TO_SAVE)])
    better = ~still & out["listed"]
    out["outcome"] = np.select([left, shrank, better], OUTCOMES[:3], OUTCOMES[3])
    out["contacted"] = _contacted(view, since, out.index)
    return FollowUp(since, months, out)


def as_table(found: Iterable[FollowUp]) -> pd.DataFrame:
    """The follow-ups as they are frozen, one row an account and list."""
    columns = {"since": "datetime64[us]", "months": "int64", "account_id": "object"}
    rows = [
        one.accounts.rename_axis("account_id").reset_index().assign(since=one.since, months=one.months)
        for one in found
    ]
    return pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=list(columns)).astype(columns)


def from_table(rows: pd.DataFrame) -> list[FollowUp]:
    """The follow-ups of a frozen table."""
    found = []
    for months, part in rows.groupby("months"):
        accounts = part.set_index("account_id").rename_axis(None).drop(columns=["since", "months"])
        found.append(FollowUp(part["since"].iloc[0], int(months), accounts))  # ty: ignore[invalid-argument-type]
    return found


def _left(rows: pd.DataFrame) -> Estimate:
    return share(int((rows["outcome"] == "left").sum()), len(rows))


def _contacted(view: View, since: pd.Timestamp, accounts: pd.Index) -> pd.Series:
    """Whether each account was contacted after the close of `since`, while it still paid."""
    activities = view.snapshot.activities
    if activities is None:
        return pd.Series(pd.NA, index=accounts, dtype="boolean")
    gone = view.panel[(view.panel["month"] > since) & (view.panel["churned_cents"] > 0)]
    lost = gone.groupby("account_id")["month"].min().reindex(activities["account_id"]).to_numpy()
    after = activities["done_at"] >= since + pd.DateOffset(months=1)
    # In the month of the loss a contact may be the good-bye.
    early = np.isnat(lost) | (activities["done_at"].to_numpy() < lost)
    met = set(activities.loc[after & early & (activities["done_at"] < view.close), "account_id"])
    return pd.Series(accounts.isin(met), index=accounts, dtype="boolean")
