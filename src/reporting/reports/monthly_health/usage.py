"""How much, how often, how deep; who rises and who falls; who hangs on one user."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np
import pandas as pd

from reporting.present import style
from reporting.present.blocks import Blocks, Figure, Table, Text
from reporting.present.formats import count, days, money, number, percent
from reporting.present.markdown import escape

from ..common import charts
from ..common.frames import SEGMENTS, is_true, numbers, quantile, segments
from ..common.intervals import share
from ..common.words import listing, plural, sentence
from .data import Data


@dataclass(frozen=True)
class Measure:
    """A usage figure of the panel: its question, unit, and the limit beyond which it is a risk."""

    column: str
    question: str
    label: str
    show: Callable[[float], str]
    limit: float | None = None
    risk_below: bool = True


def measures(data: Data) -> list[Measure]:
    """The questions the report answers, with the thresholds of the product definition."""
    engagement, adoption = data.book.product.engagement, data.book.product.adoption
    activation = data.book.product.activation
    one = partial(number, digits=1)
    return [
        Measure("value_events", "How much", "value events in the month", count),
        Measure("active_days", "How often", "days with use in the month", count),
        Measure(
            "session_frequency",
            "How often",
            "sessions per user and week",
            one,
            engagement.session_frequency_risk,
        ),
        Measure("feature_breadth", "How deep", "core features in use", percent, adoption.breadth_risk),
        Measure(
            "adoption_recent",
            "How deep",
            f"core features, last {adoption.recent_months} months",
            percent,
            adoption.breadth_risk,
        ),
        Measure(
            "time_to_first_value",
            "How far from value",
            "days to first value",
            one,
            activation.value_days,
            False,
        ),
        Measure("active_users", "How many users", "active users", count, adoption.many_users),
        Measure(
            "active_user_share",
            "How many users",
            "active users / seats",
            percent,
            engagement.active_user_share_risk,
        ),
        Measure(
            "last_active_days", "Last active", "days since last use", count, engagement.check_in_days, False
        ),
        Measure("tenure_days", "How long with us", "days since sign-up", count),
    ]


def engagement(data: Data) -> Blocks:
    """How much, how often, how deep: median, middle half, and the share beyond the threshold."""
    rows, found, lacking = data.book.paying, [], []
    for measure in measures(data):
        given = numbers(rows[measure.column])
        if not given.size:
            lacking.append((measure.label, data.book.missing(measure.column)))
            continue
        low, middle, high = np.quantile(given, [0.25, 0.5, 0.75])
        beyond = "no threshold"
        if measure.limit is not None:
            hits = int(
                (given < measure.limit).sum() if measure.risk_below else (given >= measure.limit).sum()
            )
            word = "below" if measure.risk_below else "at or above"
            beyond = f"{percent(hits / given.size)} {word} {measure.show(measure.limit)}"
        found.append(
            (
                measure.question,
                measure.label,
                measure.show(middle),
                f"{measure.show(low)} to {measure.show(high)}",
                beyond,
                int(given.size),
            )
        )
    blocks = []
    if found:
        table = pd.DataFrame(found, columns=["question", "label", "median", "middle", "beyond", "n"])
        columns = {
            "question": "Question",
            "label": "Measure",
            "median": "Median",
            "middle": "Middle half",
            "beyond": "Beyond the threshold",
            "n": ("Accounts", count),
        }
        caption = f"Use of the paying accounts at the close of {data.book.label}"
        blocks = [
            Text(f"{_engagement_sentence(data)} (@tbl-engagement)."),
            Table.of(table, columns, label="tbl-engagement", caption=caption),
        ]
    if lacking:
        blocks.append(Text("; ".join(f"{sentence(label)}: {why}" for label, why in lacking) + "."))
    return Blocks([*blocks, *_by_segment(data)])


def _engagement_sentence(data: Data) -> str:
    rows = data.book.paying
    parts = []
    for measure in measures(data):
        if measure.column in ("active_days", "session_frequency", "feature_breadth", "last_active_days"):
            middle = quantile(rows[measure.column], 0.5)
            if np.isfinite(middle):
                parts.append(f"{measure.show(middle)} {measure.label}")
    return f"The median paying account shows {listing(parts)}" if parts else "Use is not available"


def _by_segment(data: Data) -> Blocks:
    """Averages hide segments: the same figures by plan or region."""
    rows = data.book.paying
    found = segments(rows)
    shown = [
        m
        for m in measures(data)
        if m.column
        in ("session_frequency", "feature_breadth", "active_user_share", "last_active_days", "value_events")
        and numbers(rows[m.column]).size
    ][:4]
    if not found or not shown:
        return Blocks()
    lines = []
    for column in found[:3]:
        for value, group in rows.groupby(column):
            if len(group) >= 5:
                lines.append(
                    [
                        f"{SEGMENTS[column]}: {value}",
                        len(group),
                        *[m.show(quantile(group[m.column], 0.5)) for m in shown],
                        *_healthy(group),
                    ]
                )
    names = ["segment", "accounts", *[m.column for m in shown], "healthy"]
    table = pd.DataFrame(lines, columns=names)
    columns = {
        "segment": "Segment",
        "accounts": ("Accounts", count),
        **{m.column: sentence(m.label) for m in shown},
        "healthy": "Healthy",
    }
    caption = (
        "Medians by segment, segments of five accounts and more; the share of healthy accounts "
        "with its 95% interval"
    )
    return Blocks([Table.of(table, columns, label="tbl-segments", caption=caption)])


def _healthy(group: pd.DataFrame) -> list[str]:
    band = group["engagement_band"].dropna()
    e = share(int((band == "healthy").sum()), len(band))
    return [
        f"{percent(e.value, 0)} ({percent(e.low, 0)} to {percent(e.high, 0)})" if e.known else "not available"
    ]


def trends(data: Data) -> Blocks:
    """Rising and falling accounts by their last 30 days against the 30 before."""
    book = data.book
    limit = book.product.engagement.trend_steady
    rows = book.paying[book.paying["usage_trend_30"].notna()]
    if rows.empty:
        return Blocks([Text(f"Usage trends are {book.missing('usage_trend_30')}.")])
    trend = rows["usage_trend_30"].astype(float)
    falling, rising = rows[trend < -limit], rows[trend > limit]
    total = max(int(rows["mrr_cents"].sum()), 1)
    text = (
        f"Use falls by more than {percent(limit, 0)} at {plural(len(falling), 'account')} with "
        f"{percent(falling['mrr_cents'].sum() / total)} of MRR, and rises as much at "
        f"{plural(len(rising), 'account')} "
        f"with {percent(rising['mrr_cents'].sum() / total)}; "
        f"{plural(len(rows) - len(falling) - len(rising), 'account')} "
        f"stay{'s' if len(rows) - len(falling) - len(rising) == 1 else ''} between."
    )
    blocks = [Text(text)]
    half = max(3, data.top_accounts // 2)
    for label, what, group in (("tbl-falling", "falling", falling), ("tbl-rising", "rising", rising)):
        if group.empty:
            continue
        columns = {
            "account_name": "Account",
            "mrr_cents": (f"MRR ({book.currency})", money),
            "usage_trend_30": ("30 days", _step),
            "usage_trend_90": ("90 days", _step),
            "last_active_days": ("Last active", days),
            "engagement_score": ("Score", number),
        }
        caption = (
            f"Largest accounts with {what} use: events of the last 30 (90) days against the 30 (90) before"
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
    single = rows[is_true(rows["single_champion"])].sort_values("mrr_cents", ascending=False)
    total = max(int(rows["mrr_cents"].sum()), 1)
    limit = book.product.engagement.champion_share
    top = quantile(rows["top1_share"], 0.5)
    text = (
        f"In the median account one user makes {percent(top)} of the events. "
        f"{sentence(plural(len(single), 'account'))} with {percent(single['mrr_cents'].sum() / total)} "
        "of MRR "
        f"{'hangs' if len(single) == 1 else 'hang'} on a single champion (one user with more than "
        f"{percent(limit, 0)})."
    )
    if single.empty:
        return Blocks([Text(text)])
    columns = {
        "account_name": "Account",
        "mrr_cents": (f"MRR ({book.currency})", money),
        "top1_share": ("Top user", percent),
        "top2_share": ("Top two", percent),
        "active_users": ("Active users", count),
    }
    caption = "Accounts that hang on one user, largest MRR first"
    return Blocks(
        [
            Text(text),
            Table.of(single.head(data.top_accounts), columns, label="tbl-champions", caption=caption),
        ]
    )


def recency(data: Data) -> Blocks:
    """When accounts were last active, in accounts and MRR."""
    book = data.book
    rows = book.paying[book.paying["last_active_days"].notna()]
    if rows.empty:
        return Blocks([Text(f"When accounts were last active is {book.missing('last_active_days')}.")])
    check, high = book.product.engagement.check_in_days, book.product.engagement.high_risk_days
    edges = [0, 7, check, high, np.inf] if check > 7 else [0, check, high, np.inf]
    names = [
        f"under {b:.0f} days"
        if i == 0
        else f"{a:.0f} to {b - 1:.0f} days"
        if np.isfinite(b)
        else f"{a:.0f} days and more"
        for i, (a, b) in enumerate(pairwise(edges))
    ]
    groups = pd.cut(rows["last_active_days"].astype(float), edges, right=False, labels=names)
    mrr = rows.groupby(groups, observed=False)["mrr_cents"].sum()
    accounts = groups.value_counts().reindex(names).fillna(0).astype(int)
    quiet = float(mrr.iloc[-1] / max(mrr.sum(), 1))
    finding = (
        f"{percent(quiet)} of MRR has not used the product for {high} days or more "
        f"({plural(int(accounts.iloc[-1]), 'account')})"
    )
    fig, ax = style.figure(height=1.05 + 0.36 * len(names))
    style.horizontal(ax)
    colours = [style.color("good"), style.palette()[4], style.palette()[1], style.color("bad")][-len(names) :]
    ax.barh(range(len(names)), mrr, color=colours, height=0.6)
    for y, (cents, n) in enumerate(zip(mrr, accounts, strict=True)):
        style.label(
            ax,
            cents,
            y,
            f"{money(cents, book.currency, short=True)}, {plural(n, 'account')}",
            color=style.color("muted"),
        )
    ax.set_yticks(range(len(names)), names)
    ax.set_xlim(0, max(int(mrr.max()), 1) * 1.3)
    charts.steady_ticks(ax.xaxis)
    style.money_axis(ax.xaxis, book.currency)
    ax.set_xlabel(f"MRR ({book.currency}) by days since last use")
    style.title(ax, finding)
    alt = (
        "Bars: "
        + "; ".join(
            f"{name} {money(c, book.currency, short=True)}, {n} accounts"
            for name, c, n in zip(names, mrr, accounts, strict=True)
        )
        + "."
    )
    longest = rows.nlargest(1, "last_active_days").iloc[0]
    text = (
        f"{finding} (@fig-recency); the longest silence is {escape(longest['account_name'])}'s, "
        f"{days(longest['last_active_days'])}."
    )
    return Blocks(
        [
            Text(text),
            Figure(
                fig,
                "fig-recency",
                f"MRR of paying accounts by days since their last use, close of {book.label}",
                alt,
            ),
        ]
    )
