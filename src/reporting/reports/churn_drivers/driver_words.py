"""The drivers of leaving in words: what a step of each means, and what can be said of an account."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reporting.params.product import Product
from reporting.present.formats import number, percent


@dataclass(frozen=True)
class DriverWords:
    """How a driver is told.

    Attributes:
        label: Row label of the forest plot, with the step.
        subject: What the step means, to stand before "churns 1.8 times as often".
        state: Value of the driver -> what can be said of an account with it.
    """

    label: str
    subject: str
    state: Callable[[float], str]


def driver_words(product: Product, committed: bool) -> dict[str, DriverWords]:
    """Name of a driver -> its words.

    Args:
        product: Thresholds, which stand in the words.
        committed: Whether accounts can leave only when their term ends.
    """
    return {**_use(product), **_onboarding(product), **_contract(committed), **_SUPPORT}


def _use(product: Product) -> dict[str, DriverWords]:
    admin, champion = product.churn.admin_days, percent(product.engagement.champion_share, 0)
    return {
        "usage_halvings": DriverWords(
            "Usage halved (30 days)", "an account whose usage halved within 30 days", _usage
        ),
        "active_user_share": DriverWords(
            "10 points more of the seats active",
            "an account with 10 points more of its seats active",
            lambda x: f"{percent(x / 10, 0)} of the seats active",
        ),
        "feature_breadth": DriverWords(
            "10 points more of the core features",
            "an account that uses 10 points more of the core features",
            lambda x: f"{percent(x / 10, 0)} of the core features in use",
        ),
        "session_frequency": DriverWords(
            "Sessions per user and week, one more",
            "an account with one session more per user and week",
            lambda x: f"{number(x, 1)} sessions per user and week",
        ),
        "admin_inactive": DriverWords(
            f"No admin active for {admin} days",
            f"an account whose admins were not seen for {admin} days",
            lambda x: f"no admin seen for {admin} days" if x else "an admin is active",
        ),
        "single_champion": DriverWords(
            f"One user makes over {champion} of the use",
            f"an account in which one user makes over {champion} of the use",
            lambda x: "leans on one user" if x else "use spread over several users",
        ),
    }


def _onboarding(product: Product) -> dict[str, DriverWords]:
    early, invite = product.activation.value_days, product.activation.invite_days
    many = product.adoption.many_users
    return {
        "activated_early": DriverWords(
            f"Activated within {early} days",
            f"an account activated within {early} days of its sign-up",
            lambda x: f"activated within {early} days" if x else f"not activated within {early} days",
        ),
        "invites": DriverWords(
            f"{many} users invited within {invite} days",
            f"an account that invited {many} or more users within {invite} days of its sign-up",
            lambda x: (
                f"{many} or more users invited early" if x else f"fewer than {many} users invited early"
            ),
        ),
        "integration_count": DriverWords(
            "One more integration",
            "an account with one more integration connected",
            lambda x: f"{_some(x, 'integration')} connected",
        ),
    }


def _contract(committed: bool) -> dict[str, DriverWords]:
    return {
        "term_ends": DriverWords(
            "Term ends this month",
            "an account whose term ends in the month",
            lambda x: "its term ends now" if x else "no term ends now",
        ),
        "billed_yearly": _billed("yearly", committed),
        "billed_quarterly": _billed("quarterly", committed),
        "mrr_doublings": DriverWords(
            "MRR, per doubling", "an account that pays twice as much", lambda x: f"MRR of {number(2**x)}"
        ),
        "seat_doublings": DriverWords(
            "Seats bought, per doubling",
            "an account with twice the seats",
            lambda x: f"{number(2**x)} seats bought",
        ),
    }


_SUPPORT = {
    "escalations": DriverWords(
        "One more escalated ticket",
        "an account with one more escalated ticket in the month",
        lambda x: _some(x, "escalated ticket") + (" in the month" if x else ""),
    ),
    "tickets": DriverWords(
        "One more ticket",
        "an account with one more ticket in the month",
        lambda x: _some(x, "ticket") + (" in the month" if x else ""),
    ),
}


def _billed(word: str, committed: bool) -> DriverWords:
    end = ", in the month its term ends" if committed else ""
    return DriverWords(
        f"Billed {word}{' (term ends)' if committed else ''}, against monthly",
        f"an account billed {word}{end}, against a monthly one in any month,",
        lambda x: f"billed {word}" if x else f"not billed {word}",
    )


def _usage(halvings: float) -> str:
    change = 2.0**-halvings - 1
    if abs(change) < 0.1:
        return "usage steady over 30 days"
    if change >= 1:
        return "usage more than doubled in 30 days"
    bound = "at least " if halvings >= 2 else ""
    return f"usage {'down' if change < 0 else 'up'} {bound}{percent(abs(change), 0)} in 30 days"


def _some(n: float, thing: str) -> str:
    """`no ticket`, `1 ticket`, `2 tickets`."""
    return f"no {thing}" if n == 0 else f"{number(n)} {thing}{'' if n == 1 else 's'}"
