"""One run at a time: a lock that ends with its process, however that ends."""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import json
import os
import socket
from collections.abc import Generator
from pathlib import Path
from typing import TextIO

from reporting.errors import BusyError

_TRIES = 1000  # as many holders in a row never get in between; a folder that is a file stays one


@contextlib.contextmanager
def hold(path: Path, what: str, *, wait: bool = False) -> Generator[None]:
    """Hold the lock file `path` for the length of a `with` block.

    The operating system lets go of it when the process ends, even by `kill -9`. The holder removes the file;
    one that a killed process left is taken over.

    Args:
        what: What is locked, for the message: `demo 2026-10`.
        wait: Wait for the holder instead of refusing; for work of a moment.

    Raises:
        BusyError: Another process holds it; its process id and host are named.
    """
    with _locked(path, what, wait) as file:
        holder = {
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "since": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        }
        file.truncate(0)
        file.write(json.dumps(holder))
        file.flush()
        try:
            yield
        finally:
            path.unlink(missing_ok=True)
            with contextlib.suppress(OSError):
                path.parent.rmdir()  # of the last one


def _locked(path: Path, what: str, wait: bool) -> TextIO:
    while True:
        file = _open(path)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            if _is_still(path, file):
                return file
        except BlockingIOError:
            holder = _holder(path)
            file.close()
            raise BusyError(
                f"another run is making {what}: {holder}.",
                remedy="Wait until it has ended and run again.",
            ) from None
        except BaseException:
            file.close()
            raise
        file.close()


def _open(path: Path) -> TextIO:
    """Open the file, as often as its last holder removes the folder under our hands."""
    tries = 0
    while True:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            return path.open("a+", encoding="utf-8")
        except (FileNotFoundError, FileExistsError):
            tries += 1
            if tries == _TRIES:
                raise


def _is_still(path: Path, file: TextIO) -> bool:
    """Whether `path` is the file we locked, and not one made after its holder had removed it."""
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False


def _holder(path: Path) -> str:
    try:
        holder = json.loads(path.read_text(encoding="utf-8"))
        return f"process {holder['pid']} on {holder['host']}, since {holder['since']}"
    except (ValueError, KeyError):
        return "its process is just starting"
    except FileNotFoundError:
        return "its process is just ending"
