"""What stands in a lock, whose it is, and what is left of it."""

from __future__ import annotations

import datetime as dt
import json
import os
import socket

import pytest

from reporting.errors import BusyError
from reporting.pipeline import lock
from reporting.pipeline.lock import hold


def test_the_holder_is_named_even_in_a_file_that_a_killed_one_left(tmp_path):
    path = tmp_path / "locks" / "a.lock"
    path.parent.mkdir()
    path.write_text(json.dumps({"pid": 1, "host": "x" * 500, "since": "long ago"}))
    before = dt.datetime.now(dt.UTC).replace(microsecond=0)
    with hold(path, "demo 2026-10"):
        holder = json.loads(path.read_text())
    assert (holder["pid"], holder["host"]) == (os.getpid(), socket.gethostname())
    assert before <= dt.datetime.fromisoformat(holder["since"]) <= dt.datetime.now(dt.UTC)


def test_it_is_let_go_when_the_work_fails(tmp_path):
    path = tmp_path / "locks" / "a.lock"
    with pytest.raises(ZeroDivisionError), hold(path, "a"):
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []
    with hold(path, "a"):
        pass


def test_a_folder_with_other_locks_or_files_stays(tmp_path):
    path = tmp_path / "locks" / "a.lock"
    with hold(path, "a"):
        (path.parent / "other").write_text("")
    assert [file.name for file in path.parent.iterdir()] == ["other"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"pid": 7, "host": "h", "since": "s"}', "process 7 on h, since s."),
        ("", "its process is just starting."),
        ('{"pid": 7}', "its process is just starting."),
        (None, "its process is just ending."),
    ],
)
def test_whoever_holds_it_is_told_as_far_as_is_known(tmp_path, monkeypatch, text, told):
    """A second look at a lock that this process holds, whatever stands in its file."""
    path = tmp_path / "a.lock"
    with hold(path, "a"):
        path.write_text(text or "")
        if text is None:
            monkeypatch.setattr(lock, "_open", keep_open(lock._open, path))
        with pytest.raises(BusyError) as caught, hold(path, "demo 2026-10"):
            pass
    assert str(caught.value).startswith(f"another run is making demo 2026-10: {told}")
    assert "Wait until it has ended and run again." in str(caught.value)


def keep_open(opener, path):
    """Opens the lock as `opener` does, after which its name is gone."""

    def opened(_):
        file = opener(path)
        path.unlink()
        return file

    return opened


@pytest.mark.parametrize(("times", "fine"), [(lock._TRIES - 1, True), (lock._TRIES, False)])
def test_a_folder_that_vanishes_is_made_again_up_to_so_many_times(tmp_path, monkeypatch, times, fine):
    path, mkdir, made = tmp_path / "locks" / "a.lock", type(tmp_path).mkdir, []

    def vanish(folder, *args, **kwargs):
        made.append(folder)
        if len(made) > times:
            mkdir(folder, *args, **kwargs)

    monkeypatch.setattr(type(tmp_path), "mkdir", vanish)
    if fine:
        with hold(path, "a"):
            assert len(made) == times + 1
    else:
        with pytest.raises(FileNotFoundError), hold(path, "a"):
            pass
        assert len(made) == times
