"""How long accounts pay: the restricted mean of their paying months."""

from __future__ import annotations

from reporting.analysis.churn.risk_set import risk_set
from reporting.analysis.untold import Untold
from reporting.analysis.view import View
from reporting.survival import DataError, kaplan_meier, rmst
from reporting.survival.rmst import RMST

HORIZON = 36
"""Months a lifetime is followed at most: further ahead nobody should promise."""


def paying_months(view: View) -> RMST | Untold:
    """Of its first `HORIZON` months (or as many as were observed), how many an account pays on average.

    Kaplan-Meier with delayed entry over the spells of `risk_set`; `too_few` where no curve can be had.
    """
    spells = risk_set(view.panel, view.month).spells
    try:
        curve = kaplan_meier(
            spells["exit"], spells["churned"], start=spells["entry"], cluster=spells["account_id"]
        )
        return rmst(curve, min(HORIZON, curve.last_time))
    except DataError:
        return Untold("too_few")
