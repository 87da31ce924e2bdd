"""What a reader finds in a document, taken from its Markdown, its HTML and its PDF, to compare them."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import pypandoc
import pypdf


@dataclass
class Contents:
    headings: list[str] = field(default_factory=list)
    captions: list[str] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    terms: list[str] = field(default_factory=list)
    references: list[str] = field(default_factory=list)


def tidy(text: str) -> str:
    return " ".join(text.replace("\u200b", "").split())


def of_markdown(path: Path) -> Contents:
    """From the derived document by plain pandoc, without the project's filter."""
    command = [pypandoc.get_pandoc_path(), "-t", "json", str(path)]
    blocks = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)["blocks"]
    found, numbers = Contents(), {}
    count = {"Figure": 0, "Table": 0}
    for block in blocks:
        if block["t"] == "Header":
            found.headings.append(_plain(block["c"][2]))
        elif block["t"] in count:
            count[block["t"]] += 1
            name = f"{block['t']} {count[block['t']]}"
            numbers[block["c"][0][0]] = name
            found.captions.append(tidy(f"{name}: {_plain(block['c'][1])}"))
        if block["t"] == "DefinitionList":
            found.terms += [tidy(_plain(part)) for entry in block["c"] for part in entry]
        if block["t"] == "Table":
            rows = block["c"][3][1] + block["c"][4][0][3]
            found.cells += [_plain(cell[4]) for row in rows for cell in row[1]]
    for label, name in numbers.items():
        found.captions = [re.sub(rf"@{label}\b(?!-)", name, caption) for caption in found.captions]
    found.references = [numbers[cited] for cited in _cited(blocks)]
    return found


def _plain(node) -> str:
    """Text of a pandoc tree."""
    if isinstance(node, dict):
        if node["t"] == "Cite":
            return f"@{node['c'][0][0]['citationId']}"
        if node["t"] in {"Space", "SoftBreak", "LineBreak"}:
            return " "
        return node["c"] if node["t"] == "Str" else tidy_join(node.get("c"))
    return tidy_join(node)


def tidy_join(node) -> str:
    return (
        "".join(_plain(part) for part in node if isinstance(part, dict | list))
        if isinstance(node, list)
        else ""
    )


def _cited(node) -> list[str]:
    if isinstance(node, dict):
        if node.get("t") == "Cite":
            return [citation["citationId"] for citation in node["c"][0]]
        return [] if node.get("t") == "Image" else _cited(node.get("c"))  # an image repeats its caption
    return [cited for part in node for cited in _cited(part)] if isinstance(node, list) else []


class _Reader(HTMLParser):
    KINDS = {"h2": "headings", "h3": "headings", "h4": "headings", "figcaption": "captions"} | dict.fromkeys(
        ("td", "th"), "cells"
    )
    KINDS |= dict.fromkeys(("dt", "dd"), "terms")

    def __init__(self) -> None:
        super().__init__()
        self.found = Contents()
        self.inside = False
        self.open: list[list[str]] = []  # tag, kind, text so far

    def handle_starttag(self, tag, attrs):
        if tag == "main":
            self.inside = True
        elif self.inside and tag in self.KINDS:
            self.open.append([tag, self.KINDS[tag], ""])
        elif self.inside and tag == "a" and (dict(attrs).get("href") or "").startswith(("#fig-", "#tbl-")):
            self.open.append([tag, "references", ""])

    def handle_endtag(self, tag):
        if self.open and self.open[-1][0] == tag:
            _, kind, text = self.open.pop()
            getattr(self.found, kind).append(tidy(text))
        if tag == "main":
            self.inside = False

    def handle_data(self, data):
        for element in self.open:
            element[2] += data


def of_html(path: Path) -> Contents:
    reader = _Reader()
    reader.feed(path.read_text(encoding="utf-8"))
    return reader.found


def of_pdf(path: Path) -> list[str]:
    """The text of each page of a PDF, in reading order."""
    return [page.extract_text() for page in pypdf.PdfReader(path).pages]
