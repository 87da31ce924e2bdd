"""A derived document in memory: front matter, body, figures."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from reporting.errors import RenderError

_FRONT = re.compile(r"\A---\n(.*?)\n---\n", re.S)
_FIGURE = re.compile(r"\]\((figures/[^)\s]+)\)\{#")


@dataclass(frozen=True)
class Document:
    """What a renderer needs of one derived document.

    Args:
        path: The `.qmd` file; figures are relative to its folder.
        name: File name without suffix; pages are called after it.
        front: Front matter.
        body: Markdown after the front matter.
        first_line: Where in the file the body begins, for messages.
    """

    path: Path
    name: str
    front: dict[str, Any]
    body: str
    first_line: int = 1

    @property
    def title(self) -> str:
        return str(self.front["title"])

    @property
    def description(self) -> str:
        return str(self.front.get("description") or "")

    @property
    def figures(self) -> list[str]:
        """Paths of the figures, relative to the document, in order."""
        return _FIGURE.findall(self.body)


def read_document(path: Path) -> Document:
    """Read a derived document.

    Raises:
        RenderError: It has no front matter or a figure it shows does not exist.
    """
    text = path.read_text(encoding="utf-8")
    head = _FRONT.match(text)
    if head is None:
        raise RenderError("the document has no front matter.", where=path, remedy="Derive it again.")
    first_line = 1 + head[0].count("\n")
    document = Document(path, path.stem, yaml.safe_load(head[1]), text[head.end() :], first_line)
    for figure in document.figures:
        if not (path.parent / figure).is_file():
            raise RenderError(
                f"the figure {figure} is missing.", where=path, remedy="Derive the document again."
            )
    return document
