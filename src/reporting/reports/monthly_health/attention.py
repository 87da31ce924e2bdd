"""Whose use rises and falls, who is silent, who hangs on one user."""

from __future__ import annotations

from functools import partial

import numpy as np

from reporting.analysis.activity import falling_and_rising, silence, single_champions
from reporting.analysis.frames import quantile
from reporting.present import style
from reporting.present.blocks import Block, Blocks, Figure, Table, Text
from reporting.present.formats import count, days, money, percent
from reporting.present.markdown import escape
from reporting.present.words import plural, sentence

from ..telling import charts
from .data import Data


def recency(data: Data) -> Blocks:
    """When accounts were last active, in accounts and MRR."""
    book = data.book
    rows = book.paying[book.paying["last_active_days"].notna()]
    if rows.empty:
        return Blocks([Text(f"When accounts were last active is {book.missing('last_active_days')}.")])
    high, classes = book.product.high_risk_days, silence(book)
    names = [_between(low, end) for low, end in zip(classes["low"], classes["high"], strict=True)]
    accounts, mrr = classes["accounts"], classes["mrr_cents"]
    texts = [
        f"{money(cents, book.currency, short=True)}, {plural(n, 'account')}"
        for cents, n in zip(mrr, accounts, strict=True)
    ]
    quiet, silent = book.share_of_mrr(mrr.iloc[-1]), plural(int(accounts.iloc[-1]), "account")
    finding = f"{percent(quiet)} of MRR has not used the product for {high} days or more ({silent})"
    colours = [style.color("good"), style.palette()[4], style.palette()[1], style.color("bad")][-len(names) :]
    axis = partial(style.money_axis, currency=book.currency)
    fig = charts.bars(names, list(mrr), texts, finding, f"MRR ({book.currency})", colours, axis)
    caption = f"MRR of paying accounts by days since their last use, close of {book.label}"
    alt = (
        f"{finding}. Bars: "
        + "; ".join(f"{name} {text}" for name, text in zip(names, texts, strict=True))
        + "."
    )
    longest = rows.nlargest(1, "last_active_days").iloc[0]
    text = (
        f"The longest silence is {escape(longest['account_name'])}'s, {days(longest['last_active_days'])} "
        f"(@fig-recency).{book.unjudged(rows)}"
    )
    return Blocks([Text(text), Figure(fig, "fig-recency", caption, alt)])


def _between(low: float, high: float) -> str:
    if low == 0:
        return f"under {high:.0f} days"
    return f"{low:.0f} to {high - 1:.0f} days" if np.isfinite(high) else f"{low:.0f} days and more"


def trends(data: Data) -> Blocks:
    """Rising and falling accounts by their last 30 days against the 30 before."""
    book = data.book
    limit = book.product.engagement.trend_steady
    falling, rising, rows = falling_and_rising(book)
    if rows.empty:
        return Blocks([Text(f"Usage trends are {book.missing('usage_trend_30')}.")])
    down, up = (percent(book.share_of_mrr(group["mrr_cents"].sum())) for group in (falling, rising))
    rest = len(rows) - len(falling) - len(rising)
    text = (
        f"Use falls by more than {percent(limit, 0)} at {plural(len(falling), 'account')} with "
        f"{down} of MRR, and rises as much at {plural(len(rising), 'account')} with {up}; "
        f"{plural(rest, 'account')} {'stays' if rest == 1 else 'stay'} between.{book.unjudged(rows)}"
    )
    blocks: list[Block] = [Text(text)]
    columns = {
        "account_name": "Account",
        "mrr_cents": (f"MRR ({book.currency})", money),
        "usage_trend_30": ("30 days", _step),
        "usage_trend_90": ("90 days", _step),
        "last_active_days": ("Last active, days ago", count),
        "engagement_score": ("Engagement score", book.score),
    }
    half = max(3, data.top_accounts // 2)
    for label, what, group in (("tbl-falling", "falling", falling), ("tbl-rising", "rising", rising)):
        if len(group):
            caption = (
                f"Largest accounts with {what} use over 30 days: events of the last 30 (90) days against as "
                "many before"
            )
            blocks.append(Table.of(group.nlargest(half, "mrr_cents"), columns, label=label, caption=caption))
    return Blocks(blocks)


def _step(x: float) -> str:
    return percent(x, 0, sign=True)


def concentration(data: Data) -> Blocks:
    """Accounts that hang on one person: if the champion leaves, so may the account."""
    book = data.book
    rows = book.paying[book.paying["top1_share"].notna()]
    if rows.empty:
        return Blocks([Text(f"How use is spread over users is {book.missing('usage_concentration')}.")])
    single = single_champions(book)
    held = percent(book.share_of_mrr(single["mrr_cents"].sum()))
    limit = percent(book.product.engagement.champion_share, 0)
    text = (
        f"In the median account one user makes {percent(quantile(rows['top1_share'], 0.5))} of the events. "
        f"{sentence(plural(len(single), 'account'))} with {held} of MRR "
        f"{'hangs' if len(single) == 1 else 'hang'} on a single champion (one user with more than "
        f"{limit}).{book.unjudged(rows)}"
    )
    if single.empty:
        return Blocks([Text(text)])
    columns = {
        "account_name": "Account",
        "mrr_cents": (f"MRR ({book.currency})", money),
        "top1_share": ("Top user", percent),
        "top2_share": ("Top two", percent),
        "active_users": ("Active users", count),
        "role_count": ("Roles", count),
    }
    caption = "Accounts that hang on one user, largest MRR first"
    table = Table.of(single.head(data.top_accounts), columns, label="tbl-champions", caption=caption)
    return Blocks([Text(text), table])
