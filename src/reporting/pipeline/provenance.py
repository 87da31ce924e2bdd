"""Where a month comes from: the code's commit, the command and, only if it is wanted, who ran it where."""

from __future__ import annotations

import getpass
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reporting import __version__
from reporting.pipeline.project import Project


def provenance(project: Project, command: Sequence[str]) -> dict[str, Any]:
    """Version of `reporting`, the project's commit and whether all was `clean` then (None without git),
    and the command line, in which this machine's paths are shortened."""
    return {
        "reporting": __version__,
        "git": _commit(project.root),
        "command": [_shortened(argument, project.root) for argument in command],
    }


def person() -> dict[str, str]:
    """Who runs this, and where."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container's user without an entry
        user = "unknown"
    return {"host": socket.gethostname(), "user": user}


def _commit(root: Path) -> dict[str, Any] | None:
    commit = _git(root, "rev-parse", "HEAD")
    changes = _git(root, "status", "--porcelain")
    return None if commit is None or changes is None else {"commit": commit, "clean": not changes}


def _git(root: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *arguments], capture_output=True, text=True, check=False, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _shortened(argument: str, root: Path) -> str:
    for path, short in ((str(root.resolve()), "."), (str(Path.home()), "~")):
        argument = argument.replace(path, short)
    return argument
