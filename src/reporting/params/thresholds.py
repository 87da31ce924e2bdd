"""Where the thresholds of each chapter lie: every default of the product definition that is a number.

Shares are fractions (0.3 = 30 %), windows are days unless a name says otherwise.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from reporting.params.load import Strict

Share = Annotated[float, Field(ge=0, le=1)]
Days = Annotated[int, Field(ge=1, le=366)]
Count = Annotated[int, Field(ge=1)]
EventName = Annotated[str, Field(min_length=1)]


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
