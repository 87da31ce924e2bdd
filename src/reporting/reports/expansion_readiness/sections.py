"""Who uses deeply enough to grow, what the commercial reason is, and what it may bring."""

from __future__ import annotations

import numpy as np
import pandas as pd

from reporting.analysis import expansion
from reporting.analysis.frames import numbers, quantile
from reporting.analysis.matrix import matrix
from reporting.present import style
from reporting.present.blocks import Blocks, Figure, KeyFigure, KeyFigures, Table, Text
from reporting.present.formats import NOT_AVAILABLE, change, count, money, number, percent
from reporting.present.formats import month as month_name
from reporting.present.words import interval, listing, plain, plural, sentence

from ..telling import charts
from ..telling.quadrants import quadrant_table
from ..telling.verdicts import NO_OWNER, OFFERS
from .data import Data
from .evidence import rates_sentence

REASONS = {"seats": "seats, over the licence or near it", "volume": "volume", "tier": "higher plan"}


def headline(data: Data) -> Blocks:
    """Who could grow and why, whether such accounts did, and what it may bring."""
    listed, book = data.listed, data.book
    total = max(int(book.paying["mrr_cents"].sum()), 1)
    if listed.empty:
        first = f"{_none(data)} at the close of {book.label}. {_lacking(data)}".strip()
    else:
        offered = listed["rule"].value_counts()
        parts = [f"{OFFERS.get(rule, plain(rule))} {count(n)}" for rule, n in offered.items()]
        verb = "is" if len(listed) == 1 else "are"
        first = (
            f"**{sentence(plural(len(listed), 'account'))} {verb} to be made an offer**: healthy, with a "
            f"commercial reason, and nothing else comes first ({listing(parts)}). Together "
            f"{book.money(listed['mrr_cents'].sum())} or {percent(listed['mrr_cents'].sum() / total)} of MRR."
        )
    first += _blocked_sentence(data)
    return Blocks(
        [data.trust.in_short(), Text(f"{first} {rates_sentence(data)} {_pipeline_sentence(data)}".strip())]
    )


def _none(data: Data) -> str:
    """That nobody is made an offer, or, where a commercial reason is not known, that it can't be told."""
    untold = "Whom to make an offer to can't be told in full"
    return f"**{untold if _lacking(data) else 'No account is to be made an offer'}**"


def _blocked_sentence(data: Data) -> str:
    rows = data.blocked
    if rows.empty:
        return ""
    one = len(rows) == 1
    return (
        f" {sentence(plural(len(rows), 'further account'))} {'has' if one else 'have'} such a reason, and "
        f"something else comes first: {'it is' if one else 'they are'} not offered anything."
    )


def key_figures(data: Data) -> Blocks:
    """Accounts to talk to, what they may bring, and what moved this month."""
    book, listed = data.book, data.listed
    versus = f"on {month_name(book.previous, short=True)}"
    now, before = book.now, book.before
    untold = listed.empty and bool(_lacking(data))
    items = [
        KeyFigure(
            "Accounts to make an offer to",
            NOT_AVAILABLE if untold else count(len(listed)),
            "",
            None,
            "" if untold else f"{money(listed['mrr_cents'].sum(), book.currency, short=True)} MRR",
        ),
    ]
    e = data.added_share
    if e.known:
        base = listed["mrr_cents"].sum()
        note = (
            f"in {data.horizon} months; {money(e.low * base, book.currency, short=True)} to "
            f"{money(e.high * base, book.currency, short=True)}"
        )
        items.append(
            KeyFigure("Expected expansion", money(e.value * base, book.currency, short=True), "", None, note)
        )
    for label, column in (("Expansion MRR", "expansion_cents"), ("Contraction MRR", "contraction_cents")):
        value, was = int(now[column].sum()), int(before[column].sum()) if len(before) else 0
        items.append(
            KeyFigure(
                label,
                money(value, book.currency, short=True),
                f"{change(value, was)} {versus}" if was else "",
            )
        )
    licence = quantile(book.paying["licence_utilisation"], 0.5)
    if np.isfinite(licence):
        items.append(KeyFigure("Median licence use", percent(licence, 0)))
    return Blocks([KeyFigures(items)])


def licence_use(data: Data) -> Blocks:
    """How full the licences are."""
    book = data.book
    use = numbers(book.paying["licence_utilisation"])
    if not use.size:
        return Blocks([Text(f"Licence use is {book.missing('licence_utilisation')}.")])
    limit = book.product.expansion.offer_seats
    full, over = int((use > limit).sum()), int((use > 1).sum())
    finding = f"{percent(full / use.size)} of accounts use more than {percent(limit, 0)} of their seats"
    names = ["under 20%", "20 to 40%", "40 to 60%", "60 to 80%", "80 to 100%", "over 100%"]
    accounts = expansion.by_licence_use(use)
    fig, ax = style.figure(height=2.7)
    colours = [
        style.palette()[0] if expansion.LICENCE_EDGES[i] < limit else style.color("good")
        for i in range(len(names))
    ]
    ax.bar(range(len(names)), accounts, color=colours, width=0.75)
    for x, n in enumerate(accounts):
        style.label(ax, x, n, count(n), color=style.color("ink"), dx=0, dy=7, ha="center")
    ax.set_xticks(range(len(names)), names)
    ax.set_ylim(0, max(int(accounts.max()), 1) * 1.12)
    charts.steady_ticks(ax.yaxis)
    ax.set_xlabel("seats used / seats bought")
    ax.set_ylabel("paying accounts")
    style.title(ax, finding)
    caption = (
        f"Licence use of paying accounts at the close of {book.label}; seats used are distinct users active "
        "in the last 30 days"
    )
    alt = (
        f"{finding}. Bars: "
        + ", ".join(f"{name} {count(n)}" for name, n in zip(names, accounts, strict=True))
        + " accounts."
    )
    extra = (
        f" {sentence(plural(over, 'account'))} {'uses' if over == 1 else 'use'} more seats than bought."
        if over
        else ""
    )
    teams, shared = book.product.expansion.spread_teams, expansion.across_teams(book)
    if shared.known:
        extra += f" {percent(shared.value)} of accounts are used by {teams} teams or more."
    text = (
        f"The median licence use of {plural(len(use), 'account')} is {percent(float(np.median(use)), 0)} "
        f"(@fig-licence-use).{extra}"
    )
    return Blocks([Text(text), Figure(fig, "fig-licence-use", caption, alt)])


def accounts(data: Data) -> Blocks:
    """The ranked accounts, each with its commercial reason and next step."""
    book, rows = data.book, data.listed
    ready = expansion.ready_without_reason(book)
    without = (
        f". {sentence(plural(ready, 'further account'))} {'is' if ready == 1 else 'are'} ready by "
        f"use but without a reason that fits how {'it is' if ready == 1 else 'they are'} priced, and "
        "not listed."
        if ready
        else ""
    )
    if rows.empty:
        return Blocks([Text(f"{_none(data).strip('*')}{without or '.'}")])
    text = (
        f"{sentence(plural(len(rows), 'account'))} {'is' if len(rows) == 1 else 'are'} to be made an offer"
        f"{without or '.'}"
    )
    over, near = rows[rows["over"]], rows[~rows["over"]]
    if len(over):
        seats, worth = over["seats_over"].sum(), book.money(over["over_cents"].sum())
        text += (
            f" {sentence(plural(len(over), 'account'))} {'uses' if len(over) == 1 else 'use'} "
            f"{plural(seats, 'seat')} more than bought, worth {worth} of MRR at what each pays per seat."
        )
    lists = (
        (over, "tbl-over", "Over the licence, to be billed"),
        (near, "tbl-expansion", "To be made an offer"),
    )
    return Blocks([Text(text), *(_listed(data, *which) for which in lists if len(which[0]))])


def _listed(data: Data, rows: pd.DataFrame, label: str, what: str) -> Table:
    shown = rows.head(data.top_accounts).assign(owner=rows["owner"].fillna(NO_OWNER))
    # Of all that are over the licence the next step is the same; what it is worth differs.
    step = {"over_cents": (f"Seats over, worth ({data.book.currency})", money)}
    columns = {
        "account_name": "Account",
        "plan": "Plan",
        "mrr_cents": (f"MRR ({data.book.currency})", money),
        "expansion_readiness": ("Ready", number),
        "reason": "Commercial reason",
        **(step if label == "tbl-over" else {"action": "Next step"}),
        "owner": "Owner",
    }
    rest = "; all are in expansion_accounts.csv" if len(rows) > len(shown) else ""
    caption = f"{what}, largest MRR first: {len(shown)} of {count(len(rows))}{rest}; readiness from 0 to 100"
    return Table.of(shown, columns, label=label, caption=caption)


def pipeline(data: Data) -> Blocks:
    """What the listed accounts may bring, with the assumption behind it."""
    e, book = data.added_share, data.book
    if data.listed.empty:
        return Blocks()
    if not e.known:
        return Blocks([Text(_pipeline_sentence(data))])
    lines = []
    for reason, label in REASONS.items():
        rows = data.listed[data.listed["commercial_reason"] == reason]
        if len(rows):
            base = int(rows["mrr_cents"].sum())
            lines.append((label, len(rows), base, e.value * base, e.low * base, e.high * base))
    base = int(data.listed["mrr_cents"].sum())
    lines.append(("All", len(data.listed), base, e.value * base, e.low * base, e.high * base))
    table = pd.DataFrame(lines, columns=["reason", "n", "mrr", "expected", "low", "high"])
    columns = {
        "reason": "Reason",
        "n": ("Accounts", count),
        "mrr": (f"MRR ({book.currency})", money),
        "expected": ("Expected", money),
        "low": ("Low", money),
        "high": ("High", money),
    }
    caption = (
        f"Expansion to expect within {data.horizon} months, in {book.currency} of MRR; low and high are the "
        "ends of the 95% interval of the past rate"
    )
    text = (
        f"{_pipeline_sentence(data)} The estimate takes that accounts with a reason go on as such accounts "
        f"did: of the MRR that past accounts with a reason paid, {percent(e.value)} was added within "
        f"{data.horizon} months ({interval(e)}, {plural(e.n, 'account')}). It includes what would have come "
        "anyway, without a call, and one rate serves all reasons (@tbl-pipeline)."
    )
    return Blocks([Text(text), Table.of(table, columns, label="tbl-pipeline", caption=caption, total=True)])


def _pipeline_sentence(data: Data) -> str:
    e, book = data.added_share, data.book
    if data.listed.empty:
        return ""
    if not e.known:
        return (
            "What the listed accounts may bring can't be estimated: too few past accounts had a commercial "
            "reason."
        )
    base = data.listed["mrr_cents"].sum()
    return (
        f"If they do as such accounts did, the listed accounts add {book.money(e.value * base)} of MRR "
        f"within {data.horizon} months ({book.money(e.low * base)} to {book.money(e.high * base)})."
    )


def _lacking(data: Data) -> str:
    names = {
        "licence_utilisation": "licence use",
        "plan_limit_proximity": "the use of included volume",
        "premium_share": "the use of premium features",
    }
    gone = [names[column] for column in expansion.lacking(data.book)]
    return f"Not known in this source: {listing(gone)}." if gone else ""


def quadrants(data: Data) -> Blocks:
    """Where health and revenue meet, and how many of each quadrant have a reason to buy more."""
    book = data.book
    rows = matrix(book, book.paying)
    if rows.notna().sum() == 0:
        lacks = f"the {book.score_name} is {book.missing(book.product.band_score)}"
        return Blocks([Text(f"Health and revenue can't be crossed: {lacks}.")])
    listed = rows.reindex(data.listed.index).value_counts()
    table = quadrant_table(book)
    table["listed"] = table["quadrant"].map(listed).fillna(0).astype("int64")
    best = table.iloc[0]
    n = int(best["accounts"])
    text = (
        f"{sentence(plural(n, 'account'))} {'is' if n == 1 else 'are'} large and healthy, with "
        f"{percent(best['share'])} of MRR; {count(best['listed']) if best['listed'] else 'none'} of them "
        f"{'is' if best['listed'] == 1 else 'are'} to be made an offer (@tbl-matrix)."
        f"{book.unjudged(rows[rows.notna()])}"
    )
    columns = {
        "quadrant": "Quadrant",
        "accounts": ("Accounts", count),
        "mrr_cents": (f"MRR ({book.currency})", money),
        "share": ("Share of MRR", percent),
        "listed": ("To make an offer to", count),
        "action": "What fits",
    }
    caption = (
        f"{sentence(book.score_name)} against MRR: above or below the healthy edge, and the median of the "
        "paying accounts"
    )
    return Blocks([Text(text), Table.of(table, columns, label="tbl-matrix", caption=caption)])
