"""The brief is one page, whatever the company and the paper, and what is printed can be read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import nbformat
import pypdf
import pytest
from tests.reports.test_reports import COMPANIES

from reporting.month import Month
from reporting.pipeline.derive import derive
from reporting.pipeline.render.context import RunContext
from reporting.pipeline.render.document import read_document
from reporting.pipeline.render.pdf import render_pdf
from reporting.present.brand import current_brand
from reporting.reports import executive_brief

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "executive_brief.ipynb"
LONG = {name: f"{name} holding of the very long names and then some more " * 50 for name in "abcdefg"}
MANY = {"paths": {f"x{i}": [1000 + i] * 14 for i in range(30)}, "flags": {f"x{i}": i < 6 for i in range(30)}}


@pytest.mark.parametrize("paper", ["a4", "us-letter"])
@pytest.mark.parametrize(
    "changes",
    [{}, {"names": LONG}, MANY, COMPANIES["one month old"], COMPANIES["nobody pays"]],
    ids=["whole", "long names", "contradicting", "one month old", "nobody pays"],
)
def test_the_brief_is_one_page(company, tmp_path, changes, paper):
    data = executive_brief.load(str(company(**changes)))
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    for cell in notebook.cells:
        if cell.source.startswith("report."):
            section = cell.source.removeprefix("report.").removesuffix("(data)")
            shown = getattr(executive_brief, section)(data)
            cell.outputs = [
                nbformat.v4.new_output("display_data", block._repr_mimebundle_()) for block in shown
            ]
    nbformat.write(notebook, tmp_path / NOTEBOOK.name)
    (derived,) = derive([tmp_path / NOTEBOOK.name], tmp_path / "documents")
    document = read_document(derived)
    brand = replace(current_brand(), page_size=paper)
    run = RunContext("hand", "By Hand Incorporated", Month(2026, 2), "2026-02-ab12cd34", brand=brand)
    render_pdf(document, tmp_path / "brief.pdf", run)
    (page,) = pypdf.PdfReader(tmp_path / "brief.pdf").pages
    sizes: list[float] = []
    page.extract_text(
        visitor_text=lambda text, cm, tm, font, size: (
            sizes.append(size * abs(tm[3])) if text.strip() else None
        )
    )
    assert min(sizes) >= 7.99, "text too small to read"
