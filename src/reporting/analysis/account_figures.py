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
        `NAMES`, then the company's own columns, then a column a metric, named by its id; money keeps
        `_cents`. Sorted by account.
    """
    rows = book.paying
    out = rows.reindex(columns=[*NAMES, *book.own_columns])
    for metric in METRICS.values():
        if report not in metric.reports or "account" not in metric.levels:
            continue
        if metric.id == "revenue_health_matrix":
            out[metric.id] = matrix(book, rows)
        elif len(metric.columns) == 2:
            top, bottom = (rows[name].astype(float) for name in metric.columns)
            out[metric.id] = top / bottom.where(bottom > 0)
        elif metric.columns and metric.columns[0] not in NAMES:
            (column,) = metric.columns
            name = f"{metric.id}_cents" if column.endswith("_cents") else metric.id
            out[name] = rows[column]
    return out.sort_values("account_id", ignore_index=True)
