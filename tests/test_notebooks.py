"""The notebooks as they are kept: no outputs, title and description, typed parameters that work."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

import reporting.reports
from reporting.metrics.registry import REPORTS
from reporting.pipeline.parameters import read_notebook

_SHARED = {"telling", "account_pages", "comparison", "data_files"}
"""Folders of `reports/` that are no report."""
NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))


def test_every_shipped_report_has_its_notebook_and_its_code():
    (package,) = reporting.reports.__path__
    code = {path.parent.name for path in Path(package).glob("*/__init__.py")} - _SHARED
    assert code == {*REPORTS, "appendix", "account_review"}
    assert {path.stem for path in NOTEBOOKS} >= code


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_carries_no_outputs(path):
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            assert not cell.outputs, f"{path.name}: clear all outputs before committing"
            assert cell.execution_count is None


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_valid_titled_and_runs_on_the_demo_snapshot_by_default(path):
    content = nbformat.read(path, as_version=4)
    nbformat.validate(content)
    notebook = read_notebook(path)
    assert content.metadata.reporting.title
    assert content.metadata.reporting.description.endswith(".")
    assert notebook.parameters["snapshot"].default == "../build/demo/snapshot"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_shows_one_thing_a_cell(path):
    """Logic lives in the package: a cell is a call, not a program."""
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code" and "parameters" not in cell.metadata.get("tags", []):
            assert len(cell.source.splitlines()) <= 15, f"{path.name}: move this cell into the package"
