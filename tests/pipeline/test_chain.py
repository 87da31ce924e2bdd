"""A month that was forged whole, exchanged or taken away breaks the chain; a signature names who made it."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from reporting.errors import AuditDifference, ConfigError
from reporting.month import Month
from reporting.pipeline.audit import check_signature
from reporting.pipeline.chain import breaks, links_of
from reporting.pipeline.history import runs
from reporting.pipeline.manifest import NAME, SIGNATURE, SUPERSEDED, Inputs, Manifest, inventory
from reporting.pipeline.project import Project
from reporting.pipeline.publish import publish, staging
from reporting.pipeline.rerender import rerender
from reporting.pipeline.signature import KEY, sign, signing_key

SEPTEMBER, OCTOBER, NOVEMBER = (Month(2026, number) for number in (9, 10, 11))


@pytest.fixture
def archive(tmp_path, monkeypatch) -> Project:
    """Three months, of which October was published twice."""
    monkeypatch.setattr("reporting.pipeline.verify._against_snapshot", lambda *_: [])
    project = Project(tmp_path)
    for number, month in enumerate((SEPTEMBER, OCTOBER, NOVEMBER, OCTOBER)):
        make(project, month, f"figures {number}")
    return project


def make(project: Project, month: Month, figures: str) -> Path:
    """Publish a month of two files, after all that are there."""
    target = project.published("tiny", month)
    stage = staging(target)
    (stage / "data").mkdir(parents=True)
    (stage / "index.html").write_text(figures)
    (stage / "data" / "a.csv").write_text(figures)
    inputs = Inputs("tiny", str(month), figures, "c", "l", "b", "embedded", {}, {})
    finished = dt.datetime(2026, 12, 1, tzinfo=dt.UTC).isoformat()
    made = Manifest(inputs, "Tiny", figures, [], {}, {}, **links_of(project, "tiny", month))
    replace(made, outputs=inventory(stage), volatile={"finished": finished}).write(stage)
    publish(target)
    return target


def told(project: Project) -> list[str]:
    return [f"{item.run.folder.name}: {item.text}" for item in breaks(runs(project))]


def forge(folder: Path, **links: object) -> None:
    """Other figures, with all hashes of the month to match."""
    (folder / "data" / "a.csv").write_text("forged")
    made = Manifest.read(folder)
    inputs = replace(made.inputs, snapshot="forged", code="forged")
    replace(made, inputs=inputs, outputs=inventory(folder), **links).write(folder)


def test_the_chain_holds_from_month_to_month_and_over_runs_that_were_replaced(archive):
    assert told(archive) == []
    made = {run.name.partition("@")[0] + run.state: run.manifest for run in runs(archive)}
    first = made["2026-10superseded"]
    assert made["2026-09published"].previous is None
    assert made["2026-11published"].previous["run_id"] == first.run_id
    assert made["2026-10published"].supersedes["run_id"] == first.run_id
    assert made["2026-10published"].previous["month"] == "2026-09"


@pytest.mark.parametrize("month", ["2026-09", "superseded/2026-10"])
def test_a_month_forged_with_all_its_hashes_is_found_by_what_follows_it(archive, month):
    (folder,) = (archive.reports / "tiny").glob(f"{month}*")
    forge(folder)
    assert any("which isn't here as it was then" in text for text in told(archive))


def test_a_month_that_was_taken_away_is_found(archive):
    shutil.rmtree(archive.reports / "tiny" / "2026-09")
    assert told(archive)[0].endswith(
        "it follows run "
        + json.loads((archive.reports / "tiny" / "2026-10" / NAME).read_text())["previous"]["run_id"]
        + " of 2026-09, which isn't here as it was then: forged, or taken away"
    )


def test_the_mark_of_a_run_that_was_replaced_can_not_be_rewritten(archive):
    (mark,) = (archive.reports / "tiny" / "superseded").glob(f"*/{SUPERSEDED}")
    mark.write_text(mark.read_text().replace("2026-12-01", "2026-12-02"))
    assert [text.partition(": ")[2] for text in told(archive)] == [
        f"its {SUPERSEDED} is not as it was written"
    ]


def test_a_run_slipped_in_among_the_replaced_ones_is_found(archive):
    (kept,) = (archive.reports / "tiny" / "superseded").iterdir()
    made = Manifest.read(kept)
    other = replace(made, inputs=replace(made.inputs, snapshot="other"))
    shutil.copytree(kept, kept.with_name(f"2026-10-{other.run_id}"))
    other.write(kept.with_name(f"2026-10-{other.run_id}"))
    assert told(archive) == [f"2026-10-{other.run_id}: no run says that it replaced this one"]


def test_an_altered_file_is_a_break_as_well(archive):
    (archive.reports / "tiny" / "2026-11" / "data" / "a.csv").write_text("other")
    assert told(archive) == ["2026-11: data/a.csv: changed"]


def test_months_of_an_earlier_version_stand_in_the_chain_as_they_are(archive):
    folder = archive.reports / "tiny" / "2026-09"
    forge(folder, schema=2)
    assert not [text for text in told(archive) if text.startswith("2026-09")]


def test_render_sets_no_pages_of_an_altered_month(archive):
    folder = archive.reports / "tiny" / "2026-11"
    (folder / "data" / "a.csv").write_text("other")
    (run,) = (run for run in runs(archive) if run.folder == folder)
    with pytest.raises(AuditDifference, match=r"data/a\.csv"):
        rerender(archive, run, "embedded", None)


@pytest.fixture(scope="module")
def keys(tmp_path_factory) -> Path:
    """Keys of anna and bert, and a file in which anna may sign."""
    if shutil.which("ssh-keygen") is None:
        pytest.skip("OpenSSH is not installed")
    folder = tmp_path_factory.mktemp("keys")
    for name, phrase in {"anna": "", "bert": "", "locked": "a phrase"}.items():
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", phrase, "-C", name, "-f", str(folder / name)]
        subprocess.run(command, check=True)
    (folder / "signers").write_text(f"anna@acme.example {(folder / 'anna.pub').read_text()}")
    return folder


def test_a_signature_names_the_signer_and_holds_for_this_manifest_only(archive, keys):
    run = next(run for run in runs(archive) if run.state == "published")
    assert check_signature(run, None).startswith("Unsigned")
    with pytest.raises(AuditDifference, match="not signed"):
        check_signature(run, keys / "signers")
    sign(run.folder, keys / "anna")
    assert check_signature(run, keys / "signers") == "Signed by anna@acme.example."
    assert told(archive) == [], "a signature is no stranger in its month"
    forge(run.folder)
    with pytest.raises(AuditDifference, match="another manifest"):
        check_signature(run, keys / "signers")
    sign(run.folder, keys / "bert")
    with pytest.raises(AuditDifference, match="none of the signers"):
        check_signature(run, keys / "signers")
    assert (run.folder / SIGNATURE).exists()


@pytest.mark.parametrize("name", ["nowhere", "locked"])
def test_a_key_that_can_not_sign_is_told_before_anything_runs(keys, monkeypatch, name):
    monkeypatch.setenv(KEY, str(keys / name))
    with pytest.raises(ConfigError, match="can't sign"):
        signing_key()


def test_without_a_key_nothing_is_signed(monkeypatch):
    monkeypatch.delenv(KEY, raising=False)
    assert signing_key() is None
