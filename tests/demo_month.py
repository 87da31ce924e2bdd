"""The demo company's last month, published as a newcomer does it, for the tests that look at it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SHARED = ("notebooks", "params", "requirements.lock")
TABLES = Path("build", "demo", "tables")


def command(project: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "reporting.cli", "--project", str(project), *arguments]


def reporting(project: Path, *arguments: str, **process: Any) -> subprocess.CompletedProcess[str]:
    """Run the command as its own process."""
    return subprocess.run(
        command(project, *arguments), capture_output=True, text=True, check=False, **process
    )


def furnish(folder: Path) -> None:
    """Put a copy of this project's own files there."""
    for name in SHARED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)


def publish(folder: Path) -> None:
    """Publish the month in `folder` and leave nothing there but `reports/`; see `shared.built_once`."""
    furnish(folder)
    if (ROOT / TABLES).is_dir():  # else the run builds them
        shutil.copytree(ROOT / TABLES, folder / TABLES)  # no link: the snapshot names files where they lie
    result = reporting(folder, "run", "--renderer", "embedded", "--slides")
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stdout.rstrip().endswith("index.html")
    for place in folder.iterdir():
        if place.name != "reports":
            shutil.rmtree(place) if place.is_dir() else place.unlink()
