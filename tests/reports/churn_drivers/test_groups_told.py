"""Groups of accounts and whether they stay longer than others: at the edges."""

from __future__ import annotations

import numpy as np
import pandas as pd
from tests.hand import product

from reporting.analysis.churn import segments
from reporting.analysis.churn.risk_set import RiskSet
from reporting.reports.churn_drivers import labels


def grouped(name: str, **columns) -> list:
    n = len(next(iter(columns.values())))
    rows = pd.DataFrame({"spell": [f"x{i} 1" for i in range(n)], **columns})
    risk = RiskSet(rows, rows.set_index("spell"), rows, False, 0, pd.Timestamp("2025-01-01"))
    return segments._groups(name, risk, pd.DataFrame(), product()).tolist()


def test_several_users_are_three():
    few, many, unknown = grouped("active_users", active_users=[2.0, 3.0, np.nan])
    assert few != many == segments.MANY
    assert labels.group("active_users", many, product()) == "3 or more users"
    assert pd.isna(unknown)
