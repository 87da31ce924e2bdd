"""Does the churn-driver report tell the truth where the truth is known? Many worlds of the synthetic company.

Every world is drawn from the stated hazards (`reporting.demo.truth`) with a seed of its own and fitted with
the report's own code: risk set restricted to months in which an account can leave, ten losses a term,
discrete-time hazard with errors clustered on the account, Benjamini-Hochberg. Counted over the worlds:

- coverage: how often the 95 % interval of a driver holds its true log hazard ratio (goal: 93 to 97 % over
all); - false alarms: how often a driver without effect is told from chance (goal: at most 5 %); - aha: how
often a search among early actions made of pure noise confirms a threshold (goal: at most 5 % of worlds).

Run: `python bench/survival_worlds.py [--worlds 400] [--accounts 600]`. Worlds are half as large again as the
company that ships, so that ten losses a term carry all fifteen drivers.
"""

from __future__ import annotations

import argparse
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd

from reporting.analysis.churn.aha import search
from reporting.analysis.churn.drivers import Driver
from reporting.analysis.churn.model import fit
from reporting.demo.company import simulate_panel
from reporting.demo.truth import CHURN

COVERAGE = (0.93, 0.97)
MOST_FALSE_ALARMS = 0.05
MOST_CONFIRMED = 0.05
NOISE_ACTIONS = 7
BINARY = {"activated_14", "activation_unknown", "invited_3_in_14", "admin_inactive", "single_champion"}


class World(NamedTuple):
    """One world's outcome: `table` by driver fitted (coef, lower, upper, found), losses, aha verdict."""

    table: pd.DataFrame
    losses: int
    confirmed: bool | None


def drivers() -> list[Driver]:
    """The truth's covariates as the report's drivers, in the truth's units."""

    def scaled(frame: pd.DataFrame, column: str, per: float) -> pd.Series:
        return frame[column].astype(float) / per

    return [
        Driver(
            d.column,
            "behaviour",
            d.meaning,
            d.meaning,
            (d.column,),
            partial(scaled, column=d.column, per=d.per),
            str,
            "",
            binary=d.column in BINARY,
        )
        for d in CHURN.drivers
    ]


def world(seed: int, accounts: int) -> World:
    """Simulate, fit and search once."""
    panel = simulate_panel(seed, accounts=accounts)
    spell = panel["account_id"] + " " + panel["spell"].astype(str)
    rows = panel.assign(spell=spell, can_leave=panel[CHURN.at_risk])
    model = fit(rows, drivers(), committed=True)
    if isinstance(model, str):
        raise RuntimeError(f"world {seed}: {model}")
    table = model.table[["coef", "se", "p_adjusted"]].assign(
        cox=model.cross_check.table()["coef"] if model.cross_check else np.nan
    )
    return World(table, model.hazard.events, noise_search(panel, seed))


def noise_search(panel: pd.DataFrame, seed: int) -> bool | None:
    """Search and confirm among actions that are noise; None where losses are too few to look."""
    begun = panel[(panel["spell"] == 1) & (panel.groupby("account_id")["start"].transform("min") == 0)]
    by_account = begun.groupby("account_id")
    rows = by_account.agg(
        signed_up_at=("month", "min"), time=("stop", "size"), left=("churned", "any")
    ).reset_index()
    late = rows["time"] > 12
    rows = rows.assign(time=rows["time"].clip(upper=12), left=rows["left"] & ~late)
    rng = np.random.default_rng([seed, 1])
    draws = {
        f"noise_{i}": rng.poisson(2 + i, len(rows)) if i % 2 else rng.normal(size=len(rows))
        for i in range(NOISE_ACTIONS)
    }
    found = search(rows.assign(**draws), dict.fromkeys(draws, "noise"), permutations=499)
    return None if isinstance(found, str) else found.confirmed


def report(worlds: list[World]) -> bool:
    """Print the counts; whether every goal is met."""
    tables = pd.concat({i: one.table for i, one in enumerate(worlds)}, names=["world", "driver"])
    tables["true"] = tables.index.get_level_values("driver").map(CHURN.log_hr)
    tables["covered"] = (tables["coef"] - tables["true"]).abs() <= 1.959964 * tables["se"]
    tables["found"] = tables["p_adjusted"] < 0.05
    by_driver = tables.groupby("driver", sort=False)
    shown = pd.DataFrame(
        {
            "worlds": by_driver.size(),
            "true": by_driver["true"].first(),
            "mean": by_driver["coef"].mean(),
            "spread": by_driver["coef"].std(),
            "mean se": by_driver["se"].mean(),
            "coverage": by_driver["covered"].mean(),
            "found": by_driver["found"].mean(),
            "Cox mean": by_driver["cox"].mean(),
        }
    )
    print(shown.round(3).to_string())
    overall = tables["covered"].mean()
    nil = tables[tables["true"] == 0]
    alarms, any_alarm = nil["found"].mean(), nil.groupby("world")["found"].any().mean()
    searched = [one.confirmed for one in worlds if one.confirmed is not None]
    confirmed = float(np.mean(searched)) if searched else 0.0
    losses = np.array([one.losses for one in worlds])
    print(f"\nlosses a world: {losses.mean():.0f} on average, {losses.min()} to {losses.max()}")
    met = [
        _line(
            "coverage of 95 % intervals, all drivers",
            overall,
            COVERAGE[0] <= overall <= COVERAGE[1],
            "93 to 97 %",
        ),
        _line(
            "false alarms of null drivers after adjustment",
            alarms,
            alarms <= MOST_FALSE_ALARMS,
            "at most 5 %",
        ),
        _line(
            f"noise confirmed as an aha moment ({len(searched)} worlds searched)",
            confirmed,
            confirmed <= MOST_CONFIRMED,
            "at most 5 %",
        ),
    ]
    print(f"worlds with any false alarm: {any_alarm:.1%}")
    return all(met)


def _line(what: str, value: float, met: bool, goal: str) -> bool:
    print(f"{what}: {value:.1%} (goal {goal}){'' if met else '   MISSED'}")
    return met


def main() -> int:
    """Simulate on all cores; exit code 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--worlds", type=int, default=400)
    parser.add_argument("--accounts", type=int, default=600)
    parser.add_argument("--workers", type=int, default=2)
    chosen = parser.parse_args()
    began = time.perf_counter()
    with ProcessPoolExecutor(chosen.workers) as pool:
        one = partial(world, accounts=chosen.accounts)
        worlds = list(pool.map(one, range(1, chosen.worlds + 1), chunksize=5))
    good = report(worlds)
    print(f"{chosen.worlds} worlds of {chosen.accounts} accounts in {time.perf_counter() - began:.0f} s")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
