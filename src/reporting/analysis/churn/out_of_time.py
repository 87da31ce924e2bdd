"""Does the model know the future? Fitted on the past, tested on the months it had not seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reporting.analysis.churn.drivers import Driver
from reporting.analysis.churn.model import Model, fit
from reporting.analysis.churn.risk_set import RiskSet, opportunities
from reporting.analysis.untold import Untold
from reporting.survival.curves import kaplan_meier
from reporting.survival.errors import SurvivalError
from reporting.survival.gates import FEWEST_EVENTS
from reporting.survival.validation import (
    Brier,
    Calibration,
    Estimate,
    auc,
    brier,
    calibration,
    follow_up,
    known_within,
)

FEWEST_TEST_LOSSES = 10
TEST_MONTHS = (12, 9, 6)  # held back, the longest stretch that leaves enough losses to fit on


@dataclass(frozen=True)
class Horizon:
    """How the predictions for one horizon came out.

    Attributes:
        months: The horizon.
        predictions: Account-closes predicted whose outcome is known, and which could leave in time.
        losses: Those that left.
        auc: Chance that a leaver was ranked above a stayer.
        brier: Squared error against that of the null (Kaplan-Meier of the past, the same for all of one
            tenure), over the predictions for a tenure that the past has seen; None without any.
        calibration: Predicted against observed, or None with too few different predictions.
    """

    months: int
    predictions: int
    losses: int
    auc: Estimate
    brier: Brier | None
    calibration: Calibration | None


@dataclass(frozen=True)
class Validation:
    """The test. `horizons` is empty and `reason` says why where there was not enough to test on.

    Attributes:
        last_fitted: Last month whose losses the tested model has seen.
        fitted_losses: How many it has seen.
        horizons: One a horizon.
        reason: Why there are none: `too_few_months`, `too_few_to_test` (unseen, months, seen), or that of
            `model.fit`.
    """

    last_fitted: pd.Timestamp | None
    fitted_losses: int
    horizons: list[Horizon]
    reason: Untold | None = None


def validate(risk: RiskSet, drivers: Sequence[Driver], horizons: Sequence[int] = (1, 3)) -> Validation:
    """Fit on all but the last months and predict the rest, each close with what was known then."""
    rows = risk.rows
    months = np.sort(rows["month"].unique())
    reason = Untold("too_few_months")
    for held_back in TEST_MONTHS:
        if held_back >= len(months):
            continue
        last = pd.to_datetime(months[-held_back - 1])
        past, future = rows[rows["month"] <= last], rows[rows["month"] > last]
        seen = int(past.loc[past["can_leave"], "churned"].sum())
        unseen = int(future.loc[future["can_leave"], "churned"].sum())
        if seen < max(FEWEST_EVENTS, unseen) or unseen < FEWEST_TEST_LOSSES:
            reason = Untold("too_few_to_test", {"unseen": unseen, "months": held_back, "seen": seen})
            continue
        model = fit(past, drivers, risk.committed)
        if isinstance(model, Untold):
            reason = model
            continue
        scored = [score(model, future, horizon) for horizon in horizons]
        return Validation(last, seen, [one for one in scored if one is not None])
    return Validation(None, 0, [], reason)


def score(model: Model, rows: pd.DataFrame, horizon: int) -> Horizon | None:
    """Predict each row at its start and compare with what came of it; None without both outcomes."""
    rows = rows.reset_index(drop=True)
    time, left = follow_up(rows["spell"], rows["start"], rows["stop"], rows["churned"])
    outcome, weight = known_within(time, left, horizon)
    predicted = model.probability(rows, horizon)
    # Only those that can leave within the horizon: ranking the others last is no feat.
    asked = predicted["can_leave"].to_numpy() & (weight > 0)
    if not 0 < outcome[asked].sum() < asked.sum():
        return None
    p, y, w = predicted["probability"].to_numpy()[asked], outcome[asked], weight[asked]
    cluster = rows["account_id"].to_numpy()[asked]
    null = _null(model, rows, horizon)[asked]
    told = np.isfinite(null)
    try:
        calibrated = calibration(p, y, weights=w, cluster=cluster)
    except SurvivalError:
        calibrated = None
    return Horizon(
        horizon,
        int(asked.sum()),
        int(y.sum()),
        auc(p, y, weights=w, cluster=cluster),
        brier(p[told], y[told], null[told], weights=w[told]) if told.any() else None,
        calibrated,
    )


def _null(model: Model, rows: pd.DataFrame, horizon: int) -> np.ndarray:
    """What Kaplan-Meier of the past says for the row's tenure, knowing nothing else of the account.

    NaN for a tenure that no account had reached in the past.
    """
    past = model.rows
    curve = kaplan_meier(past["stop"], past["churned"], start=past["start"])
    open_months = opportunities(rows["due_in"], model.committed, horizon)
    first = np.argmax(open_months, axis=1)
    result = np.zeros(len(rows))
    for length in np.unique(open_months.sum(axis=1)):
        same = open_months.sum(axis=1) == length
        if length:
            result[same] = curve.probability_within(
                rows["start"].to_numpy()[same] + first[same], float(length)
            )
    return result
