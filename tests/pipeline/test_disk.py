"""A full disk is known whichever library came upon it, and the disk is named."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from reporting.pipeline.disk import disk_full, no_files

NO_SPACE = os.strerror(errno.ENOSPC)


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, NO_SPACE),
        OSError(errno.EDQUOT, os.strerror(errno.EDQUOT)),
        shutil.Error([("from", "to", f"[Errno 28] {NO_SPACE}: 'from' -> 'to'")]),
        RuntimeError(f"IO Error: Could not write file: {NO_SPACE}"),
        caused(ValueError("not saved"), OSError(errno.ENOSPC, NO_SPACE)),
    ],
)
def test_a_full_disk_is_known(tmp_path, error):
    assert "MB are free" in str(disk_full(error, tmp_path))


def test_other_errors_are_left_alone(tmp_path):
    assert disk_full(OSError(errno.EACCES, "Permission denied"), tmp_path) is None
    assert disk_full(ValueError("no space between the names"), tmp_path) is None


def test_the_fullest_disk_is_named_even_if_the_folder_has_gone(tmp_path, monkeypatch):
    free = {tmp_path / "reports": 4e5, tmp_path / "build": 9e9}
    for folder in free:
        folder.mkdir()
    monkeypatch.setattr(
        shutil, "disk_usage", lambda folder: SimpleNamespace(free=free.get(Path(folder), 1e9), total=1e10)
    )
    told = disk_full(OSError(errno.ENOSPC, NO_SPACE), tmp_path / "build", tmp_path / "reports" / "gone" / "x")
    assert told is not None
    assert told.where == str(tmp_path / "reports")
    assert "0.4 of 10,000.0 MB are free" in told.message


def test_too_few_open_files_are_known(monkeypatch):
    monkeypatch.setattr("resource.getrlimit", lambda _: (64, 64))
    many = os.strerror(errno.EMFILE)
    for error in (OSError(errno.EMFILE, many), RuntimeError(f'IO Error: Cannot open file "a": {many}')):
        assert "than the 64 that it may have" in str(no_files(caused(ValueError("not read"), error)))
    assert no_files(OSError(errno.ENOENT, "gone")) is None
