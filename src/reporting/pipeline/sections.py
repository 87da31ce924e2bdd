"""Sections of a document as it grows; one whose cells all said that there is nothing to show is left out."""

from __future__ import annotations

import re
from dataclasses import dataclass

_HEADING = re.compile(r"^(#{2,6}) ")


@dataclass
class _Section:
    level: int
    start: int
    empty: bool = False
    full: bool = False


class Sections:
    """The open sections of one list of parts, outermost first.

    A section of prose alone stays: only cells that showed nothing (`Blocks([])`) make one empty.

    Args:
        parts: The document's parts, to which its writer adds.
    """

    def __init__(self, parts: list[str]) -> None:
        self.parts = parts
        self._open: list[_Section] = []

    def begin(self, markdown: str) -> None:
        """A cell of prose comes next; with a heading it begins a section and ends those it stands above."""
        if heading := _HEADING.match(markdown.lstrip()):
            self.end(len(heading[1]))
            self._open.append(_Section(len(heading[1]), len(self.parts)))

    def show(self, something: bool) -> None:
        """A cell showed something, or said that there is nothing."""
        for section in self._open:
            section.full |= something
            section.empty |= not something

    def end(self, level: int = 0) -> None:
        """End the open sections of this level and below; all of them by default."""
        while self._open and self._open[-1].level >= level:
            section = self._open.pop()
            if section.empty and not section.full:
                del self.parts[section.start :]
