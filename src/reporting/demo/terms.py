"""The subscription book: constant terms as rows, closed and opened as accounts renew, change and leave."""

from __future__ import annotations

import numpy as np
import pandas as pd

from reporting.demo import product
from reporting.demo.calendar import DAY, NEVER, add_months, day_of_month
from reporting.demo.market import Market

BASE, ADDON, TRIAL = range(3)


class Terms:
    """What each account pays for now, and every row of the book that has closed.

    Quarterly and annual contracts have one row a term; its `renewal` is the day after its last. Monthly ones
    have one row as long as nothing changes, and `renewal` `NEVER`.
    """

    def __init__(self, market: Market) -> None:
        n = len(market)
        self.market = market
        self.plan = market.plan.copy()
        self.seats = market.seats.copy()
        self.valid_from = np.full(n, NEVER)
        self.renewal = np.full(n, NEVER)
        self.anchor = np.ones(n, np.int64)
        self.addon_from = np.full(n, NEVER)
        self._rows: list[dict[str, np.ndarray]] = []

    @property
    def paying(self) -> np.ndarray:
        """Accounts with an open paid row."""
        return self.valid_from < NEVER

    @property
    def has_addon(self) -> np.ndarray:
        """Accounts with an open add-on."""
        return self.addon_from < NEVER

    def billing_day(self, first: int) -> np.ndarray:
        """The day in the month beginning on `first` on which each account's month of service turns."""
        return add_months(np.full(len(self.market), first), 0, self.anchor)

    def record_trials(self, accounts: np.ndarray, lasts_to: np.ndarray) -> None:
        """Enter the free trials that began with the sign-up."""
        self._record(TRIAL, accounts, self.market.signed_up[accounts], lasts_to * DAY)

    def open(self, accounts: np.ndarray, day: np.ndarray) -> None:
        """Begin to pay on `day`, on the plan and seats held in `plan` and `seats`."""
        self.anchor[accounts] = day_of_month(day)
        self.valid_from[accounts] = day
        self.renewal[accounts] = self._next_renewal(accounts, day)

    def renew(self, accounts: np.ndarray) -> None:
        """Turn the term of quarterly and annual accounts over, on the terms held in `plan` and `seats`."""
        day = self.renewal[accounts]
        self.valid_from[accounts] = day
        self.renewal[accounts] = self._next_renewal(accounts, day)

    def close(self, accounts: np.ndarray, day: np.ndarray, *, leaves: bool = False) -> None:
        """Close the open base rows on `day`; an account that leaves also loses its add-on."""
        self._record(BASE, accounts, self.valid_from[accounts] * DAY, day * DAY, leaves=leaves)
        if leaves:
            held = self.has_addon[accounts]
            self.drop_addon(accounts[held], day[held], leaves=True)
            self.valid_from[accounts] = NEVER
            self.renewal[accounts] = NEVER

    def add_addon(self, accounts: np.ndarray, day: np.ndarray) -> None:
        """Open a second, overlapping subscription."""
        self.addon_from[accounts] = day

    def drop_addon(self, accounts: np.ndarray, day: np.ndarray, *, leaves: bool = False) -> None:
        """Close the add-on."""
        self._record(ADDON, accounts, self.addon_from[accounts] * DAY, day * DAY, leaves=leaves)
        self.addon_from[accounts] = NEVER

    def book(self) -> pd.DataFrame:
        """All rows, open ones with `valid_to` missing, in order of account and beginning."""
        open_base, open_addon = np.flatnonzero(self.paying), np.flatnonzero(self.has_addon)
        never = NEVER * DAY
        self._record(BASE, open_base, self.valid_from[open_base] * DAY, np.full(len(open_base), never))
        self._record(ADDON, open_addon, self.addon_from[open_addon] * DAY, np.full(len(open_addon), never))
        rows = {name: np.concatenate([row[name] for row in self._rows]) for name in self._rows[0]}
        return pd.DataFrame(rows).sort_values(["account", "valid_from", "kind"], ignore_index=True)

    def _next_renewal(self, accounts: np.ndarray, day: np.ndarray) -> np.ndarray:
        billing = self.market.billing[accounts]
        due = add_months(day, product.TERM_MONTHS[billing], self.anchor[accounts])
        return np.where(billing > 0, due, NEVER)

    def _record(
        self, kind: int, accounts: np.ndarray, start: np.ndarray, end: np.ndarray, *, leaves: bool = False
    ) -> None:
        self._rows.append(
            {
                "kind": np.full(len(accounts), kind),
                "account": accounts,
                "valid_from": start,
                "valid_to": np.broadcast_to(end, len(accounts)),
                "plan": self.plan[accounts],
                "seats": self.seats[accounts],
                "renewal": self.renewal[accounts],
                "leaves": np.full(len(accounts), leaves),
            }
        )
