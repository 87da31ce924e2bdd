"""One run of a month at a time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from reporting.errors import BusyError
from reporting.pipeline.lock import hold


@contextmanager
def another_holder(path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that holds the lock until it is told to end."""
    code = f"""
    import sys
    from pathlib import Path
    from reporting.pipeline.lock import hold
    with hold(Path({str(path)!r}), "demo 2026-10"):
        print("held", flush=True)
        sys.stdin.readline()
    """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_a_second_run_is_refused_and_told_who_holds_the_month(tmp_path):
    path = tmp_path / "locks" / "demo-2026-10.lock"
    path.parent.mkdir()
    with another_holder(path) as process, pytest.raises(BusyError) as caught, hold(path, "demo 2026-10"):
        pass
    assert "demo 2026-10" in str(caught.value)
    assert f"process {process.pid} on {os.uname().nodename}" in str(caught.value)


def test_a_killed_holder_lets_go(tmp_path):
    path = tmp_path / "a.lock"
    with another_holder(path) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        with hold(path, "demo 2026-10"):
            pass


def test_work_of_a_moment_waits_for_the_holder(tmp_path):
    path = tmp_path / "a.lock"
    with another_holder(path) as process:
        assert process.stdin is not None
        process.stdin.write("end\n")
        process.stdin.flush()
        with hold(path, "the archive", wait=True):
            assert process.wait(timeout=10) == 0


def test_other_months_are_free(tmp_path):
    with hold(tmp_path / "a.lock", "a"), hold(tmp_path / "b.lock", "b"):
        pass
    with hold(tmp_path / "a.lock", "a"):
        pass


def test_the_holder_leaves_no_file_behind(tmp_path):
    with hold(tmp_path / "locks" / "a.lock", "a"), hold(tmp_path / "locks" / "b.lock", "b"):
        pass
    assert not list(tmp_path.iterdir())


def test_a_file_where_the_folder_belongs_is_told_and_not_waited_for(tmp_path):
    (tmp_path / "locks").write_text("")
    with pytest.raises(FileExistsError), hold(tmp_path / "locks" / "a.lock", "a", wait=True):
        pass


def test_whoever_waited_holds_the_file_that_others_will_find(tmp_path):
    """The holder removes its file, on which others may already wait: two must never work at once."""
    path, busy, clashes = tmp_path / "locks" / "a.lock", threading.Lock(), []

    def work() -> None:
        for _ in range(50):
            with hold(path, "the archive", wait=True):
                clashes.append(not busy.acquire(blocking=False))
                busy.release()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(clashes) == 200 and not any(clashes)
