"""In what two folders differ, told so that a reader can start looking."""

from __future__ import annotations

import difflib
import io
import itertools
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from reporting.pipeline import looks

TEXT = frozenset({".css", ".csv", ".html", ".js", ".json", ".qmd", ".txt", ".xml"})
ORDER = ("snapshot", "judgement", "notebooks", "data", "documents")
"""Folders in the order of their making: the first difference is the one to look at."""


@dataclass(frozen=True)
class Difference:
    """A file that is not the same.

    Attributes:
        kind: `changed`, `missing` (only the first has it), `added`, or what else is wrong with it.
        details: Every place where a changed file differs, and how.
    """

    path: str
    kind: str
    details: tuple[str, ...] = ()

    @property
    def is_picture(self) -> bool:
        """Whether both can be looked at: PDFs and pictures tell more than words about them."""
        return self.kind == "changed" and Path(self.path).suffix in looks.LOOKS

    def __str__(self) -> str:
        return self.told(1)

    def told(self, most: int) -> str:
        """In words, with `most` details at most: one on the line, several on lines of their own."""
        head = f"{_shown(self.path)}: {self.kind}"
        more = len(self.details) - most
        rest = f" and {more} more" if more > 0 else ""
        if most == 1 or len(self.details) == 1:
            return f"{head}, {self.details[0]}{rest}" if self.details else head
        return "\n    ".join([head, *self.details[:most], *([rest.strip()] if rest else [])])


def differences(
    first: Mapping[str, str], second: Mapping[str, str], first_folder: Path, second_folder: Path
) -> list[Difference]:
    """Compare two inventories (path -> SHA-256) and describe every difference, in the order of making.

    Args:
        first_folder: Where the files of the first lie, to tell what differs in them; as `second_folder`.
    """
    found = []
    for path in sorted(first.keys() | second.keys(), key=rank):
        if path not in second:
            found.append(Difference(path, "missing"))
        elif path not in first:
            found.append(Difference(path, "added"))
        elif first[path] != second[path]:
            found.append(Difference(path, "changed", details(first_folder / path, second_folder / path)))
    return found


def gathered(found: list[Difference], first: Iterable[str]) -> list[Difference]:
    """The differences, with one for all files of a folder that the first of two months lacks: those that
    a later version makes.

    Args:
        first: The paths of the first month's files.
    """
    there = {_folder(path) for path in first}
    added = Counter(_folder(item.path) for item in found if item.kind == "added")
    new = {folder: number for folder, number in added.items() if folder and folder not in there}
    rest = [item for item in found if _folder(item.path) not in new]
    return rest + [Difference(f"{folder}/", "added", (f"{new[folder]} files",)) for folder in sorted(new)]


def _folder(path: str) -> str:
    """The first folder of a path; "" of a file of the month's own folder."""
    return path.split("/", 1)[0] if "/" in path else ""


def rank(path: str) -> tuple[int, str]:
    """Sorts paths in the order of their making."""
    folder = path.split("/", 1)[0]
    return (ORDER.index(folder) if folder in ORDER else len(ORDER), path)


def details(first: Path, second: Path) -> tuple[str, ...]:
    """Every place where two files differ: cell, line, column, page, picture, byte; none if one is absent."""
    if not (first.exists() and second.exists()):
        return ()
    old, new = first.read_bytes(), second.read_bytes()
    if old == new:
        return ("equal now, other than its hash says",)
    found: Iterable[str] = ()
    try:
        if first.suffix == ".ipynb":
            found = _cells(json.loads(old), json.loads(new))
        elif first.suffix in looks.LOOKS:
            found = looks.LOOKS[first.suffix](old, new)
        elif first.suffix == ".parquet":
            found = _columns(old, new)
        elif first.suffix in TEXT:
            found = _lines(old, new)
        found = tuple(found)
    except Exception as error:  # readers of damaged files raise anything
        found = (f"one of the two can't be read: {type(error).__name__}",)
    return tuple(found) or (_byte(old, new),)


def _cells(old: dict, new: dict) -> Iterator[str]:
    for number, pair in enumerate(itertools.zip_longest(old["cells"], new["cells"]), 1):
        if pair[0] != pair[1]:
            before, after = (json.dumps(cell, ensure_ascii=False, sort_keys=True) for cell in pair)
            yield f"cell {number}: {around(before, after)}"
    if {**old, "cells": []} != {**new, "cells": []}:
        yield "metadata"


def _lines(old_bytes: bytes, new_bytes: bytes) -> Iterator[str]:
    old, new = (text.decode(errors="replace").splitlines() for text in (old_bytes, new_bytes))
    for tag, i, i_end, j, j_end in difflib.SequenceMatcher(None, old, new).get_opcodes():
        if tag == "equal":
            continue
        pairs = itertools.zip_longest(old[i:i_end], new[j:j_end])
        for number, (before, after) in enumerate(pairs, 1):
            if after is None:
                yield f"line {i + number}: gone, {before[:60]!r}"
            elif before is None:
                yield f"line {j + number}: added, {after[:60]!r}"
            else:
                yield f"line {i + number}: {around(before, after)}"


def _columns(old: bytes, new: bytes) -> Iterator[str]:
    """Column by column: in how many rows two tables differ, and floats by how much at most."""
    import pandas as pd

    before, after = (pd.read_parquet(io.BytesIO(content)) for content in (old, new))
    yield from (f"column {name}: gone" for name in before.columns.difference(after.columns))
    yield from (f"column {name}: added" for name in after.columns.difference(before.columns))
    if len(before) != len(after):
        yield f"{len(before):,} rows, now {len(after):,}"
        return
    for name in before.columns.intersection(after.columns, sort=False):
        one, other = before[name].astype(object), after[name].astype(object)
        apart = (one != other) & ~(one.isna() & other.isna())
        if not apart.any():
            continue
        moved = f"column {name}: {apart.sum():,} of {len(before):,} rows"
        if before[name].dtype.kind == after[name].dtype.kind == "f":
            a, b = before.loc[apart, name], after.loc[apart, name]
            most = ((b - a).abs() / a.abs()).max()
            moved += f", by {most:.0e} of the value at most" if most < 1 else ""
        yield moved


def _byte(old: bytes, new: bytes) -> str:
    pairs = itertools.zip_longest(old, new)
    offset = next(index for index, (before, after) in enumerate(pairs) if before != after)
    return f"byte {offset} ({len(old)} bytes, now {len(new)})"


def around(old: str, new: str, *, width: int = 60) -> str:
    """Two texts around their first difference."""
    start = next(
        (i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new))
    )
    start = max(0, start - 20)
    return f"{old[start : start + width]!r} -> {new[start : start + width]!r}"


def _shown(path: str) -> str:
    """A path as it can be printed, whatever its bytes."""
    return path if path.isprintable() else repr(path)
