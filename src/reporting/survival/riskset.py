"""Who is at risk when: sums over risk sets, and their transpose, in time linear in the rows.

Let A be the matrix with a row for each *slot* (a distinct time in a stratum) and a column for each row of
data, 1 where `start < time <= stop` in the same stratum. Every estimator here is made of two products: `A v`
(sum of v over those at risk) and `A' c` (sum of c over the slots a row was at risk in). A row's slots are
consecutive, so neither needs A.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from .data import Floats, Ints, SurvivalData


@dataclass(frozen=True)
class RiskSets:
    """Slots of the given rows; rows are at risk in slots `first <= slot < after`."""

    time: Floats
    stratum: Ints
    first: Ints
    after: Ints

    @classmethod
    def at_events(cls, data: SurvivalData) -> RiskSets:
        """Slots at the distinct event times of each stratum."""
        return cls._build(data, data.event)

    @classmethod
    def at_stops(cls, data: SurvivalData) -> RiskSets:
        """Slots at all distinct times, of events or censoring, of each stratum."""
        return cls._build(data, np.ones(len(data), bool))

    @classmethod
    def _build(cls, data: SurvivalData, chosen: np.ndarray) -> RiskSets:
        times = np.unique(data.stop[chosen])
        base = data.strata * (len(times) + 1)
        opens = base + np.searchsorted(times, data.start, side="right")
        closes = base + np.searchsorted(times, data.stop, side="right")
        # Number 0 within a stratum means "before its first time", so slot numbers never meet across strata.
        slots = np.unique(closes[chosen])
        stratum, place = np.divmod(slots, len(times) + 1)
        lookup = np.searchsorted(slots, np.arange(closes.max() + 1), side="right")
        return cls(times[place - 1], stratum, lookup[opens], lookup[closes])

    def __len__(self) -> int:
        return len(self.time)

    @property
    def last(self) -> Ints:
        """Slot at the row's stop; meaningful for rows that end at a slot."""
        return self.after - 1

    @cached_property
    def _ends(self) -> sparse.csr_array:
        n = len(self.first)
        rows = np.arange(n)
        late = self.first > 0
        at = np.concatenate([self.after - 1, self.first[late] - 1])
        value = np.concatenate([np.ones(n), -np.ones(int(late.sum()))])
        column = np.concatenate([rows, rows[late]])
        keep = at >= 0
        return sparse.csr_array((value[keep], (at[keep], column[keep])), shape=(len(self), n))

    def total(self, values: Floats) -> Floats:
        """Sum of each column of `values` (rows, or rows x columns) over the rows at risk in each slot."""
        return np.flip(np.cumsum(np.flip(self._ends @ values, axis=0), axis=0), axis=0)

    def spread(self, per_slot: Floats) -> Floats:
        """Sum of `per_slot` (slots, or slots x columns) over the slots each row was at risk in."""
        running = np.concatenate([np.zeros((1, *per_slot.shape[1:])), np.cumsum(per_slot, axis=0)])
        return running[self.after] - running[self.first]

    def count(self, rows: np.ndarray, values: Floats | None) -> Floats:
        """Sum of `values` over the chosen rows that end at each slot."""
        # NumPy types `bincount` as whole numbers; with weights they are floats.
        sums = np.bincount(self.last[rows], weights=values, minlength=len(self))
        return sums  # ty: ignore[invalid-explicit-return]
