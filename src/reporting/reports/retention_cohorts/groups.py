"""Who stays, by behaviour and segment: each group with its interval and its size."""

from __future__ import annotations

import numpy as np
import pandas as pd

from reporting.analysis.beginnings import FEWEST, curves
from reporting.analysis.intervals import differ
from reporting.analysis.retention_groups import FeatureRetention
from reporting.analysis.retention_groups import by_feature as feature_retention
from reporting.analysis.retention_groups import by_segment as segment_retention
from reporting.present import style
from reporting.present.blocks import Blocks, Figure, Table, Text
from reporting.present.formats import count, percent
from reporting.present.markdown import escape
from reporting.present.words import listing, plain, short, with_interval
from reporting.reports.telling.trust import if_reliable

from ..telling import charts
from .data import Data

CURVE_MONTHS = 18


@if_reliable
def activation_curves(data: Data) -> Blocks:
    """Retention by activation in the first month: a landmark, so that nobody is sorted by what came later."""
    days = data.book.product.activation.onboarding_days
    words = f"activated within {days} days"
    return _curves(data, "activated", words, "fig-activation-retention", "activation")


@if_reliable
def first_value_curves(data: Data) -> Blocks:
    """Retention by the wait for the first value event."""
    words = f"that saw value within {data.book.product.activation.value_days} days"
    return _curves(data, "saw_value", words, "fig-value-retention", "time to first value")


def _curves(data: Data, beginning: str, words: str, label: str, what: str) -> Blocks:
    did = next(pair.beginning.did for pair in data.beginnings if pair.beginning.name == beginning)
    two = dict(zip((f"accounts {words}", "the others"), curves(data.paid, did, CURVE_MONTHS), strict=True))
    if min(len(curve) for curve in two.values()) < 2:
        text = (
            f"Retention by {what} can't be compared: one of the two groups has fewer than {FEWEST} accounts "
            "that were seen from sign-up to payment."
        )
        return Blocks([Text(text)])
    # Twelve months where both groups are followed that long.
    at = min(12, *(len(curve) - 1 for curve in two.values()))
    first, second = (curve[at] for curve in two.values())
    apart = differ(first, second)
    finding = (
        f"{percent(first.value)} of accounts {words} pay after {at} months, {percent(second.value)} of the "
        f"others"
    )
    fig, ax = style.figure()
    for i, (name, curve) in enumerate(two.items()):
        x = np.arange(len(curve))
        colour = style.palette()[i]
        ax.fill_between(
            x, [e.low for e in curve], [e.high for e in curve], color=colour, alpha=0.14, linewidth=0
        )
        ax.plot(x, [e.value for e in curve], color=colour, label=f"{name} (n = {count(curve[0].n)})")
    ax.set_xlabel("months since first paid month")
    ax.set_ylabel("share of accounts paying")
    ax.set_ylim(0, 1.02)
    ax.set_xticks(range(0, max(len(c) for c in two.values()), 3))
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


@if_reliable
def by_segment(data: Data) -> Blocks:
    """NRR by the first segment that splits the accounts of the base month."""
    lines = segment_retention(data.followed, data.book.own_columns)
    if not lines:
        return Blocks([Text(f"No segment splits the accounts into groups of {FEWEST} or more.")])
    name = lines[0].column
    chart = sorted((line for line in lines if line.column == name), key=lambda line: -line.nrr.value)
    best, worst = chart[0], chart[-1]
    finding = (
        f"NRR runs from {percent(worst.nrr.value)} ({worst.value}) to "
        f"{percent(best.nrr.value)} ({best.value}) by {plain(name)}, "
        f"{'beyond chance' if differ(best.nrr, worst.nrr) else 'which may be chance'}"
    )
    x_label = f"NRR over {data.span_words}"
    nets = [line.nrr for line in chart]
    fig = charts.intervals([line.value for line in chart], nets, finding, x_label, (1.0, "100%"))
    caption = f"{x_label} by {plain(name)} at the base close; 95% bootstrap intervals over accounts"
    dots = ", ".join(f"{line.value} {percent(line.nrr.value)} of {line.nrr.n} accounts" for line in chart)
    return Blocks([Figure(fig, "fig-segments", caption, f"{finding}. Dots with intervals: {dots}.")])


@if_reliable
def segment_table(data: Data) -> Blocks:
    """Retention by every segment of the base month."""
    lines = segment_retention(data.followed, data.book.own_columns)
    if not lines:
        return Blocks([Text(f"No segment splits the accounts into groups of {FEWEST} or more.")])
    rows = [
        (f"{plain(line.column)}: {line.value}", line.n, short(line.logos), short(line.grr), short(line.nrr))
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


@if_reliable
def by_feature(data: Data) -> Blocks:
    """NRR of accounts that used a feature at the base close against those that didn't."""
    found = feature_retention(data.book, data.followed, data.base_month)
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


def _which_differ(found: list[FeatureRetention]) -> str:
    clear = [plain(feature.feature) for feature in found if feature.apart]
    if not clear:
        return f"Of {len(found)} features compared, none goes with an NRR that differs beyond chance"
    return (
        f"NRR differs beyond chance by the use of {listing(clear[:3])}; {len(found)} features were compared, "
        "so one in twenty would look so by accident"
    )


def _feature_table(data: Data, found: list[FeatureRetention]) -> Table:
    table = pd.DataFrame(
        [
            {
                "feature": plain(feature.feature),
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
