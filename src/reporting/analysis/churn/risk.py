"""Each paying account's risk of leaving: probability, interval, what raises it and what lowers it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import chi2

from reporting.analysis.churn.model import Model
from reporting.analysis.churn.out_of_time import Validation
from reporting.analysis.churn.risk_set import RiskSet

RAISING = 3
WORTH_NAMING = 1.15  # a part that moves the hazard by less is no reason
LEVEL = 0.95
HORIZONS = (1, 3)
PLACES = 6
"""Of a probability or a factor; the last digits depend on the processor, and say nothing."""


@dataclass(frozen=True)
class Reason:
    """One driver's part in an account's risk.

    Attributes:
        driver: Its name.
        value: The driver's value, in its steps.
        factor: The hazard is so many times what it is at the reference.
        clear: Whether the driver's interval keeps to one side of 1.
    """

    driver: str
    value: float
    factor: float
    clear: bool


def risks(risk: RiskSet, model: Model, correction: float = 1.0) -> pd.DataFrame:
    """Every paying account's probability of leaving.

    An account under a binding term that ends later than three months from now can't leave before: its
    `probability` is that of leaving when the term ends.

    Args:
        risk: The risk set; its `now` rows are predicted.
        model: The fitted model.
        correction: What hazards are multiplied with, see `correction`.

    Returns:
        Indexed by account_id: `p1` and `p3` (within one and three months) and `probability`, each with
        `_lower` and `_upper`; `at_renewal` (whether `probability` is that of the term's end).
    """
    now = risk.now
    out = pd.DataFrame(index=now.index)
    for months in HORIZONS:
        part = model.probability(now, months)
        out[[f"p{months}", f"p{months}_lower", f"p{months}_upper"]] = part[["probability", "lower", "upper"]]
    out["at_renewal"] = ~part["can_leave"]
    later = model.at_term_end(now[out["at_renewal"]])
    for bound in ("", "_lower", "_upper"):
        column = "probability" if not bound else bound.removeprefix("_")
        out[f"probability{bound}"] = out[f"p3{bound}"].mask(out["at_renewal"], later[column])
    share = [column for column in out if column != "at_renewal"]
    out[share] = (1 - (1 - out[share]) ** correction).round(PLACES)
    return out


def correction(validation: Validation) -> float:
    """Losses over those predicted, in months that the tested model had not seen; 1 where chance explains it.

    The losses of single months are counted once each, so their exact Poisson interval applies (Garwood 1936).
    """
    for horizon in validation.horizons:
        if horizon.months == 1 and horizon.calibration is not None:
            ratio, n = horizon.calibration.observed_to_expected, horizon.losses
            expected, tail = n / ratio, (1 - LEVEL) / 2
            lower, upper = chi2.ppf(tail, 2 * n) / 2 / expected, chi2.ppf(1 - tail, 2 * n + 2) / 2 / expected
            return 1.0 if lower <= 1 <= upper else round(float(ratio), PLACES)
    return 1.0


def reasons(model: Model, rows: pd.DataFrame) -> tuple[list[list[Reason]], list[Reason | None]]:
    """The parts that raise each row's hazard most, and the one that lowers it most.

    Those of contract and price say when and for how much an account can leave rather than why: they stand
    after the others.
    """
    covariates = model.design.columns(rows)
    parts = model.hazard.contributions(covariates, model.reference)
    names = [driver.name for driver in model.design.drivers]
    contract = {driver.name for driver in model.design.drivers if driver.group == "revenue"}
    clear = {name: is_clear(row) for name, row in model.table.iterrows()}
    raising, lowering = [], []
    for account, part in parts[names].iterrows():
        ranked = part.sort_values(kind="stable")
        values = covariates.loc[account]
        told = [Reason(str(n), float(values[n]), float(np.exp(x)), clear[n]) for n, x in ranked.items()]
        up = [r for r in told[::-1] if r.factor >= WORTH_NAMING]
        raising.append(sorted(up, key=lambda r: r.driver in contract)[:RAISING])
        lowering.append(next((r for r in told if r.factor <= 1 / WORTH_NAMING), None))
    return raising, lowering


def written(found: Sequence[Reason]) -> str:
    """Reasons as they are frozen: a JSON list of driver, value, factor, clear."""
    plain = [[r.driver, round(r.value, 6), round(r.factor, 6), r.clear] for r in found]
    return json.dumps(plain)


def read(text: str) -> list[Reason]:
    """The reasons that `written` wrote."""
    return [Reason(*reason) for reason in json.loads(text)]


def is_clear(row: pd.Series) -> bool:
    """Whether a hazard ratio's interval keeps to one side of 1."""
    return bool(row["lower"] > 1 or row["upper"] < 1)
