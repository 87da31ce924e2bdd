"""A snapshot as it stood at an earlier close, so that a past month is judged by what was known then."""

from __future__ import annotations

import pandas as pd

from reporting.contract.asof import BORN
from reporting.month import Month
from reporting.snapshot.frozen import Snapshot

_BORN = {"account_week": "week", "activation_steps": "reached_at", **BORN}
_ENDS = {"tickets": "closed_at", "subscriptions": "valid_to"}
"""The column whose later values were not known yet."""


class Earlier(Snapshot):
    """The snapshot of an earlier month, made from a later one.

    Rows of later than the close are gone, and what ended later still runs. Two things can't be had as of
    then: an account's attributes (its owner, its segment) are those of today, and late bookings are in it.

    Args:
        later: The snapshot at hand.
        month: The month to go back to.
    """

    def __init__(self, later: Snapshot, month: Month) -> None:
        super().__init__(later.path, {**later.meta, "month": str(month), "close": month.close.isoformat()})
        self._later = later
        self._close = pd.Timestamp(month.close)

    def _read(self, name: str) -> pd.DataFrame | None:
        rows = getattr(self._later, name)
        if name == "accounts":
            return self._accounts(rows)
        if rows is None:
            return None
        born = _BORN.get(name, "month")
        if born in rows:
            rows = rows[~(pd.to_datetime(rows[born]) >= self._close)]
        end = _ENDS.get(name, "")
        if end in rows:
            rows = rows.assign(**{end: rows[end].mask(rows[end] >= self._close)})
        return rows.reset_index(drop=True)

    def _accounts(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The accounts on record by then. Of one that has left since it isn't known what its flag said."""
        panel = self._later.account_month
        rows = rows[rows["account_id"].isin(panel.loc[panel["month"] < self._close, "account_id"])].copy()
        if "churned_flag" in rows:
            paying = panel[panel["paying"].astype(bool)]
            then, now = (
                rows["account_id"].isin(paying.loc[paying["month"] == month.start, "account_id"])
                for month in (self.month, self._later.month)
            )
            rows["churned_flag"] = rows["churned_flag"].astype("boolean").mask(then & ~now)
        return rows.reset_index(drop=True)


def earlier(snapshot: Snapshot, months: int) -> Snapshot | None:
    """The snapshot as it stood so many closes before; None before its first month."""
    month = snapshot.month.shift(-months)
    first = snapshot.account_month["month"].min()
    return Earlier(snapshot, month) if pd.Timestamp(month.start) >= first else None
