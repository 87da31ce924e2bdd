"""Months of an earlier snapshot that still hold, so that a run computes the months after them only.

A row of a monthly table says what was known at its month's close; a later month doesn't change it, only a
correction does. A finished snapshot is therefore remembered beside the roll-ups, under a digest of all it
rests on. While the source, cut at that snapshot's close, gives the same digest, its months are taken as they
are. The least difference, in data, definitions or code, and every month is computed again.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reporting.month import Month
from reporting.scratch import own_folder

GENERATIONS = 3  # finished snapshots remembered per source
SNAPSHOT, WHOLE_PANEL = "snapshot", "panel"
"""What a remembered snapshot consists of: the frozen tables, and the panel with all its columns."""
_NOTE = "kept.json"


@dataclass(frozen=True)
class Kept:
    """An earlier snapshot whose months still hold.

    Attributes:
        last: Its report month: no later one is in it.
        files: Its frozen tables, as `meta.json` lists them.
    """

    last: Month
    files: dict[str, dict[str, Any]]


@contextmanager
def workplace(store: Path, month: Month) -> Generator[Path]:
    """A folder beside the remembered snapshots, in which the next one is made; it is gone afterwards. Those
    that broken-off runs left behind are removed."""
    store.mkdir(parents=True, exist_ok=True)
    with own_folder(store, f".{month}.", ".????-??.*") as place:
        _empty(place)
        yield place


def take(store: Path, month: Month, state: Callable[[Month], str], place: Path) -> Kept | None:
    """Link the latest remembered snapshot up to `month` that still holds into `place`; None if none does.

    Args:
        store: Folder of the remembered snapshots.
        month: The report month.
        state: Digest of all that the snapshot of a month rests on, as the source says it today.
        place: The result of `workplace`.
    """
    for folder in sorted(store.glob("????-??"), reverse=True):
        last, note = Month.parse(folder.name), _read(folder / _NOTE)
        if last <= month and note and note["state"] == state(last):
            try:
                _link(folder, place, note["sizes"])
                return Kept(last, note["files"])
            except OSError:  # it isn't whole, or another run has just replaced it
                _empty(place)
    return None


def remember(store: Path, place: Path, month: Month, state: str, files: dict[str, dict[str, Any]]) -> None:
    """Keep the finished snapshot in `place` for later runs; the oldest one makes room.

    Args:
        store: Folder of the remembered snapshots.
        place: The result of `workplace`, filled; it is gone afterwards.
        month: The report month.
        state: Digest of all it rests on.
        files: Its frozen tables, as `meta.json` lists them.
    """
    sizes = {path.relative_to(place).as_posix(): path.stat().st_size for path in place.rglob("*.parquet")}
    (place / _NOTE).write_text(json.dumps({"state": state, "files": files, "sizes": sizes}))
    shutil.rmtree(store / str(month), ignore_errors=True)
    with suppress(OSError):  # another run has just remembered the same month
        place.rename(store / str(month))
    with suppress(FileNotFoundError):  # another run makes room as well
        known = sorted(store.glob("????-??"), key=lambda folder: folder.stat().st_mtime)
        for old in known[:-GENERATIONS]:
            shutil.rmtree(old, ignore_errors=True)


def _empty(place: Path) -> None:
    for name in (SNAPSHOT, WHOLE_PANEL):
        shutil.rmtree(place / name, ignore_errors=True)
        (place / name).mkdir(parents=True)


def _read(note: Path) -> dict[str, Any] | None:
    try:
        return json.loads(note.read_text())
    except (OSError, json.JSONDecodeError):
        return None


def _link(folder: Path, place: Path, sizes: dict[str, int]) -> None:
    """Give the files of `folder` a second name in `place`: they are never written again, only replaced."""
    for name, size in sizes.items():
        if (folder / name).stat().st_size != size:
            raise OSError(f"{folder / name} is not whole")
        (place / name).parent.mkdir(exist_ok=True)
        try:
            os.link(folder / name, place / name)
        except OSError:  # a file system without links
            shutil.copyfile(folder / name, place / name)
