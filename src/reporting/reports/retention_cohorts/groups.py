"""Who stays, by behaviour and segment: each group with its interval and its size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from reporting.analysis.cohorts import Aligned, logos
from reporting.analysis.frames import by_value, segments
from reporting.analysis.intervals import differ, share
from reporting.analysis.retention import grr, nrr
from reporting.analysis.retention import logos as logo_share
from reporting.present import style
from reporting.present.blocks import Blocks, Figure, Table, Text
from reporting.present.formats import count, percent
from reporting.present.markdown import escape
from reporting.present.words import listing, plain, short, with_interval
from reporting.reports.telling.trust import if_reliable
from reporting.survival.estimate import Estimate

from ..telling import charts
from .data import Data

FEWEST = 10
CURVE_MONTHS = 18


@if_reliable
def activation_curves(data: Data) -> Blocks:
    """Retention by activation in the first month: a landmark, so that nobody is sorted by what came later."""
    days = data.book.product.activation.onboarding_days
    early = _within(data, "activated_at", days)
    return _curves(data, early, f"activated within {days} days", "fig-activation-retention", "activation")


@if_reliable
def first_value_curves(data: Data) -> Blocks:
    """Retention by the wait for the first value event."""
    days = data.book.product.activation.value_days
    early = _within(data, "first_value_at", days)
    words = f"that saw value within {days} days"
    return _curves(data, early, words, "fig-value-retention", "time to first value")


def _within(data: Data, column: str, days: int) -> pd.Series:
    """By account, whether the moment came within `days` of sign-up; only accounts seen from sign-up on."""
    rows = data.book.now
    seen = data.book.panel.loc[data.book.panel["events"].notna(), "month"].min()
    wait = rows[column] - rows["signed_up_at"]
    return (wait <= pd.Timedelta(days=days))[rows["signed_up_at"] >= seen]


def _curves(data: Data, early: pd.Series, words: str, label: str, what: str) -> Blocks:
    aligned = data.paid
    known = aligned.accounts.isin(early.index)
    split = early.reindex(aligned.accounts, fill_value=False).to_numpy(dtype=bool)
    names = {True: f"accounts {words}", False: "the others"}
    curves = {names[value]: _curve(aligned.rows(known & (split == value))) for value in (True, False)}
    if min(len(curve) for curve in curves.values()) < 2:
        text = (
            f"Retention by {what} can't be compared: one of the two groups has fewer than {FEWEST} accounts "
            "that were seen from sign-up to payment."
        )
        return Blocks([Text(text)])
    # Twelve months where both groups are followed that long.
    at = min(12, *(len(curve) - 1 for curve in curves.values()))
    first, second = (curve[at] for curve in curves.values())
    apart = differ(first, second)
    finding = (
        f"{percent(first.value)} of accounts {words} pay after {at} months, {percent(second.value)} of the "
        f"others"
    )
    fig, ax = style.figure()
    for i, (name, curve) in enumerate(curves.items()):
        x = np.arange(len(curve))
        colour = style.palette()[i]
        ax.fill_between(
            x, [e.low for e in curve], [e.high for e in curve], color=colour, alpha=0.14, linewidth=0
        )
        ax.plot(x, [e.value for e in curve], color=colour, label=f"{name} (n = {curve[0].n:,})")
    ax.set_xlabel("months since first paid month")
    ax.set_ylabel("share of accounts paying")
    ax.set_ylim(0, 1.02)
    ax.set_xticks(range(0, max(len(c) for c in curves.values()), 3))
    style.percent_axis(ax.yaxis)
    ax.legend(loc="lower left", bbox_to_anchor=(0, 0.99), ncols=2, borderaxespad=0)
    style.title(ax, finding)
    caption = (
        f"Accounts paying by months since their first paid month, by {what}; bands are 95% Wilson intervals; "
        "accounts old enough only"
    )
    alt = (
        f"Two lines; at month {at}: accounts {words} {percent(first.value)}, the others "
        f"{percent(second.value)}."
    )
    if apart:
        verdict = (
            f"accounts {words} stay {'more' if first.value > second.value else 'less'} often, beyond chance"
        )
    else:
        verdict = "the difference may be chance"
    text = (
        f"After {at} months {with_interval(first)} of the accounts {words} pay, against "
        f"{with_interval(second)} of the others: {verdict} (@{label}). The group is fixed by what "
        "happened early, not by what came later."
    )
    return Blocks([Text(text), Figure(fig, label, caption, alt)])


def _curve(aligned: Aligned) -> list[Estimate]:
    """Share paying by age while at least `FEWEST` accounts are old enough."""
    if not len(aligned.accounts):
        return []
    top, bottom = logos(aligned)
    out = []
    for hits, n in zip(top.sum(axis=0), bottom.sum(axis=0), strict=True):
        if n < FEWEST or len(out) > CURVE_MONTHS:
            break
        out.append(share(int(hits), int(n)))
    return out


@if_reliable
def by_segment(data: Data) -> Blocks:
    """NRR by the first segment that splits the accounts of the base month."""
    lines = _by_segment(data)
    if not lines:
        return Blocks([Text(f"No segment splits the accounts into groups of {FEWEST} or more.")])
    name = lines[0].segment
    chart = sorted((line for line in lines if line.segment == name), key=lambda line: -line.net.value)
    best, worst = chart[0], chart[-1]
    finding = (
        f"NRR runs from {percent(worst.net.value)} ({worst.value}) to "
        f"{percent(best.net.value)} ({best.value}) by {plain(name)}, "
        f"{'beyond chance' if differ(best.net, worst.net) else 'which may be chance'}"
    )
    x_label = f"NRR over {data.span_words}"
    nets = [line.net for line in chart]
    fig = charts.intervals([line.value for line in chart], nets, finding, x_label, (1.0, "100%"))
    caption = f"{x_label} by {plain(name)} at the base close; 95% bootstrap intervals over accounts"
    dots = ", ".join(f"{line.value} {percent(line.net.value)} of {line.net.n} accounts" for line in chart)
    figure = Figure(fig, "fig-segments", caption, f"Dots with intervals: {dots}.")
    return Blocks([Text(f"{escape(finding)} (@fig-segments)."), figure])


@if_reliable
def segment_table(data: Data) -> Blocks:
    """Retention by every segment of the base month."""
    lines = _by_segment(data)
    if not lines:
        return Blocks([Text(f"No segment splits the accounts into groups of {FEWEST} or more.")])
    rows = [
        (f"{plain(line.segment)}: {line.value}", line.n, short(line.stay), short(line.gross), short(line.net))
        for line in lines
    ]
    columns = {
        "segment": "Segment",
        "n": ("Accounts", count),
        "stay": "Logos kept",
        "gross": "GRR",
        "net": "NRR",
    }
    caption = (
        f"Retention over {data.span_words} by segment, groups of {FEWEST} accounts and more, with 95% "
        "intervals"
    )
    table = pd.DataFrame(rows, columns=list(columns))
    text = Text("What each segment kept of its accounts and its MRR (@tbl-segment-retention).")
    return Blocks([text, Table.of(table, columns, label="tbl-segment-retention", caption=caption)])


class _Line(NamedTuple):
    segment: str
    value: str
    n: int
    stay: Estimate
    gross: Estimate
    net: Estimate


def _by_segment(data: Data) -> list[_Line]:
    rows = data.followed
    return [
        _Line(column, str(value), len(group), logo_share(group), grr(group), nrr(group))
        for column in segments(rows, FEWEST)
        for value, group in by_value(rows, column, FEWEST)
    ]


@dataclass(frozen=True)
class _Feature:
    """NRR of the accounts that used a feature at the base close, and of the others."""

    name: str
    users: Estimate
    others: Estimate

    @property
    def ahead(self) -> float:
        return self.users.value - self.others.value

    @property
    def apart(self) -> bool:
        return differ(self.users, self.others)


@if_reliable
def by_feature(data: Data) -> Blocks:
    """NRR of accounts that used a feature at the base close against those that didn't."""
    found = _features(data)
    if not found:
        text = (
            f"No feature splits the accounts paying at {data.base_month:%B %Y} into two groups of {FEWEST} "
            "or more."
        )
        return Blocks([Text(text)])
    text = (
        f"{escape(_which_differ(found))} (@tbl-feature-nrr). Use is that of {data.base_month:%B %Y}, "
        "retention what came after."
    )
    return Blocks([Text(text), _feature_table(data, found)])


def _features(data: Data) -> list[_Feature]:
    """Those with `FEWEST` accounts or more on either side, furthest ahead first."""
    rows = data.followed
    used = data.book.snapshot.account_feature_month
    used = used[(used["month"] == data.base_month) & (used["events"] > 0)]
    found = []
    for feature, group in used.groupby("feature"):
        has = rows.index.isin(group["account_id"])
        if min(has.sum(), (~has).sum()) >= FEWEST:
            found.append(_Feature(str(feature).replace("_", " "), nrr(rows[has]), nrr(rows[~has])))
    return sorted(found, key=lambda feature: -feature.ahead)


def _which_differ(found: list[_Feature]) -> str:
    clear = [feature.name for feature in found if feature.apart]
    if not clear:
        return f"Of {len(found)} features compared, none goes with an NRR that differs beyond chance"
    return (
        f"NRR differs beyond chance by the use of {listing(clear[:3])}; {len(found)} features were compared, "
        "so one in twenty would look so by accident"
    )


def _feature_table(data: Data, found: list[_Feature]) -> Table:
    table = pd.DataFrame(
        [
            {
                "feature": feature.name,
                "n": feature.users.n,
                "with": short(feature.users),
                "m": feature.others.n,
                "without": short(feature.others),
                "says": "beyond chance" if feature.apart else "may be chance",
            }
            for feature in found
        ]
    )
    columns = {
        "feature": "Feature",
        "n": ("Users", count),
        "with": "NRR, users",
        "m": ("Others", count),
        "without": "NRR, others",
        "says": "Difference",
    }
    caption = f"NRR over {data.span_words} by feature used at the base close, with 95% bootstrap intervals"
    return Table.of(table, columns, label="tbl-feature-nrr", caption=caption)
