"""Health against revenue: which money sits in which health."""

from __future__ import annotations

import pandas as pd

from reporting.analysis.matrix import QUADRANTS, by_quadrant, scored
from reporting.present import style
from reporting.present.blocks import Blocks, Figure, Table, Text
from reporting.present.formats import count, money, number, percent
from reporting.present.markdown import escape
from reporting.present.words import listing, plural, sentence
from reporting.reports.common.book import Book

from ..common import charts
from .data import Data


def quadrants(data: Data) -> Blocks:
    """Health against revenue: four quadrants around the healthy edge and the median MRR."""
    book = data.book
    rows = scored(book.paying)[["account_name", "health_score", "mrr_cents"]].astype({"health_score": float})
    if len(rows) < 4:
        return Blocks([Text("Too few scored accounts for a picture of health against revenue.")])
    limit, middle = book.product.bands.healthy, float(rows["mrr_cents"].median())
    healthy, large = rows["health_score"] > limit, rows["mrr_cents"] >= middle
    table = by_quadrant(book).reset_index()
    table["action"] = table["quadrant"].map(QUADRANTS)
    table["step"] = table["accounts"] - table["accounts_before"]
    worry = table.iloc[1]
    finding = (
        f"{plural(worry['accounts'], 'large account')} below the healthy band "
        f"{'holds' if worry['accounts'] == 1 else 'hold'} {percent(worry['share'])} of MRR"
    )
    fig, ax = style.figure()
    for mask, colour in ((healthy, style.color("good")), (~healthy, style.color("bad"))):
        ax.scatter(
            rows.loc[mask, "health_score"],
            rows.loc[mask, "mrr_cents"],
            s=13,
            color=colour,
            alpha=0.6,
            linewidths=0,
        )
    ax.axvline(limit, color=style.color("muted"), linewidth=0.9, linestyle=(0, (4, 3)))
    style.reference(ax, middle)
    ax.set_yscale("log")
    ax.set_xlim(0, 101)
    ax.set_xlabel("health score (0 to 100)")
    ax.set_ylabel(f"MRR ({book.currency}, log scale)")
    ax.yaxis.set_minor_locator(charts.no_ticks())
    style.money_axis(ax.yaxis, book.currency)
    style.label(ax, 0, middle, "median MRR", color=style.color("muted"), dy=6)
    style.title(ax, finding)
    caption = (
        f"Health score and MRR of each scored paying account, {book.label}; the dashed lines split the "
        "quadrants of @tbl-quadrants"
    )
    alt = (
        "Scatter: "
        + "; ".join(
            f"{quadrant} {accounts} accounts, {percent(share)} of MRR"
            for quadrant, accounts, share in zip(
                table["quadrant"], table["accounts"], table["share"], strict=True
            )
        )
        + "."
    )
    columns = {
        "quadrant": "Quadrant",
        "accounts": ("Accounts", count),
        "step": ("Change", lambda n: number(n, sign=True)),
        "mrr_cents": (f"MRR ({book.currency})", money),
        "share": ("Share of MRR", percent),
        "action": "What fits",
    }
    return Blocks(
        [
            Text(
                f"{sentence(finding)} (@fig-quadrants, @tbl-quadrants); "
                f"{_largest_unhealthy(rows, healthy, large, book)}{book.unjudged(rows)}"
            ),
            Figure(fig, "fig-quadrants", caption, alt),
            Table.of(
                table, columns, label="tbl-quadrants", caption="The four quadrants of health and revenue"
            ),
        ]
    )


def _largest_unhealthy(rows: pd.DataFrame, healthy: pd.Series, large: pd.Series, book: Book) -> str:
    worst = rows[~healthy & large].nlargest(3, "mrr_cents")
    if worst.empty:
        return "no large account is below it."
    names = [
        f"{escape(r.account_name)} ({money(r.mrr_cents, book.currency, short=True)})"
        for r in worst.itertuples()
    ]
    return f"the largest {'is' if len(names) == 1 else 'are'} {listing(names)}."
