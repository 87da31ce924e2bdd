"""The brief as a document for Word: the report's own text, key figures as a table, charts as pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from reporting.pipeline.packed import Parts
from reporting.pipeline.render.document import Document
from reporting.pipeline.slides.deck import figures
from reporting.pipeline.slides.nodes import figure, heading, inlines, para, table
from reporting.pipeline.slides.package import W, edit
from reporting.pipeline.slides.tables import widths
from reporting.pipeline.slides.tree import Node, grid_of, picture_of, read_tree, text_of

_LETTERS = 104
"""Of a table's text that fit across the page."""


def brief(document: Document, pictures: Mapping[str, Path], month: str) -> list[Node]:
    """The blocks of the document for Word.

    Args:
        pictures: Chart -> its PNG.
        month: Its name.
    """
    blocks = read_tree(document)
    numbers = dict(_numbered(blocks))
    made: list[Node] = []
    for block in blocks:
        made += _block(block, numbers, pictures, document.front, month)
    return made


def _numbered(blocks: Sequence[Node]) -> list[tuple[str, str]]:
    """Label -> `Figure 1`, as the report counts."""
    counts = {"Figure": 0, "Table": 0}
    found = []
    for block in blocks:
        if block["t"] in counts:
            counts[block["t"]] += 1
            found.append((block["c"][0][0], f"{block['t']}\u00a0{counts[block['t']]}"))
    return found


def _block(
    block: Node,
    numbers: Mapping[str, str],
    pictures: Mapping[str, Path],
    front: Mapping[str, Any],
    month: str,
) -> list[Node]:
    kind, content = block["t"], block.get("c", "")
    if kind == "Figure":
        picture = picture_of(block)
        return [figure(pictures[picture.path], f"{numbers[content[0][0]]}: {picture.caption}", picture.alt)]
    if kind == "Table":
        grid = grid_of(block)
        made = table(grid, widths(grid, _LETTERS))
        made["c"][1] = [None, [{"t": "Plain", "c": inlines(f"{numbers[content[0][0]]}: {grid.caption}")}]]
        return [made]
    if kind == "Div":
        classes = content[0][1]
        if "key-figures" in classes and front.get("key-figures"):
            grid = figures(front["key-figures"], month)
            return [table(grid, widths(grid, _LETTERS)), para("")]
        if any(name.startswith("callout-") for name in classes):
            title, *rest = content[1]
            bold = inlines(f"{text_of(title['c'][2])}.", strong=True)
            first = rest[0]["c"] if rest and rest[0]["t"] == "Para" else []
            said = [{"t": "Para", "c": [*bold, {"t": "Space"}, *first]}, *rest[bool(first) :]]
            return [{"t": "BlockQuote", "c": _referred(said, numbers)}]
        return []  # words that pages explain where they stand
    if kind == "Header":
        return [heading(max(content[0] - 1, 1), text_of(content[2]))]
    return _referred([block], numbers)


def _referred(nodes: Any, numbers: Mapping[str, str]) -> Any:
    """The same with references as words: `Figure 1`."""
    if isinstance(nodes, list):
        return [_referred(node, numbers) for node in nodes]
    if not isinstance(nodes, dict):
        return nodes
    if nodes.get("t") == "Cite":
        label = nodes["c"][0][0]["citationId"]
        return {"t": "Str", "c": numbers.get(label, label)}
    return {key: _referred(value, numbers) for key, value in nodes.items()}


def finished(parts: Parts) -> Parts:
    """What pandoc leaves open in a document for Word: whole rows, alternative texts on pictures."""
    edit(parts, "word/document.xml", _finish)
    return parts


def _finish(root: ET.Element) -> None:
    for drawing in root.iter(f"{W}drawing"):
        told = next(found for found in drawing.iter() if found.tag.endswith("}docPr")).get("descr", "")
        for picture in (found for found in drawing.iter() if found.tag.endswith("}cNvPr")):
            picture.set("descr", told)  # pandoc writes where the file lay
    for row in root.iter(f"{W}tr"):
        about = row.find(f"{W}trPr")
        if about is None:
            about = ET.Element(f"{W}trPr")
            row.insert(0, about)
        about.insert(0, ET.Element(f"{W}cantSplit"))
