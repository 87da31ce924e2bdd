"""A document built for pandoc as a tree, never as Markdown: a stranger's text is text all the way."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from reporting.pipeline.render.pandoc import run
from reporting.pipeline.slides.tree import Grid, Node

NOTHING = ["", [], []]
"""No id, no classes, no attributes."""


def para(text: str, *, strong: bool = False) -> Node:
    """A paragraph of plain text."""
    return {"t": "Para", "c": inlines(text, strong=strong)}


def inlines(text: str, *, strong: bool = False) -> list[Node]:
    """Plain text as inlines."""
    words: list[Node] = []
    for word in text.split(" "):
        words += [{"t": "Space"}, {"t": "Str", "c": word}] if words else [{"t": "Str", "c": word}]
    return [{"t": "Strong", "c": words}] if strong else words


def div(name: str, blocks: list[Node]) -> Node:
    """Blocks in a division of this class."""
    return {"t": "Div", "c": [["", [name], []], blocks]}


def heading(level: int, text: str) -> Node:
    """A heading of plain text."""
    return {"t": "Header", "c": [level, NOTHING, inlines(text)]}


def figure(path: Path, caption: str, alt: str) -> Node:
    """A picture with its caption below and its alternative text."""
    image = {"t": "Image", "c": [NOTHING, inlines(alt), [str(path), ""]]}
    return {"t": "Figure", "c": [NOTHING, _caption(caption), [{"t": "Plain", "c": [image]}]]}


def table(grid: Grid, widths: Sequence[float] = ()) -> Node:
    """A table whose columns take these shares of the width, equal ones by default."""
    widths = widths or [1 / len(grid.head)] * len(grid.head)
    columns = [
        [{"t": "AlignRight" if right else "AlignLeft"}, {"t": "ColWidth", "c": width}]
        for right, width in zip(grid.right, widths, strict=True)
    ]
    body = [NOTHING, 0, [], [_row(row) for row in grid.rows]]
    head = [NOTHING, [_row(grid.head)]]
    return {"t": "Table", "c": [NOTHING, _caption(grid.caption), columns, head, [body], [NOTHING, []]]}


def _caption(text: str) -> list[Any]:
    return [None, [{"t": "Plain", "c": inlines(text)}] if text else []]


def _row(cells: Sequence[str]) -> list[Any]:
    default = {"t": "AlignDefault"}
    return [NOTHING, [[NOTHING, default, 1, 1, [{"t": "Plain", "c": inlines(cell)}]] for cell in cells]]


def whole(blocks: list[Node], meta: dict[str, Node]) -> str:
    """A document of these blocks, as pandoc takes it."""
    tree = {"pandoc-api-version": _version(), "meta": meta, "blocks": blocks}
    return json.dumps(tree, ensure_ascii=False)


@cache
def _version() -> list[int]:
    return json.loads(run("-t", "json", given=""))["pandoc-api-version"]


def meta_text(text: str) -> Node:
    """Plain text as a value of a document's metadata."""
    return {"t": "MetaInlines", "c": inlines(text)}
