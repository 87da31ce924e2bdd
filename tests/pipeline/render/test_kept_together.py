"""In print a paragraph stays on the page of the figure or table it leads to."""

from pathlib import Path

import pytest

from reporting.pipeline.render.document import read_document
from reporting.pipeline.render.pandoc import convert

TABLE = "| A | B |\n|---|---|\n| 1 | 2 |\n\n: Two {#tbl-two}"


def printed(tmp_path: Path, body: str) -> str:
    path = tmp_path / "report.qmd"
    path.write_text(f"---\ntitle: T\n---\n\n{body}\n")
    return convert(read_document(path), "typst")


def test_only_the_paragraph_before_a_table_is_kept_with_it(tmp_path):
    made = printed(tmp_path, f"First.\n\nLeads to it.\n\n{TABLE}\n\nLast.")
    assert "#block(sticky: true)[\nLeads to it.\n\n]" in made
    assert made.count("sticky") == 1


@pytest.mark.parametrize("between", ["## Heading", "- a list"])
def test_what_leads_to_something_else_is_not_kept(tmp_path, between):
    assert "sticky" not in printed(tmp_path, f"First.\n\n{between}\n\n{TABLE}")
