"""Slides and documents for Word, read back from their files."""

from __future__ import annotations

import posixpath
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@dataclass(frozen=True)
class Read:
    """One slide: its title, other texts by paragraph, the foot, rows of tables, pictures' alternative texts,
    paragraphs of the notes, and each shape's left, top, right and lower edge."""

    title: str
    texts: list[str]
    foot: str
    rows: list[list[str]]
    alts: list[str]
    notes: list[str]
    edges: list[tuple[int, int, int, int]]


def slides(path: Path) -> list[Read]:
    """The slides of a .pptx in order."""
    with zipfile.ZipFile(path) as packed:
        names = [name for name in packed.namelist() if re.fullmatch(r"ppt/slides/slide\d+\.xml", name)]
        return [_slide(packed, name) for name in sorted(names, key=lambda name: int(re.sub(r"\D", "", name)))]


def size(path: Path) -> tuple[int, int]:
    """Width and height of the slides of a .pptx."""
    with zipfile.ZipFile(path) as packed:
        told = next(ET.fromstring(packed.read("ppt/presentation.xml")).iter(f"{P}sldSz"))
    return int(told.attrib["cx"]), int(told.attrib["cy"])


def part(path: Path, name: str) -> ET.Element:
    """The XML of a part."""
    with zipfile.ZipFile(path) as packed:
        return ET.fromstring(packed.read(name))


def _slide(packed: zipfile.ZipFile, name: str) -> Read:
    root = ET.fromstring(packed.read(name))
    titles, texts, foot = [], [], ""
    for shape in root.iter(f"{P}sp"):
        place = next(shape.iter(f"{P}ph"), None)
        kind = "" if place is None else place.get("type", "")
        found = _paragraphs(shape)
        if kind in ("title", "ctrTitle"):
            titles += found
        elif kind == "ftr":
            foot = " ".join(found)
        elif kind != "sldNum":
            texts += found
    rows = [[" ".join(_paragraphs(cell)) for cell in row.iter(f"{A}tc")] for row in root.iter(f"{A}tr")]
    alts = [next(picture.iter(f"{P}cNvPr")).get("descr", "") for picture in root.iter(f"{P}pic")]
    return Read(" ".join(titles), texts, foot, rows, alts, _notes(packed, name), list(_edges(root)))


def _notes(packed: zipfile.ZipFile, name: str) -> list[str]:
    folder, file = posixpath.split(name)
    relations = ET.fromstring(packed.read(f"{folder}/_rels/{file}.rels"))
    for relation in relations:
        if relation.attrib["Type"].endswith("/notesSlide"):
            target = posixpath.normpath(posixpath.join(folder, relation.attrib["Target"]))
            for shape in ET.fromstring(packed.read(target)).iter(f"{P}sp"):
                place = next(shape.iter(f"{P}ph"), None)
                if place is not None and place.get("type") == "body":
                    return _paragraphs(shape)
    return []


def _paragraphs(shape: ET.Element) -> list[str]:
    found = (
        "".join(text.text or "" for text in paragraph.iter(f"{A}t")) for paragraph in shape.iter(f"{A}p")
    )
    return [text for text in found if text]


def _edges(root: ET.Element):
    for shape in root.iter():
        if shape.tag in (f"{A}xfrm", f"{P}xfrm"):
            offset, extent = shape.find(f"{A}off"), shape.find(f"{A}ext")
            x, y = int(offset.get("x")), int(offset.get("y"))
            yield x, y, x + int(extent.get("cx")), y + int(extent.get("cy"))


def links(path: Path) -> list[bytes]:
    """The parts that tell where a file leads."""
    with zipfile.ZipFile(path) as packed:
        return [packed.read(name) for name in packed.namelist() if name.endswith(".rels")]
