"""What was once found out about files, remembered while they stay as they are.

A file is the same while its path, size and times are, as git judges it. One changed less than two seconds
before it was looked at may change again within the same time stamp, so what is found out then is not kept.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

RACY = 2_000_000_000  # nanoseconds; the coarsest time stamps in use are two seconds apart


class FileMemory:
    """Notes on files in a folder, one a question and set of files; a damaged note is as good as none.

    Args:
        folder: Where the notes are; None = nothing is remembered.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder

    def fact(self, question: str, files: Sequence[Path], answer: Callable[[], Any]) -> Any:
        """The answer to a question about files: the one noted, or a new one, which is noted.

        Args:
            question: All that the answer depends on but the files.
            files: The files; one that doesn't exist is a state as well.
            answer: Reads the files; what it returns is fit for JSON.
        """
        if self._folder is None:
            return answer()
        now, states = time.time_ns(), [state(path) for path in files]
        name = hashlib.sha256(json.dumps([question, [str(path) for path in files]]).encode()).hexdigest()
        note = self._folder / f"{name[:32]}.json"
        noted = read_note(note)
        if noted.get("states") == states and "answer" in noted:
            return noted["answer"]
        found = answer()
        if settled(states, now):
            write_note(note, {"states": states, "answer": found})
        return found


def state(path: Path) -> list[int]:
    """Size and times of a file. The change time also tells of one rewritten with its old date put back."""
    try:
        stat = path.stat()
    except FileNotFoundError:
        return []
    return [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns]


def settled(states: Iterable[Sequence[int]], at: int) -> bool:
    """Whether none of these files changed so shortly before `at` (nanoseconds) that it may change again
    within the same time stamp."""
    return all(at - max(state[1:], default=0) > RACY for state in states)


def read_note(note: Path) -> dict[str, Any]:
    """What was noted; nothing where there is no note or it is damaged."""
    try:
        noted = json.loads(note.read_bytes())
    except (OSError, ValueError):
        return {}
    return noted if isinstance(noted, dict) else {}


def write_note(note: Path, content: dict[str, Any]) -> None:
    """Put a note in place as a whole: another process reads the old one or the new one."""
    note.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=note.parent)
    with os.fdopen(handle, "w") as stream:
        json.dump(content, stream)
    os.replace(beside, note)
