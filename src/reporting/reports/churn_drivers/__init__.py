"""Churn drivers: who stays, what leaving looked like, which behaviour goes with it, who may be next."""

from .data import Data, load
from .sections.aha_moment import aha_moment
from .sections.answer import headline, key_figures
from .sections.behaviour import cross_check, driver_ratios, drivers_in_words, effects_over_tenure
from .sections.foresight import accounts_at_risk, validation
from .sections.leaving import before_churn, churn_types, engaged_leavers, warning_flags
from .sections.method import exports, method
from .sections.movement import first_movement
from .sections.staying import retention_curves, retention_tables

__all__ = [
    "Data",
    "accounts_at_risk",
    "aha_moment",
    "before_churn",
    "churn_types",
    "cross_check",
    "driver_ratios",
    "drivers_in_words",
    "effects_over_tenure",
    "engaged_leavers",
    "exports",
    "first_movement",
    "headline",
    "key_figures",
    "load",
    "method",
    "retention_curves",
    "retention_tables",
    "validation",
    "warning_flags",
]
