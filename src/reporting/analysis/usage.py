"""How much, how often, how deep: the paying accounts' use against the product definition's thresholds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from reporting.analysis.frames import numbers
from reporting.params.product import Product

Side = Literal["below", "over", "at least"]


@dataclass(frozen=True)
class Limit:
    """Beyond which value a usage figure is a risk.

    Attributes:
        value: The threshold.
        side: Which side of it is the risk.
    """

    value: float
    side: Side = "below"


@dataclass(frozen=True)
class Spread:
    """A usage figure of many accounts.

    Attributes:
        n: Accounts of which it is known.
        low: Lower quartile.
        middle: Median.
        high: Upper quartile.
        beyond: Share of them beyond the limit; NaN without one.
    """

    n: int
    low: float
    middle: float
    high: float
    beyond: float


def limits(product: Product) -> dict[str, Limit]:
    """Column of the panel -> its limit."""
    engagement, adoption = product.engagement, product.adoption
    return {
        "session_frequency": Limit(engagement.session_frequency_risk),
        "feature_breadth": Limit(adoption.breadth_risk),
        "adoption_recent": Limit(adoption.breadth_risk),
        "time_to_first_value": Limit(product.activation.value_days, "over"),
        "active_users": Limit(adoption.many_users),
        "active_user_share": Limit(engagement.active_user_share_risk),
        "last_active_days": Limit(product.check_in_days, "at least"),
    }


def spread(values: pd.Series, limit: Limit | None) -> Spread | None:
    """Quartiles of the known values and the share beyond the limit; None where none is known."""
    given = numbers(values)
    if not given.size:
        return None
    low, middle, high = (float(x) for x in np.quantile(given, [0.25, 0.5, 0.75]))
    sides = {"below": np.less, "over": np.greater, "at least": np.greater_equal}
    beyond = float("nan") if limit is None else float(sides[limit.side](given, limit.value).mean())
    return Spread(given.size, low, middle, high, beyond)
