"""Survival analysis on plain arrays and frames.

How long until something happens, when some have not been watched long enough (right censoring), some came
into view late (left truncation), and covariates change on the way. Rows say `start`, `stop`, `event`; every
estimator agrees with R's `survival` package and names its counterpart there.

    curves       kaplan_meier, kaplan_meier_by, numbers_at_risk
    logrank      logrank, pairwise_logrank
    rmst         rmst, rmst_difference
    competing    aalen_johansen
    cox          cox
    baseline     baseline_hazard, predict_survival
    zph          proportional_hazards_test, effect_over_time
    discrete     discrete_hazard, on a baseline from `tenure`: steps, spline
    maxstat      best_threshold
    validation   follow_up, known_within, auc, brier, calibration
    multiple     holm, benjamini_hochberg
    intervals    wilson, and the kinds of limits that curves have
    gates        model_gate
"""

from .baseline import baseline_hazard, predict_survival
from .competing import CumulativeIncidence, aalen_johansen
from .cox import CoxFit, cox
from .curves import KaplanMeier, Quantile, kaplan_meier, kaplan_meier_by, numbers_at_risk
from .data import split_rows
from .discrete import DiscreteHazard, discrete_hazard
from .errors import CollinearError, DataError, NotIdentifiedError, SurvivalError
from .gates import Gate, model_gate
from .inference import TestResult
from .intervals import wilson
from .logrank import LogRank, logrank, pairwise_logrank
from .maxstat import Threshold, best_threshold
from .multiple import benjamini_hochberg, holm
from .rmst import RMST, rmst, rmst_difference
from .tenure import Spline, Steps, spline, steps
from .validation import (
    Brier,
    Calibration,
    Estimate,
    auc,
    brier,
    calibration,
    follow_up,
    known_within,
)
from .zph import ProportionalHazards, effect_over_time, proportional_hazards_test

__all__ = [
    "RMST",
    "Brier",
    "Calibration",
    "CollinearError",
    "CoxFit",
    "CumulativeIncidence",
    "DataError",
    "DiscreteHazard",
    "Estimate",
    "Gate",
    "KaplanMeier",
    "LogRank",
    "NotIdentifiedError",
    "ProportionalHazards",
    "Quantile",
    "Spline",
    "Steps",
    "SurvivalError",
    "TestResult",
    "Threshold",
    "aalen_johansen",
    "auc",
    "baseline_hazard",
    "benjamini_hochberg",
    "best_threshold",
    "brier",
    "calibration",
    "cox",
    "discrete_hazard",
    "effect_over_time",
    "follow_up",
    "holm",
    "kaplan_meier",
    "kaplan_meier_by",
    "known_within",
    "logrank",
    "model_gate",
    "numbers_at_risk",
    "pairwise_logrank",
    "predict_survival",
    "proportional_hazards_test",
    "rmst",
    "rmst_difference",
    "spline",
    "split_rows",
    "steps",
    "wilson",
]
