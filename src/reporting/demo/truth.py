"""The stated hazards: what really makes accounts of the synthetic company leave, grow and shrink.

Each month every account at risk draws from a discrete-time complementary log-log hazard,

    p = 1 - exp(-exp(baseline(months since the first paid month) + sum of log_hr * column / per)),

with columns as known at the month's start. It is the grouped-time form of a proportional-hazards model:
`log_hr` is the logarithm of a hazard ratio (Prentice and Gloeckler 1978). Churn is drawn first, expansion
among those that stay, contraction among those that neither leave nor grow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import pandas as pd


class Driver(NamedTuple):
    """One covariate: `log_hr` is the log hazard ratio of `per` units of the panel's `column`."""

    column: str
    log_hr: float
    per: float
    meaning: str


@dataclass(frozen=True)
class Hazard:
    """One cause's monthly hazard.

    Attributes:
        title: The event in words.
        at_risk: Panel column that says who could have the event this month.
        event: Panel column that says who had it.
        baseline: Complementary log-log of the monthly probability at covariates zero, by `TENURE_BANDS`.
        drivers: The covariates, null drivers (log hazard ratio 0) among them.
    """

    title: str
    at_risk: str
    event: str
    baseline: tuple[float, ...]
    drivers: tuple[Driver, ...]

    def probability(self, covariates: Mapping[str, np.ndarray] | pd.DataFrame) -> np.ndarray:
        """Monthly probability of the event; `covariates` holds `start` and every driver's column."""
        score = np.asarray(self.baseline)[np.digitize(covariates["start"], TENURE_BANDS[1:])]
        for driver in self.drivers:
            if driver.log_hr:
                score = score + driver.log_hr / driver.per * np.asarray(covariates[driver.column], float)
        return -np.expm1(-np.exp(score))

    def design(self, panel: pd.DataFrame) -> pd.DataFrame:
        """Tenure-band dummies and scaled covariates of the rows at risk: what a fit of the truth needs."""
        rows = panel[panel[self.at_risk]]
        band = np.digitize(rows["start"], TENURE_BANDS[1:])
        names = [f"tenure_{first}" for first in TENURE_BANDS]
        columns = {name: (band == i).astype(float) for i, name in enumerate(names)}
        columns |= {d.column: rows[d.column].to_numpy(float) / d.per for d in self.drivers}
        return pd.DataFrame(columns, index=rows.index)

    @property
    def log_hr(self) -> Mapping[str, float]:
        """True log hazard ratio by column, per the driver's unit."""
        return MappingProxyType({driver.column: driver.log_hr for driver in self.drivers})


TENURE_BANDS = (0, 3, 12, 24)  # first completed month of each band

_NULL = (
    Driver("region_emea", 0.0, 1, "sold in Europe, the Middle East or Africa"),
    Driver("company_size_step", 0.0, 1, "one band of company size (five bands)"),
    Driver("csm_named", 0.0, 1, "has a named customer-success manager"),
)

CHURN = Hazard(
    "leaves at the end of its term",
    at_risk="can_leave",
    event="churned",
    baseline=(-1.50, -1.65, -1.80, -1.95),
    drivers=(
        Driver("active_user_share", -0.14, 0.1, "10 points of active users (30 days) per seat purchased"),
        Driver("usage_halvings", 0.50, 1, "one halving of events, last 30 days against the 30 before"),
        Driver("feature_breadth", -0.08, 0.1, "10 points of core features used last month"),
        Driver("activated_14", -0.50, 1, "first dashboard shared within 14 days of sign-up"),
        Driver("activation_unknown", -0.35, 1, "signed up before the events begin"),
        Driver("invited_3_in_14", -0.60, 1, "three or more users invited within 14 days of sign-up"),
        Driver("integration_count", -0.15, 1, "one more integration connected"),
        Driver("admin_inactive", 0.45, 1, "no admin active in the last 30 days"),
        Driver("escalations", 0.55, 1, "one more escalated ticket opened last month"),
        Driver("single_champion", 0.35, 1, "one user made over 70 % of last month's events"),
        Driver("contacted", -0.45, 1, "its manager called, wrote or trained last month"),
        Driver("billing_quarter", 0.50, 1, "quarterly contract, at its renewal (against monthly)"),
        Driver("billing_year", 1.10, 1, "annual contract, at its renewal (against monthly)"),
        *_NULL,
    ),
)

EXPANSION = Hazard(
    "buys more seats, a higher plan or the add-on",
    at_risk="stayed",
    event="expanded",
    baseline=(-5.4, -5.2, -5.3, -5.4),
    drivers=(
        Driver("active_user_share", 0.18, 0.1, "10 points of active users (30 days) per seat purchased"),
        Driver("team_count", 0.12, 1, "one more team in use last month"),
        Driver("premium_used", 0.40, 1, "a premium feature used last month"),
        Driver("plan_limit_proximity", 0.06, 0.1, "10 points of the included events used last month"),
        Driver("usage_halvings", -0.30, 1, "one halving of events, last 30 days against the 30 before"),
        *_NULL,
    ),
)

CONTRACTION = Hazard(
    "cuts seats, plan or add-on at the end of its term",
    at_risk="can_shrink",
    event="contracted",
    baseline=(-3.2, -3.2, -3.2, -3.2),
    drivers=(
        Driver("active_user_share", -0.15, 0.1, "10 points of active users (30 days) per seat purchased"),
        Driver("usage_halvings", 0.40, 1, "one halving of events, last 30 days against the 30 before"),
        Driver("billing_quarter", 0.50, 1, "quarterly contract, at its renewal (against monthly)"),
        Driver("billing_year", 1.10, 1, "annual contract, at its renewal (against monthly)"),
        *_NULL,
    ),
)
HAZARDS = (CHURN, EXPANSION, CONTRACTION)
