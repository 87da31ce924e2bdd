"""Where the thresholds of each chapter lie: every default of the product definition that is a number.

Shares are fractions (0.3 = 30 %), windows are days unless a name says otherwise.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from reporting.params.load import Strict

Share = Annotated[float, Field(ge=0, le=1)]
Days = Annotated[int, Field(ge=1, le=366)]
Count = Annotated[int, Field(ge=1)]
EventName = Annotated[str, Field(min_length=1)]


class Activation(Strict):
    """Thresholds of the activation chapter."""

    value_days: Days = 14
    """A first value event later than this is a problem."""
    onboarding_days: Days = 30
    """All steps must be done within these days."""
    friction: Share = 0.60
    """A lower setup completion is friction."""
    invite_days: Days = 30
    """Window of `onboarding_invites`."""
    depth_days: Days = 7
    """Window of `workspace_setup_depth`."""
    depth_users: Count = 2
    """Users to invite within it."""


class Adoption(Strict):
    """Thresholds of the adoption chapter."""

    recent_months: Count = 3
    """Window of `adoption_recent`, the report month included."""
    breadth_risk: Share = 0.30
    """A lower feature breadth is a risk."""
    feature_good: Share = 0.30
    """A core feature used by more of the active users is well adopted."""
    feature_remove: Share = 0.05
    """Under this, `remove_after_months` after launch, a candidate for removal."""
    remove_after_months: Count = 6
    """Months since the launch from which a feature can be a candidate for removal."""
    hidden_features: tuple[EventName, ...] = ()
    """Hidden in a menu: never a candidate for removal."""
    many_users: Count = 3
    """Whether so many active users or more retain better is tested."""


class Engagement(Strict):
    """Thresholds of the engagement chapter."""

    active_user_days: Annotated[int, Field(ge=1, le=56)] = 30
    """Window of seats used and monthly actives."""
    session_gap_minutes: Annotated[int, Field(ge=1, le=720)] = 30
    """A pause this long starts a new session."""
    a3x7_days: Annotated[int, Field(ge=1, le=7)] = 3
    """Active on so many of the last seven days."""
    week_starts: Literal["monday", "sunday", "saturday"] = "monday"
    """First day of the working week: weeks begin with it, and its first five days are the working days."""
    session_frequency_risk: float = 3
    """Fewer sessions per active user and week are a risk."""
    stickiness_good: Share = 0.20
    """A higher share of daily in monthly active users is good for a product of every week."""
    stickiness_daily: Share = 0.50
    """The share that is expected of a daily tool."""
    active_user_share_risk: Share = 0.05
    """A lower share of seats in use is a risk."""
    trend_steady: Share = 0.10
    """Changes smaller than this are 'steady'."""
    champion_share: Share = 0.70
    """One user with a larger share of events is a single champion."""
    check_in_days: Days = 15
    """Silence of an account of a weekly product, see `Product.check_in_days`."""
    high_risk_days: Days = 30
    """Silence from which the risk is high, of a weekly product."""
    key_action_days: Days = 7
    """A user whose last key action is so long ago, or who took none, is listed."""
    nps_days: Days = 91
    """Answers this young make the net promoter score."""
    tenure_new_days: Days = 30
    """Under these days an account is new."""
    tenure_long_days: Days = 90
    """Over these days it is long-standing."""
    day1_retention: tuple[Share, Share] = (0.20, 0.30)
    """Outside reference."""
    month1_retention: Share = 0.39
    """Outside reference."""


class Lifecycle(Strict):
    """Days since sign-up at which a stage ends."""

    onboarding_days: Days = 30
    """Onboarding ends."""
    adoption_days: Days = 90
    """Adoption ends, and expansion begins."""


class Revenue(Strict):
    """Thresholds of the revenue chapter."""

    gross_margin: Annotated[float, Field(gt=0, le=1)] = 0.80
    """Share of revenue left after the cost of serving it."""
    churn_good: Share = 0.01
    """A monthly churn below this is good."""
    churn_attention: Share = 0.03
    """A monthly churn above this calls for attention."""
    churn_alarm: Share = 0.05
    """A monthly churn above this is an alarm."""


class Verdict(Strict):
    """Changes over a quarter below which the brief's verdict takes a sign for neither good nor bad."""

    steady_growth: Share = 0.005
    """Of MRR, relative."""
    steady_health: Share = 0.01
    """Of the share of MRR in healthy accounts, in points."""
    steady_value: Share = 0.02
    """Of the north star, relative."""


class Churn(Strict):
    """Thresholds of the risk flags. A fall is a relative change over 30 days."""

    fall: Share = 0.25
    """A larger fall raises a flag."""
    admin_days: Days = 30
    """No admin seen for longer raises a flag."""
    renewal_days: Days = 90
    """A renewal is near from so many days ahead."""
    low_adoption: Share = 0.30
    """Breadth below this after the onboarding phase raises a flag."""
    flags: Count = 2
    """So many flags at once call for an action."""
    likely: Share = 0.20
    """A modelled probability of leaving from which an account is likely to leave."""


class Expansion(Strict):
    """Thresholds of the expansion chapter and the weights of `expansion_readiness`."""

    offer_seats: Share = 0.80
    """Licence use above this: offer seats before they ask."""
    plan_limit: Share = 0.80
    """Use of the included volume above this: offer volume."""
    premium_share: Share = 0.10
    """Share of events on premium features that speaks for a higher tier."""
    spread_teams: Count = 2
    """Teams in use from which an account has spread beyond its first."""
    teams_full: Annotated[int, Field(ge=2)] = 3
    """Teams in use that score 100 in `expansion_readiness`."""
    growth_full: Annotated[float, Field(gt=0)] = 0.50
    """Growth of use in three months that scores 100."""
    premium_full: Annotated[float, Field(gt=0, le=1)] = 0.20
    """Share of events on premium that scores 100."""
    licence_weight: Share = 0.30
    """Weight of licence use in `expansion_readiness`; the five weights sum to 1."""
    team_weight: Share = 0.20
    """Weight of teams in use."""
    growth_weight: Share = 0.20
    """Weight of growth of use."""
    premium_weight: Share = 0.15
    """Weight of premium features in use."""
    limit_weight: Share = 0.15
    """Weight of use of the included volume."""

    @model_validator(mode="after")
    def _sum(self) -> Expansion:
        total = sum(value for name, value in self if name.endswith("_weight"))
        if abs(total - 1) > 1e-9:
            raise ValueError(f"the weights must sum to 1, they sum to {total:g}")
        return self
