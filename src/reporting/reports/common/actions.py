"""What to do to keep an account: the rules that set an action beside a reason.

Each rule reads one month's row and the row before, says in numbers why it applies, and names the action. An
account may meet several; `first` keeps the most urgent one. Offers to grow are in `offers`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reporting.present.formats import days, percent

from .book import Book
from .frames import is_false, is_true

KEEP = "keep"
COLUMNS = [
    "account_id",
    "account_name",
    "mrr_cents",
    "purpose",
    "rule",
    "urgency",
    "reason",
    "action",
    "csm",
]
# A fall of counted use is believed when it is this many standard deviations of counts (Poisson).
BEYOND_CHANCE = 2.0
# One core feature fewer in a month happens to anybody.
FEATURES_LOST = 2
# When the rules name a larger share of the accounts, they no longer single anybody out.
TOO_MANY = 0.5


@dataclass(frozen=True)
class Rule:
    """One line of the action catalogue.

    Attributes:
        name: Short name, used in data files.
        applies: Rows of the month -> which of them meet the rule; a missing input never does.
        reason: A row -> the reason, with its number.
        action: What to do.
    """

    name: str
    applies: Callable[[pd.DataFrame], pd.Series]
    reason: Callable[[pd.Series], str]
    action: str


def rules(book: Book) -> list[Rule]:
    """The catalogue, most urgent first, with the thresholds of the product definition."""
    quiet, silent = book.product.check_in_days, book.product.high_risk_days
    new, long = book.product.engagement.tenure_new_days, book.product.engagement.tenure_long_days
    fall = book.product.churn.fall
    breadth = book.product.adoption.breadth_risk
    at_risk, healthy = book.product.bands.at_risk, book.product.bands.healthy
    features = len(book.product.core_features)
    return [
        Rule(
            "quiet_30_days",
            lambda f: f["last_active_days"] >= silent,
            lambda r: f"no use for {days(r['last_active_days'])}",
            "Rescue: call the sponsor this week",
        ),
        Rule(
            "price_or_need",
            lambda f: f["high_risk"] & (f["engagement_score"] > healthy),
            lambda r: f"high churn risk in spite of an engagement score of {r['engagement_score']:.0f}",
            "Review price or need with the buyer",
        ),
        Rule(
            "new_not_activated",
            lambda f: (f["tenure_days"] <= new) & is_false(f["activated"]),
            lambda r: f"{days(r['tenure_days'])} since sign-up and not activated",
            "Onboarding help",
        ),
        Rule(
            "quiet_15_days",
            lambda f: f["last_active_days"].between(quiet, silent, inclusive="left"),
            lambda r: f"no use for {days(r['last_active_days'])}",
            "Check in",
        ),
        Rule(
            "falling_frequency",
            lambda f: _fell(f, "session_frequency", "sessions", fall) | _fell_unseen(f, fall),
            _falling,
            "Re-engagement mail or personal support",
        ),
        Rule(
            "slipping_adoption",
            lambda f: (
                (f["tenure_days"] > long)
                & (f["adoption_recent"] < f["adoption_recent_before"] * (1 - fall))
                & ((f["adoption_recent_before"] - f["adoption_recent"]) * features >= FEATURES_LOST - 0.5)
            ),
            lambda r: (
                f"core features in use fell from {percent(r['adoption_recent_before'], 0)} to "
                f"{percent(r['adoption_recent'], 0)} within a month"
            ),
            "Re-engage: show what the team stopped using",
        ),
        Rule(
            "low_adoption",
            lambda f: (f["tenure_days"] > new) & (f["feature_breadth"] < breadth),
            lambda r: (
                f"only {percent(r['feature_breadth'], 0)} of the core features in use"
                if r["feature_breadth"]
                else "no core feature in use"
            ),
            "Training or walkthrough",
        ),
        Rule(
            "activated_low_engagement",
            lambda f: is_true(f["activated"]) & (f["engagement_score"] < at_risk),
            lambda r: f"activated, but an engagement score of {r['engagement_score']:.0f}",
            "Introduce advanced features",
        ),
    ]


def suggest(book: Book, high_risk: frozenset[str] = frozenset()) -> pd.DataFrame:
    """Every rule each paying account meets this month.

    Args:
        book: The month.
        high_risk: Accounts whose modelled churn risk is high; empty where no model could be fitted.

    Returns:
        One row an account and rule, columns `COLUMNS`, most urgent rule first, then by MRR.
    """
    frame = book.paying.copy()
    inputs = ["session_frequency", "sessions", "events", "adoption_recent"]
    frame = frame.join(book.before[inputs].add_suffix("_before"))
    frame["high_risk"] = frame.index.isin(list(high_risk))
    found = []
    for urgency, rule in enumerate(rules(book), start=1):
        rows = frame[rule.applies(frame)].copy()
        rows["purpose"], rows["rule"], rows["urgency"] = KEEP, rule.name, urgency
        rows["reason"] = [rule.reason(row) for _, row in rows.iterrows()]
        rows["action"] = rule.action
        found.append(rows.reindex(columns=COLUMNS))
    out = pd.concat([rows for rows in found if len(rows)] or found[:1])
    order = ["urgency", "mrr_cents", "account_id"]
    return out.sort_values(order, ascending=[True, False, True], ignore_index=True)


def first(suggested: pd.DataFrame, purpose: str = KEEP) -> pd.DataFrame:
    """The most urgent rule of each account for one purpose, largest MRR first."""
    rows = suggested[suggested["purpose"] == purpose].drop_duplicates("account_id")
    return rows.sort_values(["mrr_cents", "account_id"], ascending=[False, True], ignore_index=True)


def _fell(frame: pd.DataFrame, rate: str, counts: str, fall: float) -> pd.Series:
    """Whether a rate fell by more than `fall`, and the counts behind it by more than chance does."""
    now, before = frame[counts].astype(float), frame[f"{counts}_before"].astype(float)
    beyond = (before - now) > BEYOND_CHANCE * np.sqrt(before + now)
    return beyond & (frame[rate] < frame[f"{rate}_before"] * (1 - fall))


def _fell_unseen(frame: pd.DataFrame, fall: float) -> pd.Series:
    """The same by events, where sessions per user are not known."""
    return frame["session_frequency"].isna() & _fell(frame, "events", "events", fall)


def _falling(row: pd.Series) -> str:
    if pd.notna(row["session_frequency"]):
        return (
            f"sessions per user and week fell from {row['session_frequency_before']:.1f} to "
            f"{row['session_frequency']:.1f}"
        )
    return f"events fell from {row['events_before']:,.0f} to {row['events']:,.0f} within a month"
