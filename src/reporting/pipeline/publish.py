"""A month appears whole or not at all.

A run works in `reports/<source>/.staging-<month>`. When everything is on disk that folder is renamed to
`.ready-<month>`: from here on the month counts as published. Then the run it replaces moves to `superseded/`
and the new one takes its place. Whatever ends the process, the next run finishes what was ready and sweeps
the rest away.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from reporting.errors import ConfigError
from reporting.pipeline.manifest import CRATE, NAME, SUPERSEDED, Manifest, inventory, mark, sha256


def staging(target: Path) -> Path:
    """Where the run that will become `target` is built."""
    return target.with_name(f".staging-{target.name}")


def sweep(target: Path) -> None:
    """Finish or remove what an earlier run left behind; call it while holding the month's lock."""
    ready = _ready(target)
    if ready.exists():
        _put_in_place(ready, target)
    shutil.rmtree(staging(target), ignore_errors=True)


def publish(target: Path) -> Path | None:
    """Make the staged run the published one.

    Returns:
        Where the run that it replaces is kept, or None.
    """
    stage, ready = staging(target), _ready(target)
    for path in [*stage.rglob("*"), stage]:
        _sync(path)
    stage.rename(ready)
    _sync(target.parent)
    return _put_in_place(ready, target)


def is_intact(target: Path, run_id: str) -> bool:
    """Whether `target` holds the run `run_id`, with every output as it was published."""
    if _run_id(target) != run_id:
        return False
    manifest = Manifest.read(target)
    described = not manifest.crate or manifest.crate == sha256(target / CRATE)
    return described and manifest.outputs == inventory(target) and manifest.sums_stand(target)


def superseded(source_folder: Path) -> Iterator[Path]:
    """The folders of superseded runs of a source, oldest month first."""
    for folder in sorted((source_folder / "superseded").glob("*")):
        if (folder / NAME).exists():
            yield folder


def _put_in_place(ready: Path, target: Path) -> Path | None:
    kept = None
    if target.exists():
        (target / SUPERSEDED).write_bytes(mark(Manifest.read(ready)))
        kept = _free(target.parent / "superseded" / f"{target.name}-{_run_id(target)}")
        kept.parent.mkdir(exist_ok=True)
        target.rename(kept)
    ready.rename(target)
    _sync(target.parent)
    return kept


def _ready(target: Path) -> Path:
    return target.with_name(f".ready-{target.name}")


def _run_id(folder: Path) -> str:
    try:
        return Manifest.read(folder).run_id
    except ConfigError:
        return "unknown"


def _free(path: Path) -> Path:
    """`path`, numbered if it is taken."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.name}-{number}")
    return free


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
