"""What to raise with an account: each topic is met or not, by thresholds of the product definition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from reporting.analysis.account import Account
from reporting.params.product import Product

FALLS = ("core_workflow_falling", "active_users_falling", "value_features_falling", "frequency_falling")
"""Flags that say of what there is less."""
COMMON = 0.5
"""Share of its peers that use a feature, from which an account without it is asked about it."""


@dataclass(frozen=True)
class Topic:
    """Something to ask an account about.

    Attributes:
        kind: What it is about.
        values: The figures that it is asked with, by their names in `Account.now` or `Account.verdict`.
    """

    kind: str
    values: Mapping[str, Any]


def topics(account: Account, product: Product, most: int) -> list[Topic]:
    """What to raise, the most pressing first; at most so many.

    An account that never paid and is on no trial has none; one that pays has that of its
    stance if there is nothing else.
    """
    if account.standing == "left":
        return [Topic("left", account.cancellation)]
    if account.standing == "never paid":
        return []
    return list(islice(_met(account, product), most)) or [
        Topic(account.verdict.get("stance", "steady"), account.verdict)
    ]


def _met(account: Account, product: Product) -> Iterator[Topic]:
    now, flags = account.now, account.flags
    if account.standing == "on trial":
        yield Topic("trial", now)
    if now.get("escalations", 0) > 0:
        yield Topic("escalated", now)
    if now.get("last_active_days", 0) >= product.check_in_days:
        yield Topic("silent", now)
    if account.verdict.get("days_to_renewal", product.churn.renewal_days) < product.churn.renewal_days:
        yield Topic("renewal", account.verdict)
    falls = [flag for flag in FALLS if flags[flag]]
    if falls:
        yield Topic("falling", {"flags": falls})
    if flags["no_recent_admin"]:
        yield Topic("no_admin", now)
    if now.get("single_champion"):
        yield Topic("champion", now)
    if flags["weak_onboarding"] or now.get("activated") is False:
        yield Topic("setup", now)
    yield from _seats(account, product)
    yield from _volume(account, product)
    yield from _feature(account)
    if now.get("tickets_open", 0) > 0 and not now.get("escalations", 0):
        yield Topic("tickets", now)


def _seats(account: Account, product: Product) -> Iterator[Topic]:
    share = account.now.get("licence_utilisation")
    if share is None or "seats_used" not in account.now:
        return
    if share > 1:
        yield Topic("seats_over", account.now)
    elif share > product.expansion.offer_seats:
        yield Topic("seats_full", account.now)


def _volume(account: Account, product: Product) -> Iterator[Topic]:
    if account.now.get("plan_limit_proximity", 0) > product.expansion.plan_limit:
        yield Topic("volume", account.now)


def _feature(account: Account) -> Iterator[Topic]:
    """The feature that most of its peers use and it doesn't."""
    found = account.features
    if found is None or not account.verdict:
        return
    common = next(((name, share) for name, share in found.unused.items() if share >= COMMON), None)
    if common:
        yield Topic("feature", {"name": common[0], "share": common[1], "peers": found.peers})
