"""A file is read once while it stays as it is; a change of it, or of the notes, and it is read again."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from reporting.sources import file_memory
from reporting.sources.file_memory import FileMemory


@pytest.fixture(autouse=True)
def settled(monkeypatch):
    """Files just written count as old enough."""
    monkeypatch.setattr(file_memory, "RACY", -1)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "data"
    path.write_text("one")
    return path


class Reader:
    """Counts how often files are read."""

    def __init__(self, folder):
        self.memory, self.times = FileMemory(folder), 0

    def __call__(self, *files, question="text"):
        def read():
            self.times += 1
            return [path.read_text() if path.exists() else None for path in files]

        return self.memory.fact(question, files, read)


@pytest.fixture
def read(tmp_path):
    return Reader(tmp_path / "notes")


def test_an_unchanged_file_is_read_once(read, file, tmp_path):
    assert read(file) == read(file) == ["one"]
    assert read.times == 1
    other = Reader(tmp_path / "notes")  # another run
    assert (other(file), other.times) == (["one"], 0)


def test_each_question_has_its_answer(read, file):
    read(file)
    read(file, question="another")
    assert read.times == 2


def test_a_changed_file_is_read_again(read, file):
    read(file)
    file.write_text("longer")
    assert read(file) == ["longer"]


def test_so_is_one_of_the_same_size_with_its_date_put_back(read, file):
    before = file.stat()
    read(file)
    file.write_text("two")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert read(file) == ["two"]


def test_a_file_that_comes_or_goes_is_noticed(read, file, tmp_path):
    log = tmp_path / "log"
    assert read(file, log) == ["one", None]
    log.write_text("new")
    assert read(file, log) == ["one", "new"]
    log.unlink()
    assert read(file, log) == ["one", None]


def test_a_file_changed_a_moment_ago_is_not_trusted(read, file, monkeypatch):
    monkeypatch.setattr(file_memory, "RACY", 2_000_000_000)
    read(file)
    assert read(file) == ["one"]
    assert read.times == 2


@pytest.mark.parametrize("damage", ["", "{", "[]", "3", '{"states": null}', "\x00\x01"])
def test_a_damaged_note_is_written_anew(read, file, tmp_path, damage):
    read(file)
    (note,) = (tmp_path / "notes").iterdir()
    whole = note.read_bytes()
    note.write_text(damage)
    assert read(file) == ["one"]
    assert note.read_bytes() == whole


def test_many_may_note_at_once_and_leave_whole_notes(file, tmp_path):
    readers = [Reader(tmp_path / "notes") for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda read: read(file), readers * 20))
    assert answers == [["one"]] * 160
    assert len(list((tmp_path / "notes").iterdir())) == 1


def test_without_a_folder_nothing_is_remembered(file):
    read = Reader(None)
    read(file)
    read(file)
    assert read.times == 2
