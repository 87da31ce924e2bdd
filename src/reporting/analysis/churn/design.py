"""From drivers to the columns of a model: gates, missing values and the terms that had to go.

Missing values are never silent. A driver unknown for more than half of the rows is left out and named; else
the gaps are filled with the median, and an indicator "not known" keeps the filling from lying. Drivers that
are unknown in the same rows share one indicator. Every indicator counts as a term against the gate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reporting.analysis.churn.drivers import Driver, available, values
from reporting.analysis.untold import Untold
from reporting.survival.gates import model_gate

MOST_UNKNOWN = 0.5  # a driver unknown in a larger share of the rows is left out
WORTH_AN_INDICATOR = 0.01  # a smaller share is filled and counted, without an indicator
FEWEST_OF_EACH = 20  # account-months with, and without, a yes-no driver


@dataclass(frozen=True)
class Design:
    """The terms of a model and how rows become its columns.

    Attributes:
        drivers: Those in the model, in order.
        indicators: Column of an indicator -> the drivers it stands for.
        fill: Driver -> the median that fills its gaps.
        left_out: Driver -> why it is not in the model.
        filled: Driver -> share of rows filled, where any.
        gate: What the events allow, in words.
    """

    drivers: list[Driver]
    indicators: dict[str, list[str]]
    fill: dict[str, float]
    left_out: dict[str, Untold]
    filled: dict[str, float]
    gate: str

    def columns(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The model's columns for any rows, gaps filled and marked."""
        raw = values(rows, self.drivers)
        columns = {name: raw[name].fillna(self.fill[name]) for name in raw}
        for name, stands_for in self.indicators.items():
            columns[name] = raw[stands_for[0]].isna().astype(float)
        return pd.DataFrame(columns, index=rows.index)

    @property
    def names(self) -> list[str]:
        """Columns of the design, in order."""
        return [driver.name for driver in self.drivers] + list(self.indicators)

    def without(self, terms: Sequence[str], why: str) -> Design:
        """The same design with columns taken out, and the reason (see `Untold`) noted."""
        gone = [driver.name for driver in self.drivers if driver.name in terms]
        kept = [driver for driver in self.drivers if driver.name not in terms]
        names = {driver.name for driver in kept}
        indicators = {
            name: [n for n in stands_for if n in names]
            for name, stands_for in self.indicators.items()
            if name not in terms and names.intersection(stands_for)
        }
        return Design(
            kept,
            indicators,
            self.fill,
            self.left_out | {name: Untold(why) for name in gone},
            {name: share for name, share in self.filled.items() if name in names},
            self.gate,
        )


def design(rows: pd.DataFrame, event: pd.Series, drivers: Sequence[Driver]) -> Design:
    """Choose the terms that these rows can carry, in the drivers' own order.

    Args:
        rows: Rows at risk, as of the close before.
        event: Whether the row ends in the event.
        drivers: Candidates, the most wanted first.
    """
    present = available(rows, drivers)
    left_out = {d.name: Untold("absent") for d in drivers if d not in present}
    raw = values(rows, present)
    unknown = raw.isna()
    share = unknown.mean()
    usable = []
    for driver in present:
        known = raw.loc[~unknown[driver.name], driver.name]
        if share[driver.name] > MOST_UNKNOWN:
            left_out[driver.name] = Untold("mostly_unknown", {"share": float(share[driver.name])})
        elif known.nunique() < 2:
            left_out[driver.name] = Untold("constant")
        elif driver.binary and min((known == 1).sum(), (known == 0).sum()) < FEWEST_OF_EACH:
            left_out[driver.name] = Untold("too_rare")
        else:
            usable.append(driver)

    gate = model_gate(int(event.sum()), len(usable) + len(_indicators(usable, unknown)))
    chosen = usable
    while len(chosen) + len(_indicators(chosen, unknown)) > gate.parameters:
        left_out[chosen[-1].name] = Untold("beyond_gate")
        chosen = chosen[:-1]
    indicators = _indicators(chosen, unknown)
    fill = {d.name: _middle(raw[d.name], d) for d in chosen}
    filled = {d.name: float(share[d.name]) for d in chosen if share[d.name] > 0}
    return Design(chosen, indicators, fill, left_out, filled, gate.reason)


def _middle(column: pd.Series, driver: Driver) -> float:
    return float(column.mode().iloc[0]) if driver.binary else float(column.median())


def _indicators(drivers: Sequence[Driver], unknown: pd.DataFrame) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    patterns: dict[bytes, str] = {}
    for driver in drivers:
        gaps = unknown[driver.name].to_numpy()
        if gaps.mean() < WORTH_AN_INDICATOR:
            continue
        pattern = np.packbits(gaps).tobytes()
        name = patterns.setdefault(pattern, f"{driver.name}_unknown")
        found.setdefault(name, []).append(driver.name)
    return found
