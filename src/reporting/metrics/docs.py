"""The metrics as a page and as plain data, told for one product definition."""

from __future__ import annotations

from reporting.metrics.registry import CHAPTERS, METRICS, Metric
from reporting.params.product import Product

_HEAD = """# Metrics

Written by `reporting metrics --markdown`, with the thresholds of the product definition in force. Shares are
fractions, money is in minor units of the reporting currency, days are whole days unless a time stands beside
them. A metric whose table or column is missing is "not available" and says what it needs; it is never zero.
"""
_TOLD = (
    *("id", "label", "definition", "formula", "unit", "portfolio_unit", "levels", "direction"),
    *("thresholds", "needs", "reports", "place", "chapter"),
)


def described(metric: Metric, product: Product) -> dict[str, str | tuple[str, ...]]:
    """All about a metric as plain data."""
    filled = metric.filled(product)
    return {
        name: getattr(metric if name == "thresholds" else filled, name)  # named in the template alone
        for name in _TOLD
    }


def metrics_page(product: Product) -> str:
    """The whole page as Markdown."""
    parts = [_HEAD]
    for chapter, title in CHAPTERS.items():
        entries = [metric for metric in METRICS.values() if metric.chapter == chapter]
        parts.append(f"\n## {title}\n")
        parts += [_entry(metric, product) for metric in entries]
    return "\n".join(parts)


def _entry(metric: Metric, product: Product) -> str:
    told = metric.filled(product)
    lines = [f"### {told.label}\n", f"`{told.id}`: {told.definition}\n", f"- Formula: {told.formula}"]
    of_all = f" (portfolio: {told.portfolio_unit})" if told.portfolio_unit != told.unit else ""
    lines.append(f"- Unit: {told.unit}{of_all}; {told.direction}")
    lines.append(f"- Level: {', '.join(told.levels)}; found in: {_code(told.place)}")
    if metric.thresholds:
        lines.append(f"- Product definition: {', '.join(f'`{key}`' for key in metric.thresholds)}")
    if told.needs:
        lines.append(f"- Needs: {', '.join(f'`{need}`' for need in told.needs)}")
    lines.append(f"- Reports: {', '.join(told.reports)}")
    return "\n".join(lines) + "\n"


def _code(place: str) -> str:
    return place if place.startswith("computed") else f"`{place}`"
