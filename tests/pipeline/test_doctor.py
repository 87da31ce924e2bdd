"""The doctor finds what is wrong and says what to do."""

from __future__ import annotations

import importlib.metadata
import shutil
from pathlib import Path

import pytest

from reporting.pipeline.doctor import examine
from reporting.pipeline.project import Project

ROOT = Path(__file__).parents[2]


@pytest.fixture
def found(workshop):
    """Check name -> (state, text)."""
    (workshop.root / "params" / "sources" / "tiny.yml").unlink()
    shutil.copy(ROOT / "params" / "sources" / "demo.yml", workshop.root / "params" / "sources")

    def examined():
        return {check.name: (check.state, check.text) for check in examine(Project(workshop.root))}

    return examined


def test_packages_are_compared_with_the_lock(workshop, found):
    lock = workshop.root / "requirements.lock"
    version = importlib.metadata.version("pandas")
    other = "appnope==1 ; sys_platform == 'no' \\\n"
    lock.write_text(f"pandas[excel, xml]=={version} \\\n    --hash=sha256:0\n{other}")
    assert found()["Packages"] == ("good", "all 1 as locked")
    lock.write_text("pandas==0.1 \\\n    --hash=sha256:0\nnot-there==1 \\\n")
    state, text = found()["Packages"]
    assert state == "bad"
    assert f"pandas {version} (locked: 0.1)" in text
    assert "not-there absent" in text
    assert "make setup" in text


def test_a_missing_folder_a_broken_brand_and_a_broken_source_are_bad(workshop, found):
    shutil.rmtree(workshop.root / "notebooks")
    (workshop.root / "params" / "_brand.yml").write_text("colour: x")
    checks = found()
    assert checks["Project folder"][0] == checks["Brand and fonts"][0] == "bad"
    (workshop.root / "params" / "sources" / "demo.yml").write_text("titel: x")
    assert found()["Source demo"][0] == "bad"


def test_a_source_whose_variable_is_not_set_is_a_note(workshop, found, monkeypatch):
    text = "title: W\nconnection: {kind: postgres, url_env: WAREHOUSE_URL}\n"
    assert found()["Source demo"] == ("good", "parquet")
    (workshop.root / "params" / "sources" / "warehouse.yml").write_text(text)
    monkeypatch.delenv("WAREHOUSE_URL", raising=False)
    assert found()["Source warehouse"] == ("note", "WAREHOUSE_URL is not set; this source can't be read")
    monkeypatch.setenv("WAREHOUSE_URL", "postgres://somewhere")
    assert found()["Source warehouse"][0] == "good"
    assert "somewhere" not in str(found())


def test_quarto_is_looked_at_where_it_is_and_needed_only_where_it_is_asked_for(workshop, found, monkeypatch):
    quarto = workshop.root / "quarto"
    monkeypatch.setenv("QUARTO_PATH", str(quarto))
    checks = found()
    assert checks["Renderer"] == ("good", "embedded")
    assert checks["Quarto"][0] == "note" and "there is no quarto" in checks["Quarto"][1]
    for says, state in (("1.9.0", "good"), ("1.8.27", "note"), ("99.9.9", "good"), ("oops", "note")):
        quarto.write_text(f"#!/bin/sh\necho {says}\n")
        quarto.chmod(0o755)
        checks = found()
        assert checks["Renderer"] == ("good", "embedded")
        assert checks["Quarto"][0] == state and says in checks["Quarto"][1]
    with (workshop.root / "params" / "monthly.yml").open("a") as params:
        params.write("renderer: quarto\n")
    assert found()["Renderer"][0] == "bad"
    quarto.write_text("#!/bin/sh\necho 1.9.38\n")
    assert found()["Renderer"] == ("good", "quarto 1.9.38")
    assert "Quarto" in found()
    monkeypatch.delenv("QUARTO_PATH")
    monkeypatch.setenv("PATH", "")
    assert "Quarto" not in found()
