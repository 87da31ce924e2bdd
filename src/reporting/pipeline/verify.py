"""Whether a published month lies as it was published: every file against its hash, before anything runs.

Nothing is opened that a run can't have made: links are never followed, they and other strangers are named.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from reporting.errors import AuditDifference
from reporting.pipeline.compare import Difference, rank
from reporting.pipeline.history import Run
from reporting.pipeline.manifest import APART, CRATE, NAME, SUMMED, SUMS, Manifest, sha256

if TYPE_CHECKING:
    from reporting.snapshot.frozen import Snapshot

SNAPSHOT, JUDGEMENT = "snapshot/", "judgement/"
META = "snapshot/meta.json"
_LEFT = frozenset(f"documents/{name}" for name in (".quarto", ".gitignore", ".rendered"))
"""What Quarto leaves where somebody goes on with the documents: no page leads there, no re-run reads it."""


def verify(run: Run) -> list[Difference]:
    """In what the month of `run` is not as it was published, in the order of making; empty if it stands."""
    assert run.manifest is not None
    files, found = lying(run.folder)
    listed = run.manifest.outputs | ({CRATE: run.manifest.crate} if run.manifest.crate else {})
    found += _against_hashes(run.folder, listed, files, {item.path for item in found})
    found += _against_sums(run.folder, run.manifest, files)
    found += _misplaced(run)
    if not spoilt(found):
        found += _against_snapshot(run.folder, run.manifest)
    return sorted(found, key=lambda item: rank(item.path))


def require_sound(run: Run) -> None:
    """Refuse a month that isn't as it was published.

    Raises:
        AuditDifference: It isn't; the first file is named.
    """
    if altered := verify(run):
        raise AuditDifference(
            f"{len(altered)} files are not as they were published, the first: {altered[0]}.",
            where=run.folder,
            remedy="Restore the month from a backup; `reporting audit --hashes` names all.",
        )


def spoilt(found: list[Difference]) -> list[Difference]:
    """Those of `found` that a re-run would rest on: nothing can be said of the month while they differ."""
    return [item for item in found if item.path == NAME or item.path.startswith(SNAPSHOT)]


def open_snapshot(run: Run, *beside: str) -> Snapshot:
    """The snapshot of `run`, if it lies as it was published.

    Args:
        beside: Folders that must as well: `JUDGEMENT`.

    Raises:
        AuditDifference: One doesn't.
    """
    from reporting.snapshot.frozen import Snapshot

    assert run.manifest is not None
    found: list[Difference] = []
    for folder in (SNAPSHOT, *beside):
        listed = {path: sha for path, sha in run.manifest.outputs.items() if path.startswith(folder)}
        if listed or (run.folder / folder).exists():  # months of the first versions have no judgement
            files, strange = lying(run.folder, folder)
            found += strange
            found += _against_hashes(run.folder, listed, files, {item.path for item in strange})
    if found:
        raise AuditDifference(
            "the snapshot isn't as it was published: " + "; ".join(map(str, found)) + ".",
            where=run.folder,
            remedy="Restore the month from a backup; `reporting audit --hashes` names all that differs.",
        )
    return Snapshot.load(run.folder / "snapshot")


def lying(folder: Path, below: str = "") -> tuple[list[str], list[Difference]]:
    """The regular files in `folder`, by their path in it, and what else lies there."""
    files, strange = [], []
    try:
        with os.scandir(folder / below) as scanned:
            entries = sorted(scanned, key=lambda entry: entry.name)
    except OSError as error:
        return [], [_unreadable(below.rstrip("/"), error)]
    for entry in entries:
        path = f"{below}{entry.name}"
        if entry.is_symlink():
            strange.append(Difference(path, "a link", ("no run makes one, and it is not followed",)))
        elif path in _LEFT:
            continue
        elif entry.name.startswith("."):
            strange.append(Difference(path, "hidden", ("no run makes such a name",)))
        elif entry.is_dir(follow_symlinks=False):
            more, stranger = lying(folder, f"{path}/")
            files += more
            strange += stranger
        elif entry.is_file(follow_symlinks=False):
            files.append(path)
        else:
            strange.append(Difference(path, "not a file", ("a pipe, a socket or a device",)))
    return files, strange


def _unreadable(path: str, error: OSError) -> Difference:
    return Difference(path, "unreadable", (str(error.strerror),))


def _against_hashes(
    folder: Path, listed: dict[str, str], files: list[str], named: set[str]
) -> Iterator[Difference]:
    there = set(files) - (APART - listed.keys())
    for path in sorted(listed.keys() | there):
        if path not in there:
            if path not in named:
                yield Difference(path, "missing")
        elif path not in listed:
            yield Difference(path, "added")
        else:
            try:
                if sha256(folder / path) != listed[path]:
                    yield Difference(path, "changed")
            except OSError as error:
                yield _unreadable(path, error)


def _against_sums(folder: Path, manifest: Manifest, files: list[str]) -> Iterator[Difference]:
    """What `SHA256SUMS` says of the manifest itself; a month of an earlier version has no such file."""
    if SUMS not in files:
        if manifest.schema >= SUMMED:
            yield Difference(SUMS, "missing")
        return
    if manifest.sums_stand(folder):
        return
    wanted = manifest.sums(folder)
    told = (folder / SUMS).read_text(encoding="utf-8", errors="replace")
    lines, others = wanted.split("\n"), told.split("\n")
    lacking = [line for line in lines if line not in others]
    if len(lines) == len(others) and len(lacking) == 1 and lacking[0].endswith(f"  {NAME}"):
        yield Difference(NAME, "changed", (f"or its line in {SUMS} is",))
    else:
        yield Difference(SUMS, "changed", (f"{NAME} has other files or hashes",))


def _misplaced(run: Run) -> Iterator[Difference]:
    """A month that was copied into the folder of another."""
    assert run.manifest is not None
    made = run.manifest.inputs
    if (made.source, made.month) != (run.source, str(run.month)):
        told = f"it is that of {made.source} {made.month}, in the folder of {run.source} {run.month}"
        yield Difference(NAME, "misplaced", (told,))
        return
    kept = rf"{made.month}-{made.run_id}(-\d+)?"
    if run.state == "superseded" and not re.fullmatch(kept, run.folder.name):
        yield Difference(NAME, "misplaced", (f"it is that of run {made.run_id}",))


def _against_snapshot(folder: Path, manifest: Manifest) -> Iterator[Difference]:
    """Whether the manifest, what the snapshot says of itself, and the rows in it are of one piece."""
    from reporting.snapshot import freeze, frozen

    try:
        meta = json.loads((folder / META).read_text(encoding="utf-8"))
        said = frozen.Snapshot(folder / SNAPSHOT, meta).identity
        if said != manifest.inputs.snapshot or meta["hash"] != manifest.snapshot:
            yield Difference(META, "changed", ("the manifest is that of another snapshot",))
        if meta["schema"] != frozen.SCHEMA or "files" not in meta:
            return  # of an earlier version
        if freeze.snapshot_hash(meta["files"]) != meta["hash"]:
            yield Difference(META, "changed", ("its hash is not that of its tables",))
        for name, file in meta["files"].items():
            path = f"{SNAPSHOT}{name}.parquet"
            if path not in manifest.outputs:
                yield Difference(path, "missing", (f"{META} names it",))
            elif freeze.hash_of_file(folder / path) != file["sha256"]:
                yield Difference(path, "changed", (f"its rows are not those that {META} tells of",))
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        yield Difference(META, "unreadable", (f"{type(error).__name__}: {error}",))
