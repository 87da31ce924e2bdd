"""A full disk is found however deep it stands in what was raised, and the fullest of the disks is named."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest

from reporting.pipeline.disk import disk_full

NO_SPACE = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def chain(*errors: BaseException, how: str) -> BaseException:
    for outer, inner in pairwise(errors):
        setattr(outer, how, inner)
    return errors[0]


@pytest.mark.parametrize("how", ["__cause__", "__context__"])
def test_a_cause_of_a_cause_is_found(tmp_path, how):
    assert disk_full(chain(ValueError("a"), KeyError("b"), NO_SPACE, how=how), tmp_path) is not None
    assert disk_full(chain(ValueError("a"), KeyError("b"), how=how), tmp_path) is None


@pytest.mark.parametrize("number", [errno.EACCES, errno.EIO, errno.EFBIG, errno.EROFS])
def test_other_numbers_are_other_faults(tmp_path, number):
    assert disk_full(OSError(number, os.strerror(number)), tmp_path) is None


@pytest.mark.parametrize(
    ("reports", "temporary", "named"), [(1, 2, "reports"), (2, 1, "tmp"), (1, 1, "reports")]
)
def test_the_disk_with_the_least_room_is_named(tmp_path, monkeypatch, reports, temporary, named):
    """Where both have as little, it is the one that was written to."""
    free = {tmp_path / "reports": reports * 1e6, tmp_path / "tmp": temporary * 1e6}
    for folder in free:
        folder.mkdir()
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path / "tmp"))
    monkeypatch.setattr(
        shutil, "disk_usage", lambda folder: SimpleNamespace(free=free[Path(folder)], total=5e6)
    )
    told = disk_full(NO_SPACE, tmp_path / "reports")
    assert told.where == str(tmp_path / named)
    assert "1.0 of 5.0 MB are free" in told.message
    assert told.exit_code != 0


def test_a_folder_given_relative_and_gone_is_found_by_the_one_above(tmp_path, monkeypatch):
    asked = []

    def usage(folder: Path) -> SimpleNamespace:
        asked.append(Path(folder))
        return SimpleNamespace(free=0, total=1)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", usage)
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path))
    disk_full(NO_SPACE, Path("gone") / "deeper")
    assert asked == [tmp_path, tmp_path]
