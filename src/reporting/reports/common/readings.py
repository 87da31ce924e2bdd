"""What a portfolio figure says, read against the thresholds of the product definition."""

from __future__ import annotations

import math
from collections.abc import Callable

from reporting.params.product import Product
from reporting.present.formats import number, percent

Reading = Callable[[Product, float], str]
NONE = "none"
# Days between uses of a product of each rhythm; a figure of daily use judges only those used in the week.
_OFTEN = ("daily", "weekly")


def reading(product: Product, metric: str, value: float) -> str:
    """The figure against its threshold in words, such as `risk: below 30%`; `none` where it has none.

    Args:
        product: The product definition.
        metric: Metric id.
        value: Its value in the registry's unit; NaN has no reading.
    """
    rule = _RULES.get(metric)
    if rule is None:
        return NONE
    return rule(product, value) if math.isfinite(value) else ""


def churn(product: Product, value: float) -> str:
    """Monthly churn: good, between, attention, alarm."""
    limits = product.revenue
    if value > limits.churn_alarm:
        return f"alarm: above {percent(limits.churn_alarm, 0)}"
    if value > limits.churn_attention:
        return f"attention: above {percent(limits.churn_attention, 0)}"
    if value < limits.churn_good:
        return f"good: below {percent(limits.churn_good, 0)}"
    return f"between {percent(limits.churn_good, 0)} and {percent(limits.churn_attention, 0)}"


def _stickiness(product: Product, value: float) -> str:
    """Daily against monthly use, which only a product used within the week can be judged by."""
    if product.rhythm not in _OFTEN:
        return f"not judged: a product of {product.rhythm} use"
    limits = product.engagement
    good = limits.stickiness_daily if product.rhythm == "daily" else limits.stickiness_good
    return _at_least(good, "good", "low")(value)


def _band(product: Product, value: float) -> str:
    limits = product.bands
    name = "healthy" if value > limits.healthy else "at risk" if value >= limits.at_risk else "churn risk"
    return f"{name}: bands end at {number(limits.at_risk)} and {number(limits.healthy)}"


def _level(product: Product, value: float) -> str:
    """A score whose bands are not the accounts': high, middle, low at the same edges."""
    limits = product.bands
    name = "high" if value > limits.healthy else "middle" if value >= limits.at_risk else "low"
    return f"{name}: between {number(limits.at_risk)} and {number(limits.healthy)} is middle"


def _score(name: str) -> Callable[[Product, float], str]:
    return lambda product, value: (_band if product.band_score == name else _level)(product, value)


def _reference(low: float, high: float) -> Callable[[float], str]:
    outside = percent(low, 0) if low == high else f"{percent(low, 0)} to {percent(high, 0)}"

    def read(value: float) -> str:
        word = "below" if value < low else "above" if value > high else "within"
        return f"{word} the outside reference, {outside}"

    return read


def _at_least(limit: float, good: str, bad: str, show: Callable[[float], str] = lambda x: percent(x, 0)):
    def read(value: float) -> str:
        return f"{bad}: below {show(limit)}" if value < limit else f"{good}: {show(limit)} or more"

    return read


def _over(limit: float, over: str, under: str, show: Callable[[float], str] = lambda x: percent(x, 0)):
    def read(value: float) -> str:
        return f"{over}: over {show(limit)}" if value > limit else f"{under}: {show(limit)} or less"

    return read


_RULES: dict[str, Reading] = {
    "time_to_first_value": lambda p, x: _over(
        p.activation.value_days, "slow", "in time", lambda d: f"{number(d)} days"
    )(x),
    "setup_completion_rate": lambda p, x: _at_least(p.activation.friction, "smooth", "friction")(x),
    "onboarding_completion_rate": lambda p, x: _at_least(p.activation.friction, "smooth", "friction")(x),
    "feature_breadth": lambda p, x: _at_least(p.adoption.breadth_risk, "no risk", "risk")(x),
    "feature_adoption_rate": lambda p, x: _at_least(p.adoption.feature_good, "good", "low")(x),
    "active_users": lambda p, x: _at_least(p.adoption.many_users, "several", "few", number)(x),
    "session_frequency": lambda p, x: _at_least(
        p.engagement.session_frequency_risk, "no risk", "risk", number
    )(x),
    "stickiness": _stickiness,
    "account_stickiness": _stickiness,
    "licence_utilisation": lambda p, x: _over(p.expansion.offer_seats, "offer seats", "room left")(x),
    "monthly_churn_rate": churn,
    "day1_retention": lambda p, x: _reference(*p.engagement.day1_retention)(x),
    "month1_retention": lambda p, x: _reference(*[p.engagement.month1_retention] * 2)(x),
    "engagement_score": _score("engagement_score"),
    "health_score": _score("health_score"),
}
