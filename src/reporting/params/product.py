"""The product definition: what counts as value, what the scores weigh, where the thresholds lie.

Everything here is a judgement about one product, so all of it stands in `params/product.yml` and none of
it in code.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from reporting.params.load import Strict, load_yaml
from reporting.params.playbook import Rule, merged
from reporting.params.scores import Bands, EngagementScore, HealthScore
from reporting.params.thresholds import (
    Activation,
    Adoption,
    Churn,
    Count,
    Engagement,
    EventName,
    Expansion,
    Lifecycle,
    Revenue,
    Verdict,
)

Points = Annotated[float, Field(ge=0)]
Basis = Literal["seats", "volume", "tier"]
RHYTHM = {"daily": 1, "weekly": 7, "monthly": 30, "quarterly": 91}  # days of one period


class NorthStar(Strict):
    """The value outcome the company steers by: its event, and what is summed over a month."""

    event: EventName
    """The event."""
    label: str
    """Its name in the reports."""
    measure: Literal["events", "quantity", "accounts"] = "events"
    """What is summed: the events, their quantity, or the accounts that have one."""


class Product(Strict):
    """What the product is, read from `params/product.yml` (or the file a source names)."""

    core_features: Annotated[tuple[EventName, ...], Field(min_length=1)]
    """Events that are the product's core."""
    premium_features: tuple[EventName, ...] = ()
    """Events only higher plans are sold on."""
    other_features: tuple[EventName, ...] = ()
    """The rest worth counting by feature."""
    value_events: Annotated[tuple[EventName, ...], Field(min_length=1)]
    """Events in which the customer got value."""
    vanity_events: tuple[EventName, ...] = ()
    """Log-ins, page views: active, but never shown alone."""
    import_events: tuple[EventName, ...] = ()
    """Data brought in, for `first_import_at`."""
    api_events: tuple[EventName, ...] = ()
    """Calls by machine, for `api_call_trend`."""
    event_points: dict[EventName, Points] = Field({})
    """Points of `customer_engagement_score`."""
    key_action: EventName
    """The one action a user comes for."""
    onboarding_steps: Annotated[dict[str, EventName], Field(min_length=1)]
    """Step -> event, in order."""
    activation_outcome: EventName
    """Reaching it activates an account."""
    admin_roles: tuple[str, ...] = ("admin", "owner")
    """Roles of users who are admins."""
    rhythm: Literal["daily", "weekly", "monthly", "quarterly"] = "weekly"
    """How often good use happens."""
    plan_seats: dict[str, Count] = Field({})
    """Plan -> most seats the plan allows."""
    plan_limits: dict[str, Count] = Field({})
    """Plan -> events included per month, where the row names none."""
    limit_events: tuple[EventName, ...] = ()
    """Events counted against the limit; empty = all."""
    plan_order: tuple[str, ...] = ()
    """Plans from the smallest to the largest."""
    pricing_basis: dict[str, Basis] = Field({})
    """Plan -> what its price grows with."""
    default_basis: Basis = "seats"
    """What the price of the other plans grows with."""
    product_changes: dict[str, dt.date] = Field({})
    """Name -> day it came: retention before and after."""
    north_star: NorthStar
    engagement_score: EngagementScore
    health_score: HealthScore
    bands: Bands = Bands()
    band_score: Literal["health_score", "engagement_score"] = "health_score"
    """The score that is banded."""
    activation: Activation = Activation()
    adoption: Adoption = Adoption()
    engagement: Engagement = Engagement()
    lifecycle: Lifecycle = Lifecycle()
    revenue: Revenue = Revenue()
    verdict: Verdict = Verdict()
    churn: Churn = Churn()
    expansion: Expansion = Expansion()
    playbook: tuple[Rule, ...] = ()
    """Rules of one's own, beside or in place of the shipped ones."""

    @model_validator(mode="after")
    def _features_once(self) -> Product:
        names = self.features
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"a feature stands in one list only; twice: {', '.join(twice)}")
        vanity = sorted(set(self.vanity_events) & {*names, *self.value_events})
        if vanity:
            raise ValueError(f"a vanity event can't be a feature or a value event: {', '.join(vanity)}")
        return self

    @model_validator(mode="after")
    def _rules_can_be_read(self) -> Product:
        names = [rule.id for rule in self.playbook]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"a rule of the playbook stands once; twice: {', '.join(twice)}")
        for rule in self.playbook:
            rule.conditions(self)
        return self

    @property
    def band_column(self) -> str:
        """The panel's column of the band score's band."""
        return f"{self.band_score.removesuffix('_score')}_band"

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The playbook in force, most urgent stance first."""
        return merged(self.playbook)

    @property
    def features(self) -> tuple[str, ...]:
        """Every feature in the order core, premium, other: bit i of a feature bitmap is `features[i]`."""
        return (*self.core_features, *self.premium_features, *self.other_features)

    @property
    def check_in_days(self) -> int:
        """Days of silence from which to check in, in this product's rhythm."""
        return self._silence(self.engagement.check_in_days)

    @property
    def high_risk_days(self) -> int:
        """Days of silence from which the risk is high, in this product's rhythm."""
        return self._silence(self.engagement.high_risk_days)

    def _silence(self, days: int) -> int:
        """A silence meant for a weekly product, as many periods of a slower one; a daily product keeps it, as
        a weekend or a holiday is no silence."""
        return round(days * max(RHYTHM[self.rhythm] / RHYTHM["weekly"], 1))

    @property
    def named_events(self) -> frozenset[str]:
        """Every event the definition speaks of; others count as use and nothing more."""
        return frozenset(
            {
                *self.features,
                *self.value_events,
                *self.vanity_events,
                *self.import_events,
                *self.api_events,
                *self.onboarding_steps.values(),
                *self.event_points,
                *self.limit_events,
                self.key_action,
                self.activation_outcome,
                self.north_star.event,
            }
        )


def load_product(path: Path) -> Product:
    """Read a product file.

    Raises:
        ConfigError: A key is unknown or a value is wrong; the message names file, line and key.
    """
    return load_yaml(path, Product)
