"""Which accounts may leave next: probability, interval, money, reasons and what to do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from reporting.analysis.churn.drivers import Driver
from reporting.analysis.churn.model import Model
from reporting.analysis.churn.risk_set import RiskSet
from reporting.reports.common.book import Book

from ..common import actions as act
from . import words

RAISING = 3
WORTH_NAMING = 1.15  # a part that moves the hazard by less is no reason


@dataclass(frozen=True)
class Reason:
    """One driver's part in an account's risk: the hazard is `factor` times what it is at the reference;
    `told` where
    the driver's interval keeps to one side of 1."""

    driver: Driver
    value: float
    factor: float
    told: bool

    @property
    def state(self) -> str:
        """What can be said of the account."""
        return self.driver.state(self.value)


def accounts_at_risk(book: Book, risk: RiskSet, model: Model, high_risk: float) -> pd.DataFrame:
    """Every paying account with its risk, the MRR at risk largest first.

    Args:
        book: The month.
        risk: The risk set; its `now` rows are predicted.
        model: The fitted model.
        high_risk: Three-month probability from which an account counts as high risk.

    Returns:
        Indexed by account_id: account_name, mrr_cents, p1, p1_lower, p1_upper, p3, p3_lower, p3_upper, high,
        mrr_at_risk_cents (MRR times p3), raising (up to three `Reason`s), lowering (one or None), action,
        due_in, engagement_score.
    """
    now = risk.now
    one, three = model.probability(now, 1), model.probability(now, 3)
    table = now[["account_id", "account_name", "mrr_cents", "due_in"]].copy()
    for name, part in (("p1", one), ("p3", three)):
        table[[name, f"{name}_lower", f"{name}_upper"]] = part[["probability", "lower", "upper"]].to_numpy()
    table["high"] = table["p3"] >= high_risk
    table["mrr_at_risk_cents"] = table["mrr_cents"] * table["p3"]
    table["engagement_score"] = now["engagement_score"] if "engagement_score" in now else float("nan")
    raising, lowering = reasons(model, now)
    table["raising"], table["lowering"] = raising, lowering
    table["action"] = _actions(book, table)
    return table.sort_values(["mrr_at_risk_cents", "account_id"], ascending=[False, True])


def reasons(model: Model, rows: pd.DataFrame) -> tuple[list[list[Reason]], list[Reason | None]]:
    """The parts that raise each row's hazard most, and the one that lowers it most."""
    covariates = model.design.columns(rows)
    parts = model.hazard.contributions(covariates, model.reference)
    known = {driver.name: driver for driver in model.design.drivers}
    clear = {name: words.told(row) for name, row in model.table.iterrows()}
    raising, lowering = [], []
    for account, part in parts[list(known)].iterrows():
        ranked = part.sort_values(kind="stable")
        values = covariates.loc[account]
        told = [Reason(known[n], float(values[n]), float(np.exp(x)), clear[n]) for n, x in ranked.items()]
        raising.append([r for r in told[::-1] if r.factor >= WORTH_NAMING][:RAISING])
        lowering.append(next((r for r in told if r.factor <= 1 / WORTH_NAMING), None))
    return raising, lowering


def _actions(book: Book, table: pd.DataFrame) -> list[str]:
    """The catalogue's most urgent rule where one applies, else what the strongest reason calls for."""
    high = frozenset(table.index[table["high"]])
    keep = act.first(act.suggest(book, high), act.KEEP).set_index("account_id")["action"]
    found = []
    for account, row in table.iterrows():
        own = next((reason.driver.action for reason in row["raising"] if reason.told), "Keep in touch")
        found.append(keep.get(account, own))
    return found
