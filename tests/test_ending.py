"""A command that is broken off, or that nobody reads any more, ends in good order and leaves nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from reporting.cli import ending
from reporting.cli import main as cli
from reporting.scratch import own_folder

COMMAND = [sys.executable, "-m", "reporting.cli"]
ROOT = Path(__file__).parents[1]
QUERY = """
import sys, threading, os, signal, duckdb
from reporting.cli import ending, main
ending.listen()
def slow(**_):
    print("begun", flush=True)
    duckdb.sql("SELECT sum(a.range * b.range) FROM range(1000000) a, range(1000000) b").fetchall()
main.typer_app = lambda *_, **__: slow()
sys.exit(main.run([]))
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_that_breaks_off_a_query_is_no_fault_of_the_program(number):
    process = subprocess.Popen(
        [sys.executable, "-c", QUERY],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert process.stdout is not None and process.stdout.readline() == "begun\n"
    process.send_signal(number)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 128 + number
    assert "Broken off." in err and "fault" not in err


@pytest.mark.parametrize("arguments", [["metrics"], ["metrics", "--markdown"], ["list"]])
def test_output_that_nobody_reads_is_no_error(arguments):
    with subprocess.Popen(
        [*COMMAND, "--project", str(ROOT), *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 0


def test_temporary_files_lie_in_one_folder_that_goes_with_the_command(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    with ending.temporary_folder():
        (folder,) = tmp_path.iterdir()
        assert tempfile.gettempdir() == os.environ["TMPDIR"] == str(folder)
        (folder / "left").mkdir()
    assert list(tmp_path.iterdir()) == [] and os.environ["TMPDIR"] == str(tmp_path)


def test_a_user_without_a_home_gets_one_for_the_while(tmp_path, monkeypatch):
    """As in a container that is run as a number nobody has an entry for."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.delenv("HOME")
    monkeypatch.setattr("pwd.getpwuid", lambda _: {}[0])
    with ending.temporary_folder():
        assert Path.home() == Path(tempfile.gettempdir())
    assert "HOME" not in os.environ


def test_what_a_killed_process_left_is_swept_and_what_a_running_one_holds_is_not(tmp_path):
    (tmp_path / "mine-dead" / "deep").mkdir(parents=True)
    (tmp_path / "other").mkdir()
    (tmp_path / "mine-link").symlink_to(tmp_path / "other")
    with own_folder(tmp_path, "mine-", "mine-*") as running, own_folder(tmp_path, "mine-", "mine-*"):
        assert running.exists() and (tmp_path / "other").exists()
        assert not (tmp_path / "mine-dead").exists()


def test_no_place_for_temporary_files_is_told_with_the_remedy(monkeypatch, capsys):
    def nowhere() -> str:
        raise FileNotFoundError(2, "No usable temporary directory found")

    monkeypatch.setattr(tempfile, "gettempdir", nowhere)
    assert cli.run(["list"]) == 2
    assert "Set TMPDIR" in capsys.readouterr().err
