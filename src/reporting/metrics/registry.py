"""The registry: every metric, in the order of the catalogue's chapters.

Values, explanations, `reporting metrics`, thresholds' readings and the glossary of each report come from it.
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
    retention,
    revenue,
)
from reporting.metrics.metric import CHAPTERS, MONEY, REPORTS, SHARE, Metric

METRICS: dict[str, Metric] = {
    metric.id: metric
    for chapter in (
        activation,
        adoption,
        activity,
        engagement,
        health,
        revenue,
        retention,
        churn,
        expansion,
    )
    for metric in chapter.METRICS
}
"""Metric id -> metric."""

__all__ = ["CHAPTERS", "METRICS", "MONEY", "REPORTS", "SHARE", "Metric", "unavailable"]


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
