"""Chart style from the brand: quiet axes, direct labels, a title that states the finding.

Use: `fig, ax = style.figure()`, draw with `style.PALETTE` or a role such as `style.color("bad")`,
`style.title(ax, "MRR grew 4% on expansion")`, then `blocks.Figure(fig, ...)`.
"""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Sequence
from typing import Any, Literal

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.colors import ListedColormap, to_hex
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path
from matplotlib.ticker import FuncFormatter, MaxNLocator
from matplotlib.typing import ColorType

from reporting.present import formats
from reporting.present.brand import current_brand, ink_on
from reporting.present.defaults import apply
from reporting.present.svg import FLUSH_LEFT, glyphs_of_the_browser

# Inches: `full` is the text width of the PDF page (A4, 22 mm margins), so that 9 pt in a chart is 9 pt on
# paper.
_WIDTHS = {"full": 6.53, "half": 4.2}
_TITLE_SIZE, _TITLE_WEIGHT = 10.5, 600


def color(role: str) -> str:
    """The brand's colour for `ink`, `muted`, `line`, `tint`, `paper`, `accent`, `good` or `bad`."""
    return current_brand().colors[role].light


def palette() -> list[str]:
    """Categorical colours in order of use, safe for colour-blind readers."""
    return [pair.light for pair in current_brand().palette]


def __getattr__(name: str) -> list[str]:
    if name == "PALETTE":
        return palette()
    raise AttributeError(name)


def ramp(around: bool = False) -> ListedColormap:
    """Less to more in the first colour, darker for more, also in grey print; with `around` the second colour
    below a middle and the first above. In steps, each of which has its counterpart on a dark screen."""
    brand = current_brand()
    return ListedColormap([step.light for step in (brand.about() if around else brand.more())])


def text_on(background: Any) -> str:
    """Black or white, whichever has the higher contrast (at least 4.5) on `background`, any colour.

    On a brand colour the ink changes with it on a dark screen.
    """
    brand, fill = current_brand(), to_hex(background)
    named = next((name for name, color in brand.variables().items() if color.light == fill), None)
    return brand.inks()[f"on-{named}"].light if named else ink_on(fill)


def figure(
    width: Literal["full", "half"] = "full",
    height: float = 2.6,
    rows: int = 1,
    cols: int = 1,
    **subplots: Any,
) -> tuple[Figure, Any]:
    """A figure and its axes (an array when there are several), in the brand's style.

    Args:
        width: `full` text width or `half` for a small chart.
        height: Inches.
        rows: Rows of panels.
        cols: Columns of panels.
        subplots: Passed to `Figure.subplots` (sharex, sharey, width_ratios, ...).
    """
    apply(current_brand())
    fig = Figure(figsize=(_WIDTHS[width], height), layout="constrained")
    return fig, fig.subplots(rows, cols, **subplots)


def title(ax: Axes | Figure, finding: str, note: str = "") -> None:
    """State the finding, flush left above the whole figure; `note` says what is drawn, unit, period.

    Args:
        ax: Any axes of the figure, or the figure.
        finding: A short sentence with the number in it; wrapped when long.
        note: Smaller second line; over the first panel.
    """
    fig = ax if isinstance(ax, Figure) else _figure_of(ax)
    fig.suptitle(
        _fitted(finding, 72 * 0.98 * fig.get_figwidth()),
        x=0.004,
        ha="left",
        color=color("ink"),
        size=_TITLE_SIZE,
        weight=_TITLE_WEIGHT,
    )
    if note:
        target = fig.axes[0] if isinstance(ax, Figure) else ax
        target.set_title(note, loc="left", size=8.5, weight=400, color=color("muted"), gid=FLUSH_LEFT)


def _figure_of(ax: Axes) -> Figure:
    fig = ax.get_figure(root=True)
    assert fig is not None, "axes are made by `figure`"
    return fig


def _fitted(finding: str, room: float) -> str:
    """`finding` on as few lines of `room` points as take it, about equally long."""
    font = FontProperties(family=matplotlib.rcParams["font.family"], size=_TITLE_SIZE, weight=_TITLE_WEIGHT)
    with glyphs_of_the_browser():
        length, *_ = text_to_path.get_text_width_height_descent(finding, font, ismath=False)
    if length <= room:
        return finding
    letters = len(finding) / length * room
    lines = math.ceil(length / (0.93 * room))
    return textwrap.fill(finding, int(min(0.95 * letters, len(finding) / lines + 8)))


def label(
    ax: Axes,
    x: Any,
    y: Any,
    text: str,
    color: ColorType | None = None,
    dx: float = 5,
    dy: float = 0,
    **text_style: Any,
) -> None:
    """Write `text` beside the point (x, y), clear of the grid, instead of a legend; dx, dy in points."""
    clear = {"facecolor": current_brand().paper, "edgecolor": "none", "pad": -0.5}
    style: dict[str, Any] = {
        "va": "center",
        "ha": "left" if dx >= 0 else "right",
        "size": 8.5,
        "bbox": clear,
    } | text_style
    ax.annotate(text, (x, y), xytext=(dx, dy), textcoords="offset points", color=color, **style)


def label_lines(ax: Axes, names: Sequence[str] | None = None, gap: float = 10) -> None:
    """Name each line at its right end, in its colour, pushed apart to at least `gap` points.

    Call it last: it uses the axes' limits. Without `names` the lines' own labels are used.
    """
    lines = [
        line for line in ax.get_lines() if names is not None or not str(line.get_label()).startswith("_")
    ]
    ends = []
    for line, name in zip(lines, names or [str(line.get_label()) for line in lines], strict=True):
        y = np.asarray(line.get_ydata(), dtype=float)
        known = np.flatnonzero(np.isfinite(y))
        if known.size:
            ends.append(
                (float(y[known[-1]]), np.asarray(line.get_xdata())[known[-1]], name, line.get_color())
            )
    if not ends:
        return
    ends.sort(key=lambda end: end[0])
    fig = _figure_of(ax)
    with glyphs_of_the_browser():
        fig.draw_without_rendering()  # the layout decides how many points a unit of y is
    to_points = 72 / fig.dpi
    wanted = np.array([ax.transData.transform((0, end[0]))[1] * to_points for end in ends])
    placed = _spread(wanted, gap)
    for (y, x, name, ink), shift in zip(ends, placed - wanted, strict=True):
        label(ax, x, y, name, color=ink, dy=float(shift))


def _spread(wanted: np.ndarray, gap: float) -> np.ndarray:
    """Nearest ascending positions at least `gap` apart: isotonic regression of `wanted - gap * rank`."""
    groups: list[list[float]] = []
    for i, value in enumerate(wanted):
        groups.append([value - gap * i, 1])
        while len(groups) > 1 and groups[-2][0] > groups[-1][0]:
            mean, size = groups.pop()
            other, count = groups.pop()
            groups.append([(mean * size + other * count) / (size + count), size + count])
    base = np.concatenate([np.full(int(size), mean) for mean, size in groups])
    return base + gap * np.arange(len(wanted))


def money_axis(axis: Axis, currency: str = "") -> None:
    """Ticks of an axis in minor units as `$2M`, `$250k`."""
    axis.set_major_formatter(FuncFormatter(lambda cents, _: _tick_money(cents, currency)))


def _tick_money(cents: float, currency: str) -> str:
    text, mark = formats.money(cents, currency, short=True), formats.decimal_mark()
    decimals = re.search(rf"{re.escape(mark)}(\d+)", text)
    if decimals is None:
        return text
    kept = decimals[1].rstrip("0")
    return text[: decimals.start()] + (mark + kept if kept else "") + text[decimals.end() :]


def percent_axis(axis: Axis, digits: int = 0) -> None:
    """Ticks of an axis of shares as `40%`."""
    axis.set_major_formatter(FuncFormatter(lambda share, _: formats.percent(share, digits)))


def count_axis(axis: Axis) -> None:
    """Whole-number ticks with thousands separated."""
    axis.set_major_locator(MaxNLocator(integer=True, nbins="auto", min_n_ticks=3))
    axis.set_major_formatter(FuncFormatter(lambda n, _: formats.count(n)))


def month_axis(ax: Axes, months: Sequence[Any] | pd.Series | pd.Index, most: int = 8) -> np.ndarray:
    """Set up the x axis for monthly data drawn at 0, 1, 2, ... and return those positions.

    At most `most` ticks; the last month always has one; the year stands under the first tick of each year.
    """
    stamps = pd.to_datetime(pd.Series(list(months)))
    places = np.arange(len(stamps))
    step = max(1, math.ceil(len(stamps) / most))
    ticks = places[::-1][::step][::-1]
    shown, texts = None, []
    for tick in ticks:
        stamp = stamps.iloc[tick]
        text = formats.month(stamp, short=True)
        texts.append(text.replace(" ", "\n") if stamp.year != shown else text.split()[0])
        shown = stamp.year
    ax.set_xticks(ticks, texts)
    return places


def reference(ax: Axes, y: float, text: str = "") -> None:
    """A thin dashed horizontal line with its meaning at the left end, for thresholds and targets."""
    ax.axhline(y, color=color("muted"), linewidth=0.9, linestyle=(0, (4, 3)), zorder=1.5)
    if text:
        ax.annotate(
            text,
            (0, y),
            xycoords=("axes fraction", "data"),
            xytext=(4, 4),
            textcoords="offset points",
            size=8,
            color=color("muted"),
        )


def zero_line(ax: Axes) -> None:
    """A firm line at zero for charts with values on both sides."""
    ax.axhline(0, color=color("muted"), linewidth=0.8, zorder=1.6)


def horizontal(ax: Axes) -> None:
    """For horizontal bars: grid across the values, none along the names, first row on top."""
    ax.grid(False)
    ax.grid(True, axis="x")
    ax.spines["bottom"].set_visible(False)
    ax.tick_params(axis="both", length=0)
    if not ax.yaxis_inverted():
        ax.invert_yaxis()
