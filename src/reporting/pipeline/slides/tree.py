"""A derived document as pandoc reads it: sections with their text, charts and tables.

What is made of it is built as a tree again and never as Markdown: a stranger's text is text all the way.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from reporting.errors import RenderError
from reporting.pipeline.render.document import Document
from reporting.pipeline.render.pandoc import READER, pandoc_path

Node = dict[str, Any]
NOTHING = ["", [], []]
"""No id, no classes, no attributes."""
_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9“‘\"'−+(])")
_ABBREVIATED = re.compile(r"\b(?:Inc|Corp|Ltd|Co|No|vs|e\.g|i\.e|[A-Z])\.$")


@dataclass(frozen=True)
class Picture:
    """A chart: where its SVG lies in the documents' folder, what it shows, and what it says to who can't see it."""

    path: str
    caption: str
    alt: str


@dataclass(frozen=True)
class Grid:
    """A table of plain text.

    Attributes:
        right: Which columns are set flush right.
        strong: The column that is read first.
        tones: Of each row's last cell: `good`, `bad` or empty.
    """

    head: list[str]
    rows: list[list[str]]
    right: list[bool]
    caption: str = ""
    strong: int = 0
    tones: Sequence[str] = ()


@dataclass
class Section:
    """What stands under a heading, in order: paragraphs, remarks (title, text), charts and tables."""

    heading: str = ""
    paragraphs: list[list[Node]] = field(default_factory=list)
    remarks: list[tuple[str, str]] = field(default_factory=list)
    shown: list[Picture | Grid] = field(default_factory=list)


def read_tree(document: Document) -> list[Node]:
    """The blocks of a document's body.

    Raises:
        RenderError: pandoc failed.
    """
    made = pandoc("-f", READER, "-t", "json", given=document.body.encode(), where=document.path)
    return json.loads(made)["blocks"]


def pandoc(*options: str, given: bytes, where: Path | None = None, epoch: int = 0) -> bytes:
    """What pandoc makes of `given`; a warning is an error.

    Args:
        where: The document, for the message.
        epoch: The time that what is made says of itself, in seconds.
    """
    command = [pandoc_path(), "--fail-if-warnings", *options]
    environment = os.environ | {"SOURCE_DATE_EPOCH": str(epoch)}
    made = subprocess.run(command, input=given, capture_output=True, env=environment)
    if made.returncode or made.stderr.strip():
        said = made.stderr.decode(errors="replace").strip()
        raise RenderError(f"pandoc: {said or f'exit code {made.returncode}'}", where=where)
    return made.stdout


@cache
def version() -> list[int]:
    """Of pandoc's trees."""
    return json.loads(pandoc("-t", "json", given=b""))["pandoc-api-version"]


def sections(blocks: Sequence[Node]) -> list[Section]:
    """The document's parts by its headings; the first is what stands before any heading."""
    found = [Section()]
    for block in blocks:
        kind, content = block["t"], block.get("c")
        if kind == "Header" and content[0] <= 2:
            found.append(Section(text_of(content[2])))
        elif kind == "Para":
            found[-1].paragraphs.append(content)
        elif kind == "Figure":
            found[-1].shown.append(picture_of(block))
        elif kind == "Table":
            found[-1].shown.append(grid_of(block))
        elif kind == "Div" and any(name.startswith("callout-") for name in content[0][1]):
            title, *rest = content[1]
            found[-1].remarks.append((text_of(title["c"][2]), " ".join(map(text_of, paragraphs(rest)))))
    return found


def paragraphs(blocks: Sequence[Node]) -> Iterator[list[Node]]:
    """The inlines of each paragraph."""
    return (block["c"] for block in blocks if block["t"] in ("Para", "Plain"))


def picture_of(figure: Node) -> Picture:
    """The chart of a figure block."""
    image = next(node for inlines in paragraphs(figure["c"][2]) for node in inlines if node["t"] == "Image")
    alt = dict(image["c"][0][2]).get("fig-alt", "")
    return Picture(image["c"][2][0], " ".join(map(text_of, paragraphs(figure["c"][1][1]))), alt)


def grid_of(table: Node) -> Grid:
    """The cells of a table block."""
    _, caption, columns, head, bodies, _ = table["c"]
    return Grid(
        _cells(head[1][0]) if head[1] else [],
        [_cells(row) for body in bodies for row in body[3]],
        [spec[0]["t"] == "AlignRight" for spec in columns],
        " ".join(map(text_of, paragraphs(caption[1]))),
    )


def _cells(row: list[Any]) -> list[str]:
    return [" ".join(map(text_of, paragraphs(cell[4]))) for cell in row[1]]


def terms_of(blocks: Sequence[Node]) -> dict[str, str]:
    """The words that the document explains, with their meaning."""
    lists = [part for block in blocks if block["t"] == "Div" and "terms" in block["c"][0][1] for part in block["c"][1]]
    entries = [entry for part in lists if part["t"] == "DefinitionList" for entry in part["c"]]
    return {text_of(term): " ".join(map(text_of, paragraphs(told[0]))) for term, told in entries}


def text_of(inlines: Sequence[Node]) -> str:
    """Plain text, without references to figures and tables, which stand elsewhere here."""
    text = re.sub(r"\s*\((?:,?\s*)*\)", "", _joined(inlines))
    return re.sub(r"[ \n]+", " ", text).strip()


def _joined(inlines: Sequence[Node]) -> str:
    return "".join(map(_one, inlines))


def _one(node: Node) -> str:
    kind, content = node["t"], node.get("c")
    if kind == "Str":
        return content
    if kind in ("Space", "SoftBreak", "LineBreak"):
        return " "
    if kind in ("Code", "Math"):
        return content[1]
    if kind == "Quoted":
        left, right = "‘’" if content[0]["t"] == "SingleQuote" else "“”"
        return f"{left}{_joined(content[1])}{right}"
    if kind in ("Cite", "Note", "RawInline"):
        return ""
    inner = content[1] if kind in ("Span", "Link", "Image") else content
    return _joined(inner) if isinstance(inner, list) else ""


def sentences(text: str) -> list[str]:
    """A paragraph's sentences; `Corp.` and the like end none."""
    found: list[str] = []
    for part in _END.split(text):
        if found and _ABBREVIATED.search(found[-1]):
            found[-1] += f" {part}"
        else:
            found.append(part)
    return [part for part in found if part]


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


def whole(blocks: list[Node], meta: dict[str, Node] | None = None) -> bytes:
    """A document of these blocks, as pandoc takes it."""
    tree = {"pandoc-api-version": version(), "meta": meta or {}, "blocks": blocks}
    return json.dumps(tree, ensure_ascii=False).encode()


def meta_text(text: str) -> Node:
    """Plain text as a value of a document's metadata."""
    return {"t": "MetaInlines", "c": inlines(text)}
