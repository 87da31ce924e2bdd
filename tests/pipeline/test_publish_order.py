"""What is published is on disk before it counts as published; which of several runs comes first."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from reporting.errors import ConfigError
from reporting.month import Month
from reporting.pipeline import publish as module
from reporting.pipeline.history import find_run, published_run, runs
from reporting.pipeline.manifest import Inputs, Manifest, inventory
from reporting.pipeline.project import Project
from reporting.pipeline.publish import is_intact, publish, staging, superseded, sweep

INPUTS = Inputs("demo", "2026-10", "s", "c", "l", "b", "embedded", {}, {})


def stage(target: Path, snapshot: str = "1") -> str:
    """A staged run with a page in a folder of its own; its id."""
    (staging(target) / "data").mkdir(parents=True)
    (staging(target) / "data" / "a.csv").write_text(snapshot)
    inputs = replace(INPUTS, source=target.parent.name, month=target.name, snapshot=snapshot)
    Manifest(inputs, "Demo", "s", [], {}, {}, inventory(staging(target)), FINISHED).write(staging(target))
    return inputs.run_id


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "reports" / "demo" / "2026-10"
    folder.parent.mkdir(parents=True)
    return folder


@pytest.fixture
def steps(target, monkeypatch) -> list[tuple[str, str]]:
    """What reaches the disk and what is renamed, in order; paths below the source's folder."""
    found: list[tuple[str, str]] = []
    fsync, rename = os.fsync, Path.rename

    def name(path: str | Path) -> str:
        return Path(path).relative_to(target.parent).as_posix()

    def record_fsync(handle: int) -> None:
        found.append(("sync", name(os.readlink(f"/proc/self/fd/{handle}"))))
        fsync(handle)

    def record_rename(path: Path, to: Path) -> Path:
        found.append(("rename", f"{name(path)} -> {name(to)}"))
        return rename(path, to)

    monkeypatch.setattr(os, "fsync", record_fsync)
    monkeypatch.setattr(Path, "rename", record_rename)
    return found


FINISHED = {"finished": "2026-11-02T08:00:00+00:00"}
STAGED = {"data", "data/a.csv", "manifest.json", "SHA256SUMS", "."}


def test_every_file_and_folder_is_on_disk_before_the_run_is_ready_and_each_rename_after_it(target, steps):
    stage(target)
    publish(target)
    renames = [number for number, (what, _) in enumerate(steps) if what == "rename"]
    ready, placed = renames
    before = {name for what, name in steps[:ready] if what == "sync"}
    root = f".staging-{target.name}"
    assert before == {root if name == "." else f"{root}/{name}" for name in STAGED}
    assert steps[ready] == ("rename", ".staging-2026-10 -> .ready-2026-10")
    assert steps[ready + 1 : placed] == [("sync", ".")]
    assert steps[placed:] == [("rename", ".ready-2026-10 -> 2026-10"), ("sync", ".")]


def test_the_run_that_is_replaced_moves_away_before_the_new_one_takes_its_place(target, steps):
    first = stage(target)
    publish(target)
    steps.clear()
    stage(target, "2")
    publish(target)
    assert [name for what, name in steps if what == "rename"] == [
        ".staging-2026-10 -> .ready-2026-10",
        f"2026-10 -> superseded/2026-10-{first}",
        ".ready-2026-10 -> 2026-10",
    ]
    assert steps[-1] == ("sync", ".")


def test_no_file_stays_open(target):
    stage(target)
    before = len(os.listdir("/proc/self/fd"))
    publish(target)
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_folder_that_cannot_be_put_on_disk_is_not_published(target, monkeypatch):
    stage(target)

    def fail(handle: int) -> None:
        raise OSError("no disk")

    monkeypatch.setattr(os, "fsync", fail)
    before = len(os.listdir("/proc/self/fd"))
    with pytest.raises(OSError, match="no disk"):
        publish(target)
    assert len(os.listdir("/proc/self/fd")) == before
    assert {path.name for path in target.parent.iterdir()} == {".staging-2026-10"}
    sweep(target)
    assert list(target.parent.iterdir()) == []


def test_the_run_that_goes_back_and_forth_is_numbered_from_two(target):
    ids = [stage_and_publish(target, text) for text in ("1", "2", "1", "2", "1")]
    one, two = ids[:2]
    assert {path.name for path in (target.parent / "superseded").iterdir()} == {
        f"2026-10-{one}", f"2026-10-{two}", f"2026-10-{one}-2", f"2026-10-{two}-2",
    }  # fmt: skip
    assert is_intact(target, one)
    sweep(target)
    assert is_intact(target, one), "nothing left behind, nothing swept away"


def stage_and_publish(target: Path, text: str) -> str:
    run_id = stage(target, text)
    publish(target)
    return run_id


def test_the_mark_says_by_which_run_and_when(target):
    stage_and_publish(target, "1")
    second = stage(target, "2")
    kept = publish(target)
    mark = json.loads((kept / "superseded.json").read_text())
    assert mark == {"superseded_by": second, "at": FINISHED["finished"]}


def test_what_is_no_run_is_no_superseded_run(target):
    folder = target.parent / "superseded"
    (folder / "notes").mkdir(parents=True)
    (folder / "2026-09-x").mkdir()
    assert list(superseded(target.parent)) == []
    (folder / "2026-09-x" / module.NAME).write_text("{}")
    assert list(superseded(target.parent)) == [folder / "2026-09-x"]


@pytest.fixture
def archive(tmp_path, monkeypatch) -> dict[str, str]:
    """Three months of demo published in no order, each three times, and one month of acme; run ids. The disk
    lists folders backwards."""
    found = {}
    for source, month in (("demo", "2026-10"), ("demo", "2025-12"), ("demo", "2026-09"), ("acme", "2026-11")):
        target = tmp_path / "reports" / source / month
        target.parent.mkdir(parents=True, exist_ok=True)
        for snapshot in "123" if source == "demo" else "1":
            found[f"{source} {month} {snapshot}"] = stage_and_publish(target, snapshot)
    glob = Path.glob
    monkeypatch.setattr(Path, "glob", lambda path, pattern: iter(sorted(glob(path, pattern), reverse=True)))
    return found


def test_runs_stand_by_source_and_month_and_the_published_one_first(tmp_path, archive):
    found = [(run.source, str(run.month), run.state) for run in runs(Project(tmp_path))]
    demo = ["2025-12", "2026-09", "2026-10"]
    states = ["published", "superseded", "superseded"]
    assert found == [
        ("acme", "2026-11", "published"),
        *[("demo", month, state) for month in demo for state in states],
    ]
    kept = [run.folder.name for run in runs(Project(tmp_path), "demo") if run.state == "superseded"]
    assert kept == sorted(kept)
    folders = list(superseded(tmp_path / "reports" / "demo"))
    assert [folder.name[:7] for folder in folders] == [month for month in demo for _ in range(2)]


def test_failed_runs_come_last_by_source_and_month(tmp_path, archive):
    for name in ("demo/2026-12", "demo/2026-11", "acme/2026-12", "demo/notes", "demo/latest!"):
        (tmp_path / "build" / name / "failed").mkdir(parents=True)
    found = [(run.source, str(run.month)) for run in runs(Project(tmp_path)) if run.state == "failed"]
    assert found == [("acme", "2026-12"), ("demo", "2026-11"), ("demo", "2026-12")]
    assert [run.source for run in runs(Project(tmp_path), "acme") if run.state == "failed"] == ["acme"]
    assert [run.manifest for run in runs(Project(tmp_path)) if run.state == "failed"] == [None] * 3
    states = [run.state for run in runs(Project(tmp_path))]
    assert states.index("failed") == len(states) - 3


def test_the_last_published_month_is_the_default(tmp_path, archive):
    project = Project(tmp_path)
    assert published_run(project, "demo", None).month == Month(2026, 10)
    assert published_run(project, "demo", "2025-12").manifest.run_id == archive["demo 2025-12 3"]
    with pytest.raises(ConfigError, match=r"^.*demo 2026-08 is not published.*") as caught:
        published_run(project, "demo", "2026-08")
    assert "Published of demo: 2025-12, 2026-09, 2026-10." in str(caught.value)
    with pytest.raises(ConfigError, match="nobody is not published") as caught:
        published_run(project, "nobody", None)
    assert "Published of nobody: no month." in str(caught.value)


def test_a_run_is_found_by_its_month_its_id_or_both(tmp_path, archive):
    project = Project(tmp_path)
    old, new = archive["demo 2026-09 1"], archive["demo 2026-09 3"]
    assert find_run(project, "demo", "2026-09").manifest.run_id == new
    for name in (f"2026-09@{old}", old, f"2026-09@{old[:8]}"):
        assert find_run(project, "demo", name).manifest.run_id == old
    for name in (f"2026-10@{old}", f"2026-09@{archive['demo 2026-10 1']}", "2026-08", "acme"):
        with pytest.raises(ConfigError, match="demo has no run"):
            find_run(project, "demo", name)
    with pytest.raises(ConfigError, match="more than one run of demo is called ''"):
        find_run(project, "demo", "")
    with pytest.raises(ConfigError, match="Runs: none"):
        find_run(project, "nobody", "2026-09")


def test_a_run_superseded_twice_is_one_run(tmp_path):
    target = tmp_path / "reports" / "demo" / "2026-10"
    target.parent.mkdir(parents=True)
    one, *_ = [stage_and_publish(target, text) for text in ("1", "2", "1", "2")]
    run = find_run(Project(tmp_path), "demo", one)
    assert (run.state, run.manifest.run_id, run.name) == ("superseded", one, f"2026-10@{one}")
    assert run.folder.name == f"2026-10-{one}"
