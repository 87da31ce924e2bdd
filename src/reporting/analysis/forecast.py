"""MRR, twelve-month NRR and lost accounts three months ahead, and what such forecasts were worth so far.

Accounts leave at the rate of losses in the year before, when a term ends and else: as close on the record as
a model fitted again at each close, and one rule gives the forecast and its record. The record makes the
forecast at each of the last closes by what was known then. Beside it stands the naive forecast: MRR grows as
in the last quarter, NRR stays, as many accounts leave as in the last three months.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from reporting.analysis.churn.risk_set import RiskSet, opportunities, risk_set
from reporting.analysis.intervals import share
from reporting.analysis.simulation import MONTHS_DRAWN, Start, movements, simulate
from reporting.analysis.view import View
from reporting.survival.estimate import Estimate

METRICS = ("mrr", "nrr_12", "churned_accounts")
HORIZON = 3
LEVEL = 0.8
RECORD = 12
"""Past closes at which the forecast is made again."""
FEWEST_MONTHS = 6
"""Months of movements that a forecast needs, and past forecasts that make a record."""
DRAWS, DRAWS_RECORD = 2000, 400
YEAR = 12
WIDER = 1.1
"""What comes differs from the last months by more than these do among themselves: on simulated companies
(`bench/forecast.py 50`) intervals of revenue as drawn held 74 to 75 % where 80 % was meant."""
PULL = 5.0
"""Losses by which what an age lost is drawn towards the rate of all."""


@dataclass(frozen=True)
class Forecast:
    """What is foretold, and the record.

    Attributes:
        month: The month foretold, three after the report month.
        ahead: By metric: now, value (median), low, high, naive. `churned_accounts` counts those of the three
            months (now: of the last three), `mrr` is in cents.
        record: One row a past close and metric: close, month (foretold), metric, value, low, high, naive,
            actual.
        draws: Metric -> draws x months to the year's end, at least three; see `simulation.simulate`. Empty
            where the forecast was read from a judgement: they are not frozen.
    """

    month: pd.Timestamp
    ahead: pd.DataFrame
    record: pd.DataFrame
    draws: dict[str, np.ndarray] = field(default_factory=dict)

    @cached_property
    def score(self) -> pd.DataFrame:
        """By metric, where there is a record: n, coverage (`Estimate` of the share inside the interval),
        error and naive_error (mean absolute), best (`forecast` or `naive`)."""
        found = {}
        for metric, rows in self.record.groupby("metric"):
            if len(rows) < FEWEST_MONTHS:
                continue
            inside = (rows["actual"] >= rows["low"]) & (rows["actual"] <= rows["high"])
            error = (rows["value"] - rows["actual"]).abs().mean()
            naive = (rows["naive"] - rows["actual"]).abs().mean()
            told = {"n": len(rows), "coverage": share(int(inside.sum()), len(rows)), "error": error}
            found[metric] = told | {"naive_error": naive, "best": "naive" if naive < error else "forecast"}
        columns = ["n", "coverage", "error", "naive_error", "best"]
        return pd.DataFrame.from_dict(found, orient="index", columns=columns)

    def best(self, metric: str) -> str:
        """Which came closer on the record; `forecast` without one."""
        return str(self.score["best"].get(metric, "forecast"))

    def told(self, metric: str) -> Estimate:
        """The better forecast with its 80 % interval; that of the naive one is drawn from its past errors."""
        row = self.ahead.loc[metric]
        past = self.record[self.record["metric"] == metric]
        if self.best(metric) == "forecast":
            return Estimate(row["value"], row["low"], row["high"], len(past))
        size = past["naive"] if metric == "mrr" else 1.0  # money errs in proportion
        tail = (1 - LEVEL) / 2
        low, high = np.quantile((past["actual"] - past["naive"]) / size, [tail, 1 - tail])
        unit = row["naive"] if metric == "mrr" else 1.0
        return Estimate(row["naive"], row["naive"] + low * unit, row["naive"] + high * unit, len(past))


def forecast(view: View) -> Forecast | None:
    """Foretell the three months after the report month.

    Args:
        view: The month.

    Returns:
        None where nobody pays, or under `FEWEST_MONTHS` months moved anything.
    """
    past = movements(view.panel)
    past = past[past["mrr_cents"].cumsum() > 0]
    if view.paying.empty or len(past) <= FEWEST_MONTHS:
        return None
    at_risk = risk_set(view.panel, view.month)
    until = max(HORIZON, view.months_left)
    hazard = _rates(at_risk, at_risk.now, view.month, until)
    paid = view.panel.pivot(index="account_id", columns="month", values="mrr_cents").fillna(0.0)
    draws = simulate(_start(paid, past, view.month, at_risk.now, hazard), DRAWS)
    ahead = _summary(draws, past, _nrr(paid, view.month))
    return Forecast(
        view.month + pd.DateOffset(months=HORIZON), ahead, _record(view.month, past, paid, at_risk), draws
    )


def _record(last: pd.Timestamp, past: pd.DataFrame, paid: pd.DataFrame, at_risk: RiskSet) -> pd.DataFrame:
    """The forecasts of the last closes whose three months are over, with what came."""
    columns = ["close", "month", "metric", "value", "low", "high", "naive", "actual"]
    closes = [last - pd.DateOffset(months=HORIZON + back) for back in range(RECORD - 1, -1, -1)]
    first = max(past.index[min(FEWEST_MONTHS, len(past) - 1)], at_risk.rows["as_of"].min())
    closes = [close for close in closes if close >= first]
    rows = at_risk.rows[at_risk.rows["as_of"].isin(closes)].reset_index(drop=True)
    if rows.empty:
        return pd.DataFrame(columns=columns)
    found = []
    for close in closes:
        now = rows[rows["as_of"] == close].set_index("account_id", drop=False).rename_axis(None)
        known, month = past[past.index <= close], close + pd.DateOffset(months=HORIZON)
        hazard = _rates(at_risk, now, close, HORIZON)
        draws = simulate(_start(paid, known, close, now, hazard), DRAWS_RECORD)
        told = _summary(draws, known, _nrr(paid, close)).rename_axis("metric").reset_index()
        lost = past.loc[past.index <= month, "lost"].tail(HORIZON).sum()
        told["actual"] = [past["mrr_cents"][month], _nrr(paid, month), lost]
        found.append(told.assign(close=close, month=month))
    return pd.concat(found)[columns].dropna(ignore_index=True)


def _start(
    paid: pd.DataFrame, past: pd.DataFrame, close: pd.Timestamp, now: pd.DataFrame, hazard: np.ndarray
) -> Start:
    last = past.tail(MONTHS_DRAWN)
    # What arrives grows as the company does.
    size = past["mrr_cents"].iloc[-1] / last["mrr_cents"].clip(lower=1.0)
    last = last.assign(arrived_cents=last["arrived_cents"] * size, arrived=last["arrived"] * size)
    months = hazard.shape[1]
    cohort, base = np.zeros((len(now), months)), np.full(months, math.nan)
    for ahead in range(min(months, YEAR - 1)):
        since = close + pd.DateOffset(months=ahead + 1 - YEAR)
        if since in paid:
            cohort[:, ahead] = _unbroken(paid, since, close).reindex(now.index).fillna(0)
            base[ahead] = paid[since].sum() or math.nan
    cents = now["mrr_cents"].to_numpy(float)
    return Start(cents, hazard, cohort, base, int(past["lost"].tail(YEAR).sum()), last)


def _unbroken(paid: pd.DataFrame, since: pd.Timestamp, close: pd.Timestamp) -> pd.Series:
    """MRR at `close` of the accounts that have paid at every close since `since`, 0 of the others."""
    return paid[close].where((paid.loc[:, since:close] > 0).all(axis=1), 0.0)


def _nrr(paid: pd.DataFrame, month: pd.Timestamp) -> float:
    """Twelve-month NRR; NaN where nobody paid twelve months before."""
    since = month - pd.DateOffset(months=YEAR)
    base = paid[since].sum() if since in paid else 0
    return _unbroken(paid, since, month).sum() / base if base else math.nan


def _summary(draws: dict[str, np.ndarray], past: pd.DataFrame, nrr: float) -> pd.DataFrame:
    """By metric: now, value, low, high, naive; rounded, so that no machine's arithmetic shows."""
    ahead = {
        "mrr": draws["mrr"][:, HORIZON - 1],
        "nrr_12": draws["nrr_12"][:, HORIZON - 1],
        "churned_accounts": draws["churned_accounts"][:, :HORIZON].sum(axis=1),
    }
    mrr, lost = past["mrr_cents"], past["lost"].tail(HORIZON).sum()
    quarter = mrr.iloc[-1] / mrr.iloc[-1 - HORIZON] if mrr.iloc[-1 - HORIZON] else 1.0
    tail = (1 - LEVEL) / 2
    found = {}
    for metric, drawn in ahead.items():
        low, value, high = np.quantile(drawn, [tail, 0.5, 1 - tail])
        wider = 1.0 if metric == "churned_accounts" else WIDER
        found[metric] = {
            "value": value,
            "low": value - wider * (value - low),
            "high": value + wider * (high - value),
        }
    out = pd.DataFrame.from_dict(found, orient="index")
    out.insert(0, "now", [mrr.iloc[-1], nrr, lost])
    out["naive"] = [mrr.iloc[-1] * quarter, nrr, lost]
    out.loc["mrr"] = out.loc["mrr"].round(-2)
    return out.round(6)


def _rates(at_risk: RiskSet, now: pd.DataFrame, close: pd.Timestamp, months: int) -> np.ndarray:
    """Monthly hazards: the rates of the last twelve months, when a term ends and else, times what accounts of
    a year and younger ones lost against these rates."""
    rows = at_risk.rows
    recent = rows[(rows["month"] <= close) & (rows["month"] > close - pd.DateOffset(months=YEAR))]
    recent = recent[recent["can_leave"]]
    ends, left = recent["due_in"] == 1, recent["churned"]
    overall = (left.sum() + 0.5) / (len(left) + 1)
    at_end, else_ = ((left[part].sum() + overall) / (part.sum() + 1) for part in (ends, ~ends))
    due = now["due_in"].to_numpy(float)[:, None] == np.arange(1, months + 1)
    expected = np.where(ends, at_end, else_)
    factor = {}
    for old in (True, False):
        part = _old(recent) == old
        # Few losses tell little of an age: it is drawn towards the rate of all.
        factor[old] = (left[part].sum() + PULL) / (expected[part].sum() + PULL)
    hazard = -np.log1p(-np.where(due, at_end, else_))
    hazard *= np.where(_old(now), factor[True], factor[False])[:, None]
    return hazard * opportunities(now["due_in"], at_risk.committed, months)


def _old(rows: pd.DataFrame) -> np.ndarray:
    """Who will have paid for a year at the end of the months foretold."""
    return rows["start"].to_numpy(float) >= YEAR - HORIZON
