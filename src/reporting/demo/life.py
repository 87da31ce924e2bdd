"""Since when and until when each account uses the product."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reporting.demo.calendar import DAY


@dataclass
class Life:
    """The present or last stay of every account: days `[begins, ends)`, trial and paid alike."""

    begins: np.ndarray
    ends: np.ndarray

    def touches(self, first: int, last: int) -> np.ndarray:
        """Accounts that live on some day of `[first, last)`."""
        return (self.begins < last) & (self.ends > first)

    def holds(self, account: np.ndarray, at: np.ndarray) -> np.ndarray:
        """Whether each account lives at the instant beside it."""
        return (at >= self.begins[account] * DAY) & (at < self.ends[account] * DAY)
