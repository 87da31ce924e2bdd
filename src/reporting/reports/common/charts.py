"""The few chart forms all reports share; each returns the Matplotlib figure with its finding as title."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator, NullLocator

from reporting.present import style
from reporting.present.formats import money, percent

from .bridge import LABELS, PARTS
from .intervals import Estimate

ROW_INCHES = 0.27  # height of one horizontal bar or dot row


def waterfall(row: pd.Series, start: str, end: str, currency: str, finding: str) -> Figure:
    """The MRR bridge of one month: parts that moved nothing are left out of the picture, not of the table.

    Args:
        row: One row of `bridge.bridge`, in cents.
        start: Label of the first column, e.g. the previous month.
        end: Label of the last column.
        currency: ISO code.
        finding: The title.
    """
    parts = [(LABELS[part], int(sign * row[part])) for part, (_, sign) in PARTS.items() if row[part]]
    fig, ax = style.figure(height=3.1)
    ink, good, bad = style.color("muted"), style.color("good"), style.color("bad")
    names, running = [start], int(row["start"])
    ax.bar(0, running, color=ink, width=0.62)
    tops = [(0, running, money(running, currency, short=True))]
    for x, (name, step) in enumerate(parts, start=1):
        low, high = sorted((running, running + step))
        ax.bar(x, high - low, bottom=low, color=good if step > 0 else bad, width=0.62)
        ax.plot([x - 1 + 0.31, x + 0.31], [running, running], color=ink, linewidth=0.7)
        running += step
        names.append(name)
        tops.append((x, high, money(step, currency, short=True, sign=True)))
    last = len(parts) + 1
    ax.plot([last - 1 + 0.31, last + 0.31], [running, running], color=ink, linewidth=0.7)
    ax.bar(last, running, color=ink, width=0.62)
    tops.append((last, running, money(running, currency, short=True)))
    for x, y, text in tops:
        style.label(ax, x, y, text, color=style.color("ink"), dx=0, dy=7, ha="center")
    ax.set_xticks(range(last + 1), [*names, end])
    ax.set_ylabel(f"MRR ({currency})")
    low = min([row["start"], row["end"], *(y for _, y, _ in tops)])
    high = max(y for _, y, _ in tops)
    # A bridge between two large balances would hide its movements; the cut axis is said in the caption.
    floor = low - 4 * (high - low) if 0 < high - low < 0.15 * high else 0
    ax.set_ylim(max(0, floor), high + 0.12 * (high - max(0, floor)))
    steady_ticks(ax.yaxis)
    style.money_axis(ax.yaxis, currency)
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


def axis_starts_at_zero(fig: Figure) -> bool:
    """Whether the value axis of the first panel starts at zero."""
    return bool(fig.axes[0].get_ylim()[0] <= 0)


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
    fig, ax = style.figure(height=1.15 + 0.33 * len(names))
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
            ax, right, y, f"{percent(estimate.value)}, n = {estimate.n:,}", color=style.color("muted")
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


def heatmap(
    grid: pd.DataFrame,
    finding: str,
    x_label: str,
    y_label: str,
    note: str,
    sizes: Sequence[int],
    open_cells: pd.DataFrame,
    around_one: bool = False,
) -> Figure:
    """A triangle as a heatmap with its percentages in the cells.

    Args:
        grid: Rows (top first) by columns, shares; NaN cells stay empty.
        finding: The title.
        x_label: What the columns are.
        y_label: What the rows are.
        note: What the figures are, with unit.
        sizes: Accounts behind each row, written after its name.
        open_cells: True where the figure can still change: in italics with a dotted frame.
        around_one: Two colours for below and above 100 %, full at 50 % and 150 %; else one, dark at 100 %.
    """
    values = grid.to_numpy(dtype=float)
    rows, columns = values.shape
    fig, ax = style.figure(height=1.25 + 0.215 * rows)
    finite = values[np.isfinite(values)]
    low, high = (0.5, 1.5) if around_one else (min(float(finite.min(initial=1.0)), 0.95), 1.0)
    colours = style.diverging() if around_one else style.sequential()
    ax.grid(False)
    edges = np.arange(columns + 1) - 0.5, np.arange(rows + 1) - 0.5
    ax.pcolormesh(*edges, np.ma.masked_invalid(values), cmap=colours, vmin=low, vmax=high)
    size = 7.5 if columns <= 19 else 6.3
    for i, j in zip(*np.nonzero(np.isfinite(values)), strict=True):
        shade = colours(float(np.clip((values[i, j] - low) / (high - low), 0, 1)))
        slant = "italic" if open_cells.iloc[i, j] else "normal"
        text = {"ha": "center", "va": "center", "size": size, "style": slant, "color": style.text_on(shade)}
        ax.text(j, i, f"{100 * values[i, j]:.0f}", **text)
        if open_cells.iloc[i, j]:
            ax.add_patch(_open_cell(j, i, style.text_on(shade)))
    names = [f"{name}  ({n:,})" for name, n in zip(grid.index, sizes, strict=True)]
    ax.set_yticks(range(rows), names)
    ax.set_xticks(range(columns), [str(column) for column in grid.columns])
    ax.set_ylim(rows - 0.5, -0.5)
    ax.tick_params(length=0)
    ax.spines["bottom"].set_visible(False)
    ax.set_xlabel(x_label)
    ax.set_ylabel(y_label)
    style.title(ax, finding, note)
    return fig


def _open_cell(x: float, y: float, colour: str) -> Rectangle:
    size = 0.84
    corner = (x - size / 2, y - size / 2)
    return Rectangle(corner, size, size, fill=False, edgecolor=colour, linewidth=0.8, linestyle=":")


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
    fig, ax = style.figure(height=1.3 + 0.42 * len(shares))
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
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2 - 0.35 / len(shares)), ncols=len(shares.columns))
    style.title(ax, finding)
    return fig


def lines(
    frame: pd.DataFrame,
    finding: str,
    y_label: str,
    bands: dict[str, tuple[Sequence[float], Sequence[float]]] | None = None,
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
    fig, ax = style.figure(height=2.9)
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
