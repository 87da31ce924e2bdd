"""Health against revenue: which money sits in which health."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure as Drawing

from reporting.analysis.matrix import scored
from reporting.present import style
from reporting.present.blocks import Blocks, Figure, Table, Text
from reporting.present.formats import count, money, number, percent
from reporting.present.markdown import escape
from reporting.present.words import listing, plural, sentence
from reporting.reports.telling.book import Book

from ..telling import charts
from ..telling.quadrants import quadrant_table
from .data import Data


def quadrants(data: Data) -> Blocks:
    """Health against revenue: four quadrants around the healthy edge and the median MRR."""
    book = data.book
    columns = {"account_name": "account_name", book.product.band_score: "score", "mrr_cents": "mrr_cents"}
    rows = scored(book, book.paying)[list(columns)].rename(columns=columns).astype({"score": float})
    if len(rows) < 4:
        return Blocks([Text("Too few scored accounts for a picture of health against revenue.")])
    table = quadrant_table(book)
    worry = table.iloc[1]
    finding = (
        f"{plural(worry['accounts'], 'large account')} below the healthy band "
        f"{'holds' if worry['accounts'] == 1 else 'hold'} {percent(worry['share'])} of MRR"
    )
    text = (
        f"{sentence(_largest_unhealthy(rows, book))} (@fig-quadrants, @tbl-quadrants).{book.unjudged(rows)}"
    )
    caption = (
        f"{sentence(book.score_name)} and MRR of each scored paying account, {book.label}; the dashed lines "
        "split the quadrants of @tbl-quadrants"
    )
    shares = zip(table["quadrant"], table["accounts"], table["share"], strict=True)
    alt = "; ".join(
        f"{name} {accounts} accounts, {percent(share)} of MRR" for name, accounts, share in shares
    )
    figure = Figure(_scatter(rows, finding, book), "fig-quadrants", caption, f"{finding}. Scatter: {alt}.")
    return Blocks([Text(text), figure, _table(table, book)])


def _scatter(rows: pd.DataFrame, finding: str, book: Book) -> Drawing:
    middle, healthy = float(rows["mrr_cents"].median()), rows["score"] > book.product.bands.healthy
    fig, ax = style.figure()
    for mask, colour in ((healthy, style.color("good")), (~healthy, style.color("bad"))):
        shown = rows[mask]
        ax.scatter(shown["score"], shown["mrr_cents"], s=13, color=colour, alpha=0.6, linewidths=0)
    dashes = (0, (4, 3))
    ax.axvline(book.product.bands.healthy, color=style.color("muted"), linewidth=0.9, linestyle=dashes)
    style.reference(ax, middle)
    ax.set_yscale("log")
    ax.set_xlim(0, 101)
    ax.set_xlabel(f"{book.score_name} (0 to 100)")
    ax.set_ylabel(f"MRR ({book.currency}, log scale)")
    ax.yaxis.set_minor_locator(charts.no_ticks())
    style.money_axis(ax.yaxis, book.currency)
    style.label(ax, 0, middle, "median MRR", color=style.color("muted"), dy=6)
    style.title(ax, finding)
    return fig


def _table(table: pd.DataFrame, book: Book) -> Table:
    columns = {
        "quadrant": "Quadrant",
        "accounts": ("Accounts", count),
        "step": ("Change", lambda n: number(n, sign=True)),
        "mrr_cents": (f"MRR ({book.currency})", money),
        "share": ("Share of MRR", percent),
        "action": "What fits",
    }
    rows = table.assign(step=table["accounts"] - table["accounts_before"])
    return Table.of(rows, columns, label="tbl-quadrants", caption="The four quadrants of health and revenue")


def _largest_unhealthy(rows: pd.DataFrame, book: Book) -> str:
    large = rows["mrr_cents"] >= rows["mrr_cents"].median()
    worst = rows[large & ~(rows["score"] > book.product.bands.healthy)].nlargest(3, "mrr_cents")
    if worst.empty:
        return "no large account is below the healthy band"
    names = [
        f"{escape(r.account_name)} ({money(r.mrr_cents, book.currency, short=True)})"
        for r in worst.itertuples()
    ]
    return f"the largest below the healthy band {'is' if len(names) == 1 else 'are'} {listing(names)}"
