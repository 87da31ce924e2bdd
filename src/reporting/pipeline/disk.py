"""A lack of disk, memory, open files or rights, told as what it is, whichever library came upon it."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from reporting.errors import ConfigError, DiskFull, ReportingError

FULL = (errno.ENOSPC, errno.EDQUOT)
DENIED = (errno.EACCES, errno.EPERM, errno.EROFS)


def disk_full(error: BaseException, *folders: Path) -> DiskFull | None:
    """What to tell of `error` if it comes of a full disk, else None.

    Call it before anything is cleaned up: the disk is found by what is left on it.

    Args:
        folders: Where was written to; the folder for temporary files is one in any case.
    """
    if not any(_says(each, *FULL) for each in _chain(error)):
        return None
    places = map(_existing, (*folders, Path(tempfile.gettempdir())))
    room, folder = min(
        ((shutil.disk_usage(place), place) for place in places), key=lambda found: found[0].free
    )
    return DiskFull(
        "the disk, or your share of it, has no room for what was to be written: "
        f"{room.free / 1e6:,.1f} of {room.total / 1e6:,.1f} MB are free.",
        where=folder,
        remedy="Free some space there and run again. What was half-made is removed; what is published stays.",
    )


def no_memory(error: BaseException) -> ReportingError | None:
    """What to tell of `error` if memory ran out, else None."""
    if not any(type(each).__name__ in ("MemoryError", "OutOfMemoryException") for each in _chain(error)):
        return None
    return ReportingError(
        "this process has no memory left for what it computes.",
        remedy="Give it more (`ulimit -v`, the container's limit), or run it on a larger machine.",
    )


def no_files(error: BaseException) -> ReportingError | None:
    """What to tell of `error` if it comes of too many open files, else None."""
    if not any(_says(each, errno.EMFILE, errno.ENFILE) for each in _chain(error)):
        return None
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return ReportingError(
        f"this process needs more open files than the {files:,} that it may have.",
        remedy="Allow it more (`ulimit -n 1024`, the container's limit) and run again.",
    )


def not_allowed(error: BaseException) -> ConfigError | None:
    """What to tell of `error` if a file or folder may not be read or written, else None."""
    for each in _chain(error):
        if isinstance(each, OSError) and each.errno in DENIED and each.filename:
            path = Path(os.fsdecode(each.filename))
            verb = "read" if path.exists() and not os.access(path, os.R_OK) else "written"
            return ConfigError(
                f"it can't be {verb}: {each.strerror}.",
                where=path,
                remedy="Give yourself the right to it (somebody else may have made it), or work on a copy of "
                "the project. What is published stays as it was.",
            )
    return None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _says(error: BaseException, *numbers: int) -> bool:
    """By its number, or by its words: engines raise errors of their own, shutil a list of them."""
    return getattr(error, "errno", None) in numbers or any(os.strerror(n) in str(error) for n in numbers)


def _existing(folder: Path) -> Path:
    """`folder`, or the nearest one above it that is there."""
    folder = folder.absolute()
    while not folder.exists():
        folder = folder.parent
    return folder
