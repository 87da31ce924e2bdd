"""A month is told in slides where the command or the params file asks for it, and is otherwise as it was."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console
from tests import office

from reporting.pipeline import kernels
from reporting.pipeline.audit import audit
from reporting.pipeline.history import published_run
from reporting.pipeline.manifest import Manifest
from reporting.pipeline.progress import Reporter

SAID = 'from reporting.present.blocks import Text\nText("**Revenue rose.** It did so because of Acme.")'
FILES = ["meeting/tiny-2026-10.pptx"]


@pytest.fixture(autouse=True)
def quick_kernels(monkeypatch):
    monkeypatch.setattr(kernels.Forkserver.__init__, "__defaults__", (None, ("ipykernel.kernelapp",), None))


@pytest.fixture
def told(workshop):
    workshop.notebook("growth", SAID)
    return workshop


def slides(manifest: Manifest) -> list[str]:
    return [path for path in manifest.outputs if path.startswith("meeting/")]


def test_without_being_asked_there_are_none(told, publish, month):
    made = publish()
    assert not (month / "meeting").exists() and "meeting/" not in (month / "index.html").read_text()
    assert "slides" not in made.manifest.inputs.stated


def test_asked_for_they_are_published_linked_and_told_by_the_manifest(told, publish, month):
    before = publish().manifest
    made = publish(slides=True)
    assert made.state == "published" and made.manifest.run_id != before.run_id
    assert before.inputs.changed(made.manifest.inputs) == ["slides"]
    assert slides(Manifest.read(month)) == FILES
    assert f'href="{FILES[0]}"' in (month / "index.html").read_text()
    assert office.slides(month / FILES[0])[1].title == "Revenue rose"
    assert publish(slides=True).state == "unchanged"


def test_the_params_file_asks_and_the_command_line_may_decline(told, publish, month):
    (told.root / "params" / "monthly.yml").write_text("source: tiny\nslides: true\n")
    assert slides(publish().manifest) == FILES
    assert slides(publish(slides=False).manifest) == []


def test_a_month_with_slides_passes_its_audit(told, publish, month):
    publish(slides=True)
    run = published_run(told.project, "tiny", None)
    result = audit(told.project, run, Reporter(Console(file=StringIO())))
    assert result.passed and not result.changed
    assert (result.rerun / FILES[0]).read_bytes() == (month / FILES[0]).read_bytes()
