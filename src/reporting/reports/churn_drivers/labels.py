"""The names of the analysis of churn in words: kinds of loss, warnings, segments, early actions."""

from __future__ import annotations

from dataclasses import dataclass

from reporting.analysis.churn.aha import Candidate
from reporting.analysis.churn.kinds import ABANDONED, CONTRACTION, ENGAGED, INACTIVE, NEVER, UNCLEAR
from reporting.analysis.churn.segments import FEW, IN_TIME, LATER, MANY
from reporting.params.product import Product
from reporting.present.formats import number
from reporting.present.words import plain


@dataclass(frozen=True)
class KindWords:
    """How a kind of loss is told: its label, the look at the close before, what to do next time."""

    label: str
    look: str
    action: str


def kind_words(product: Product) -> dict[str, KindWords]:
    """Kind of loss -> its words."""
    days, healthy = product.high_risk_days, number(product.bands.healthy)
    return {
        NEVER: KindWords("Never activated", "value outcome never reached", "Onboarding help"),
        ABANDONED: KindWords(
            "Account abandonment",
            f"nobody active for {days} days",
            "Rescue call while somebody still looks in",
        ),
        INACTIVE: KindWords(
            "User inactivity",
            "fewer active users than a month earlier",
            "Re-engagement mail or personal support",
        ),
        ENGAGED: KindWords(
            "Engaged and yet gone",
            f"engagement score above {healthy}",
            "Review price or need with the buyer",
        ),
        UNCLEAR: KindWords("No clear pattern", "none of these", "Ask why: use alone does not say"),
        CONTRACTION: KindWords(
            "Contraction (stays, pays less)",
            "paid less at the close",
            "Training or walkthrough for idle seats",
        ),
    }


def segment(name: str) -> str:
    """What accounts are divided by, in words."""
    return "activation by the first paid close" if name == "activated" else plain(name)


def group(segment: str, name: str, product: Product) -> str:
    """One group of a segmentation in words; a value of the source's own as it stands."""
    many = product.adoption.many_users
    words = {
        "billing_frequency": {"month": "Monthly", "quarter": "Quarterly", "year": "Yearly"},
        "active_users": {MANY: f"{many} or more users", FEW: f"Fewer than {many} users"},
        "activated": {
            IN_TIME: f"Activated within {product.activation.value_days} days",
            LATER: "Later or not at all",
        },
    }
    return words.get(segment, {}).get(name, name)


_ACTIONS = {
    "activated": "value outcome reached",
    "onboarding_invites": "users invited in the first 30 days",
    "integration_count": "integrations connected",
    "value_events": "value events in the month",
    "active_users": "active users",
    "features_used": "features used",
    "active_days": "active days in the month",
    "steps_done": "onboarding steps done",
}


def condition(candidate: Candidate) -> str:
    """What accounts above a candidate's cut have in common: `3 or more active users`."""
    action = _ACTIONS.get(candidate.name, candidate.name)
    if candidate.name == "activated":
        return action
    cut = float(candidate.threshold.cut)
    if cut.is_integer():
        return f"{number(cut + 1)} or more {action}"
    return f"more than {number(cut, 1)} {action}"
