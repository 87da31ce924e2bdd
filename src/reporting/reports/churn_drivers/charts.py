"""The charts only this report has; each returns a Matplotlib figure with its finding as title."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from reporting.analysis.churn.before_leaving import BASE, WEEKS, Pattern
from reporting.present import style
from reporting.present.formats import count, number
from reporting.survival.competing import CumulativeIncidence
from reporting.survival.curves import KaplanMeier

_BAND = 0.13
_NAME = 26  # letters of a group's name
_RATIOS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20)


def retention(
    curves: Mapping[str, KaplanMeier],
    until: Mapping[str, float],
    finding: str,
    x_label: str,
    y_label: str,
    units: str = "accounts",
) -> Figure:
    """Kaplan-Meier curves with 95 % bands and the numbers at risk under them.

    Args:
        curves: Name -> curve, in order of colour.
        until: Name -> month up to which it is drawn.
        finding: The title.
        x_label: What the clock is, with its unit.
        y_label: What the share is of.
        units: What is at risk.
    """
    rows, end = len(curves), max(until.values())
    heights = [2.2, 0.19 * rows + 0.12]
    fig, (ax, below) = style.figure(height=2.75 + 0.19 * rows, rows=2, height_ratios=heights, sharex=True)
    names = {name: textwrap.shorten(name, _NAME, placeholder="…") for name in curves}
    for name, curve, ink in zip(curves, curves.values(), style.palette(), strict=False):
        drawn = curve.table[curve.table["time"] <= until[name]]
        time = np.concatenate([[0.0], drawn["time"], [until[name]]])
        share, low, high = (
            np.pad([first, *drawn[column]], (0, 1), mode="edge")  # flat from the last change to the end
            for column, first in (("survival", 1.0), ("lower", np.nan), ("upper", np.nan))
        )
        ax.fill_between(time, low, high, step="post", color=ink, alpha=_BAND, linewidth=0)
        ax.plot(time, share, drawstyle="steps-post", color=ink, label=names[name])
    ax.set_ylim(0, 1.02)
    ax.set_ylabel(y_label)
    style.percent_axis(ax.yaxis)
    ax.tick_params(axis="x", labelbottom=True)
    ax.set_xlim(-0.04 * end, end * (1.08 + 0.014 * max(map(len, names.values()))))
    ticks = _months(end)
    ax.set_xticks(ticks)
    style.label_lines(ax)
    _numbers_at_risk(below, curves, until, ticks)
    below.set_yticks(range(rows), list(names.values()))
    for text, ink in zip(below.get_yticklabels(), style.palette(), strict=False):
        text.set_color(ink)
    below.set_title(
        f"{units.capitalize()} at risk", loc="left", size=8, weight=400, color=style.color("muted"), pad=2
    )
    below.set_xlabel(x_label)
    style.title(ax, finding)
    return fig


def _numbers_at_risk(
    ax: Axes,
    curves: Mapping[str, KaplanMeier],
    until: Mapping[str, float],
    ticks: Sequence[float] | np.ndarray,
) -> None:
    inks = zip(curves.values(), style.palette(), until.values(), strict=False)
    for y, (curve, ink, last) in enumerate(inks):
        for x, n in zip(ticks, curve.at_risk(ticks), strict=True):
            if x <= last:
                ax.text(x, y, count(n), ha="center", va="center", size=8, color=ink)
    ax.set_ylim(len(curves) - 0.4, -0.6)
    ax.grid(False)
    ax.spines["bottom"].set_visible(False)
    ax.tick_params(length=0, labelbottom=False, pad=8)


def _months(end: float) -> np.ndarray:
    step = next(s for s in (1, 2, 3, 6, 12, 24) if end / s <= 8 or s == 24)
    return np.arange(0, end + 0.5, step)


def forest(
    table: pd.DataFrame, labels: Sequence[str], notes: Sequence[str], finding: str, axis: str
) -> Figure:
    """Hazard ratios with their intervals on a log scale, those told from chance in full colour.

    Args:
        table: hazard_ratio, lower, upper, found (bool), one row a driver.
        labels: Row labels.
        notes: Text at the right of each row.
        finding: The title.
        axis: Label of the value axis.
    """
    fig, ax = style.figure(height=1.2 + 0.22 * len(table))
    style.horizontal(ax)
    low, high = float(table["lower"].min()), float(table["upper"].max())
    low, high = max(min(low, 0.5), 0.05), min(max(high, 2.0), 25.0)
    ax.set_xscale("log")
    ax.axvline(1, color=style.color("muted"), linewidth=0.9)
    for y, (_, row) in enumerate(table.iterrows()):
        ink = (
            style.color("muted") if not row["found"] else style.palette()[1 if row["hazard_ratio"] > 1 else 0]
        )
        ax.plot(
            [max(row["lower"], low), min(row["upper"], high)], [y, y], color=ink, linewidth=2.2, alpha=0.5
        )
        ax.plot([np.clip(row["hazard_ratio"], low, high)], [y], "o", color=ink, markersize=5)
    ax.set_yticks(range(len(table)), labels)
    ax.set_ylim(len(table) - 0.5, -0.5)
    ax.set_xlim(low / 1.1, high * 1.1)
    shown = [r for r in _RATIOS if low / 1.1 <= r <= high * 1.1]
    ax.xaxis.set_major_locator(FixedLocator(shown))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
    ax.set_xlabel(axis)
    for y, text in enumerate(notes):
        ax.annotate(
            text, (1.01, y), xycoords=("axes fraction", "data"), va="center", size=8.5, annotation_clip=False
        )
    style.title(ax, finding)
    return fig


def incidence(fit: CumulativeIncidence, until: float, names: Mapping[str, str], finding: str) -> Figure:
    """Cumulative incidence of competing events with 95 % bands."""
    fig, ax = style.figure(height=2.9)
    inks = {"leaves": style.color("bad"), "shrinks": style.palette()[0], "grows": style.color("good")}
    for cause in fit.causes:
        table = fit.table.loc[cause]
        table = table[table.index <= until]
        time = np.concatenate([[0.0], table.index])
        share = np.concatenate([[0.0], table["incidence"]])
        low, high = (np.concatenate([[np.nan], table[side]]) for side in ("lower", "upper"))
        ink = inks[str(cause)]
        ax.fill_between(time, low, high, step="post", color=ink, alpha=_BAND, linewidth=0)
        ax.plot(time, share, drawstyle="steps-post", color=ink, label=names[str(cause)])
    ax.set_xlim(0, until * 1.16)
    ax.set_ylim(bottom=0)
    ax.set_xticks(_months(until))
    ax.set_xlabel("months of paying tenure")
    ax.set_ylabel("share whose first movement it was")
    style.percent_axis(ax.yaxis)
    style.label_lines(ax)
    style.title(ax, finding)
    return fig


def on_the_way_out(pattern: Pattern, finding: str) -> Figure:
    """Weekly use of leavers and stayers against their own base, aligned on the end of service."""
    fig, ax = style.figure()
    table, (blue, orange) = pattern.weeks, style.palette()[:2]
    low, high = table["stayers"] * table["lower"], table["stayers"] * table["upper"]
    ax.fill_between(table.index, low, high, color=orange, alpha=_BAND + 0.05, linewidth=0)
    ax.plot(table.index, table["stayers"], color=blue, label="Stayed")
    ax.plot(table.index, table["leavers"], color=orange, label="Left")
    top = float(max(high.max(), table["stayers"].max())) * 1.18
    ax.set_ylim(0, top)
    ax.axvspan(-WEEKS, -WEEKS + BASE - 1, color=style.color("line"), alpha=0.35, linewidth=0, zorder=0)
    ax.text(-WEEKS + 0.3, top * 0.97, "base period", size=8, va="top", color=style.color("muted"))
    if pattern.lead:
        ax.axvline(-pattern.lead, color=style.color("muted"), linewidth=0.9, linestyle=(0, (4, 3)))
        ax.text(
            -pattern.lead + 0.25, top * 0.97, "decline shows", size=8, va="top", color=style.color("muted")
        )
    ax.set_xlim(-WEEKS - 0.3, 1.9)
    ax.set_xticks([-24, -20, -16, -12, -8, -4, -1])
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: number(x)))
    ax.set_xlabel("weeks before the end of service")
    ax.set_ylabel("weekly events, share of own base")
    style.percent_axis(ax.yaxis)
    style.label_lines(ax)
    style.title(ax, finding)
    return fig


def calibration(table: pd.DataFrame, finding: str, months: int) -> Figure:
    """Predicted against observed shares by tenth of the predictions, with the line of a perfect forecast."""
    fig, ax = style.figure("half", height=2.8)
    ink = style.palette()[0]
    top = float(max(table["upper"].max(), table["predicted"].max())) * 1.06
    ax.plot([0, top], [0, top], color=style.color("muted"), linewidth=0.9, linestyle=(0, (4, 3)))
    ax.set_title("dashed: a perfect forecast", size=8, weight=400, loc="right", color=style.color("muted"))
    for _, row in table.iterrows():
        ax.plot([row["predicted"]] * 2, [row["lower"], row["upper"]], color=ink, linewidth=1.8, alpha=0.4)
    ax.plot(table["predicted"], table["observed"], "o", color=ink, markersize=5)
    ax.set_xlim(0, top)
    ax.set_ylim(0, top)
    ax.set_xlabel(f"predicted: leaves within {months} {'month' if months == 1 else 'months'}")
    ax.set_ylabel("observed share that left")
    style.percent_axis(ax.xaxis)
    style.percent_axis(ax.yaxis)
    style.title(ax, finding)
    return fig
