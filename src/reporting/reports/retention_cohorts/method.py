"""The end of the retention report: what can't be known, glossary, data files."""

from __future__ import annotations

import pandas as pd

from reporting.analysis.account_figures import account_figures
from reporting.analysis.cohorts import Triangle, logos, revenue, triangle

from ..telling.files import tidy
from .data import Data


def exports(data: Data) -> dict[str, pd.DataFrame]:
    """The triangles, one row a cohort, age and measure; and the accounts with their cohort."""
    parts = {
        "logo": logos(data.paid, data.reading),
        "grr": revenue(data.paid, gross=True, reading=data.reading),
        "nrr": revenue(data.paid, gross=False, reading=data.reading),
    }
    triangles = pd.concat(
        [
            _long(triangle(data.paid, part, data.reading, data.book.year_starts), name)
            for name, part in parts.items()
        ],
        ignore_index=True,
    )
    accounts = account_figures(data.book, "retention_cohorts")
    cohorts = data.book.accounts["first_paid_month"].dt.strftime("%Y-%m")
    accounts.insert(3, "cohort", accounts["account_id"].map(cohorts))
    return {"retention_triangles": triangles, "account_cohorts": tidy(accounts, data.book.currency)}


def _long(found: Triangle, measure: str) -> pd.DataFrame:
    cells = found.grid.rename_axis(index="cohort", columns="age_months").stack().rename("share").reset_index()
    marks = (
        found.open_cells.rename_axis(index="cohort", columns="age_months")
        .stack()
        .rename("open")
        .reset_index()
    )
    out = cells.merge(marks, on=["cohort", "age_months"])
    out.insert(0, "measure", measure)
    out.insert(2, "accounts", out["cohort"].map(found.sizes))
    return out
