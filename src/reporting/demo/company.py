"""Build the synthetic company, as tables or as its account-month panel alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from reporting.demo.calendar import MONTHS
from reporting.demo.columns import account_ids
from reporting.demo.event_table import event_table
from reporting.demo.tables import canonical_tables
from reporting.demo.truth import CHURN, CONTRACTION, EXPANSION, Hazard
from reporting.demo.world import World

SEED = 20261108


@dataclass(frozen=True)
class Truth:
    """What is known of a synthetic company that nobody knows of a real one.

    Attributes:
        panel: The account-months at risk with the covariates that really drove them (see `simulate_panel`).
        rows: Rows by canonical table.
    """

    seed: int
    panel: pd.DataFrame
    rows: Mapping[str, int]
    churn: Hazard = CHURN
    expansion: Hazard = EXPANSION
    contraction: Hazard = CONTRACTION


def build(
    folder: Path, *, seed: int = SEED, accounts: int = 400, months: int = MONTHS, events: int | None = None
) -> Truth:
    """Write the canonical tables as `<folder>/<table>.parquet`; the same seed gives the same bytes.

    Args:
        folder: Made if missing; files of an earlier build are replaced.
        seed: Any non-negative integer.
        accounts: About how many accounts pay at the end of 36 months; sign-ups scale with it.
        months: Length of the story, from November 2023.
        events: About how many to write; default, in proportion to accounts and months: a million for 36
            months of 400 accounts. At least half of that come, as a user-day has at least one event.
    """
    world = World(seed, accounts, months, _volume(accounts, months, events), keep_events=True).run()
    tables = canonical_tables(world) | {"events": event_table(world)}
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in sorted(tables.items()):
        _write(folder / f"{name}.parquet", table)
    return Truth(seed, _published(world.panel), {name: len(table) for name, table in sorted(tables.items())})


def simulate_panel(
    seed: int, *, accounts: int = 400, months: int = MONTHS, events: int | None = None
) -> pd.DataFrame:
    """The account-months at risk of the company that `build` would write with the same arguments.

    Returns:
        One row per account and month that it begins as a paying account, from December 2023: `account_id`,
        `month`, `spell` (1, 2, ... after a return), `start` and `stop` (months since the first paid month of
        the spell), every covariate of the hazards as known at the month's start, and for each hazard its
        `at_risk` and `event` columns. `churned`: pays at the month's start, not at its close.
    """
    return _published(
        World(seed, accounts, months, _volume(accounts, months, events), keep_events=False).run().panel
    )


def _volume(accounts: int, months: int, events: int | None) -> float:
    """Events beyond the first of a visit, against the default company's."""
    if events is None:
        return 1.0
    paying = (
        0.3 + 0.35 * months / MONTHS
    )  # on average, as a share of `accounts`; 0.65 over the whole calendar
    usual = 1e6 * accounts / 400 * months / MONTHS * paying / 0.65
    visits = 0.48  # of the usual events
    return max(events / usual - visits, 0.0) / (1 - visits)


def _published(panel: pd.DataFrame) -> pd.DataFrame:
    ids = account_ids(panel.pop("account").to_numpy()).to_pandas()
    panel.insert(0, "account_id", ids)
    return panel


def _write(path: Path, table: pa.Table) -> None:
    partial = path.with_suffix(".partial")
    pq.write_table(table, partial, compression="zstd")
    partial.replace(path)
