"""Whoever has Quarto goes on with the published documents: they are a project of it as they lie."""

import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from sample_month import BRAND, context, write
from tests.quarto import needs_quarto

from reporting.pipeline.derive import derive
from reporting.pipeline.render import find_quarto
from reporting.pipeline.render.published_project import write_published_project
from reporting.pipeline.render.quarto import complaints
from reporting.pipeline.verify import lying
from reporting.present.brand import Logo, load_brand


@pytest.fixture
def documents(tmp_path) -> Path:
    """`documents/` of a month as a run leaves it."""
    folder = tmp_path / "documents"
    notebooks = write(tmp_path / "notebooks", ["executive_brief", "monthly_health"], long=12)
    made = derive(notebooks, folder, {"month": "December 2024", "company": "Meridian"})
    (tmp_path / "logo.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    logo = Logo(tmp_path / "logo.svg", tmp_path / "logo.svg")
    write_published_project(folder, made, context(brand=replace(BRAND, name="Meridian", logo=logo)))
    return folder


def test_its_brand_is_that_of_the_run(documents):
    brand = load_brand(documents / "_brand.yml")
    assert (brand.name, brand.colors) == ("Meridian", BRAND.colors | {"line": BRAND.colors["line"]})
    assert brand.logo and brand.logo.light == documents / "logo.svg"
    project = yaml.safe_load((documents / "_quarto.yml").read_text())
    assert project["project"]["render"] == ["executive_brief.qmd", "monthly_health.qmd"]
    assert "&" not in (documents / "_quarto.yml").read_text()


@needs_quarto
@pytest.mark.parametrize("form", ["html", "typst", "gfm", "revealjs"])
def test_quarto_sets_it_in_its_own_formats(documents, form):
    before = lying(documents.parent)[0]
    quarto = find_quarto()
    assert quarto
    command = [str(quarto), "render", "executive_brief.qmd", "--to", form]
    environment = os.environ | {"NO_COLOR": "1"}
    made = subprocess.run(command, cwd=documents, env=environment, capture_output=True, text=True)
    assert made.returncode == 0 and complaints(made.stderr + made.stdout) == []
    suffix = {"typst": "pdf", "gfm": "md"}.get(form, "html")
    assert (documents / ".rendered" / f"executive_brief.{suffix}").is_file()
    shutil.rmtree(documents.parent / "notebooks")
    assert lying(documents.parent) == ([path for path in before if not path.startswith("notebooks")], [])
