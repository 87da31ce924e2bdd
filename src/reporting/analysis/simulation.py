"""Months that have not come yet, drawn many times with a fixed seed.

Each account leaves by its own hazard. What those that stay buy more or less, and what arrives, is drawn from
the last months, a whole month at a time, so that good and bad months stay what they were. Two doubts are
drawn as well: the level of the hazards, by the number of losses it rests on (gamma), and how typical each of
the last months is (Bayesian bootstrap, Rubin 1981).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

SEED = 20_240_229
MONTHS_DRAWN = 9
"""From so many last months, or as many as there are, the movements are drawn."""
CELLS = 2_000_000


@dataclass(frozen=True)
class Start:
    """A close from which the next months are drawn.

    Attributes:
        cents: MRR of each paying account.
        hazard: Its hazard of leaving in each of the next months (accounts x months).
        cohort: What it counts in twelve-month NRR of each next month (accounts x months): its MRR if it has
            paid ever since twelve months before that month, else 0.
        base: MRR of that cohort twelve months before.
        losses: Losses of the last months, on which the level of the hazards rests.
        movements: Of each of the last months: `growth` (expansion less contraction, and exchange rates, as a
            share of what stayed), `arrived_cents` and `arrived` (accounts new and back), `rate` (of losses).
    """

    cents: np.ndarray
    hazard: np.ndarray
    cohort: np.ndarray
    base: np.ndarray
    losses: int
    movements: pd.DataFrame


def movements(panel: pd.DataFrame) -> pd.DataFrame:
    """What moved in each month, see `Start.movements`; also `mrr_cents`, `lost` and `paying` (accounts)."""
    columns = [
        *("mrr_start_cents", "mrr_cents", "expansion_cents", "contraction_cents", "fx_cents"),
        *("churned_cents", "new_cents", "reactivation_cents"),
    ]
    sums = panel.groupby("month")[columns].sum().astype(float)
    counts = (panel.set_index("month")[columns] > 0).groupby(level="month").sum()
    stayed = sums["mrr_start_cents"] - sums["churned_cents"]
    change = sums["expansion_cents"] - sums["contraction_cents"] + sums["fx_cents"]
    return pd.DataFrame(
        {
            "growth": (change / stayed.where(stayed > 0)).fillna(0.0),
            "arrived_cents": sums["new_cents"] + sums["reactivation_cents"],
            "arrived": counts["new_cents"] + counts["reactivation_cents"],
            "rate": (counts["churned_cents"] / counts["mrr_start_cents"].clip(lower=1)).astype(float),
            "mrr_cents": sums["mrr_cents"],
            "lost": counts["churned_cents"],
            "paying": counts["mrr_cents"],
        }
    )


def simulate(start: Start, draws: int) -> dict[str, np.ndarray]:
    """The next months, drawn `draws` times.

    Returns:
        Metric -> draws x months: `mrr` in cents, `nrr_12`, `churned_accounts` (of each month).
    """
    rng = np.random.default_rng(SEED)
    months = start.hazard.shape[1]
    level = rng.gamma(start.losses + 1, 1 / (start.losses + 1), draws)
    growth, arrived_cents, arrived = _moved(start.movements, draws, months, rng)
    there, kept, cohort = _stayers(start, level, rng)
    scale = np.cumprod(1 + growth, axis=1)
    leaving = -np.expm1(-level * start.movements["rate"].mean())
    mrr, lost = kept * scale, -np.diff(there, axis=1, prepend=len(start.cents))
    young, young_cents = np.zeros(draws), np.zeros(draws)
    for month in range(months):
        gone = rng.binomial(young.astype(np.int64), leaving)
        lost[:, month] += gone
        young_cents = young_cents * (1 - leaving) * (1 + growth[:, month]) + arrived_cents[:, month]
        young = young - gone + np.rint(arrived[:, month])
        mrr[:, month] += young_cents
    # The fewer and the less alike its accounts, the more a part of them varies: by the squares of its shares.
    whole = _unevenness(start.cents)
    parts = np.array([_unevenness(start.cohort[:, month]) for month in range(months)])
    usual = start.movements["growth"].mean()
    swing = usual + (growth - usual) * np.sqrt(np.where(parts > 0, parts, whole) / whole)
    nrr = cohort * np.cumprod(1 + swing, axis=1) / start.base
    return {"mrr": mrr, "nrr_12": nrr, "churned_accounts": lost}


def _unevenness(cents: np.ndarray) -> float:
    """Sum of the squared shares, 1 over the number of accounts where all pay the same; 0 without any."""
    total = cents.sum()
    return float(((cents / total) ** 2).sum()) if total else 0.0


def _moved(
    past: pd.DataFrame, draws: int, months: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Growth, MRR and accounts that arrive, each draws x months: whole months of the past."""
    weights = rng.dirichlet(np.ones(len(past)), draws).cumsum(axis=1)
    picked = (weights[:, None, :] < rng.random((draws, months))[:, :, None]).sum(axis=2)
    picked = np.minimum(picked, len(past) - 1)  # the weights may add up to a hair under one
    growth, cents, accounts = (
        past[name].to_numpy(float)[picked] for name in ("growth", "arrived_cents", "arrived")
    )
    return growth, cents, accounts


def _stayers(
    start: Start, level: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of the accounts paying at the start, by draw and month: how many stay, their MRR, their cohort's."""
    n, months = start.hazard.shape
    hazard = start.hazard.cumsum(axis=1)
    there, kept, cohort = (np.zeros((len(level), months)) for _ in range(3))
    step = max(1, CELLS // max(n, 1))
    for first in range(0, len(level), step):
        part = slice(first, first + step)
        # An account leaves when its cumulative hazard passes an exponential threshold.
        reach = rng.standard_exponential((len(level[part]), n)) / level[part, None]
        for month in range(months):
            stays = (reach > hazard[:, month]).astype(float)
            there[part, month] = stays.sum(axis=1)
            kept[part, month] = stays @ start.cents
            cohort[part, month] = stays @ start.cohort[:, month]
    return there, kept, cohort
