"""The registry: every metric of the catalogue with its definition, and what it needs.

`reporting metrics`, `docs/metrics.md` and the glossary of each report are made from it.
"""

from __future__ import annotations

from collections.abc import Collection

from reporting.metrics.catalogue import (
    activation,
    activity,
    adoption,
    churn,
    engagement,
    expansion,
    health,
    revenue,
)
from reporting.metrics.catalogue.entry import CHAPTERS, REPORTS, Metric

_ALL = (
    *activation.ENTRIES,
    *adoption.ENTRIES,
    *activity.ENTRIES,
    *engagement.ENTRIES,
    *health.ENTRIES,
    *revenue.ENTRIES,
    *churn.ENTRIES,
    *expansion.ENTRIES,
)

METRICS: dict[str, Metric] = {metric.id: metric for metric in _ALL}
"""Metric id -> definition, in the order of the catalogue's chapters."""

__all__ = ["CHAPTERS", "METRICS", "REPORTS", "Metric", "unavailable"]


def unavailable(have: Collection[str]) -> dict[str, list[str]]:
    """What can't be computed, and why.

    Args:
        have: Canonical tables and columns the source maps, as `users` and `users.role`.

    Returns:
        Metric id -> the missing tables, or columns where the table is there but the column isn't.
    """
    gaps = {metric.id: _missing(metric, have) for metric in METRICS.values()}
    return {metric: missing for metric, missing in gaps.items() if missing}


def _missing(metric: Metric, have: Collection[str]) -> list[str]:
    missing: list[str] = []
    # Who did something stands in the events, who that is in `users`: a source without either should get both.
    people = ["users"] if "events.user_id" in metric.needs and "events.user_id" not in have else []
    for need in (*people, *metric.needs):
        table = need.split(".")[0]
        gap = table if table not in have else need
        if need not in have and gap not in missing:
            missing.append(gap)
    return missing
