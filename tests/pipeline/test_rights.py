"""Another user, who may read the project but not write all of it: told at once, nothing half-published."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from reporting.pipeline import kernels

LESS = "-dac_override,-dac_read_search"
"""Without these root is a user like any other, bound by the rights of files."""
if os.geteuid():
    BOUND: tuple[str, ...] = ()
else:
    BOUND = ("setpriv", f"--bounding-set={LESS}", "--inh-caps", LESS)
    pytestmark = pytest.mark.skipif(
        not shutil.which("setpriv"), reason="root without setpriv may do anything"
    )


def reporting(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command as somebody who is bound by the rights of files."""
    command = [*BOUND, sys.executable, "-m", "reporting.cli", "--project", str(project), *arguments]
    return subprocess.run(command, capture_output=True, text=True)


def close(*folders: Path) -> None:
    """Take the right to write in these folders and all below from everybody."""
    for folder in folders:
        for path in (folder, *folder.rglob("*")):
            path.chmod(path.stat().st_mode & ~0o222)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def require_refused(result: subprocess.CompletedProcess[str], named: Path) -> None:
    told = result.stdout + result.stderr
    assert result.returncode == 2, told
    assert f"{named}: the folder can't be written: Permission denied." in result.stderr, told
    assert "work on a copy" in result.stderr
    assert "Traceback" not in told and "fault in the program" not in told


@pytest.mark.parametrize("closed", ["reports", "reports/acme", "reports/acme/2026-10", "build", "build/acme"])
def test_a_run_is_refused_before_anything_is_made(acme, closed):
    for made in ("reports/acme/2026-10", "build/acme/2026-10"):
        (acme / made).mkdir(parents=True)
    (acme / "reports" / "acme" / "2026-10" / "index.html").write_text("published by somebody else")
    before = contents(acme)
    close(acme / closed)
    require_refused(reporting(acme, "run"), acme / ("build/acme" if closed == "build" else closed))
    assert contents(acme) == before


def test_a_folder_in_the_cache_that_is_somebody_elses_is_named(acme):
    (acme / "build" / "acme" / "cache" / "kept").mkdir(parents=True)
    close(acme / "build" / "acme" / "cache" / "kept")
    result = reporting(acme, "run")
    assert result.returncode == 2, result.stderr
    assert "cache/kept" in result.stderr and "it can't be written: Permission denied" in result.stderr
    assert "fault in the program" not in result.stderr
    assert [path for path in (acme / "reports").rglob("*") if path.is_file()] == []


@pytest.fixture
def month(workshop, publish, month, monkeypatch) -> Path:
    """A published month, whose project nobody may write."""
    monkeypatch.setattr(kernels.Forkserver.__init__, "__defaults__", (None, ("ipykernel.kernelapp",), None))
    workshop.notebook("mine", "from reporting.present.blocks import Text\nText('Mine.')")
    publish()
    (workshop.root / "build" / "tiny" / "2026-10").mkdir(parents=True, exist_ok=True)
    close(workshop.root / "build", workshop.root / "reports")
    return month


def test_who_may_only_read_checks_hashes_and_chain_and_is_told_what_else_needs(workshop, month):
    before = contents(workshop.root)
    for arguments in (("audit", "--hashes"), ("list", "--verify")):
        result = reporting(workshop.root, *arguments)
        assert result.returncode == 0, result.stdout + result.stderr
    for arguments in (("audit",), ("audit", "--from-sources"), ("render", "--renderer", "embedded")):
        require_refused(reporting(workshop.root, *arguments), workshop.root / "build" / "tiny" / "2026-10")
    assert contents(workshop.root) == before


def test_a_file_of_the_month_that_may_not_be_read_is_named(workshop, month):
    (month / "mine.pdf").chmod(0)
    result = reporting(workshop.root, "audit", "--hashes")
    assert result.returncode == 1, result.stdout + result.stderr
    assert "mine.pdf: unreadable" in result.stdout and "Traceback" not in result.stderr
