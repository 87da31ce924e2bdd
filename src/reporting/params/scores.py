"""What the scores weigh, the lines that scale their parts, and the bands they fall into."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from reporting.params.load import Strict


class Line(Strict):
    """A clamped straight line: `zero` and below (or beyond) scores 0, `full` scores 100."""

    zero: float = 0.0
    """The value that scores 0."""
    full: float
    """The value that scores 100; below `zero` where less is better."""

    @model_validator(mode="after")
    def _has_slope(self) -> Line:
        if self.zero == self.full:
            raise ValueError("`zero` and `full` must differ")
        return self


class Part(Strict):
    """One part of a score: its weight and the line that scales its input to 0-100."""

    weight: Annotated[float, Field(gt=0, le=1)]
    """Its share of the score."""
    line: Line
    """What scales its input."""


class Score(Strict):
    """A score of weighted parts."""

    @model_validator(mode="after")
    def _sum_to_one(self) -> Self:
        total = sum(part.weight for _, part in self if isinstance(part, Part))
        if abs(total - 1) > 1e-9:
            raise ValueError(f"the weights must sum to 1, they sum to {total:g}")
        return self


class EngagementScore(Score):
    """Parts of `engagement_score`, each with the unit its line reads. The weights sum to 1."""

    session_frequency: Part
    """Sessions per active user and week."""
    feature_breadth: Part
    """Share of core features in use."""
    licence_utilisation: Part
    """Seats used / seats bought."""
    integrations: Part
    """Connected integrations."""


class HealthScore(Score):
    """Parts of `health_score`, each with the unit its line reads. The weights sum to 1."""

    activation: Part
    """Onboarding steps done / defined."""
    core_value_usage: Part
    """Value events per active user and week, last 30 days."""
    usage_trend: Part
    """Events of the last 30 days / of the 30 before - 1."""
    active_users: Part
    """Users active in the last 30 days / seats bought."""
    admin_activity: Part
    """Days since an admin was last active."""
    feature_adoption: Part
    """Core features used in the month / core features."""
    support: Part
    """Open tickets + 2 x escalations of the last 30 days."""
    renewal: Part
    """Fall of usage while a renewal is near, else 0."""


class Bands(Strict):
    """Score bands: above `healthy` healthy, `at_risk` to `healthy` inclusive at risk, below it churn risk."""

    healthy: float = 70
    """Above this an account is healthy."""
    at_risk: float = 40
    """Below this an account is of the churn-risk band."""

    @model_validator(mode="after")
    def _ordered(self) -> Bands:
        if not self.at_risk < self.healthy:
            raise ValueError("`at_risk` must lie below `healthy`")
        return self
