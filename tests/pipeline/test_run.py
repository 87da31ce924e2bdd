"""A run publishes a whole month or nothing, and says which."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest

from reporting.errors import BusyError, ConfigError, DiskFull, NotebookFailed, ParameterError, RenderError
from reporting.pipeline import kernels
from reporting.pipeline.lock import hold
from reporting.pipeline.manifest import Manifest, inventory
from reporting.pipeline.plan import Request, make_plan

TEXT = "from reporting.present.blocks import Text\nText(f'Top {top} of {name}.')"
EXPORT = """import pandas as pd
from reporting.present.exports import Exports
Exports({"actions": pd.DataFrame({"account": ["=1+1"], "mrr": [-5.0]})})"""


@pytest.fixture(autouse=True)
def quick_kernels(monkeypatch):
    monkeypatch.setattr(kernels.Forkserver.__init__, "__defaults__", (None, ("ipykernel.kernelapp",), None))


@pytest.fixture
def real_pages():
    """Asked for by the tests that look at pages; the others do with a front page only."""


@pytest.fixture(autouse=True)
def plain_pages(request, monkeypatch):
    def front_page(folder: Path, context, renderer: str, keep: Path | None) -> None:
        (folder / "index.html").write_text(context.run_id)

    if "real_pages" not in request.fixturenames:
        monkeypatch.setattr("reporting.pipeline.produce.render_month", front_page)
        monkeypatch.setattr("reporting.pipeline.run.refresh_archive", lambda project: None)


def test_a_wrong_product_definition_is_found_before_the_source_is_opened(workshop):
    workshop.notebook("mine", TEXT)
    path = workshop.root / "params" / "product.yml"
    path.write_text(path.read_text().replace("core_features:", "core_feature:"))
    with pytest.raises(ConfigError, match=r"product\.yml:\d+: unknown key 'core_feature'"):
        make_plan(workshop.project, Request())


def test_a_month_is_published_whole(workshop, publish, month, real_pages):
    workshop.notebook("executive_brief", TEXT, EXPORT)
    workshop.notebook("mine", TEXT)
    outcome = publish()
    assert (outcome.state, outcome.folder, outcome.kept) == ("published", month, None)
    for name in (
        "index.html",
        "executive_brief.html",
        "executive_brief.pdf",
        "mine.html",
        "mine.pdf",
        "documents/mine.qmd",
        "notebooks/mine.ipynb",
        "notebooks/mine.html",
        "snapshot/meta.json",
        "data/actions.csv",
    ):
        assert (month / name).is_file(), name
    assert (month / "data" / "actions.csv").read_text() == "account,mrr\n'=1+1,-5.0\n"
    assert "Top 3 of a." in (month / "mine.html").read_text()
    assert "2026-10" in (workshop.root / "reports" / "index.html").read_text()
    assert not list(month.parent.glob(".*"))


def test_the_manifest_tells_inputs_outputs_and_circumstances(workshop, publish, month):
    workshop.notebook("mine", TEXT)
    publish(settings=["mine.top=5"])
    manifest = Manifest.read(month)
    assert manifest.outputs == inventory(month)
    assert manifest.inputs.parameters == {"mine": {"top": 5}}
    assert manifest.findings == {"warning": 1}
    assert manifest.sources == [{"name": "events.csv", "sha256": "0" * 64, "rows": 3}]
    assert manifest.volatile["notebooks"]["mine"]["seconds"] > 0
    assert {"source", "snapshot", "notebooks", "render"} - manifest.volatile["seconds"].keys() <= {"snapshot"}
    assert manifest.run_id in (month / "index.html").read_text()


def test_the_same_inputs_again_change_nothing(workshop, publish, month):
    workshop.notebook("mine", TEXT)
    first = publish()
    before = {path: path.stat().st_mtime_ns for path in month.rglob("*")}
    second = publish()
    assert second.state == "unchanged"
    assert second.manifest == first.manifest
    assert {path: path.stat().st_mtime_ns for path in month.rglob("*")} == before


def test_the_same_inputs_give_the_same_bytes(workshop, publish, month, copy_of, real_pages):
    workshop.notebook("mine", TEXT, "import matplotlib.pyplot as plt")
    publish()
    first = inventory(copy_of(month))
    (month / "mine.html").write_text("altered by hand")
    again = publish()
    assert again.state == "published"
    assert inventory(month) == first


def test_other_inputs_supersede_and_keep_the_older_run(workshop, publish, month, tiny_source):
    workshop.notebook("mine", TEXT)
    first = publish()
    tiny_source.mrr = 200.0
    second = publish()
    assert second.manifest.run_id != first.manifest.run_id
    assert second.kept == month.parent / "superseded" / f"2026-10-{first.manifest.run_id}"
    mark = json.loads((second.kept / "superseded.json").read_text())
    assert mark["superseded_by"] == second.manifest.run_id
    assert inventory(second.kept) == first.manifest.outputs


def test_new_rows_after_the_close_are_no_reason_to_publish_again(workshop, publish, monkeypatch):
    workshop.notebook("mine", TEXT)
    publish()
    snapshot = workshop.snapshot

    def later(folder, mrr=100.0):
        frozen = snapshot(folder, mrr)
        meta = frozen.meta | {"sources": [{"name": "events.csv", "sha256": "1" * 64, "rows": 4}]}
        (folder / "meta.json").write_text(json.dumps(meta))
        return type(frozen).load(folder)

    monkeypatch.setattr(type(workshop), "snapshot", lambda self, *args: later(*args))
    assert publish().state == "unchanged"


def test_a_failing_notebook_publishes_nothing_and_is_kept(workshop, publish, month):
    workshop.notebook("bad", "'so far'", "{}['mrr']")
    workshop.notebook("good", TEXT)
    with pytest.raises(NotebookFailed) as caught:
        publish()
    kept = workshop.root / "build" / "tiny" / "2026-10" / "failed" / "notebooks"
    for hint in (
        "bad, code cell 3: {}['mrr']",
        "KeyError: 'mrr'",
        f"{kept / 'bad.ipynb'}",
        "1 of 2 ran through",
    ):
        assert hint in str(caught.value)
    assert "so far" in (kept / "bad.ipynb").read_text()
    assert (kept / "good.ipynb").exists()
    assert (kept.parent / "snapshot" / "meta.json").exists()
    assert not month.exists()
    assert not list(month.parent.glob(".*"))
    assert not (workshop.root / "reports" / "index.html").exists()


def test_a_failure_leaves_the_published_month_as_it_was(workshop, publish, month):
    path = workshop.notebook("mine", TEXT)
    before = publish().manifest
    workshop.notebook("mine", "1 / 0")
    with pytest.raises(NotebookFailed):
        publish()
    assert Manifest.read(month) == before
    assert inventory(month) == before.outputs
    path.unlink()


def test_a_document_that_is_not_sound_publishes_nothing(workshop, publish, month):
    workshop.notebook("mine", "print('not for a report')")
    with pytest.raises(RenderError, match="mine"):
        publish()
    assert (workshop.root / "build" / "tiny" / "2026-10" / "failed" / "notebooks" / "mine.ipynb").exists()
    assert not month.exists()


def test_breaking_off_leaves_nothing_behind(workshop, publish, month, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    workshop.notebook("mine", TEXT)
    monkeypatch.setattr("reporting.pipeline.produce.make_site", interrupt)
    with pytest.raises(KeyboardInterrupt):
        publish()
    assert not month.exists()
    assert not list(month.parent.glob(".*"))
    assert not (workshop.root / "build" / "tiny" / "2026-10" / "failed").exists()


def test_a_full_disk_is_told_and_leaves_nothing_behind(workshop, publish, month, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    workshop.notebook("mine", TEXT)
    with monkeypatch.context() as small:
        small.setattr("reporting.pipeline.produce.make_site", full)
        with pytest.raises(DiskFull, match=r"\d MB are free") as caught:
            publish()
    assert caught.value.exit_code == 1
    assert not month.parent.exists()
    assert not (workshop.root / "build" / "tiny" / "2026-10" / "failed").exists()
    assert publish().state == "published"


def test_what_a_killed_run_left_is_swept(workshop, publish, month):
    workshop.notebook("mine", TEXT)
    leftover = month.parent / ".staging-2026-10"
    leftover.mkdir(parents=True)
    (leftover / "half.html").write_text("")
    publish()
    assert not leftover.exists()
    assert not (month / "half.html").exists()


def test_what_killed_runs_of_other_months_left_is_swept_unless_one_is_being_made(workshop, publish, month):
    workshop.notebook("mine", TEXT)
    left = {name: month.parent / f".staging-{name}" for name in ("2026-08", "2026-09")}
    for folder in left.values():
        folder.mkdir(parents=True)
    with hold(workshop.root / "reports" / ".locks" / "tiny-2026-09.lock", "tiny 2026-09"):
        publish()
    assert [name for name, folder in left.items() if folder.exists()] == ["2026-09"]


def test_a_month_that_another_run_makes_is_refused(workshop, publish, month):
    workshop.notebook("mine", TEXT)
    lock = workshop.root / "reports" / ".locks" / "tiny-2026-10.lock"
    with hold(lock, "tiny 2026-10"), pytest.raises(BusyError, match="process"):
        publish()
    assert publish().state == "published"


def test_some_notebooks_only_are_a_preview_and_never_published(workshop, publish, month):
    workshop.notebook("mine", TEXT)
    workshop.notebook("other", "1 / 0")
    outcome = publish(only=["mine"])
    assert outcome.state == "preview"
    assert outcome.folder == workshop.root / "build" / "tiny" / "2026-10" / "preview"
    assert (outcome.folder / "index.html").exists()
    assert not month.exists()
    assert not (workshop.root / "reports" / "index.html").exists()


@pytest.mark.parametrize(
    ("request_", "error", "hint"),
    [
        ({"settings": ["mnie.top=1"]}, ParameterError, "Did you mean 'mine'"),
        ({"settings": ["mine.top=many"]}, ParameterError, "declared as int"),
        ({"only": ["mnie"]}, ParameterError, "Did you mean 'mine'"),
        ({"month": "October"}, ConfigError, "YYYY-MM"),
        ({"source": "../tiny"}, ConfigError, "can't be the name of a source"),
        ({"source": "assets"}, ConfigError, "can't be the name of a source"),
        ({"renderer": "quatro"}, ConfigError, "Did you mean 'quarto'"),
    ],
)
def test_a_wrong_request_is_refused_and_nothing_is_written(workshop, publish, month, request_, error, hint):
    workshop.notebook("mine", TEXT)
    with pytest.raises(error, match=hint) as caught:
        publish(**request_)
    assert caught.value.exit_code == 2
    assert not list((workshop.root / "reports").glob("[!.]*"))
    assert not (workshop.root / "build").exists()


def test_reports_that_cannot_be_written_are_refused_at_once(workshop, publish):
    workshop.notebook("mine", TEXT)
    (workshop.root / "reports").rmdir()
    (workshop.root / "reports").write_text("a file in its place")
    with pytest.raises(ConfigError, match="can't be written"):
        publish()


def test_a_folder_that_is_no_project_is_refused(workshop, publish):
    (workshop.root / "notebooks").rmdir()
    with pytest.raises(ConfigError, match="no folder notebooks/"):
        publish()


def test_the_reader_s_own_settings_do_not_show(workshop, publish, month, monkeypatch, tmp_path):
    workshop.notebook("mine", TEXT)
    (tmp_path / "profile_default" / "startup").mkdir(parents=True)
    (tmp_path / "profile_default" / "startup" / "00.py").write_text("raise SystemError('mine')")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    assert publish().state == "published"
