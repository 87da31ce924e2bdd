"""What to do about an account: the rules that set an action beside a reason.

Each rule reads one month's row and the row before, says in numbers why it applies, and names the action. An
account may meet several; `first` keeps the most urgent one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from reporting.present.formats import percent

from .book import Book
from .frames import is_false, is_true

KEEP, GROW = "keep", "grow"
COLUMNS = ["account_id", "account_name", "mrr_cents", "purpose", "rule", "urgency", "reason", "action", "csm"]


@dataclass(frozen=True)
class Rule:
    """One line of the action catalogue.

    Attributes:
        name: Short name, used in data files.
        purpose: `keep` (the revenue is at risk) or `grow`.
        applies: Rows of the month -> which of them meet the rule; a missing input never does.
        reason: A row -> the reason, with its number.
        action: What to do.
    """

    name: str
    purpose: str
    applies: Callable[[pd.DataFrame], pd.Series]
    reason: Callable[[pd.Series], str]
    action: str


def rules(book: Book) -> list[Rule]:
    """The catalogue, most urgent first, with the thresholds of the product definition."""
    quiet, silent = book.product.engagement.check_in_days, book.product.engagement.high_risk_days
    new, long = book.product.engagement.tenure_new_days, book.product.engagement.tenure_long_days
    fall = book.product.churn.fall
    breadth = book.product.adoption.breadth_risk
    at_risk, healthy = book.product.bands.at_risk, book.product.bands.healthy
    seats = book.product.expansion.offer_seats
    return [
        Rule(
            "quiet_30_days",
            KEEP,
            lambda f: f["last_active_days"] >= silent,
            lambda r: f"no use for {r['last_active_days']:.0f} days",
            "Rescue: call the sponsor this week",
        ),
        Rule(
            "price_or_need",
            KEEP,
            lambda f: f["high_risk"] & (f["engagement_score"] > healthy),
            lambda r: f"high churn risk in spite of an engagement score of {r['engagement_score']:.0f}",
            "Review price or need with the buyer",
        ),
        Rule(
            "new_not_activated",
            KEEP,
            lambda f: (f["tenure_days"] <= new) & is_false(f["activated"]),
            lambda r: f"{r['tenure_days']:.0f} days since sign-up and not activated",
            "Onboarding help",
        ),
        Rule(
            "quiet_15_days",
            KEEP,
            lambda f: f["last_active_days"].between(quiet, silent, inclusive="left"),
            lambda r: f"no use for {r['last_active_days']:.0f} days",
            "Check in",
        ),
        Rule(
            "falling_frequency",
            KEEP,
            lambda f: (
                (f["session_frequency"] < f["session_frequency_before"] * (1 - fall))
                | (f["session_frequency"].isna() & (f["usage_trend_30"] < -fall))
            ),
            _falling,
            "Re-engagement mail or personal support",
        ),
        Rule(
            "slipping_adoption",
            KEEP,
            lambda f: (
                (f["tenure_days"] > long) & (f["adoption_recent"] < f["adoption_recent_before"] * (1 - fall))
            ),
            lambda r: (
                f"core features in use fell from {percent(r['adoption_recent_before'])} "
                f"to {percent(r['adoption_recent'])} within a month"
            ),
            "Re-engage: show what the team stopped using",
        ),
        Rule(
            "low_adoption",
            KEEP,
            lambda f: (f["tenure_days"] > new) & (f["feature_breadth"] < breadth),
            lambda r: f"only {percent(r['feature_breadth'])} of the core features in use",
            "Training or walkthrough",
        ),
        Rule(
            "activated_low_engagement",
            KEEP,
            lambda f: is_true(f["activated"]) & (f["engagement_score"] < at_risk),
            lambda r: f"activated, but an engagement score of {r['engagement_score']:.0f}",
            "Introduce advanced features",
        ),
        Rule(
            "licences_nearly_full",
            GROW,
            lambda f: f["licence_utilisation"] > seats,
            lambda r: f"{r['seats_used']:.0f} of {r['seats_purchased']:.0f} seats in use",
            "Offer seats before they ask",
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
    earlier = book.before[["session_frequency", "adoption_recent"]].add_suffix("_before")
    frame = frame.join(earlier)
    frame["high_risk"] = frame.index.isin(high_risk)
    found = []
    for urgency, rule in enumerate(rules(book), start=1):
        rows = frame[rule.applies(frame).fillna(False).astype(bool)].copy()
        rows["purpose"], rows["rule"], rows["urgency"] = rule.purpose, rule.name, urgency
        rows["reason"] = [rule.reason(row) for _, row in rows.iterrows()]
        rows["action"] = rule.action
        found.append(rows.reindex(columns=COLUMNS))
    out = pd.concat([rows for rows in found if len(rows)] or found[:1], ignore_index=True)
    return out.sort_values(
        ["urgency", "mrr_cents", "account_id"], ascending=[True, False, True], ignore_index=True
    )


def first(suggested: pd.DataFrame, purpose: str) -> pd.DataFrame:
    """The most urgent rule of each account for one purpose, largest MRR first."""
    rows = suggested[suggested["purpose"] == purpose].drop_duplicates("account_id")
    return rows.sort_values(["mrr_cents", "account_id"], ascending=[False, True], ignore_index=True)


def _falling(row: pd.Series) -> str:
    if pd.notna(row["session_frequency"]):
        return (
            f"sessions per user and week fell from {row['session_frequency_before']:.1f} "
            f"to {row['session_frequency']:.1f}"
        )
    return f"events fell by {percent(-row['usage_trend_30'])} in 30 days"
