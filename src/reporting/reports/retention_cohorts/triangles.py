"""The triangles: logos, gross and net revenue by cohort and age; use by sign-up cohort."""

from __future__ import annotations

import numpy as np
import pandas as pd

from reporting.present.blocks import Blocks, Figure, Text
from reporting.present.formats import percent

from ..common import charts
from ..common.cohorts import Aligned, Triangle, logos, revenue, triangle
from ..common.words import plural
from .data import Data

AVERAGE = "weighted average"
READINGS = {"on": "in exactly that month", "on_or_after": "in that month or any later one"}


def logo_triangle(data: Data) -> Blocks:
    """Share of each cohort's accounts that still pay."""
    found = triangle(data.paid, logos(data.paid, data.reading), data.reading)
    return _section(
        data,
        found,
        data.paid,
        "logo",
        "fig-logo-cohorts",
        "logo retention",
        "accounts still paying",
        "Share of each cohort's accounts that pay",
    )


def grr_triangle(data: Data) -> Blocks:
    """Share of each cohort's first MRR that is still paid, expansion left out."""
    found = triangle(data.paid, revenue(data.paid, gross=True, reading=data.reading), data.reading)
    return _section(
        data,
        found,
        data.paid,
        "grr",
        "fig-grr-cohorts",
        "gross revenue retention",
        "first MRR still paid",
        "Share of each cohort's first MRR that is paid, expansion left out,",
    )


def nrr_triangle(data: Data) -> Blocks:
    """Each cohort's MRR against its first MRR, expansion counted."""
    found = triangle(data.paid, revenue(data.paid, gross=False, reading=data.reading), data.reading)
    return _section(
        data,
        found,
        data.paid,
        "nrr",
        "fig-nrr-cohorts",
        "net revenue retention",
        "first MRR now paid",
        "Each cohort's MRR as a share of its first MRR, expansion and returns counted,",
    )


def usage_triangle(data: Data) -> Blocks:
    """Share of each sign-up cohort with a value event in the month."""
    if not len(data.used.accounts):
        return Blocks(
            [Text("No account signed up after the first recorded event, so use by cohort can't be told.")]
        )
    found = triangle(data.used, logos(data.used, data.reading), data.reading)
    return _section(
        data,
        found,
        data.used,
        "usage",
        "fig-usage-cohorts",
        "usage retention",
        "accounts with a value event",
        "Share of each sign-up cohort's accounts with a value event",
        begun="sign-up",
    )


def _section(
    data: Data,
    found: Triangle,
    aligned: Aligned,
    kind: str,
    label: str,
    name: str,
    unit: str,
    what: str,
    begun: str = "first paid month",
) -> Blocks:
    finding = _finding(data, found, name, kind != "usage")
    grid = found.grid.copy()
    grid.loc[AVERAGE] = found.average
    sizes = [*found.sizes, len(aligned.accounts)]
    opened = found.open_cells.copy()
    opened.loc[AVERAGE] = False
    ages = [age for age in grid.columns if grid[age].notna().any()]
    fig = charts.heatmap(
        grid[ages], finding, f"months since {begun}", "cohort (accounts)", f"% of {unit}", sizes, opened[ages]
    )
    caption = (
        f"{what} {READINGS[data.reading]}, in %, by cohort of {begun}; the denominator holds only "
        "accounts old enough; "
        "dotted cells are still open; the last row weighs every cohort by its size"
    )
    figure = Figure(fig, label, caption, _alt(found))
    first = ""
    if kind != "usage" and _truncated(data):
        first = (
            f" The first cohort also holds accounts that paid before {data.bridge.index[0]:%B %Y}, "
            "when the data begin."
        )
    return Blocks([Text(f"{finding} (@{label}).{first}"), figure])


def _finding(data: Data, found: Triangle, name: str, needs_trust: bool) -> str:
    """The average at twelve months (or the oldest age enough accounts reached), and how cohorts differ."""
    half = found.counts >= max(1, 0.25 * found.counts.iloc[0])
    reached = [age for age in found.average.index[half] if 0 < age <= 12]
    label = data.trust.label(name) if needs_trust else name
    if not reached:
        return f"{label[:1].upper()}{label[1:]}: no cohort is a month old yet"
    age = reached[-1]
    column = found.grid[age].dropna()
    value = found.average[age]
    text = f"After {plural(int(age), 'month')}, {label} averages {percent(value)}"
    older, newer = _halves(column, found.sizes)
    if older is not None and abs(newer - older) >= 0.02:
        text += (
            f"; newer cohorts keep {'more' if newer > older else 'less'} ({percent(newer, 0)} "
            f"against {percent(older, 0)})"
        )
    return text


def _halves(column: pd.Series, sizes: pd.Series) -> tuple[float | None, float]:
    """Weighted means of the older and of the newer half of the cohorts that reached an age."""
    if len(column) < 4:
        return None, 0.0
    middle = len(column) // 2
    weights = sizes.reindex(column.index)
    older, newer = column.iloc[:middle], column.iloc[middle:]
    return (
        float(np.average(older, weights=weights.iloc[:middle])),
        float(np.average(newer, weights=weights.iloc[middle:])),
    )


def _alt(found: Triangle) -> str:
    ages = [age for age in found.average.index if np.isfinite(found.average[age])]
    shown = [age for age in ages if age in (1, 3, 6, 12, 24)] or ages[-1:]
    return (
        f"Heatmap of {plural(len(found.grid), 'cohort')}; weighted average "
        + ", ".join(f"{percent(found.average[age])} at month {age}" for age in shown)
        + "."
    )


def _truncated(data: Data) -> bool:
    first = data.bridge.index[0]
    began = data.paid.accounts[(data.paid.cohort == first).to_numpy()]
    return bool((data.book.accounts["signed_up_at"].reindex(began) < first).any())
