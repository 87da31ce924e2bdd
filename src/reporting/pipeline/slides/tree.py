"""A derived document as pandoc reads it: sections with their text, charts and tables."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from reporting.pipeline.render.document import Document
from reporting.pipeline.render.pandoc import READER, run
from reporting.present.formats import MINUS

Node = dict[str, Any]
_OURS = re.compile(r"callout-|key-figures$|terms$")
_ELSEWHERE = re.compile(r"\s*\(\s*\0\w+(?:,\s*\0\w+)*\s*\)")
_END = re.compile(rf"(?<=[.!?])\s+(?=[A-Z0-9“\u2018\"'{MINUS}+(])")
_ABBREVIATED = re.compile(r"\b(?:Inc|Corp|Ltd|Co|No|vs|e\.g|i\.e|[A-Z])\.$")


@dataclass(frozen=True)
class Picture:
    """A chart: where its SVG lies below the documents, its caption, and what it says to who can't see it."""

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
    made = run("-f", READER, "-t", "json", given=document.body, where=document.path)
    return list(_opened(json.loads(made)["blocks"]))


def _opened(blocks: Sequence[Node]) -> Iterator[Node]:
    """The blocks with those of a division that means nothing here in its place."""
    for block in blocks:
        if block["t"] == "Div" and not any(map(_OURS.match, block["c"][0][1])):
            yield from _opened(block["c"][1])
        else:
            yield block


def sections(blocks: Sequence[Node]) -> list[Section]:
    """The document's parts by its headings; the first is what stands before any heading."""
    found = [Section()]
    for block in blocks:
        kind, content = block["t"], block.get("c", "")
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
        _cells(head[1][0]) if head[1] else [""] * len(columns),
        [_cells(row) for body in bodies for row in body[3]],
        [spec[0]["t"] == "AlignRight" for spec in columns],
        " ".join(map(text_of, paragraphs(caption[1]))),
    )


def _cells(row: list[Any]) -> list[str]:
    return [" ".join(map(text_of, paragraphs(cell[4]))) for cell in row[1]]


def terms_of(blocks: Sequence[Node]) -> dict[str, str]:
    """The words that the document explains, with their meaning."""
    lists = [
        part
        for block in blocks
        if block["t"] == "Div" and "terms" in block["c"][0][1]
        for part in block["c"][1]
    ]
    entries = [entry for part in lists if part["t"] == "DefinitionList" for entry in part["c"]]
    return {text_of(term): " ".join(map(text_of, paragraphs(told[0]))) for term, told in entries}


def text_of(inlines: Sequence[Node]) -> str:
    """Plain text; references to figures and tables, which stand elsewhere here, go where they are asides."""
    text = _ELSEWHERE.sub("", _joined(inlines)).replace("\0", "the ")
    return re.sub(r"[ \n]+", " ", text).strip()


def _joined(inlines: Sequence[Node]) -> str:
    return "".join(map(_one, inlines))


def _one(node: Node) -> str:
    kind, content = node["t"], node.get("c", "")
    if kind == "Str":
        return content
    if kind in ("Space", "SoftBreak", "LineBreak"):
        return " "
    if kind in ("Code", "Math"):
        return content[1]
    if kind == "Quoted":
        left, right = "\u2018\u2019" if content[0]["t"] == "SingleQuote" else "“”"
        return f"{left}{_joined(content[1])}{right}"
    if kind == "Cite":
        label = content[0][0]["citationId"]
        return (
            "\0figure" if label.startswith("fig-") else "\0table" if label.startswith("tbl-") else f"@{label}"
        )
    if kind in ("Note", "RawInline"):
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
