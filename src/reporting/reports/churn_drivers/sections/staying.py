"""Who stays, and for how long: curves by segment, or of subscriptions where losses are too few."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from reporting.analysis.churn.segments import Segmentation, reliable_until
from reporting.analysis.churn.subscriptions import curves as subscription_curves
from reporting.present.blocks import Blocks, Callout, Figure, Table, Text
from reporting.present.formats import count, number, p_value, percent
from reporting.present.formats import month as month_name
from reporting.present.markdown import escape
from reporting.present.words import plural, sentence
from reporting.survival.curves import KaplanMeier
from reporting.survival.gates import FEWEST_EVENTS

from .. import charts, words
from ..data import Data

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
        return Blocks([_too_few(data), _subscription_curves(data)])
    blocks = [_overall(data)]
    if not data.segments:
        return Blocks([*blocks, Text("No segment has two groups large enough to compare.")])
    blocks.append(_lead(data))
    return Blocks([*blocks, *(_segment(segment) for segment in _drawn(data))])


def retention_tables(data: Data) -> Blocks:
    """The tests behind the curves: segments by log-rank, and the groups of each drawn segment."""
    if not data.enough or not data.segments:
        return Blocks(
            [Text("No segments are compared: too few accounts have left, or the groups are small.")]
        )
    return Blocks([_tests(data), *(_groups(segment) for segment in _drawn(data))])


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
    names = "; ".join(f"{s.label} ({p_value(s.p_adjusted)})" for s in found)
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
            "segment": [sentence(s.label) for s in data.segments],
            "groups": ["; ".join(f"{g} ({count(n)})" for g, n in s.spells.items()) for s in data.segments],
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


def _segment(segment: Segmentation) -> Blocks:
    slug = segment.name.replace("_", "-")
    until = {name: reliable_until(curve) for name, curve in segment.curves.items()}
    finding = _segment_finding(segment)
    fig = charts.retention(segment.curves, until, finding, TENURE, "accounts still paying")
    caption = (
        f"Kaplan-Meier curves by {segment.label} with 95% log-log intervals and late entry; under them the "
        "accounts at risk. Each curve is drawn while at least ten are"
    )
    alt = f"Curves of accounts still paying by {segment.label}: " + "; ".join(
        f"{name} {percent(_at(curve, segment.tau), 0)} after {number(segment.tau)} months"
        for name, curve in segment.curves.items()
    )
    return Blocks(
        [
            Text(f"{_segment_finding(segment, escape)} (@fig-curves-{slug})."),
            Figure(fig, f"fig-curves-{slug}", f"{caption}.", f"{alt}."),
        ]
    )


def _groups(segment: Segmentation) -> Table:
    rows = pd.DataFrame(
        [
            {
                "group": name,
                "spells": segment.spells[name],
                "left": curve.events,
                "year": _share_text(curve, YEAR if segment.tau >= YEAR else segment.tau),
                "median": _median_text(curve),
                "mean": segment.means[name].estimate,
                "difference": _difference(segment, name),
                "pairs": _pairs(segment, name),
            }
            for name, curve in segment.curves.items()
        ]
    )
    at = number(min(YEAR, segment.tau))
    columns = {
        "group": sentence(segment.label),
        "spells": ("Stays", count),
        "left": ("Left", count),
        "year": f"Still paying at {at} months",
        "median": "Median stay (months)",
        "mean": (f"Mean stay within {number(segment.tau)} months", lambda x: number(x, 1)),
        "difference": f"Against {next(iter(segment.curves))}",
        "pairs": "Differs from (Holm)",
    }
    table_caption = (
        f"Retention by {escape(segment.label)}: 95% intervals in brackets, pairs tested by log-rank with Holm"
    )
    return Table.of(
        rows, columns, label=f"tbl-curves-{segment.name.replace('_', '-')}", caption=table_caption
    )


def _at(curve: KaplanMeier, month: float) -> float:
    return float(curve.at([month])["survival"].iloc[0])


def _share_text(curve: KaplanMeier, month: float) -> str:
    row = curve.at([month]).iloc[0]
    if pd.isna(row["survival"]):
        return "not observed"
    if pd.isna(row["lower"]):
        return percent(row["survival"], 0)
    return f"{percent(row['survival'], 0)} ({number(100 * row['lower'])} to {percent(row['upper'], 0)})"


def _median_text(curve: KaplanMeier) -> str:
    median = curve.median()
    if pd.isna(median.time):
        return "not reached"
    low, high = (number(x) if pd.notna(x) else "?" for x in (median.lower, median.upper))
    return f"{number(median.time)} ({low} to {'not reached' if high == '?' else high})"


def _difference(segment: Segmentation, name: str) -> str:
    gap = segment.differences[name]
    if gap is None:
        return "reference"
    value, low, high = (number(x, 1, sign=True) for x in (gap.estimate, gap.lower, gap.upper))
    return f"{value} ({low} to {high})"


def _pairs(segment: Segmentation, name: str) -> str:
    other = []
    # An index of pairs; pandas types every label as hashable.
    for (a, b), row in segment.pairs.iterrows():  # ty: ignore[not-iterable]
        if name in (str(a), str(b)) and row["p_adjusted"] < 0.05:
            other.append(str(b) if str(a) == name else str(a))
    return ", ".join(other) or "none"


def _segment_finding(segment: Segmentation, show: Callable[[str], str] = str) -> str:
    month = segment.tau
    at = {name: _at(curve, month) for name, curve in segment.curves.items()}
    best, worst = max(at, key=at.__getitem__), min(at, key=at.__getitem__)
    if not segment.differs:
        return (
            f"Retention does not differ by {segment.label} beyond chance ({percent(at[worst], 0)} to "
            f"{percent(at[best], 0)} at month {number(month)})"
        )
    return (
        f"{sentence(segment.label)}: {percent(at[best], 0)} of \u201c{show(best)}\u201d still pay at month "
        f"{number(month)}, {percent(at[worst], 0)} of \u201c{show(worst)}\u201d"
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


def _subscription_curves(data: Data) -> Blocks:
    rows = data.subscriptions
    if rows.empty or not rows["ended"].any():
        return Blocks([Text("No paid subscription has ended either, so there is no curve to draw.")])
    curves = subscription_curves(rows)
    until = {name: max(reliable_until(curve), 1.0) for name, curve in curves.items()}
    month = min(YEAR, min(until.values()))
    at = {name: _at(curve, month) for name, curve in curves.items()}
    best, worst = max(at, key=at.__getitem__), min(at, key=at.__getitem__)
    if len(at) == 1:
        finding = f"{percent(at[best], 0)} of subscriptions still run after {number(month)} months"
    elif at[best] - at[worst] < 0.005:
        finding = (
            f"On every plan {percent(at[best], 0)} of subscriptions still run after {number(month)} months"
        )
    else:
        finding = (
            f"Subscriptions, not customers: {percent(at[best], 0)} on {best} still run after {number(month)} "
            f"months, {percent(at[worst], 0)} on {worst}"
        )
    fig = charts.retention(
        curves,
        until,
        finding,
        "months since the subscription began",
        "subscriptions still running",
        "subscriptions",
    )
    caption = (
        "Subscriptions still running by plan, Kaplan-Meier with 95% log-log intervals; **subscriptions, not "
        "customers**: an account with another subscription goes on paying. Under the plot the subscriptions "
        "at risk."
    )
    alt = "Curves of subscriptions still running: " + "; ".join(
        f"{name} {percent(share, 0)} after {number(month)} months" for name, share in at.items()
    )
    multiple = rows.groupby("account_id").size()
    # The mean of a series is a number; pandas allows for one of each level.
    each: float = multiple.mean()  # ty: ignore[invalid-assignment]
    lead = (
        f"{count(rows['ended'].sum())} of {count(len(rows))} paid subscriptions have ended, of "
        f"{count(multiple.size)} accounts with {number(each, 1)} subscriptions each on average "
        "(@fig-subscriptions, @tbl-subscriptions). An account leaves only when its last one ends."
    )
    sizes = rows["plan"].value_counts()
    shown = pd.DataFrame(
        [
            {
                "plan": name,
                "rows": sizes[name],
                "ended": curve.events,
                "share": _share_text(curve, month),
                "median": _median_text(curve),
            }
            for name, curve in curves.items()
        ]
    )
    columns = {
        "plan": "Plan",
        "rows": ("Subscriptions", count),
        "ended": ("Ended", count),
        "share": f"Still running at {number(month)} months",
        "median": "Median (months)",
    }
    table = Table.of(
        shown,
        columns,
        label="tbl-subscriptions",
        caption="How long subscriptions last, by plan; not accounts",
    )
    return Blocks([Text(lead), Figure(fig, "fig-subscriptions", caption, f"{alt}."), table])
