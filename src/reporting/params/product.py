"""The product definition: what counts as value, what the scores weigh, where the thresholds lie.

Everything here is a judgement about one product, so all of it stands in `params/product.yml` and none of
it in code. Shares are fractions (0.3 = 30 %), windows are days unless a name says otherwise.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from reporting.params.load import Strict, load_yaml
from reporting.params.playbook import Rule, merged

Share = Annotated[float, Field(ge=0, le=1)]
Days = Annotated[int, Field(ge=1, le=366)]
Count = Annotated[int, Field(ge=1)]
Points = Annotated[float, Field(ge=0)]
EventName = Annotated[str, Field(min_length=1)]
Basis = Literal["seats", "volume", "tier"]
RHYTHM = {"daily": 1, "weekly": 7, "monthly": 30, "quarterly": 91}  # days of one period


class Line(Strict):
    """A clamped straight line: `zero` and below (or beyond) scores 0, `full` scores 100."""

    zero: float = 0.0
    full: float

    @model_validator(mode="after")
    def _has_slope(self) -> Line:
        if self.zero == self.full:
            raise ValueError("`zero` and `full` must differ")
        return self


class Part(Strict):
    """One part of a score: its weight and the line that scales its input to 0-100."""

    weight: Annotated[float, Field(gt=0, le=1)]
    line: Line


def _weights_sum_to_one(score: Strict) -> None:
    total = sum(part.weight for _, part in score if isinstance(part, Part))
    if abs(total - 1) > 1e-9:
        raise ValueError(f"the weights must sum to 1, they sum to {total:g}")


class EngagementScore(Strict):
    """Parts of `engagement_score`. Units: sessions per active user and week, share of core features,
    seats used / seats bought, connected integrations."""

    session_frequency: Part
    feature_breadth: Part
    licence_utilisation: Part
    integrations: Part

    @model_validator(mode="after")
    def _sum(self) -> EngagementScore:
        _weights_sum_to_one(self)
        return self


class HealthScore(Strict):
    """Parts of `health_score` and the unit each line reads.

    - activation: onboarding steps done / defined
    - core_value_usage: value events per active user and week, last 30 days
    - usage_trend: events of the last 30 days / of the 30 before - 1
    - active_users: users active in the last 30 days / seats bought
    - admin_activity: days since an admin was last active
    - feature_adoption: core features used in the month / core features
    - support: open tickets + 2 x escalations of the last 30 days
    - renewal: fall of usage while a renewal is near, else 0
    """

    activation: Part
    core_value_usage: Part
    usage_trend: Part
    active_users: Part
    admin_activity: Part
    feature_adoption: Part
    support: Part
    renewal: Part

    @model_validator(mode="after")
    def _sum(self) -> HealthScore:
        _weights_sum_to_one(self)
        return self


class Bands(Strict):
    """Score bands: above `healthy` healthy, `at_risk` to `healthy` inclusive at risk, below it churn risk."""

    healthy: float = 70
    at_risk: float = 40

    @model_validator(mode="after")
    def _ordered(self) -> Bands:
        if not self.at_risk < self.healthy:
            raise ValueError("`at_risk` must lie below `healthy`")
        return self


class Activation(Strict):
    """Thresholds of the activation chapter."""

    value_days: Days = 14  # a first value event later than this is a problem
    onboarding_days: Days = 30  # all steps must be done within these days
    friction: Share = 0.60  # a lower setup completion is friction
    invite_days: Days = 30  # window of `onboarding_invites`
    depth_days: Days = 7  # window of `workspace_setup_depth`
    depth_users: Count = 2  # users to invite within it


class Adoption(Strict):
    """Thresholds of the adoption chapter."""

    recent_months: Count = 3  # window of `adoption_recent`, the report month included
    breadth_risk: Share = 0.30  # a lower feature breadth is a risk
    feature_good: Share = 0.30  # a core feature used by more of the active users is well adopted
    feature_remove: Share = 0.05  # under this, `remove_after_months` after launch, a candidate for removal
    remove_after_months: Count = 6
    hidden_features: tuple[EventName, ...] = ()  # hidden in a menu: never a candidate for removal
    many_users: Count = 3  # "three or more active users retain better" is tested here


class Engagement(Strict):
    """Thresholds of the engagement chapter."""

    active_user_days: Annotated[int, Field(ge=1, le=56)] = 30  # window of seats used and monthly actives
    session_gap_minutes: Annotated[int, Field(ge=1, le=720)] = 30
    a3x7_days: Annotated[int, Field(ge=1, le=7)] = 3
    session_frequency_risk: float = 3  # fewer sessions per active user and week are a risk
    stickiness_good: Share = 0.20
    stickiness_daily: Share = 0.50  # expected of a daily tool
    active_user_share_risk: Share = 0.05
    trend_steady: Share = 0.10  # changes smaller than this are "steady"
    champion_share: Share = 0.70  # one user with a larger share of events is a single champion
    check_in_days: Days = 15  # silence of an account of a weekly product, see `Product.check_in_days`
    high_risk_days: Days = 30
    key_action_days: Days = 7
    nps_days: Days = 91  # answers this young make the net promoter score
    tenure_new_days: Days = 30
    tenure_long_days: Days = 90
    day1_retention: tuple[Share, Share] = (0.20, 0.30)  # outside reference
    month1_retention: Share = 0.39  # outside reference


class Lifecycle(Strict):
    """Days since sign-up at which a stage ends."""

    onboarding_days: Days = 30
    adoption_days: Days = 90


class Revenue(Strict):
    """Thresholds of the revenue chapter."""

    gross_margin: Annotated[float, Field(gt=0, le=1)] = 0.80
    churn_good: Share = 0.01
    churn_attention: Share = 0.03
    churn_alarm: Share = 0.05


class Verdict(Strict):
    """Changes over a quarter below which the brief's verdict takes a sign for neither good nor bad."""

    steady_growth: Share = 0.005  # of MRR, relative
    steady_health: Share = 0.01  # of the share of MRR in healthy accounts, in points
    steady_value: Share = 0.02  # of the north star, relative


class Churn(Strict):
    """Thresholds of the risk flags. A fall is a relative change over 30 days."""

    fall: Share = 0.25  # a larger fall raises a flag
    admin_days: Days = 30  # no admin seen for longer raises a flag
    renewal_days: Days = 90  # "before renewal" starts this many days ahead
    low_adoption: Share = 0.30  # breadth below this after the onboarding phase raises a flag
    flags: Count = 2  # so many flags at once call for an action
    likely: Share = 0.20  # a modelled probability of leaving from which an account is likely to leave


class Expansion(Strict):
    """Thresholds of the expansion chapter and the weights of `expansion_readiness`."""

    offer_seats: Share = 0.80  # licence use above this: offer seats before they ask
    plan_limit: Share = 0.80  # use of the included volume above this: offer volume
    premium_share: Share = 0.10  # share of events on premium features that speaks for a higher tier
    spread_teams: Count = 2  # teams in use from which an account has spread beyond its first
    teams_full: Annotated[int, Field(ge=2)] = 3  # teams in use that score 100 in `expansion_readiness`
    growth_full: Annotated[float, Field(gt=0)] = 0.50  # growth of use in three months that scores 100
    premium_full: Annotated[float, Field(gt=0, le=1)] = 0.20  # share of events on premium that scores 100
    licence_weight: Share = 0.30
    team_weight: Share = 0.20
    growth_weight: Share = 0.20
    premium_weight: Share = 0.15
    limit_weight: Share = 0.15

    @model_validator(mode="after")
    def _sum(self) -> Expansion:
        total = sum(value for name, value in self if name.endswith("_weight"))
        if abs(total - 1) > 1e-9:
            raise ValueError(f"the weights must sum to 1, they sum to {total:g}")
        return self


class NorthStar(Strict):
    """The value outcome the company steers by: its event, and what is summed over a month."""

    event: EventName
    label: str
    measure: Literal["events", "quantity", "accounts"] = "events"


class Product(Strict):
    """What the product is, read from `params/product.yml` (or the file a source names)."""

    core_features: Annotated[tuple[EventName, ...], Field(min_length=1)]  # events that are the product's core
    premium_features: tuple[EventName, ...] = ()  # events only higher plans are sold on
    other_features: tuple[EventName, ...] = ()  # the rest worth counting by feature
    value_events: Annotated[tuple[EventName, ...], Field(min_length=1)]  # the customer got value
    vanity_events: tuple[EventName, ...] = ()  # log-ins, page views: active, but never shown alone
    import_events: tuple[EventName, ...] = ()  # data brought in, for `first_import_at`
    api_events: tuple[EventName, ...] = ()  # calls by machine, for `api_call_trend`
    event_points: dict[EventName, Points] = Field({})  # points of `customer_engagement_score`
    key_action: EventName  # the one action a user comes for
    onboarding_steps: Annotated[dict[str, EventName], Field(min_length=1)]  # step -> event, in order
    activation_outcome: EventName  # reaching it activates an account
    admin_roles: tuple[str, ...] = ("admin", "owner")
    rhythm: Literal["daily", "weekly", "monthly", "quarterly"] = "weekly"  # how often good use happens
    plan_seats: dict[str, Count] = Field({})  # plan -> most seats the plan allows
    plan_limits: dict[str, Count] = Field({})  # plan -> events included per month, where the row names none
    limit_events: tuple[EventName, ...] = ()  # events counted against the limit; empty = all
    plan_order: tuple[str, ...] = ()  # plans from the smallest to the largest
    pricing_basis: dict[str, Basis] = Field({})  # plan -> what its price grows with
    default_basis: Basis = "seats"
    product_changes: dict[str, dt.date] = Field({})  # name -> day it came: retention before and after
    north_star: NorthStar
    engagement_score: EngagementScore
    health_score: HealthScore
    bands: Bands = Bands()
    band_score: Literal["health_score", "engagement_score"] = "health_score"  # the score that is banded
    activation: Activation = Activation()
    adoption: Adoption = Adoption()
    engagement: Engagement = Engagement()
    lifecycle: Lifecycle = Lifecycle()
    revenue: Revenue = Revenue()
    verdict: Verdict = Verdict()
    churn: Churn = Churn()
    expansion: Expansion = Expansion()
    playbook: tuple[Rule, ...] = ()  # rules of one's own, beside or in place of the shipped ones

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
