"""An audit passes on the same bytes; else it names what was altered, changed, or came out otherwise."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from reporting.cli.main import run as command
from reporting.errors import AuditDifference, NotebookFailed
from reporting.pipeline import kernels
from reporting.pipeline.audit import audit
from reporting.pipeline.diff import diff
from reporting.pipeline.history import find_run, published_run
from reporting.pipeline.machine import machine, other_machine
from reporting.pipeline.manifest import NAME, SIGNATURE, sha256
from reporting.pipeline.plan import Request, make_plan
from reporting.pipeline.progress import Reporter
from reporting.pipeline.rebuild import from_sources
from reporting.pipeline.rerender import rerender
from reporting.pipeline.run import run

TEXT = "from reporting.present.blocks import Text\nText(f'Top {top}.')"


@pytest.fixture(autouse=True)
def quick_kernels(monkeypatch):
    monkeypatch.setattr(kernels.Forkserver.__init__, "__defaults__", (None, ("ipykernel.kernelapp",), None))


def quiet() -> Reporter:
    return Reporter(Console(file=StringIO()))


@pytest.fixture
def published(workshop, tiny_source):
    """Publish a month of one notebook with a parameter of its own."""

    def published(*settings):
        request = Request(renderer="embedded", settings=list(settings))
        run(workshop.project, make_plan(workshop.project, request), quiet())
        return published_run(workshop.project, "tiny", None)

    workshop.notebook("mine", TEXT)
    return published


def test_it_passes_on_the_same_bytes_with_the_run_s_own_parameters(workshop, published):
    result = audit(workshop.project, published("mine.top=9"), quiet())
    assert result.passed
    assert not result.changed
    assert "Top 9." in (result.rerun / "mine.html").read_text()


def test_nothing_is_run_on_a_snapshot_that_was_altered(workshop, published, monkeypatch):
    month = published()
    (month.folder / "snapshot" / "portfolio_month.parquet").write_bytes(b"")
    monkeypatch.setattr(kernels, "Forkserver", None)
    said = StringIO()
    with pytest.raises(AuditDifference, match="it was not run again"):
        audit(workshop.project, month, Reporter(Console(file=said)))
    assert "Altered since it was published: snapshot/portfolio_month.parquet: changed" in said.getvalue()


def test_sources_are_not_compared_with_a_snapshot_that_was_altered(workshop, published):
    month = published()
    (month.folder / "snapshot" / "portfolio_month.parquet").write_bytes(b"")
    with pytest.raises(AuditDifference, match="nothing to compare the sources with"):
        from_sources(workshop.project, month, quiet())


def test_it_names_an_altered_file_and_a_changed_notebook(workshop, published):
    month = published()
    (month.folder / "data.txt").write_text("put here later")
    page = month.folder / "mine.html"
    page.write_text(page.read_text().replace("Top 3.", "Top 4."))
    workshop.notebook("mine", TEXT.replace("Top", "Best"))
    workshop.notebook("other", TEXT)
    (workshop.root / "requirements.lock").write_text("pandas==4\n")
    result = audit(workshop.project, month, quiet())
    assert not result.passed
    assert [(item.path, item.kind) for item in result.altered] == [
        ("data.txt", "added"),
        ("mine.html", "changed"),
    ]
    assert result.changed == ["lock", "notebook mine", "notebook other"]
    found = {item.path: item for item in result.differing}
    assert any("cell 4" in detail for detail in found["notebooks/mine.ipynb"].details)
    assert any("Best" in detail for detail in found["documents/mine.qmd"].details)
    assert next(iter(found)).startswith("notebooks/")


def test_another_machine_is_told_as_what_it_is(workshop, published):
    month = published()
    told = month.manifest.versions | {"platform": "Linux aarch64", "instructions": "ASIMDHP"}
    replace(month.manifest, versions=told).write(month.folder)
    result = audit(workshop.project, published_run(workshop.project, "tiny", None), quiet())
    here = machine()
    assert result.passed and result.changed == []
    assert result.machine == (
        f"Published on Linux aarch64, ASIMDHP, re-run on {here['platform']}, {here['instructions']}: "
        "the last digits of floats, and so pictures, may differ."
    )


def test_the_machine_that_published_it_is_no_other_nor_is_one_that_an_earlier_version_left_out():
    here = machine()
    assert other_machine(here, here) == ""
    assert other_machine({"python": "3.11", "platform": here["platform"]}, here) == ""
    assert other_machine({}, here) == ""


def test_an_unsigned_month_is_said_to_be_one(workshop, published, capsys):
    month = published()
    for arguments, said in (
        (["audit", "--hashes"], "Unsigned: nobody vouches for the hashes."),
        (["list", "--verify"], f"1 run to 2026-10, unsigned, manifest {sha256(month.folder / NAME)}"),
        (["list", "--verify"], "only if its manifest's hash is noted elsewhere"),
    ):
        assert command(["--project", str(workshop.root), *arguments]) == 0
        assert said in capsys.readouterr().out
    (month.folder / SIGNATURE).write_text("a signature")
    command(["--project", str(workshop.root), "list", "--verify"])
    told = capsys.readouterr().out
    assert "1 run to 2026-10, signed, " in told and "elsewhere" not in told


def test_a_notebook_that_fails_now_is_named(workshop, published):
    month = published()
    workshop.notebook("mine", "1 / 0")
    with pytest.raises(NotebookFailed, match="ZeroDivisionError"):
        audit(workshop.project, month, quiet())


def test_two_runs_differ_in_metrics_inputs_and_files(workshop, published, tiny_source):
    first = published()
    tiny_source.mrr = 150.0
    second = published()
    first = find_run(workshop.project, "tiny", first.manifest.run_id)
    result = diff(first, second)
    assert result.metrics.to_dict("records") == [
        {"metric": "mrr", "before": 100.0, "after": 150.0, "change": 50.0}
    ]
    assert result.inputs == ["snapshot"]
    assert "snapshot/portfolio_month.parquet" in {item.path for item in result.files}
    assert diff(second, second).same


def test_pages_set_again_stand_beside_what_is_published(workshop, published):
    month = published()
    folder = rerender(workshop.project, month, "embedded", quiet())
    assert folder == workshop.root / "build" / "tiny" / "2026-10" / "rendered-embedded"
    assert (folder / "mine.html").read_bytes() == (month.folder / "mine.html").read_bytes()
    assert (folder / "mine.pdf").read_bytes() == (month.folder / "mine.pdf").read_bytes()
