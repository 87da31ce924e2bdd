"""The triangles: logos, gross and net revenue by cohort and age; use by sign-up cohort."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reporting.analysis.cohorts import Aligned, Triangle, logos, revenue, settled_age, triangle
from reporting.present.blocks import Blocks, Figure, Text
from reporting.present.formats import month as month_name
from reporting.present.formats import percent
from reporting.present.words import plural, sentence

from ..telling.cohort_halves import newer_half
from ..telling.heatmap import heatmap
from ..telling.trust import if_reliable
from .data import Data

AVERAGE = "weighted average"
READINGS = {"on": "in exactly that month", "on_or_after": "in that month or any later one"}

Parts = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Kind:
    """How a triangle is called.

    Attributes:
        label: The figure's label.
        name: The measure.
        unit: What the percentages are of.
        what: How the caption begins.
        begun: What starts the clock.
        revenue: Whether it hangs on who is taken to have left.
    """

    label: str
    name: str
    unit: str
    what: str
    begun: str = "first paid month"
    revenue: bool = True


LOGO = Kind(
    "fig-logo-cohorts",
    "logo retention",
    "accounts, still paying",
    "Share of each cohort's accounts that pay",
)
GRR = Kind(
    "fig-grr-cohorts",
    "gross revenue retention",
    "first MRR, still paid",
    "Share of each cohort's first MRR that is paid, expansion left out,",
)
NRR = Kind(
    "fig-nrr-cohorts",
    "net revenue retention",
    "first MRR, now paid",
    "Each cohort's MRR as a share of its first MRR, expansion and returns counted,",
)
USAGE = Kind(
    "fig-usage-cohorts",
    "usage retention",
    "accounts, with a value event",
    "Share of each sign-up cohort's accounts with a value event",
    begun="sign-up",
    revenue=False,
)


@if_reliable
def logo_triangle(data: Data) -> Blocks:
    """Share of each cohort's accounts that still pay."""
    return _section(data, LOGO, data.paid, logos(data.paid, data.reading))


@if_reliable
def grr_triangle(data: Data) -> Blocks:
    """Share of each cohort's first MRR that is still paid, expansion left out."""
    return _section(data, GRR, data.paid, revenue(data.paid, gross=True, reading=data.reading))


@if_reliable
def nrr_triangle(data: Data) -> Blocks:
    """Each cohort's MRR against its first MRR, expansion counted."""
    return _section(data, NRR, data.paid, revenue(data.paid, gross=False, reading=data.reading))


def usage_triangle(data: Data) -> Blocks:
    """Share of each sign-up cohort with a value event in the month."""
    return _section(data, USAGE, data.used, logos(data.used, data.reading))


def _section(data: Data, kind: Kind, aligned: Aligned, parts: Parts) -> Blocks:
    if not len(aligned.accounts):
        return Blocks(
            [Text(f"No account's {kind.begun} is on record, so {kind.name} by cohort can't be told.")]
        )
    found = triangle(aligned, parts, data.reading, data.book.year_starts)
    finding = _finding(data, kind, found, aligned, parts)
    grid, opened = found.grid.copy(), found.open_cells.copy()
    grid.loc[AVERAGE], opened.loc[AVERAGE] = found.average, False
    sizes = [*found.sizes, len(aligned.accounts)]
    ages = [age for age in grid.columns if grid[age].notna().any()]
    fig = heatmap(
        grid[ages],
        finding,
        f"months since {kind.begun}",
        "cohort (accounts)",
        f"% of {kind.unit}",
        sizes,
        [int(found.counts[age]) for age in ages],
        opened[ages],
        around_one=kind is NRR,
    )
    caption = (
        f"{kind.what} {READINGS[data.reading]}, in %, by cohort of {kind.begun}; the denominator holds only "
        "accounts old enough, n of all; figures in italics with a dotted frame are still open; the last row "
        "weighs every cohort by its size"
    )
    left_out = _left_out(data) if kind is LOGO else ""  # of all triangles of payment: said once
    told = [Text(left_out)] if left_out else []
    return Blocks([*told, Figure(fig, kind.label, caption, f"{finding}. {_alt(found)}")])


def _finding(data: Data, kind: Kind, found: Triangle, aligned: Aligned, parts: Parts) -> str:
    """The average at twelve months (or the oldest age enough accounts reached), and whether it changed."""
    label, age = kind.name, settled_age(found)
    if age is None:
        return f"{sentence(label)}: no cohort is a month old yet"
    text = f"After {plural(age, 'month')}, {label} averages {percent(found.average[age])}"
    if newer := newer_half(aligned, parts, age):
        text += f"; the newer half of the accounts keeps {newer.word} ({newer.apart})"
    return text


def _left_out(data: Data) -> str:
    """Which accounts the triangles can't hold, and why."""
    book, first = data.book, data.bridge.index[0]
    paid = book.panel[book.panel["paying"].astype(bool)].groupby("account_id")["month"].min()
    gone = int((paid < first).sum())
    if gone:
        return (
            f"Left out: {plural(gone, 'account')} that began to pay before {month_name(first)}, when "
            "records begin; of that time only those are known that stayed, and they would flatter every "
            "figure."
        )
    began = data.paid.accounts[(data.paid.cohort == first).to_numpy()]
    if (book.accounts["signed_up_at"].reindex(began) < first).any():
        return f"The first cohort may hold accounts that already paid before {month_name(first)}."
    return ""


def _alt(found: Triangle) -> str:
    ages = [age for age in found.average.index if np.isfinite(found.average[age])]
    shown = [age for age in ages if age in (1, 3, 6, 12, 24)] or ages[-1:]
    return (
        f"Heatmap of {plural(len(found.grid), 'cohort')}; weighted average "
        + ", ".join(f"{percent(found.average[age])} at month {age}" for age in shown)
        + "."
    )
