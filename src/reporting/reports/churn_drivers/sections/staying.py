"""Who stays, and for how long: curves by segment, or of subscriptions where losses are too few."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from reporting.analysis.churn.segments import Segmentation, reliable_until
from reporting.present.blocks import Blocks, Callout, Figure, Table, Text
from reporting.present.formats import count, number, p_value, percent
from reporting.present.formats import month as month_name
from reporting.present.words import plural, sentence
from reporting.survival.gates import FEWEST_EVENTS

from .. import charts, labels, words
from ..curve_words import at_month, median_text, share_text
from ..data import Data
from .subscriptions import subscription_curves

TENURE = "months of paying tenure"
YEAR = 12
SHORTEST = 3  # months; a shorter curve is not worth a figure


def retention_curves(data: Data) -> Blocks:
    """All accounts, the segments tested, the strongest drawn; subscriptions where losses are too few."""
    if data.nobody:
        return Blocks(
            [Text("No account paid at the close of a month before, so there is no stay to follow.")]
        )
    if not data.enough:
        return Blocks([_too_few(data), subscription_curves(data)])
    blocks = [_overall(data)]
    if not data.segments:
        return Blocks([*blocks, Text("No segment has two groups large enough to compare.")])
    blocks.append(_lead(data))
    return Blocks([*blocks, *(_segment(data, segment) for segment in _drawn(data))])


def retention_tables(data: Data) -> Blocks:
    """The tests behind the curves: segments by log-rank, and the groups of each drawn segment."""
    if not data.enough or not data.segments:
        return Blocks(
            [Text("No segments are compared: too few accounts have left, or the groups are small.")]
        )
    return Blocks([_tests(data), *(_groups(data, segment) for segment in _drawn(data))])


def _drawn(data: Data) -> list[Segmentation]:
    return [segment for segment in data.segments[: data.curve_figures] if segment.tau >= SHORTEST]


def _overall(data: Data) -> Text:
    curve = data.overall
    at = curve.at([YEAR]).iloc[0]
    median = curve.median()
    watched = reliable_until(curve)
    if pd.notna(median.time) and median.time <= watched:
        high = f"{number(median.upper)}" if pd.notna(median.upper) else "beyond the data"
        low = number(median.lower) if pd.notna(median.lower) else "not known"
        middle = f"Half have left after {number(median.time)} months (95% interval {low} to {high})."
    else:
        middle = (
            f"Fewer than half have left within the first {number(watched)} months, as far as ten are watched."
        )
    year = (
        f"Of all accounts, {percent(at['survival'])} still pay twelve months after they began (95% log-log "
        f"interval {percent(at['lower'])} to {percent(at['upper'])}). "
        if pd.notna(at["survival"]) and pd.notna(at["lower"])
        else ""
    )
    return Text(
        f"{year}{middle} Accounts that began before {month_name(data.risk.observed_from)} enter at their "
        "tenure."
    )


def _lead(data: Data) -> Text:
    found = [s for s in data.segments if s.differs]
    names = "; ".join(f"{labels.segment(s.name)} ({p_value(s.p_adjusted)})" for s in found)
    many = plural(len(data.segments), "segmentation")
    return Text(
        f"Of {many} looked at, {plural(len(found), 'segmentation')} "
        f"{'differs' if len(found) == 1 else 'differ'} by more than chance: {names}."
        if found
        else f"Of {many} looked at, none differs by more than chance."
    )


def _tests(data: Data) -> Table:
    rows = pd.DataFrame(
        {
            "segment": [sentence(labels.segment(s.name)) for s in data.segments],
            "groups": [_sizes(data, s) for s in data.segments],
            "statistic": [s.test.statistic for s in data.segments],
            "p": [words.p_cell(s.test.p) for s in data.segments],
            "holm": [words.p_cell(s.p_adjusted) for s in data.segments],
            "verdict": ["differs" if s.differs else "not told from chance" for s in data.segments],
        }
    )
    columns = {
        "segment": "Segment",
        "groups": "Groups (stays)",
        "statistic": ("Log-rank", lambda x: number(x, 1)),
        "p": "p",
        "holm": "p (Holm)",
        "verdict": "Reading",
    }
    caption = "Log-rank tests of retention by segment, as an account was when first observed"
    return Table.of(rows, columns, label="tbl-segment-tests", caption=caption)


def _sizes(data: Data, segment: Segmentation) -> str:
    names = _names(data, segment)
    return "; ".join(f"{names[group]} ({count(n)})" for group, n in segment.spells.items())


def _names(data: Data, segment: Segmentation) -> dict[str, str]:
    """Group -> how it is told."""
    return {group: labels.group(segment.name, group, data.book.product) for group in segment.spells}


def _segment(data: Data, segment: Segmentation) -> Blocks:
    slug, by = segment.name.replace("_", "-"), labels.segment(segment.name)
    names = _names(data, segment)
    curves = {names[group]: curve for group, curve in segment.curves.items()}
    until = {name: reliable_until(curve) for name, curve in curves.items()}
    finding = _segment_finding(segment, names)
    fig = charts.retention(curves, until, finding, TENURE, "accounts still paying")
    caption = (
        f"Kaplan-Meier curves by {by} with 95% log-log intervals and late entry; under them the accounts at "
        "risk. Each curve is drawn while at least ten are"
    )
    alt = f"Curves of accounts still paying by {by}: " + "; ".join(
        f"{name} {percent(at_month(curve, segment.tau), 0)} after {number(segment.tau)} months"
        for name, curve in curves.items()
    )
    return Blocks([Figure(fig, f"fig-curves-{slug}", f"{caption}.", f"{finding}. {alt}.")])


def _groups(data: Data, segment: Segmentation) -> Table:
    names = _names(data, segment)
    rows = pd.DataFrame(
        [
            {
                "group": names[name],
                "spells": segment.spells[name],
                "left": curve.events,
                "year": share_text(curve, YEAR if segment.tau >= YEAR else segment.tau),
                "median": median_text(curve),
                "mean": segment.means[name].estimate,
                "difference": _difference(segment, name),
                "pairs": ", ".join(names[other] for other in _pairs(segment, name)) or "none",
            }
            for name, curve in segment.curves.items()
        ]
    )
    at = number(min(YEAR, segment.tau))
    columns = {
        "group": sentence(labels.segment(segment.name)),
        "spells": ("Stays", count),
        "left": ("Left", count),
        "year": f"Still paying at {at} months",
        "median": "Median stay (months)",
        "mean": (f"Mean stay within {number(segment.tau)} months", lambda x: number(x, 1)),
        "difference": f"Against {names[next(iter(segment.curves))]}",
        "pairs": "Differs from (Holm)",
    }
    table_caption = (
        f"Retention by {labels.segment(segment.name)}: 95% intervals in brackets, pairs tested by log-rank "
        "with Holm"
    )
    return Table.of(
        rows, columns, label=f"tbl-curves-{segment.name.replace('_', '-')}", caption=table_caption
    )


def _difference(segment: Segmentation, name: str) -> str:
    gap = segment.differences[name]
    if gap is None:
        return "reference"
    value, low, high = (number(x, 1, sign=True) for x in (gap.estimate, gap.lower, gap.upper))
    return f"{value} ({low} to {high})"


def _pairs(segment: Segmentation, name: str) -> list[str]:
    other = []
    # An index of pairs; pandas types every label as hashable.
    for (a, b), row in segment.pairs.iterrows():  # ty: ignore[not-iterable]
        if name in (str(a), str(b)) and row["p_adjusted"] < 0.05:
            other.append(str(b) if str(a) == name else str(a))
    return other


def _segment_finding(segment: Segmentation, names: Mapping[str, str]) -> str:
    month, by = segment.tau, labels.segment(segment.name)
    at = {name: at_month(curve, month) for name, curve in segment.curves.items()}
    best, worst = max(at, key=at.__getitem__), min(at, key=at.__getitem__)
    if not segment.differs:
        return (
            f"Retention does not differ by {by} beyond chance ({percent(at[worst], 0)} to "
            f"{percent(at[best], 0)} at month {number(month)})"
        )
    return (
        f"{sentence(by)}: {percent(at[best], 0)} of \u201c{names[best]}\u201d still pay at month "
        f"{number(month)}, {percent(at[worst], 0)} of \u201c{names[worst]}\u201d"
    )


def _too_few(data: Data) -> Callout:
    at = data.overall.at([YEAR]).iloc[0]
    kept = ""
    if pd.notna(at["survival"]):
        doubt = "" if data.trust.reliable else ", which is *not reliable*: the sources contradict each other"
        kept = (
            f" By the subscriptions {percent(at['survival'])} of accounts still pay after twelve "
            f"months{doubt}."
        )
    return Callout(
        "important",
        "Too few accounts have left for curves by segment",
        f"{sentence(plural(data.losses, 'account'))} left in the months observed; comparing groups needs at "
        f"least {FEWEST_EVENTS}.{kept} What can be shown is how long single subscriptions last.",
    )
