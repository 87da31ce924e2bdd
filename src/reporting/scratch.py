"""Folders that a process makes for itself and removes; what a killed one left, the next one sweeps up."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path


@contextlib.contextmanager
def own_folder(parent: Path, prefix: str, left: str) -> Generator[Path]:
    """A new folder in `parent`, gone at the end of the `with` block, and locked as long as its process lives.

    Folders of processes that ended without removing theirs go first.

    Args:
        left: Pattern of the names that such folders have.
    """
    sweep(parent, left)
    while True:
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        handle = os.open(folder, os.O_RDONLY)
        fcntl.flock(handle, fcntl.LOCK_EX)
        if folder.exists():  # no one swept it before it was locked
            break
        os.close(handle)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(handle)


def sweep(parent: Path, left: str) -> None:
    """Remove those of our own folders in `parent` that match `left` and that no process holds."""
    for folder in parent.glob(left):
        with contextlib.suppress(OSError):  # it is held, or another process was quicker
            handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                if os.fstat(handle).st_uid == os.geteuid():
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(handle)
