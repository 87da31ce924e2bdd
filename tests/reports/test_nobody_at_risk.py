"""A company in which nobody paid at any close: every section says why it can't tell."""

from __future__ import annotations

import pandas as pd
import pytest

from reporting.reports import churn_drivers as report

SECTIONS = [name for name in report.__all__ if name not in ("Data", "load")]


@pytest.mark.parametrize(
    ("trials", "why"),
    [([True, True], "no paid subscription"), ([True, False], "1 paid subscription is on record")],
)
def test_every_section_is_told_and_the_first_says_why(company, trials, why):
    data = report.load(str(company(paths={f"x{n}": [0] * 14 for n in range(3)})))
    days = {"valid_from": pd.Timestamp("2026-01-01"), "valid_to": pd.Timestamp("2026-01-31")}
    rows = [{"subscription_id": str(n), "account_id": "x1", "plan": "p", "is_trial": trial} | days
            for n, trial in enumerate(trials)]  # fmt: skip
    data.book.snapshot._frames["subscriptions"] = pd.DataFrame(rows)
    told = {name: str(getattr(report, name)(data)) for name in SECTIONS}
    assert "nobody was at risk of leaving" in told["headline"] and why in told["headline"]
    assert "there is no stay to follow" in told["retention_curves"]
    assert "12 months" not in told["key_figures"]
