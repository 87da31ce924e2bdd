"""What a portfolio figure says, read against the thresholds of the product definition."""

from __future__ import annotations

import math

from reporting.metrics.registry import METRICS
from reporting.params.product import Product
from reporting.present.formats import number, percent

NONE = "none"


def reading(product: Product, metric: str, value: float) -> str:
    """The figure against its threshold in words, such as `risk: below 30%`; `none` where it has none.

    Args:
        product: The product definition.
        metric: Metric id.
        value: Its value in the registry's unit; NaN has no reading.
    """
    rule, unit = METRICS[metric].reading, METRICS[metric].portfolio_unit
    if rule is None:
        return NONE
    if not math.isfinite(value):
        return ""
    said = rule(product, value)
    return said.text.format(*(_edge(edge, unit) for edge in said.edges))


def _edge(edge: float, unit: str) -> str:
    if unit == "share":
        return percent(edge, 0)
    return f"{number(edge)} days" if unit == "days" else number(edge)
