"""In what two folders differ, told so that a reader can start looking."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

TEXT = frozenset({".css", ".csv", ".html", ".json", ".qmd", ".svg", ".txt", ".xml"})
ORDER = ("snapshot", "judgement", "notebooks", "data", "documents")
"""Folders in the order of their making: the first difference is the one to look at."""


@dataclass(frozen=True)
class Difference:
    """A file that is not the same.

    Attributes:
        kind: `changed`, `missing` (only the first has it) or `added`.
        detail: Where a changed file first differs, and how.
    """

    path: str
    kind: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.path}: {self.kind}" + (f", {self.detail}" if self.detail else "")


def differences(
    first: Mapping[str, str], second: Mapping[str, str], first_folder: Path, second_folder: Path
) -> list[Difference]:
    """Compare two inventories (path -> SHA-256) and describe every difference, in the order of making.

    Args:
        first_folder: Where the files of the first lie, to tell what differs in them; as `second_folder`.
    """
    found = []
    for path in sorted(first.keys() | second.keys(), key=_rank):
        if path not in second:
            found.append(Difference(path, "missing"))
        elif path not in first:
            found.append(Difference(path, "added"))
        elif first[path] != second[path]:
            found.append(
                Difference(path, "changed", first_difference(first_folder / path, second_folder / path))
            )
    return found


def first_difference(first: Path, second: Path) -> str:
    """Where two files first differ: notebook cell, line, or byte; empty if one of them isn't there."""
    if not (first.exists() and second.exists()):
        return ""
    if first.suffix == ".ipynb":
        return _first_cell(first, second)
    if first.suffix in TEXT:
        lines = itertools.zip_longest(_lines(first), _lines(second), fillvalue="(end)")
        for number, (old, new) in enumerate(lines, 1):
            if old != new:
                return f"line {number}: {_around(old, new)}"
    old_bytes, new_bytes = first.read_bytes(), second.read_bytes()
    pairs = itertools.zip_longest(old_bytes, new_bytes)
    offset = next((index for index, (old, new) in enumerate(pairs) if old != new), None)
    if offset is None:
        return "equal now, other than its hash says"
    return f"byte {offset} ({len(old_bytes)} bytes, now {len(new_bytes)})"


def _first_cell(first: Path, second: Path) -> str:
    old, new = (json.loads(path.read_text(encoding="utf-8")) for path in (first, second))
    for number, (before, after) in enumerate(itertools.zip_longest(old["cells"], new["cells"]), 1):
        if before != after:
            texts = [json.dumps(cell, ensure_ascii=False, sort_keys=True) for cell in (before, after)]
            return f"cell {number}: {_around(*texts)}"
    return "metadata"


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8", errors="replace").splitlines()


def _around(old: str, new: str, *, width: int = 60) -> str:
    start = next(
        (i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new))
    )
    start = max(0, start - 20)
    return f"{old[start : start + width]!r} -> {new[start : start + width]!r}"


def _rank(path: str) -> tuple[int, str]:
    folder = path.split("/", 1)[0]
    return (ORDER.index(folder) if folder in ORDER else len(ORDER), path)
