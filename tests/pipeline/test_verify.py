"""A month that was touched is found by its hashes alone, whatever kind of file it was."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from reporting.errors import AuditDifference, ConfigError
from reporting.month import Month
from reporting.pipeline.history import Run
from reporting.pipeline.manifest import SUMS, Inputs, Manifest, inventory
from reporting.pipeline.verify import open_snapshot, verify
from reporting.snapshot import freeze
from reporting.snapshot.frozen import SCHEMA, Snapshot

MONTH = Month(2026, 10)
FILES = {
    "index.html": b"<!doctype html><p>Front page",
    "mine.html": b"<!doctype html><p>NRR 98.0 %",
    "mine.pdf": b"%PDF-1.7 1 0 obj",
    "mail/mine.html": b"<p>To send",
    "data/actions.csv": b"account,mrr\nA1,100.00\n",
    "notebooks/mine.ipynb": b'{"cells": [], "metadata": {}}',
    "notebooks/mine.html": b"<p>With its code",
    "documents/mine.qmd": b"---\ntitle: Mine\n---\n",
    "documents/figures/mine/fig-nrr.svg": b"<svg><text>98</text></svg>",
    "assets/style.css": b"body { margin: 0 }",
    "assets/logo.png": b"\x89PNG\r\n\x1a\n",
    "assets/sans.woff2": b"wOF2\x00\x01",
    "assets/OFL.txt": b"Copyright",
}
TABLES = {
    "accounts": pa.table({"account_id": ["a", "b"], "plan": ["Team", None]}),
    "account_month/2026-10": pa.table({"account_id": ["a", "b"], "mrr_cents": [100, None]}),
}


def make(folder: Path, **inputs: str) -> Run:
    """A month with a file of every kind that is published, and a snapshot of two tables."""
    for name, content in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    (folder / "snapshot").mkdir()
    tables = {
        name: freeze.write(rows, folder / "snapshot" / f"{name}.parquet") for name, rows in TABLES.items()
    }
    meta = {"schema": SCHEMA, "month": "2026-10", "files": tables, "hash": freeze.snapshot_hash(tables)}
    (folder / "snapshot" / "meta.json").write_text(json.dumps(meta))
    given = {"source": "demo", "month": "2026-10", "code": "c", "lock": "l", "brand": "b"} | inputs
    made = Inputs(
        snapshot=Snapshot(folder, meta).identity, renderer="embedded", notebooks={}, parameters={}, **given
    )
    manifest = Manifest(made, "Demo", meta["hash"], [], {"warning": 1}, {"python": "3.11"}, inventory(folder))
    manifest.write(folder)
    return read(folder)


def read(folder: Path, state: str = "published") -> Run:
    return Run("demo", MONTH, state, folder, Manifest.read(folder))


def rewrite(folder: Path, **changes) -> Run:
    """The month with a forged manifest, and with SHA256SUMS to match."""
    replace(Manifest.read(folder), **changes).write(folder)
    return read(folder)


def told(run: Run) -> list[str]:
    return [str(item) for item in verify(run)]


@pytest.fixture
def month(tmp_path: Path) -> Path:
    return make(tmp_path / "demo" / "2026-10").folder


def test_an_untouched_month_stands(month):
    assert told(read(month)) == []
    assert open_snapshot(read(month)).path == month / "snapshot"


def test_two_hundred_flipped_bits_in_every_kind_of_file_are_all_named(month, monkeypatch):
    """By the hashes of the files alone; the rows of the snapshot are looked at in a test of their own."""
    monkeypatch.setattr("reporting.pipeline.verify._against_snapshot", lambda *_: [])
    chance = random.Random(1)
    paths = sorted(path for path in month.rglob("*") if path.is_file())
    assert {path.name for path in paths} >= {"manifest.json", SUMS, "meta.json", "accounts.parquet"}
    for number in range(200):
        path = paths[number % len(paths)]
        whole = path.read_bytes()
        flipped = bytearray(whole)
        flipped[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        path.write_bytes(flipped)
        try:
            found = told(read(month))
        except ConfigError as error:
            found = [str(error)]
        assert any(path.relative_to(month).as_posix() in line for line in found), (path, flipped, found)
        path.write_bytes(whole)
    assert told(read(month)) == []


def test_what_no_run_makes_is_named_and_never_opened(month):
    (month / ".DS_Store").write_text("")
    (month / "notebooks" / ".ipynb_checkpoints").mkdir()
    (month / "notebooks" / ".ipynb_checkpoints" / "mine.ipynb").write_text("{}")
    (month / "data" / "more.csv").write_text("a\n")
    (month / "data" / "actions.csv").unlink()
    (month / "mine.pdf").unlink()
    (month / "mine.pdf").symlink_to(shutil.copy(month / "mine.html", month.parent))
    (month / "elsewhere").symlink_to("/", target_is_directory=True)
    os.mkfifo(month / "pipe")
    assert [(item.path, item.kind) for item in verify(read(month))] == [
        ("notebooks/.ipynb_checkpoints", "hidden"),
        ("data/actions.csv", "missing"),
        ("data/more.csv", "added"),
        (".DS_Store", "hidden"),
        ("elsewhere", "a link"),
        ("mine.pdf", "a link"),
        ("pipe", "not a file"),
    ]


def test_a_name_that_could_rule_a_terminal_is_told_as_it_can_be_printed(month):
    (month / "a\x1b[2Jb").write_text("")
    assert told(read(month)) == ["'a\\x1b[2Jb': added"]


def test_a_month_in_the_folder_of_another_is_named(tmp_path):
    folder = make(tmp_path / "2026-10", source="acme", month="2026-09").folder
    assert told(read(folder)) == [
        "manifest.json: misplaced, it is that of acme 2026-09, in the folder of demo 2026-10"
    ]


def test_a_superseded_run_lies_under_its_own_id(month):
    run_id = read(month).manifest.run_id
    for name, stands in ((f"2026-10-{run_id}", True), (f"2026-10-{run_id}-2", True), ("2026-10-abc", False)):
        folder = month.rename(month.parent / name)
        assert (told(read(folder, "superseded")) == []) is stands, name
        month = folder


def test_a_snapshot_that_was_exchanged_with_all_its_hashes_is_named(month):
    freeze.write(TABLES["accounts"].slice(0, 1), month / "snapshot" / "accounts.parquet")
    run = rewrite(month, outputs=inventory(month))
    assert told(run) == [
        "snapshot/accounts.parquet: changed, its rows are not those that snapshot/meta.json tells of"
    ]
    meta = json.loads((month / "snapshot" / "meta.json").read_text())
    meta["files"]["accounts"] = {"sha256": "0" * 64, "rows": 1}
    (month / "snapshot" / "meta.json").write_text(json.dumps(meta))
    run = rewrite(month, outputs=inventory(month))
    assert "snapshot/meta.json: changed, the manifest is that of another snapshot" in told(run)
    assert "snapshot/meta.json: changed, its hash is not that of its tables" in told(run)


def test_a_damaged_snapshot_is_not_read(month):
    (month / "snapshot" / "accounts.parquet").write_bytes(b"")
    with pytest.raises(AuditDifference, match=r"snapshot/accounts.parquet: changed"):
        open_snapshot(read(month))


def test_a_month_of_an_earlier_version_stands_without_sums(month):
    run = rewrite(month, schema=1)
    (month / SUMS).unlink()
    assert told(run) == []
    run = rewrite(month, schema=2)
    (month / SUMS).unlink()
    assert told(run) == ["SHA256SUMS: missing"]


@pytest.mark.skipif(not shutil.which("sha256sum"), reason="no sha256sum")
def test_sha256sum_checks_the_month_without_us(month):
    def check() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sha256sum", "-c", SUMS], cwd=month, capture_output=True, text=True, check=False
        )

    result = check()
    assert (result.returncode, result.stdout.count(": OK")) == (0, len(FILES) + len(TABLES) + 2)
    (month / "manifest.json").write_text("{}")
    result = check()
    assert (result.returncode, "manifest.json: FAILED" in result.stdout) == (1, True)
