"""Do the early warnings warn? Losses after a raised flag against losses without one."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from reporting.analysis.churn.risk_set import RiskSet, opportunities
from reporting.analysis.intervals import differ, share
from reporting.params.product import Product
from reporting.survival.estimate import Estimate
from reporting.survival.validation import follow_up

HORIZON = 3
PREFIX = "flag_"


@dataclass(frozen=True)
class Flag:
    """One warning, by its name: raised for `now` accounts at the close; losses within three months with and
    without it."""

    name: str
    now: int
    raised: Estimate
    clear: Estimate

    @property
    def holds(self) -> bool:
        """Whether accounts with the flag left more often, beyond chance."""
        known = self.raised.known and self.clear.known
        return known and self.raised.value > self.clear.value and differ(self.raised, self.clear)


def flags(risk: RiskSet, product: Product) -> list[Flag]:
    """Every flag the panel has, and a fall of API calls beside them, the one that warns most first.

    Only closes followed for three months, or to a loss before, and after which the account could leave.
    """
    rows, at_close = (_with_api(frame, product) for frame in (risk.rows, risk.now))
    time, left = follow_up(rows["spell"], rows["start"], rows["stop"], rows["churned"])
    could = opportunities(rows["due_in"], risk.committed, HORIZON).any(axis=1)
    lost = left & (time <= HORIZON)
    told = rows[could & (lost | (time >= HORIZON))]
    lost = pd.Series(lost, index=rows.index)
    found = []
    for name in (column for column in rows if column.startswith(PREFIX)):
        known = told[told[name].notna()]
        up = known[name].astype(bool)
        if not up.any() or up.all():
            continue
        now = int(at_close[name].fillna(False).astype(bool).sum())
        raised, clear = (share(int(lost[side.index].sum()), len(side)) for side in (known[up], known[~up]))
        found.append(Flag(name.removeprefix(PREFIX), now, raised, clear))
    return sorted(found, key=lambda f: f.clear.value - f.raised.value)


def _with_api(rows: pd.DataFrame, product: Product) -> pd.DataFrame:
    """With `flag_api_falling`: API calls of 30 days fell by more than `churn.fall`. The silence of machines
    is set beside that of people (`flag_frequency_falling`)."""
    if "api_call_trend" not in rows:
        return rows
    trend = rows["api_call_trend"].astype("Float64")
    return rows.assign(flag_api_falling=(trend < -product.churn.fall).astype("boolean"))
