"""The few chart forms all reports share; each returns the Matplotlib figure with its finding as title."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, NullLocator

from reporting.present import style
from reporting.present.formats import count, percent
from reporting.survival.estimate import Estimate

ROW_INCHES = 0.27  # height of one horizontal bar or dot row


def movements(
    names: Sequence[str], steps: Sequence[float], texts: Sequence[str], finding: str, currency: str
) -> Figure:
    """What moved MRR in a month: bars from zero, gains to the right and losses to the left.

    Args:
        names: Kinds of movement, first on top.
        steps: Signed, in cents.
        texts: What stands right of each bar.
        finding: The title.
        currency: ISO code.
    """
    fig, ax = style.figure(height=0.72 + 0.2 * len(names))
    style.horizontal(ax)
    colours = [style.color("good") if step > 0 else style.color("bad") for step in steps]
    ax.barh(range(len(names)), steps, color=colours, height=0.66)
    for y, (step, text) in enumerate(zip(steps, texts, strict=True)):
        style.label(ax, max(step, 0), y, text, color=style.color("muted"))
    ax.set_yticks(range(len(names)), names)
    low, high = min(0.0, *steps), max(0.0, *steps)
    # A letter beside the longest bar takes about 1.1 % of the width.
    room = min(0.6, 0.011 * max(map(len, texts)))
    ax.set_xlim(1.03 * low, low + (high - low) / (1 - room))
    ax.axvline(0, color=style.color("muted"), linewidth=0.8)
    steady_ticks(ax.xaxis)
    style.money_axis(ax.xaxis, currency)
    ax.set_xlabel(f"MRR moved ({currency})")
    style.title(ax, finding)
    return fig


def steady_ticks(axis: Axis, most: int = 6) -> None:
    """At most so many ticks, whatever the axes' size.

    Matplotlib's own choice depends on the size, and the size on the width of the tick labels: the layout can
    settle on labels it doesn't draw, and cut the axis label.
    """
    axis.set_major_locator(MaxNLocator(most, steps=[1, 2, 2.5, 5, 10]))


def no_ticks() -> NullLocator:
    """A locator for an axis without minor ticks."""
    return NullLocator()


def bars(
    names: Sequence[str],
    values: Sequence[float],
    texts: Sequence[str],
    finding: str,
    x_label: str,
    colours: Sequence[str],
    axis: Callable[[Axis], None] = steady_ticks,
    whole: float | None = None,
) -> Figure:
    """Horizontal bars with their figures beside them.

    Args:
        names: Row labels, first on top.
        values: Lengths.
        texts: What stands beside each bar.
        finding: The title.
        x_label: What the lengths are, with unit.
        colours: One a bar.
        axis: Formatter of the value axis.
        whole: Value at which the axis ends, where there is a natural one.
    """
    fig, ax = style.figure(height=1.0 + 0.26 * len(names))
    style.horizontal(ax)
    ax.barh(range(len(names)), values, color=colours, height=0.62)
    for y, (value, text) in enumerate(zip(values, texts, strict=True)):
        style.label(ax, value, y, text, color=style.color("muted"))
    ax.set_yticks(range(len(names)), names)
    longest = max(max(values, default=0), 1e-9)
    # A letter of the text beside the longest bar takes about 1 % of the width.
    ax.set_xlim(0, (whole or longest) * (1 + 0.012 * max(len(text) for text in texts)))
    steady_ticks(ax.xaxis)
    axis(ax.xaxis)
    ax.set_xlabel(x_label)
    style.title(ax, finding)
    return fig


def intervals(
    names: Sequence[str],
    estimates: Sequence[Estimate],
    finding: str,
    axis: str,
    reference: tuple[float, str] | None = None,
    rows: str = "",
) -> Figure:
    """Shares with their intervals, one row a group, with the number of accounts beside each.

    Args:
        names: Row labels.
        estimates: One a row; rows without accounts are named and left empty.
        finding: The title.
        axis: Label of the value axis.
        reference: A value and its meaning, drawn as a dashed line.
        rows: What the rows are, where their labels don't say it.
    """
    fig, ax = style.figure(height=1.15 + ROW_INCHES * len(names))
    style.horizontal(ax)
    ink = style.palette()[0]
    for y, estimate in enumerate(estimates):
        if not estimate.known:
            continue
        if np.isfinite(estimate.low):
            ax.plot([estimate.low, estimate.high], [y, y], color=ink, linewidth=2.2, alpha=0.45)
        ax.plot([estimate.value], [y], "o", color=ink, markersize=5)
        right = estimate.high if np.isfinite(estimate.high) else estimate.value
        style.label(
            ax, right, y, f"{percent(estimate.value)}, n = {count(estimate.n)}", color=style.color("muted")
        )
    ax.set_yticks(range(len(names)), names)
    ax.set_ylim(len(names) - 0.5, -0.5)
    ends = [x for e in estimates if e.known for x in (e.low, e.high, e.value) if np.isfinite(x)]
    low, high = min(ends, default=0.0), max(ends, default=1.0)
    if reference:
        low, high = min(low, reference[0]), max(high, reference[0])
        ax.axvline(reference[0], color=style.color("muted"), linewidth=0.9, linestyle=(0, (4, 3)))
        ax.annotate(
            reference[1],
            (reference[0], 1),
            xycoords=("data", "axes fraction"),
            xytext=(0, 3),
            textcoords="offset points",
            ha="center",
            size=8,
            color=style.color("muted"),
        )
    low = 0.0 if low < 0.35 else low
    span = max(high - low, 0.05)
    ax.set_xlim(low - 0.03 * span, high + 0.28 * span)
    ax.set_xlabel(axis)
    ax.set_ylabel(rows)
    steady_ticks(ax.xaxis)
    style.percent_axis(ax.xaxis)
    style.title(ax, finding)
    return fig


def stacked(
    shares: pd.DataFrame,
    finding: str,
    x_label: str,
    colours: Sequence[str],
    show: Callable[[float], str] = percent,
) -> Figure:
    """Rows of 100 % bars: one row a group, one segment a column, each segment with its share.

    Args:
        shares: Rows by segments; each row sums to 1.
        finding: The title.
        x_label: What the whole of a bar is.
        colours: One a column.
        show: Segment value -> text.
    """
    fig, ax = style.figure(height=1.15 + 0.27 * len(shares))
    style.horizontal(ax)
    left = np.zeros(len(shares))
    for column, colour in zip(shares.columns, colours, strict=True):
        widths = shares[column].to_numpy(dtype=float)
        ax.barh(range(len(shares)), widths, left=left, color=colour, height=0.62, label=column)
        for y, (x, width) in enumerate(zip(left, widths, strict=True)):
            if width >= 0.06:
                ax.text(
                    x + width / 2,
                    y,
                    show(width),
                    ha="center",
                    va="center",
                    size=8,
                    color=style.text_on(colour),
                )
        left += widths
    ax.set_yticks(range(len(shares)), list(shares.index))
    ax.set_xlim(0, 1)
    ax.set_xlabel(x_label)
    style.percent_axis(ax.xaxis)
    ax.legend(loc="lower left", bbox_to_anchor=(0, 0.99), ncols=len(shares.columns), borderaxespad=0)
    style.title(ax, finding)
    return fig


def lines(
    frame: pd.DataFrame,
    finding: str,
    y_label: str,
    bands: Mapping[str, tuple[Sequence[float], Sequence[float]]] | None = None,
    axis: Callable = style.percent_axis,
    reference: tuple[float, str] | None = None,
    from_zero: bool = False,
) -> Figure:
    """Monthly lines, named at their ends, with interval bands where given.

    Args:
        frame: Indexed by month, one column a line; the column's name is its label.
        finding: The title.
        y_label: What is drawn, with its unit.
        bands: Column -> (low, high) by month.
        axis: Formatter of the value axis, called with it.
        reference: A value and its meaning.
        from_zero: Start the value axis at zero.
    """
    fig, ax = style.figure()
    places = style.month_axis(ax, frame.index)
    for i, column in enumerate(frame.columns):
        colour = style.palette()[i]
        if bands and column in bands:
            low, high = bands[column]
            ax.fill_between(places, low, high, color=colour, alpha=0.14, linewidth=0)
        values = frame[column].to_numpy(dtype=float)
        ax.plot(places, values, color=colour, label=column, marker="o" if len(places) == 1 else "")
    if reference:
        style.reference(ax, *reference)
    if from_zero:
        ax.set_ylim(bottom=0)
    if from_zero:
        ax.set_ylim(top=1.04 * ax.get_ylim()[1])
    # Room at the right for the longest name: a letter takes about 1 % of the width.
    ax.set_xlim(-0.3, (len(places) - 1) / (1 - 0.0095 * max(len(str(c)) for c in frame.columns) - 0.02) + 0.3)
    ax.set_ylabel(y_label)
    steady_ticks(ax.yaxis)
    axis(ax.yaxis)
    style.label_lines(ax)
    style.title(ax, finding)
    return fig
