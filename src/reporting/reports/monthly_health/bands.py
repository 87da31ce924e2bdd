"""Health bands, what the score's parts cost, who moved, and health against revenue."""

from __future__ import annotations

import numpy as np
import pandas as pd

from reporting.analysis import scores
from reporting.analysis.bands import BANDS, gained_and_lost, mean_health, scored, share
from reporting.analysis.frames import is_true, numbers, quantile
from reporting.present import style
from reporting.present.blocks import Blocks, Callout, Figure, KeyFigure, KeyFigures, Table, Text
from reporting.present.formats import count, money, number, percent
from reporting.present.formats import month as month_name
from reporting.present.words import listing, moved_points, plain, plural, sentence

from ..telling import charts, company
from .data import Data
from .validity import validity_sentence


def headline(data: Data) -> Blocks:
    """How healthy the base is, how much that moved, and whether the score deserves belief."""
    book, bands = data.book, data.by_band
    if data.scored.empty:
        text = (
            f"No paying account has a {book.score_name} in {book.label}: "
            f"{book.missing(book.product.band_score)}."
        )
        return Blocks([data.trust.in_short(), Text(text)])
    now, before = (
        share(book, data.by_band, "mrr_cents", "healthy"),
        share(book, data.by_band, "mrr_cents_before", "healthy"),
    )
    low = share(book, data.by_band, "accounts", "churn risk")
    text = (
        f"**{percent(now)} of MRR comes from healthy accounts** ({moved_points(now, before)} on "
        f"{book.previous_label}); {percent(low)} of the {count(len(data.scored))} scored accounts are in the "
        f"churn-risk band, with {book.money(bands.loc['churn risk', 'mrr_cents'])} of MRR. "
        f"{_quiet_sentence(data)} {validity_sentence(data)}{book.unjudged(data.scored)}"
    )
    return Blocks([data.trust.in_short(), _thin(data), Text(text)])


def _thin(data: Data) -> Blocks:
    """A warning where the source has too few parts of the score for it to be one."""
    score = data.book.product.band_score
    known = scores.coverage(data.book, score)
    if known >= scores.THIN:
        return Blocks()
    parts = listing([plain(name) for name in scores.weights(data.book, score)])
    text = (
        f"This source has {percent(known, 0)} of the {data.book.score_name}'s weight: {parts}. The bands say "
        "where accounts stand by that alone; they are no statement about health, and nobody should be called "
        "because of them."
    )
    return Blocks([Callout("warning", f"The {data.book.score_name} has too few parts here", text)])


def key_figures(data: Data) -> Blocks:
    """Health in numbers, each against last month."""
    book = data.book
    versus = f"on {month_name(book.previous, short=True)}"
    items = []
    for label, column in (("MRR in healthy accounts", "mrr_cents"), ("Healthy accounts", "accounts")):
        now, before = (
            share(book, data.by_band, column, "healthy"),
            share(book, data.by_band, f"{column}_before", "healthy"),
        )
        # Only what moved more than it usually does is called better or worse.
        good = company.better(book.reading("healthy_mrr")) if column == "mrr_cents" else None
        items.append(KeyFigure(label, percent(now), f"{moved_points(now, before)} {versus}", good))
    now, before = (
        quantile(data.scored[book.product.band_score], 0.5),
        quantile(scored(book, book.before)[book.product.band_score], 0.5),
    )
    if np.isfinite(now):
        step = "" if np.isnan(before) else f"{number(now - before, 1, sign=True)} {versus}"
        items.append(KeyFigure(f"Median {book.score_name}", book.score(now), step, None, "of 100"))
    quiet, limit = data.scored["last_active_days"], book.product.check_in_days
    if quiet.notna().any():
        items.append(KeyFigure(f"Accounts quiet {limit} days or more", count((quiet >= limit).sum())))
    activated = book.paying["activated"]
    if activated.notna().any():
        part = is_true(activated).sum() / activated.notna().sum()
        items.append(KeyFigure("Paying accounts activated", percent(part)))
    return Blocks([KeyFigures(items)])


def bands(data: Data) -> Blocks:
    """Accounts and MRR by band, this month and last."""
    book = data.book
    if data.scored.empty:
        return Blocks([Text(f"Bands are {book.missing(book.product.band_score)}.")])
    shares = _shares_by_band(data)
    largest = shares.iloc[0].idxmax()
    held = percent(share(book, data.by_band, "mrr_cents", largest))
    finding = f"{held} of MRR sits in the {largest} band{_band_step(data, largest)}"
    fig = charts.stacked(
        shares,
        finding,
        "share of all scored paying accounts or of their MRR",
        [style.color("good"), style.palette()[4], style.color("bad")],
    )
    limits = book.product.bands
    caption = (
        f"Accounts and MRR by band of the {book.score_name}: above {number(limits.healthy)} healthy, "
        f"{number(limits.at_risk)} to {number(limits.healthy)} at risk, below churn risk; paying accounts "
        "with a score"
    )
    alt = f"{finding}. Bars: " + "; ".join(
        f"{name}: " + ", ".join(f"{percent(share)} {band}" for band, share in row.items())
        for name, row in shares.iterrows()
    )
    beside = f"{book.unjudged(data.scored)}{_left_out(data)}".strip()
    return Blocks(
        [
            *([Text(beside)] if beside else []),
            Figure(fig, "fig-bands", caption, alt),
            _band_table(data),
        ]
    )


def _shares_by_band(data: Data) -> pd.DataFrame:
    """A row each for MRR and accounts of this month and last, a column a band; a row sums to 1."""
    book, table = data.book, data.by_band
    rows = {
        f"{what}, {month_name(month, short=True)}": table[column + ending]
        for what, column in (("MRR", "mrr_cents"), ("accounts", "accounts"))
        for month, ending in ((book.month, ""), (book.previous, "_before"))
    }
    return pd.DataFrame({name: row / row.sum() for name, row in rows.items() if row.sum() > 0}).T[list(BANDS)]


def _left_out(data: Data) -> str:
    book = data.book
    absent = [plain(name) for name in scores.absent(book, book.product.band_score)]
    if not absent:
        return ""
    names = listing(absent)
    return f" The score leaves out {names}, which this source does not have; the other parts weigh more."


def _band_table(data: Data) -> Table:
    book = data.book
    rows = data.by_band.reset_index().assign(
        step=lambda t: t["accounts"] - t["accounts_before"],
        mrr_step=lambda t: t["mrr_cents"] - t["mrr_cents_before"],
    )
    columns = {
        "band": "Band",
        "accounts": ("Accounts", count),
        "step": ("Accounts, change", lambda n: number(n, sign=True)),
        "mrr_cents": (f"MRR ({book.currency})", money),
        "mrr_step": ("MRR, change", lambda c: money(c, sign=True)),
    }
    caption = f"Bands of the {book.score_name} in {book.label} and change on {book.previous_label}"
    return Table.of(rows, columns, label="tbl-bands", caption=caption)


def score_parts(data: Data) -> Blocks:
    """What each part of the health score costs the average account."""
    book = data.book
    rows = book.paying[book.paying["health_score"].notna()]
    if rows.empty:
        return Blocks([Text(f"The health score is {book.missing('health_score')}.")])
    cost = scores.costs(rows, book, scores.HEALTH).mean().sort_values(ascending=False)
    worst = cost.index[0]
    mean = float(rows["health_score"].mean())
    finding = (
        f"{sentence(plain(str(worst)))} costs the average account most: {number(cost.iloc[0], 1)} of the "
        f"{number(100 - mean, 1)} points lost"
    )
    fig = charts.bars(
        [plain(str(name)) for name in cost.index],
        list(cost),
        [number(points, 1) for points in cost],
        finding,
        "points lost of 100, mean of paying accounts",
        [style.palette()[0]] * len(cost),
    )
    absent = [plain(name) for name in scores.absent(book, scores.HEALTH)]
    note = f" Left out, because this source does not have it: {listing(absent)}." if absent else ""
    text = (
        f"The health score averages {number(mean, 1)} of 100 over {plural(len(rows), 'paying account')} "
        f"(@fig-score-parts).{note}"
    )
    alt = (
        f"{finding}. Bars: "
        + ", ".join(f"{plain(str(name))} {number(points, 1)}" for name, points in cost.items())
        + " points."
    )
    caption = f"Points each part of the health score takes off 100, mean over paying accounts, {book.label}"
    return Blocks([Text(text), Figure(fig, "fig-score-parts", caption, alt)])


def movers(data: Data) -> Blocks:
    """The accounts whose health moved most since last month, with the part that moved it."""
    moved = data.health_changes
    if moved.empty:
        return Blocks([Text("No account has a health score in both months, so no change can be told.")])
    up, down = gained_and_lost(moved)
    text = (
        f"Since {data.book.previous_label} {plural(up, 'account')} gained five points or more and "
        f"{plural(down, 'account')} lost as many."
    )
    blocks = [Text(text)]
    half = max(3, data.top_accounts // 2)
    for label, what, rows in (
        ("tbl-health-down", "fell", moved[moved["change"] < 0].nsmallest(half, "change")),
        ("tbl-health-up", "rose", moved[moved["change"] > 0].nlargest(half, "change")),
    ):
        if rows.empty:
            continue
        columns = {
            "account_name": "Account",
            "mrr_cents": (f"MRR ({data.book.currency})", money),
            "now": ("Health score", data.book.score),
            "change": ("Change", lambda x: number(x, 1, sign=True)),
            "stance": "Stance",
            "cause": "Points by part",
        }
        caption = f"Accounts whose health {what} most since {data.book.previous_label}"
        rows = rows.assign(stance=rows["account_id"].map(data.book.judgement.accounts["stance"]))
        blocks.append(Table.of(rows, columns, label=label, caption=caption))
    return Blocks(blocks)


def health_trend(data: Data) -> Blocks:
    """The mean health score over the months, by account and by MRR."""
    book = data.book
    names = {"by_mrr": "weighted by MRR", "by_account": "every account alike"}
    frame = mean_health(book).rename(columns=names).iloc[-data.trend_months :]
    months = frame.index
    if len(months) < 2:
        return Blocks([Text("Fewer than two months have a health score; there is no trend yet.")])
    line = frame["every account alike"]
    step = line.iloc[-1] - line.iloc[0]
    verb = "rose" if step >= 1 else "fell" if step <= -1 else "stayed within a point"
    by = f" by {number(abs(step), 1)} points" if abs(step) >= 1 else ""
    finding = f"Mean health {verb}{by} over {len(months)} months, to {number(line.iloc[-1], 1)}"
    fig = charts.lines(frame, finding, "mean health score (0 to 100)", axis=lambda axis: None)
    caption = f"Mean health score of paying accounts, {month_name(months[0])} to {book.label}"
    alt = (
        f"{finding}. Lines: every account alike {number(line.iloc[0], 1)} to {number(line.iloc[-1], 1)}; "
        f"weighted by MRR from {number(frame.iloc[0, 0], 1)} to {number(frame.iloc[-1, 0], 1)}."
    )
    return Blocks([Figure(fig, "fig-health-trend", caption, alt)])


def _band_step(data: Data, band: str) -> str:
    now, before = (share(data.book, data.by_band, c, band) for c in ("mrr_cents", "mrr_cents_before"))
    return "" if np.isnan(before) else f", {moved_points(now, before)} on last month"


def _quiet_sentence(data: Data) -> str:
    days = data.scored["last_active_days"]
    if not numbers(days).size:
        return ""
    limit = data.book.product.check_in_days
    quiet = data.scored[days >= limit]
    verb = "has" if len(quiet) == 1 else "have"
    return f"{sentence(plural(len(quiet), 'paying account'))} {verb} been quiet for {limit} days or more."
