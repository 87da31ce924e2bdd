"""Tables and sparklines as Quarto Markdown."""

from __future__ import annotations


def pipe_table(head: list[str], right: list[bool], rows: list[list[str]]) -> str:
    """A pipe table with padded columns, so that the document reads well as text."""
    widths = [max(3, *(len(cell) for cell in column)) for column in zip(head, *rows, strict=True)]

    def line(cells: list[str]) -> str:
        padded = (
            cell.rjust(width) if flush else cell.ljust(width)
            for cell, width, flush in zip(cells, widths, right, strict=True)
        )
        return f"| {' | '.join(padded)} |"

    rule = "|".join(
        f"{'-' * (w + 1)}:" if flush else f":{'-' * (w + 1)}" for w, flush in zip(widths, right, strict=True)
    )
    return "\n".join([line(head), f"|{rule}|", *(line(row) for row in rows)])


def sparkline(history: list[float | None], usual: list[float] | None) -> str:
    """A span with points on a canvas of a thousand by a thousand, and where the last was to be expected.

    Empty with fewer than two points.
    """
    known = [(i, value) for i, value in enumerate(history) if value is not None]
    if len(known) < 2:
        return ""
    low, high = min(value for _, value in known), max(value for _, value in known)
    across, up = 1000 / (len(history) - 1), 1000 / (high - low) if high > low else 0
    points = " ".join(f"{i * across:.0f},{(value - low) * up if up else 500:.0f}" for i, value in known)
    span = f'[]{{.key-spark points="{points}"'
    if usual and up:
        span += ' usual="{:.0f},{:.0f}"'.format(*((min(max(x, low), high) - low) * up for x in usual))
    return span + "}"
