"""Targets against what is, and the chance of reaching the year's by the forecast's simulation."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from reporting.analysis.forecast import Forecast
from reporting.analysis.view import View
from reporting.errors import ConfigError, did_you_mean
from reporting.metrics.registry import METRICS, MONEY, SHARE

COLUMNS = ("actual", "target", "distance", "year_end", "year_target", "chance")


def targets(view: View, forecast: Forecast | None) -> pd.DataFrame:
    """One row a metric that has a target for the report month or for the end of its year.

    Args:
        view: The month.
        forecast: Its forecast, for the chance; None where there is none.

    Returns:
        Indexed by metric, in the order of the catalogue: actual and target (money in cents), distance (of
        shares the difference, else actual / target - 1), year_end (the year's last month with a target, if it
        is still to come), year_target, chance (missing where no forecast is). Empty without the table.

    Raises:
        ConfigError: A target is for a metric that doesn't exist.
    """
    rows = view.snapshot.targets
    if rows is None or rows.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    rows = rows.assign(month=pd.to_datetime(rows["month"]))
    _check(rows)
    end = view.month + pd.DateOffset(months=view.months_left)
    year = rows[(rows["month"] > view.month) & (rows["month"] <= end)]
    found = {}
    for metric in [name for name in METRICS if name in set(rows["metric"])]:
        money = METRICS[metric].portfolio_unit == MONEY
        now = _target(rows[(rows["metric"] == metric) & (rows["month"] == view.month)], money)
        last = year[year["metric"] == metric].nlargest(1, "month")
        if math.isnan(now) and last.empty:
            continue
        actual = view.metric(metric)
        found[metric] = {
            "actual": actual,
            "target": now,
            "distance": _distance(actual, now, METRICS[metric].portfolio_unit == SHARE),
            "year_end": last["month"].iloc[0] if len(last) else pd.NaT,
            "year_target": _target(last, money),
            "chance": _chance(view, forecast, metric, last, money),
        }
    return pd.DataFrame.from_dict(found, orient="index", columns=list(COLUMNS))


def _check(rows: pd.DataFrame) -> None:
    for metric in rows["metric"].unique():
        if metric not in METRICS or "portfolio" not in METRICS[metric].levels:
            known = [name for name, entry in METRICS.items() if "portfolio" in entry.levels]
            raise ConfigError(
                f"a target is set for the metric '{metric}', which the company doesn't have."
                f"{did_you_mean(metric, known)}",
                where="targets",
                remedy="`reporting metrics` lists them; correct the name in targets.sql.",
            )


def _target(rows: pd.DataFrame, money: bool) -> float:
    return float(rows["target"].iloc[0]) * (100 if money else 1) if len(rows) else math.nan


def _distance(actual: float, target: float, share: bool) -> float:
    if share:
        return actual - target
    return actual / target - 1 if target else math.nan


def _chance(view: View, forecast: Forecast | None, metric: str, last: pd.DataFrame, money: bool) -> float:
    """Share of the simulated courses that end the year at the target or better."""
    drawn = None if forecast is None else forecast.draws.get(metric)
    if drawn is None or last.empty:
        return math.nan
    ahead = (last["month"].iloc[0].to_period("M") - view.month.to_period("M")).n
    values = drawn[:, ahead - 1]
    if np.isnan(values).any():
        return math.nan
    target = _target(last, money)
    wanted = values <= target if METRICS[metric].direction == "lower is better" else values >= target
    return float(wanted.mean())
