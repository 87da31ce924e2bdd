"""A synthetic company with every canonical table and known hazards (see docs/demo.md)."""

from reporting.demo.company import SEED, Truth, build, simulate_panel
from reporting.demo.truth import CHURN, CONTRACTION, EXPANSION, HAZARDS, TENURE_BANDS, Driver, Hazard

__all__ = [
    "CHURN",
    "CONTRACTION",
    "EXPANSION",
    "HAZARDS",
    "SEED",
    "TENURE_BANDS",
    "Driver",
    "Hazard",
    "Truth",
    "build",
    "simulate_panel",
]
