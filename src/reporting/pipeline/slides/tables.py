"""How wide the columns of a table are, and how many lines its rows take."""

from __future__ import annotations

import textwrap
from math import ceil

from reporting.pipeline.slides.tree import Grid

_NARROW = (26, 18)
"""Letters up to which a column is not wrapped (names, owners, days, amounts): rather more than fewer."""
_LEAST = 0.4
"""Share of what they ask for that is left to the other columns."""
_GAP = 4
"""Between columns, in letters."""
_BOLD = 1.12
"""Width of bold letters against others."""


def widths(grid: Grid, letters: float) -> list[float]:
    """The columns' shares of the width, where so many letters fit across it.

    Short columns take what they need; the others share the rest by their longest cells.
    """
    columns = list(zip(grid.head, *grid.rows, strict=True))
    longest = [max(map(len, cells)) for cells in columns]
    words = [max(len(word) for cell in cells for word in cell.split() or [""]) for cells in columns]
    longest[grid.strong] = ceil(longest[grid.strong] * _BOLD)
    asked = [float(most + _GAP) for most in longest]
    for narrow in _NARROW:
        wide = [place for place, most in enumerate(longest) if most > narrow]
        over = sum(asked[place] for place in wide)
        rest = letters - (sum(asked) - over)
        if rest >= _LEAST * over:
            break
    if over > rest:
        for place in wide:
            asked[place] = max(rest * asked[place] / over, words[place] + _GAP)
    return [each / sum(asked) for each in asked]


def lines(grid: Grid, letters: float) -> list[int]:
    """Lines of the head and of each row where so many letters fit across the table."""
    room = [max(int(share * letters) - _GAP + 1, 1) for share in widths(grid, letters)]
    return [
        max(max(len(textwrap.wrap(cell, fits)), 1) for cell, fits in zip(row, room, strict=True))
        for row in (grid.head, *grid.rows)
    ]
