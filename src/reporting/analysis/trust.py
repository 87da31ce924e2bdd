"""Do the sources agree on who left? If they don't, retention is not good news and says so first.

A subscription table that never ends anything gives a retention of 100 %. Two other witnesses are heard where
the source has them: the account's own churn flag, and the cancellations. Whoever they call gone should have
stopped paying, or at least pay less.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from reporting.analysis.frames import is_true
from reporting.analysis.view import View

# Some witnesses are wrong in any honest source (win-backs, late bookings); a larger share is a contradiction.
TOLERATED = 0.20
# Below this many witnesses a share says nothing.
FEWEST = 5
# A cancellation shows in the bridge in its own month or, with a notice period, in one of the next two.
NOTICE_MONTHS = 2

# The contract's own finding that the tables disagree on who left.
CONTRACT_CHECK = "churn_sources_contradict"


@dataclass(frozen=True)
class Witness:
    """What one table says about lost accounts.

    Attributes:
        table: The canonical table.
        named: Accounts that it names as gone, or as going.
        borne_out: Those of them that stopped paying, by the subscriptions.
        called: Accounts this table calls gone, long enough ago to have stopped paying.
        kept: Those of them that go on as before.
    """

    table: str
    named: int
    borne_out: int
    called: int
    kept: int

    @property
    def contradicts(self) -> bool:
        """Whether too many of the accounts it calls gone go on paying."""
        return self.called >= FEWEST and self.kept > TOLERATED * self.called


class Trust:
    """Whether retention, NRR and churn of this source can be believed.

    Attributes:
        churned: Accounts that ever stopped paying, by the subscriptions.
        witnesses: What the other tables say.
    """

    def __init__(self, book: View) -> None:
        self.book = book
        panel = book.panel
        self.churned = int(panel.loc[panel["churned_cents"] > 0, "account_id"].nunique())
        self.witnesses = [w for w in (self._flags(), self._cancellations()) if w is not None]

    @cached_property
    def reliable(self) -> bool:
        """False when any witness contradicts the subscriptions, or the data contract found that they do."""
        found = (self.book.snapshot.findings["check"] == CONTRACT_CHECK).any()
        return not (found or any(witness.contradicts for witness in self.witnesses))

    @cached_property
    def flagged_cents(self) -> int:
        """MRR of the accounts that the source's own flag calls churned."""
        return int(self.book.now["mrr_cents"].reindex(self._flagged(), fill_value=0).sum())

    def _flagged(self) -> pd.Index:
        accounts = self.book.accounts
        return (
            accounts.index[is_true(accounts["churned_flag"])] if "churned_flag" in accounts else pd.Index([])
        )

    def _flags(self) -> Witness | None:
        accounts, now = self.book.accounts, self.book.now
        if "churned_flag" not in accounts or accounts["churned_flag"].isna().all():
            return None
        flagged = self._flagged()
        paying = int(now["paying"].reindex(flagged, fill_value=False).sum())
        return Witness("accounts", len(flagged), len(flagged) - paying, len(flagged), paying)

    def _cancellations(self) -> Witness | None:
        rows = self.book.snapshot.cancellations if self.book.has("cancellations") else None
        if rows is None:
            return None
        effective = rows["effective_at"] if "effective_at" in rows else pd.Series(pd.NaT, index=rows.index)
        month = effective.fillna(rows["requested_at"]).dt.to_period("M").dt.to_timestamp()
        settled = month <= self.book.month - pd.DateOffset(months=NOTICE_MONTHS)
        said = pd.DataFrame({"account_id": rows["account_id"], "said": month})[settled].drop_duplicates()
        panel = self.book.panel
        fell = panel.loc[
            (panel["churned_cents"] > 0) | (panel["contraction_cents"] > 0), ["account_id", "month"]
        ]
        pairs = said.merge(fell, on="account_id")
        # A booking may also run a month ahead of the date in the cancellation.
        gap = (
            (pairs["month"].dt.year - pairs["said"].dt.year) * 12
            + pairs["month"].dt.month
            - pairs["said"].dt.month
        )
        borne_out = pairs.loc[gap.between(-1, NOTICE_MONTHS), "account_id"].unique()
        kept = said["account_id"].nunique() - len(borne_out)
        named = set(rows["account_id"])
        stopped = set(panel.loc[panel["churned_cents"] > 0, "account_id"])
        return Witness("cancellations", len(named), len(named & stopped), said["account_id"].nunique(), kept)
