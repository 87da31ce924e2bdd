"""Companies at the edge are published whole: no document shows what is no value, or an empty chart."""

from __future__ import annotations

import csv
import html
import re
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import pytest
from edge_companies import EDGES, MONTH, publish
from tests import office
from tests.shared import built_once

pytestmark = pytest.mark.server  # whole runs
NO_VALUE = re.compile(r"(?<![\w-])(nan|NaN|inf|NaT|<NA>|None(?! of)|null|undefined|∞)(?![\w-])")
FRONT = re.compile(r"\A---\n.*?\n---\n", re.S)
BESIDE = ("#d5dbe1", "#55626f")
"""Colours of the grid and of lines of reference."""


@pytest.fixture(scope="module", params=EDGES)
def month(request, tmp_path_factory) -> Path:
    name = request.param
    project = built_once(tmp_path_factory, name, lambda folder: publish(folder, name))
    return project / "reports" / name / MONTH


def shown(page: Path) -> str:
    """The text of a page, and what stands in its attributes for those who listen."""
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", page.read_text(encoding="utf-8"), flags=re.S)
    labels = " ".join(re.findall(r'(?:aria-label|alt|title)="([^"]*)"', text))
    return html.unescape(re.sub(r"<[^>]*>", " ", text) + labels)


def told(month: Path) -> dict[str, str]:
    """Every text a reader is told, by its file."""
    pages = [page for page in month.rglob("*.html") if page.parent.name != "notebooks"]
    found = {str(page.relative_to(month)): shown(page) for page in pages}
    for document in (month / "documents").glob("*.qmd"):
        found[document.name] = FRONT.sub("", document.read_text(encoding="utf-8"))
    for notebook in (month / "notebooks").glob("*.ipynb"):
        cells = nbformat.read(notebook, as_version=4).cells
        outputs = [output.get("data", {}) for cell in cells for output in cell.get("outputs", [])]
        found[notebook.name] = "\n".join(data.get("text/markdown", "") for data in outputs)
    for slide in deck(month):
        found[f"slide: {slide.title}"] = "\n".join([slide.title, *slide.texts, *slide.notes, *slide.alts])
    for file in (month / "data").glob("*.csv"):
        with file.open(encoding="utf-8-sig", newline="") as lines:
            found[file.name] = "\n".join("\n".join(row) for row in csv.reader(lines))
    return found


def deck(month: Path) -> list[office.Read]:
    (path,) = (month / "meeting").glob("*.pptx")
    return office.slides(path)


def test_no_slide_is_empty_or_without_a_title_and_each_has_its_notes(month):
    found = deck(month)
    assert len(found) >= 4
    for slide in found:
        assert slide.title and (slide.texts or slide.rows), slide.title
        assert slide.notes, slide.title
        assert all(slide.alts)


def test_no_document_shows_what_is_no_value(month):
    pages = told(month)
    assert {"index.html", "executive_brief.qmd", "monthly_health.ipynb", "account_health.csv"} <= pages.keys()
    assert any(name.startswith("accounts/A") for name in pages)
    found = [
        (name, text[max(0, match.start() - 60) : match.end() + 40])
        for name, text in pages.items()
        for match in NO_VALUE.finditer(text)
    ]
    assert found == []


def test_no_chart_is_empty(month):
    charts = sorted((month / "documents").rglob("*.svg"))
    assert charts
    assert [path.name for path in charts if not any(map(is_mark, ElementTree.parse(path).iter()))] == []


def is_mark(node: ElementTree.Element) -> bool:
    """Whether it draws a value: it is cut off at the axes, which what stands around isn't, and no line of the
    grid or of reference; a bar has a length."""
    tag, style = node.tag.rpartition("}")[2], node.get("style", "")
    if "clip-path" not in node.attrib:
        return False
    if tag != "path":  # points, one by one or in a group; a picture
        return tag in ("use", "image") or (tag == "g" and len(node) > 0)
    if "fill: none" in style:
        return not any(color in style for color in BESIDE)
    points = [(float(x), float(y)) for x, y in re.findall(r"([-\d.]+) ([-\d.]+)", node.get("d", ""))]
    return all(max(axis) > min(axis) for axis in zip(*points, strict=True))
