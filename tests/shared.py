"""What is dear to build is built once, however many processes run the tests, and only read afterwards."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


def built_once(factory: pytest.TempPathFactory, name: str, build: Callable[[Path], object]) -> Path:
    """The folder `name` that `build` filled for all workers of this session; nobody may write into it."""
    base = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent  # each worker has a folder of its own in that of the session
    folder = base / f"shared-{name}"
    with open(base / f"shared-{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            making = base / f"shared-{name}.making"
            shutil.rmtree(making, ignore_errors=True)  # another worker failed at it
            making.mkdir()
            build(making)
            for path in making.rglob("*"):
                path.chmod(0o555 if path.is_dir() else 0o444)
            making.rename(folder)
            folder.chmod(0o555)
    return folder
