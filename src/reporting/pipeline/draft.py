"""One report's document as it grows: what a notebook's cells show, as Quarto Markdown, and what it refers to.

What it may show is what `present.blocks` defines; anything else (a traceback, printed text, an HTML table) is
refused here, before it can reach a reader.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path
from typing import Any

from reporting.errors import RenderError
from reporting.pipeline.pieces import pipe_table, sparkline
from reporting.pipeline.sections import Sections
from reporting.present import mime
from reporting.present.markdown import clean, escape

APPENDIX = "appendix"
"""The report that takes what cells with this tag show."""
_REFERENCE = re.compile(r"(?<![\w\\`])@\{?(\w(?:[\w:.-]*\w)?)")  # to pandoc any @word is one
_FOOTNOTE = re.compile(r"(?<!\\)\[\^([^\]\s]+)\](:?)")
_PICTURE = re.compile(r"(?<!\\)!\[[^\]]*\][(\[]([^)\]\s]*)")
_SHORTCODE = re.compile(r"\{\{<.*?>\}\}")
_CODE = re.compile(r"(`+).*?\1", re.S)
_TITLE_LINE = re.compile(r"^# (.*)$", re.M)
_HEADING = re.compile(r"^#{2,6} ", re.M)
_SILENT_TAGS = {"parameters", "injected-parameters", "remove-cell"}


class Draft:
    """The growing document, what it leaves to the appendix, its labels and where each stands."""

    def __init__(self, source: Path, report: str, title: str, description: str = "") -> None:
        self.source, self.report, self.title, self.description = source, report, title, description
        self.pages: int | None = None
        self.parts: list[str] = []
        self.aside: list[str] = []
        self._body, self._apart = Sections(self.parts), Sections(self.aside)
        self._into = self._body
        self.figures: dict[tuple[str, str], str] = {}
        self.key_figures: list[dict[str, Any]] = []
        self.labels: dict[str, int] = {}
        self.labels_aside: set[str] = set()
        self.mentions: list[tuple[int, str]] = []
        self.footnotes: set[str] = set()
        self.notes: list[tuple[int, str]] = []

    def take_over(self, other: Draft) -> None:
        """Add what another report leaves to the appendix, under its title.

        Raises:
            RenderError: A label stands in the appendix already.
        """
        self.parts += [f"## {escape(other.title)}", *other.aside]
        for label in sorted(other.labels_aside):
            if label in self.labels:
                raise other._error(
                    other.labels[label],
                    f"gives the label {label}, which the appendix has already.",
                    "Give it another; the appendix is one for all reports.",
                )
            self.labels[label] = other.labels[label]
            if (other.report, label) in other.figures:
                self.figures[other.report, label] = other.figures.pop((other.report, label))

    def add_cell(self, number: int, cell: Any) -> None:
        apart = APPENDIX in cell.metadata.get("tags", []) and self.report != APPENDIX
        self._into = self._apart if apart else self._body
        if cell.cell_type == "markdown":
            words = self._without_title(number, cell.source)
            self._into.begin(words)
            self.prose(number, _HEADING.sub("### ", words) if apart else words)
        elif cell.cell_type == "code":
            for output in cell.get("outputs", []):
                self._refuse_failure(number, output)
                if not _SILENT_TAGS & set(cell.metadata.get("tags", [])):
                    self.add_output(number, output)

    def add_output(self, number: int, output: Any) -> None:
        if output.output_type == "stream" and output.name == "stderr":
            return  # warnings stay in the audit copy
        if output.output_type == "stream":
            first = str(output.text).strip().splitlines()[:1]
            raise self._error(number, f"prints text: {first}.", "Show a block, see docs/notebooks.md.")
        data = output.data
        if mime.EXPORTS in data:
            return  # published as files beside the report
        if mime.BLOCK in data:
            self.block(number, data[mime.BLOCK], data)
        elif "text/markdown" in data:
            self.prose(number, _joined(data["text/markdown"]))
        else:
            kinds = ", ".join(sorted(data))
            raise self._error(
                number,
                f"shows something that has no place in a document ({kinds}).",
                "Show a block, see docs/notebooks.md, or assign the value to a name.",
            )

    def block(self, number: int, spec: dict[str, Any], data: Any) -> None:
        kind = spec.get("kind")
        self._into.show(kind != "nothing")
        if kind == "nothing":
            return
        writer = getattr(self, f"_{kind}", None) if kind in _KINDS else None
        if writer is None:
            raise self._error(
                number, f"returns a block of unknown kind '{kind}'.", f"Known: {', '.join(_KINDS)}."
            )
        writer(number, spec, data)

    def prose(self, number: int, markdown: str) -> None:
        """Add trusted Markdown, remembering what it refers to."""
        markdown = markdown.strip()
        if not markdown:
            return
        words = _CODE.sub("", markdown)
        if picture := _PICTURE.search(words):
            raise self._error(
                number,
                f"shows the picture {picture[1]}, which is no part of the report.",
                "Show pictures as Figure blocks, or write \\! where none is meant.",
            )
        if shortcode := _SHORTCODE.search(words):
            raise self._error(
                number,
                f"holds the shortcode {shortcode[0]}, which only Quarto would fill in.",
                "Write out its value, or show it as a Text block from a code cell.",
            )
        for label, colon in _FOOTNOTE.findall(words):
            if colon:
                self.footnotes.add(label)
            else:
                self.notes.append((number, label))
        self._mentioned(number, markdown)
        self._into.parts.append(markdown)

    def finish(self) -> None:
        """Leave out sections that turned out to hold nothing, and check what the others refer to."""
        for sections in (self._body, self._apart):
            sections.end()
        self._check_references()

    def _check_references(self) -> None:
        for number, label in self.mentions:
            if label not in self.labels:
                raise self._error(
                    number,
                    f"refers to @{label}, which is nowhere in the report.",
                    f"Labels there are: {', '.join(sorted(self.labels)) or 'none'}. "
                    "Write \\@ where no reference is meant.",
                )
        self.parts[:] = [self._elsewhere(part, self.labels_aside, "the appendix") for part in self.parts]
        main = self.labels.keys() - self.labels_aside
        self.aside[:] = [self._elsewhere(part, main, "the report") for part in self.aside]
        for number, label in self.notes:
            if label not in self.footnotes:
                raise self._error(
                    number,
                    f"refers to the footnote [^{label}], which is nowhere in the report.",
                    f"Write it, as `[^{label}]: ...` on a line of its own.",
                )

    def _elsewhere(self, part: str, labels: Collection[str], document: str) -> str:
        """The part, with `document` for what stands in another one: a mailed copy has no file to link to."""
        return _REFERENCE.sub(lambda match: document if match[1] in labels else match[0], part)

    def _text(self, number: int, spec: dict[str, Any], _: Any) -> None:
        self.prose(number, spec["markdown"])

    def _callout(self, number: int, spec: dict[str, Any], _: Any) -> None:
        body = spec["markdown"].strip()
        self.prose(number, f"::: {{.callout-{spec['style']}}}\n## {escape(spec['title'])}\n\n{body}\n:::")

    def _keyfigures(self, number: int, spec: dict[str, Any], _: Any) -> None:
        tiles = []
        for item in spec["items"]:
            tone = {True: "better", False: "worse", None: ""}[item["good"]]
            words = "" if any(char.isdigit() for char in item["value"]) else " .key-words"
            spans = [
                f"[{escape(item['label'])}]{{.key-label}}",
                f"[{escape(item['value'])}]{{.key-value{words}}}",
            ]
            if item["change"]:
                verdict = f" ·\u00a0{tone}" if tone else ""
                spans.append(f"[{escape(item['change'])}{verdict}]{{.key-change}}")
            if spark := sparkline(item["history"], item["usual"]):
                spans.append(spark)
            if item["note"]:
                spans.append(f"[{escape(item['note'])}]{{.key-note}}")
            tiles.append(f"::: {{.key-figure{' .' + tone if tone else ''}}}\n{' '.join(spans)}\n:::")
        self.key_figures += [dict(item) for item in spec["items"]]
        self.prose(number, "::: {.key-figures}\n" + "\n\n".join(tiles) + "\n:::")

    def _glossary(self, number: int, spec: dict[str, Any], _: Any) -> None:
        self.prose(number, "\n\n".join(f"{escape(term)}\n:   {text}" for term, text in spec["entries"]))

    def _figure(self, number: int, spec: dict[str, Any], data: Any) -> None:
        label = self._labelled(number, spec["label"])
        svg = _joined(data.get("image/svg+xml", ""))
        if "<svg" not in svg:
            raise self._error(
                number, f"has a figure {label} without a picture.", "Return it as a Figure block."
            )
        self.figures[self.report, label] = svg
        self._mentioned(number, spec["caption"])
        caption = " ".join(spec["caption"].split())
        self._into.parts.append(
            f'![{caption}](figures/{self.report}/{label}.svg){{#{label} fig-alt="{_attribute(spec["alt"])}"}}'
        )

    def _table(self, number: int, spec: dict[str, Any], _: Any) -> None:
        label = self._labelled(number, spec["label"])
        self._mentioned(number, spec["caption"])
        rows = [[escape(cell) for cell in row] for row in spec["rows"]]
        if not rows:
            rows = [["none", *[""] * (len(spec["columns"]) - 1)]]
        elif spec["total"]:
            rows[-1] = [f"**{cell}**" if cell else "" for cell in rows[-1]]
        head = [escape(column["header"]) for column in spec["columns"]]
        right = [column["align"] == "right" for column in spec["columns"]]
        lines = pipe_table(head, right, rows)
        self._into.parts.append(f"{lines}\n\n: {' '.join(spec['caption'].split())} {{#{label}}}")

    def _labelled(self, number: int, label: str) -> str:
        if label in self.labels:
            raise self._error(
                number,
                f"gives the label {label} a second time (first in cell {self.labels[label]}).",
                "Give each figure and table its own label.",
            )
        self.labels[label] = number
        if self._into is self._apart:
            self.labels_aside.add(label)
        return label

    def _mentioned(self, number: int, markdown: str) -> None:
        self.mentions += [(number, match[1]) for match in _REFERENCE.finditer(_CODE.sub("", markdown))]

    def _without_title(self, number: int, markdown: str) -> str:
        """Drop the notebook's own title line; the document's title is in its front matter."""
        for line in _TITLE_LINE.findall(_CODE.sub("", markdown)):
            if line.strip() != self.title:
                raise self._error(
                    number,
                    f"has a level-1 heading, '{line.strip()}', other than the report's title '{self.title}'.",
                    "Start sections with ##.",
                )
        return re.sub(rf"^# {re.escape(self.title)}[ \t]*$", "", markdown, count=1, flags=re.M)

    def _refuse_failure(self, number: int, output: Any) -> None:
        if output.output_type == "error":
            raise self._error(
                number, f"failed: {output.ename}: {output.evalue}.", "Mend the notebook and run again."
            )

    def _error(self, number: int, message: str, remedy: str) -> RenderError:
        return RenderError(f"cell {number} {message}", where=self.source.name, remedy=remedy)


_KINDS = ("text", "callout", "keyfigures", "glossary", "figure", "table")


def _attribute(text: str) -> str:
    """Plain text as the inside of a quoted pandoc attribute."""
    return clean(text).replace("&", "&amp;").replace("\\", "\\\\").replace('"', "&quot;")


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)
