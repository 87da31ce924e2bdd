"""A month appears whole or not at all, whenever the process ends."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from reporting.pipeline.manifest import SUPERSEDED, Inputs, Manifest, inventory
from reporting.pipeline.publish import is_intact, publish, staging, superseded, sweep

INPUTS = Inputs("demo", "2026-10", "s", "c", "l", "b", "embedded", {"churn": "1"}, {"churn": {}})


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "reports" / "demo" / "2026-10"
    folder.parent.mkdir(parents=True)
    return folder


def stage(target: Path, text: str) -> Manifest:
    """A staged run with one page, `text` being all its inputs."""
    folder = staging(target)
    (folder / "data").mkdir(parents=True)
    (folder / "index.html").write_text(text)
    (folder / "data" / "a.csv").write_text(text)
    manifest = Manifest(
        replace(INPUTS, snapshot=text), "Demo", "s", [], {"warning": 1}, {}, inventory(folder)
    )
    manifest.write(folder)
    return manifest


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_first_run_takes_its_place(target):
    manifest = stage(target, "one")
    assert publish(target) is None
    assert names(target.parent) == {"2026-10"}
    assert is_intact(target, manifest.run_id)


def test_the_run_that_is_replaced_is_kept_and_marked(target):
    first = stage(target, "one")
    publish(target)
    second = stage(target, "two")
    kept = publish(target)
    assert kept == target.parent / "superseded" / f"2026-10-{first.run_id}"
    assert (target / "index.html").read_text() == "two"
    assert (kept / "index.html").read_text() == "one"
    assert json.loads((kept / SUPERSEDED).read_text())["superseded_by"] == second.run_id
    assert is_intact(kept, first.run_id)
    assert list(superseded(target.parent)) == [kept]


def test_going_back_and_forth_keeps_every_run(target):
    for text in ("one", "two", "one", "two"):
        stage(target, text)
        publish(target)
    assert len(list(superseded(target.parent))) == 3
    assert (target / "index.html").read_text() == "two"


def test_an_altered_or_foreign_folder_is_not_intact(target):
    manifest = stage(target, "one")
    publish(target)
    assert not is_intact(target, "0" * 12)
    (target / ".ipynb_checkpoints").mkdir()
    (target / ".ipynb_checkpoints" / "x.ipynb").write_text("a browser's leftovers are not ours")
    assert is_intact(target, manifest.run_id)
    sums = (target / "SHA256SUMS").read_text()
    (target / "SHA256SUMS").unlink()
    assert not is_intact(target, manifest.run_id)
    (target / "SHA256SUMS").write_text(sums)
    assert is_intact(target, manifest.run_id)
    (target / "data" / "a.csv").write_text("other")
    assert not is_intact(target, manifest.run_id)
    assert not is_intact(target.with_name("2026-11"), manifest.run_id)


class Killed(BaseException):
    """Stands for the end of the process."""


@pytest.mark.parametrize("survived", range(4))
def test_wherever_it_is_killed_the_next_run_finds_one_whole_month(target, monkeypatch, survived):
    """It ends after `survived` renames: before any, with the new run ready, between the moves, after all."""
    first = stage(target, "one")
    publish(target)
    second = stage(target, "two")
    rename, done = Path.rename, []

    def rename_or_die(path: Path, to: Path) -> Path:
        if len(done) == survived:
            raise Killed
        done.append(path)
        return rename(path, to)

    monkeypatch.setattr(Path, "rename", rename_or_die)
    if survived < 3:
        with pytest.raises(Killed):
            publish(target)
    else:
        publish(target)
    monkeypatch.undo()
    sweep(target)
    expected = first if survived == 0 else second
    assert is_intact(target, expected.run_id)
    assert names(target.parent) - {"superseded"} == {"2026-10"}
    assert [path.name for path in superseded(target.parent)] == (
        [] if survived == 0 else [f"2026-10-{first.run_id}"]
    )


def test_a_folder_without_a_manifest_is_kept_as_well(target):
    target.mkdir()
    (target / "mine.txt").write_text("put here by hand")
    stage(target, "one")
    kept = publish(target)
    assert kept is not None
    assert (kept / "mine.txt").exists()
