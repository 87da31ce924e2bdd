"""`docs/metrics.md`, written from the registry."""

from __future__ import annotations

from reporting.metrics.registry import CHAPTERS, METRICS, Metric

_HEAD = """# Metrics

Written from the registry by `python -m reporting.metrics.docs`; do not edit by hand. Shares are fractions,
money is in minor units of the reporting currency, days are whole days unless a time stands beside them. A
metric whose table or column is missing is "not available" and says what it needs; it is never zero.
"""


def metrics_page() -> str:
    """The whole page as Markdown."""
    parts = [_HEAD]
    for chapter, title in CHAPTERS.items():
        entries = [metric for metric in METRICS.values() if metric.chapter == chapter]
        parts.append(f"\n## {title}\n")
        parts += [_entry(metric) for metric in entries]
    return "\n".join(parts)


def _entry(metric: Metric) -> str:
    lines = [f"### {metric.label}\n", f"`{metric.id}`: {metric.definition}\n", f"- Formula: {metric.formula}"]
    of_all = f" (portfolio: {metric.portfolio_unit})" if metric.portfolio_unit != metric.unit else ""
    lines.append(f"- Unit: {metric.unit}{of_all}; {metric.direction}")
    lines.append(f"- Level: {', '.join(metric.levels)}; found in: {_code(metric.place)}")
    if metric.thresholds:
        lines.append(f"- Product definition: {', '.join(f'`{key}`' for key in metric.thresholds)}")
    if metric.needs:
        lines.append(f"- Needs: {', '.join(f'`{need}`' for need in metric.needs)}")
    lines.append(f"- Reports: {', '.join(metric.reports)}")
    return "\n".join(lines) + "\n"


def _code(place: str) -> str:
    return place if place.startswith("computed") else f"`{place}`"


if __name__ == "__main__":
    print(metrics_page(), end="")
