"""One run at a time: a lock that ends with its process, however that ends."""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

from reporting.errors import BusyError


@contextlib.contextmanager
def hold(path: Path, what: str, *, wait: bool = False) -> Iterator[None]:
    """Hold the lock file `path` for the length of a `with` block.

    The operating system lets go of it when the process ends, even by `kill -9`; the file itself stays.

    Args:
        what: What is locked, for the message: `demo 2026-10`.
        wait: Wait for the holder instead of refusing; for work of a moment.

    Raises:
        BusyError: Another process holds it; its process id and host are named.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            raise BusyError(
                f"another run is making {what}: {_holder(path)}.",
                remedy="Wait until it has ended and run again.",
            ) from None
        holder = {
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "since": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        }
        file.truncate(0)
        file.write(json.dumps(holder))
        file.flush()
        yield


def _holder(path: Path) -> str:
    try:
        holder = json.loads(path.read_text(encoding="utf-8"))
        return f"process {holder['pid']} on {holder['host']}, since {holder['since']}"
    except (ValueError, KeyError):
        return "its process is just starting"
