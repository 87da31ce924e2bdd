"""What the synthetic company sells: event names, plans, prices. `params/product.yml` says the same."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

CORE = (
    "data_import",
    "report_created",
    "dashboard_shared",
    "workflow_run",
    "alert_configured",
    "export_scheduled",
    "filter_saved",
    "comment_added",
)
PREMIUM = ("forecast_run", "api_call", "scenario_compared")
LAUNCHED = {"map_viewed": 10, "assistant_asked": 18}  # month index: September 2024, May 2025
VANITY = ("login", "page_view")
SETUP = ("profile_completed", "invite_sent", "integration_connected")
EVENTS = (*CORE, *PREMIUM, *LAUNCHED, *VANITY, *SETUP)
CODE = {name: code for code, name in enumerate(EVENTS)}

ONBOARDING = (
    "profile_completed",
    "data_import",
    "invite_sent",
    "integration_connected",
    "report_created",
    "dashboard_shared",
    "workflow_run",
)
ACTIVATION = "dashboard_shared"

# How often an account that has adopted everything does each thing, before its own taste: core, premium,
# launched during the story, vanity. Set-up events are never drawn from here, they follow from what happened.
MIX = np.array([5, 11, 9, 13, 3.5, 3.5, 5, 6, *(6, 8, 3), *(2, 6), *(12, 16), *(0, 0, 0)])


class Plan(NamedTuple):
    """A plan's monthly list price in US dollars, the seats it is sold with, its limits."""

    name: str
    fee: int
    seat: int
    seats_least: int
    seats_sold: int
    seats_limit: int
    event_limit: int


PLANS = (
    Plan("Starter", 190, 50, 3, 5, 5, 150),
    Plan("Team", 590, 90, 3, 7, 10, 300),
    Plan("Business", 1490, 140, 6, 11, 25, 600),
    Plan("Enterprise", 3900, 190, 10, 20, 500, 1500),
)
ADDON = "Insights add-on"
ADDON_FEE = 320
STARTER, TEAM, BUSINESS, ENTERPRISE = range(4)
FEE, SEAT, LEAST, SOLD, LIMIT, EVENT_LIMIT = np.array([plan[1:] for plan in PLANS]).T

BILLING = ("month", "quarter", "year")
TERM_MONTHS = np.array([1, 3, 12])
CURRENCIES = ("USD", "EUR", "GBP")
PRICE_LEVEL = np.array([1.0, 0.92, 0.80])  # list prices abroad, in their own currency
