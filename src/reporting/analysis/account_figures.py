"""Every account-level metric that the registry gives to a report, one row an account."""

from __future__ import annotations

import pandas as pd

from reporting.analysis.matrix import matrix
from reporting.analysis.view import View
from reporting.metrics.registry import METRICS

NAMES = ("account_id", "account_name", "csm", "mrr_cents")


def account_figures(book: View, report: str) -> pd.DataFrame:
    """The paying accounts at the close with their metrics.

    Args:
        book: The month.
        report: Report id, as in the registry.

    Returns:
        `NAMES`, then a column a metric, named by its id; money keeps `_cents`. Sorted by account.
    """
    rows = book.paying
    out = rows.reindex(columns=list(NAMES))
    for metric in METRICS.values():
        if report not in metric.reports or "account" not in metric.levels:
            continue
        table, _, column = metric.place.partition(".")
        if metric.id == "revenue_health_matrix":
            out[metric.id] = matrix(book, rows)
        elif metric.id in _SHARES:
            top, bottom = (rows[name].astype(float) for name in _SHARES[metric.id])
            out[metric.id] = top / bottom.where(bottom > 0)
        elif table == "account_month" and column not in NAMES:
            name = f"{metric.id}_cents" if column.endswith("_cents") else metric.id
            out[name] = rows[column]
    return out.sort_values("account_id", ignore_index=True)


_SHARES = {"a3x7": ("a3x7_users", "users_7"), "a3x7_weekdays": ("a3x7_weekday_users", "users_7")}
"""Metrics the panel holds as counts: numerator and denominator."""
