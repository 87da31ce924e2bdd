"""A cohort triangle as a picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from reporting.present import style
from reporting.present.formats import count


def heatmap(
    grid: pd.DataFrame,
    finding: str,
    x_label: str,
    y_label: str,
    note: str,
    sizes: Sequence[int],
    reached: Sequence[int],
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
        reached: Accounts behind each column, written under its name.
        open_cells: True where the figure can still change: unfilled, in italics with a dotted frame.
        around_one: Two colours for below and above 100 %, full at 50 % and 150 %; else one, from 50 % (and
            less) to 100 %. The scale is the same in every month and cohort, so that a shade means one figure.
    """
    values = grid.to_numpy(dtype=float)
    rows, columns = values.shape
    fig, ax = style.figure(height=1.12 + 0.155 * rows)  # twelve cohorts: two to a page
    low, high = (0.5, 1.5) if around_one else (0.5, 1.0)
    colours, open_ = style.ramp(around_one), open_cells.to_numpy(dtype=bool)
    ax.grid(False)
    edges = np.arange(columns + 1) - 0.5, np.arange(rows + 1) - 0.5
    ax.pcolormesh(
        *edges, np.ma.masked_where(open_ | ~np.isfinite(values), values), cmap=colours, vmin=low, vmax=high
    )
    for i, j in zip(*np.nonzero(np.isfinite(values)), strict=True):
        shade = colours(float(np.clip((values[i, j] - low) / (high - low), 0, 1)))
        ink = style.color("ink") if open_[i, j] else style.text_on(shade)
        slant = "italic" if open_[i, j] else "normal"
        text = {"ha": "center", "va": "center", "size": 8, "style": slant, "color": ink}
        ax.text(j, i, f"{100 * values[i, j]:.0f}", **text)
        if open_[i, j]:
            ax.add_patch(_frame(j, i))
    names = [f"{name}  ({count(n)})" for name, n in zip(grid.index, sizes, strict=True)]
    ax.set_yticks(range(rows), names)
    under = [f"{column}\nn {count(n)}" for column, n in zip(grid.columns, reached, strict=True)]
    ax.set_xticks(range(columns), under)
    ax.set_ylim(rows - 0.5, -0.5)
    ax.tick_params(length=0)
    ax.spines["bottom"].set_visible(False)
    ax.set_xlabel(x_label)
    ax.set_ylabel(y_label)
    style.title(ax, finding, note)
    return fig


def _frame(x: float, y: float) -> Rectangle:
    size, ink = 0.84, style.color("muted")
    return Rectangle(
        (x - size / 2, y - size / 2), size, size, fill=False, edgecolor=ink, linewidth=0.8, linestyle=":"
    )
