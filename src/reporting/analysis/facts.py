"""What a playbook's rules may ask of an account: its month, the month before, its contract and its risk."""

from __future__ import annotations

import numpy as np
import pandas as pd

from reporting.analysis.renewals import WINDOWS
from reporting.analysis.view import View

# A fall of counted use is believed when it is this many standard deviations of counts (Poisson).
BEYOND_CHANCE = 2.0
# One core feature fewer in a month happens to anybody.
FEATURES_LOST = 2
TERM_MONTHS = {"month": 1, "quarter": 3, "year": 12}
BEFORE = ("session_frequency", "sessions", "events", "adoption_recent")
"""Columns that stand beside those of the month with `_before`: the value at the last close."""
DERIVED = {
    "band": "band of the band score: healthy, at risk, churn risk",
    "score": "the band score",
    "use_fell": "sessions per user, or events, fell by more than `churn.fall` and more than chance does",
    "adoption_fell": "core features in use fell by more than `churn.fall`, and by two or more",
    "escalated": "an escalated ticket is open",
    "days_to_renewal": "days from the close to the next renewal",
    "contract_value_cents": "MRR times the months of the billing period",
    "probability": "modelled probability of leaving within three months, or at the renewal",
    "likely_to_leave": "`probability` is at least `churn.likely`",
    "likely_soon": "`likely_to_leave`, and no contract binds the account for more than 90 days",
    **{f"{column}_before": f"`{column}` at the close before" for column in BEFORE},
}
"""Columns that the panel doesn't have -> what they are."""


def facts(view: View, probability: pd.Series | None = None) -> pd.DataFrame:
    """Every paying account with all columns that a rule may name.

    Args:
        view: The month.
        probability: Probability of leaving by account; None where no model could be fitted.

    Returns:
        Indexed by `account_id`: the panel's columns, the account's attributes, and `DERIVED`; what is not
        known is missing.
    """
    product = view.product
    rows = view.paying.copy()
    for column in BEFORE:
        rows[f"{column}_before"] = view.before[column].reindex(rows.index)
    rows["score"] = rows[product.band_score].astype(float)
    rows["band"] = rows[product.band_column]
    fall = product.churn.fall
    by_events = rows["session_frequency"].isna() & _fell(rows, "events", "events", fall)
    rows["use_fell"] = _fell(rows, "session_frequency", "sessions", fall) | by_events
    rows["adoption_fell"] = _adoption_fell(rows, fall, len(product.core_features))
    rows["escalated"] = _escalated(view).reindex(rows.index)
    rows["days_to_renewal"] = _days_to_renewal(view, rows)
    months = rows["billing_frequency"].map(TERM_MONTHS).astype(float)
    rows["contract_value_cents"] = rows["mrr_cents"] * months
    known = pd.Series(np.nan, index=rows.index) if probability is None else probability.reindex(rows.index)
    rows["probability"] = known.astype(float)
    likely = (rows["probability"] >= product.churn.likely).astype("boolean")
    rows["likely_to_leave"] = likely.mask(rows["probability"].isna())
    rows["likely_soon"] = rows["likely_to_leave"] & ~(rows["days_to_renewal"] > WINDOWS[-1])
    return rows


def _fell(rows: pd.DataFrame, rate: str, counts: str, fall: float) -> pd.Series:
    """Whether a rate fell by more than `fall`, and the counts behind it by more than chance does."""
    now, before = rows[counts].astype(float), rows[f"{counts}_before"].astype(float)
    beyond = (before - now) > BEYOND_CHANCE * np.sqrt(before + now)
    return beyond & (rows[rate].astype(float) < rows[f"{rate}_before"].astype(float) * (1 - fall))


def _adoption_fell(rows: pd.DataFrame, fall: float, features: int) -> pd.Series:
    now, before = rows["adoption_recent"].astype(float), rows["adoption_recent_before"].astype(float)
    return (now < before * (1 - fall)) & ((before - now) * features >= FEATURES_LOST - 0.5)


def _escalated(view: View) -> pd.Series:
    """Whether an escalated ticket is open at the close, by account; empty where the source has no tickets."""
    tickets = view.snapshot.tickets
    if tickets is None or tickets["escalated"].isna().all():
        return pd.Series(dtype="boolean")
    open_now = tickets["closed_at"].isna() & tickets["escalated"].fillna(False).astype(bool)
    accounts = pd.Series(False, index=view.paying.index, dtype="boolean")
    return accounts.mask(accounts.index.isin(set(tickets.loc[open_now, "account_id"])), True)


def _days_to_renewal(view: View, rows: pd.DataFrame) -> pd.Series:
    """Days from the close to the renewal; missing where there is none, or it has passed."""
    ahead = (pd.to_datetime(rows["renewal_at"]) - view.close).dt.days.astype(float)
    return ahead.where(ahead >= 0)
