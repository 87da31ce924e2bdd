"""Document, HTML and PDF say the same, whichever renderer made them."""

import re
import shutil
import subprocess
from dataclasses import asdict
from pathlib import Path

import contents
import nbformat
import pandas as pd
import pytest
from sample_month import BRAND, code, context, make_month
from tests.quarto import needs_quarto

from reporting.pipeline.derive import derive
from reporting.pipeline.render.document import read_document
from reporting.pipeline.render.pdf import printable, render_pdf
from reporting.present import blocks
from reporting.present.markdown import clean


@pytest.fixture(params=["executive_brief", "monthly_health"])
def report(request) -> str:
    return request.param


def test_html_has_the_documents_headings_captions_cells_and_numbers(month, report):
    document = contents.of_markdown(month / "documents" / f"{report}.qmd")
    assert len(document.cells) > 700 and len(document.captions) == 12 and len(document.terms) == 24
    page = contents.of_html(month / f"{report}.html")
    in_callouts = {"Two churn sources contradict each other", "How to read this"}
    assert not in_callouts & set(page.headings)
    assert asdict(page) == asdict(document)


def test_mailed_copy_says_the_same(month, report):
    assert contents.of_html(month / "mail" / f"{report}.html") == contents.of_html(month / f"{report}.html")


def test_pdf_has_the_documents_headings_captions_and_cells(month, report):
    document = contents.of_markdown(month / "documents" / f"{report}.qmd")
    text = squeezed("".join(contents.of_pdf(month / f"{report}.pdf")))
    for part in (
        *document.headings,
        *document.captions,
        *document.cells,
        *document.terms,
        *document.references,
    ):
        assert squeezed(printable(part, BRAND.font)) in text, part


def test_typst_takes_no_name_for_markup(tmp_path):
    names = [
        "-5 a",
        "a-5",
        "a--b---c",
        "-?",
        "...",
        "1/2 //x /* y */",
        "=x",
        "= x",
        "+ x",
        "- x",
        "@x",
        "<x>",
    ]
    names += ["~", "#x #let", "$x$", "`", "**", "__", "[x]", "\\\\", "'q' \"q\"", "1. x", "/ x: y", "&amp;"]
    names += ["http://a.example", "a\\u{41}", "#{1+1}", "--", ";", "a;", '#"x";', "(x)", "x:", "50%"]
    names.append("x" * 90)
    frame = pd.DataFrame({"name": names})
    table = blocks.Table.of(frame, {"name": "Account"}, label="tbl-a", caption="C.")
    notebook = nbformat.v4.new_notebook(
        cells=[code(table)], metadata={"reporting": {"title": "-5 *T* #x ..."}}
    )
    nbformat.write(notebook, tmp_path / "n.ipynb")
    (document,) = derive([tmp_path / "n.ipynb"], tmp_path)
    render_pdf(read_document(document), tmp_path / "n.pdf", context())
    text = squeezed("".join(contents.of_pdf(tmp_path / "n.pdf")))
    for name in ("-5 *T* #x ...", *names):
        assert squeezed(clean(name)) in text, name


def test_pdf_pages_carry_header_number_and_repeated_table_head(month):
    pages = contents.of_pdf(month / "executive_brief.pdf")
    assert all(f"{i} of {len(pages)}" in page for i, page in enumerate(pages, 1))
    assert all("2024-12-ab12cd34" in page for page in pages)
    assert all("Meridian Software · Executive brief" in page for page in pages[1:])
    for page in pages:
        if re.search(r"Account 0[345]\d Holding", page):
            assert re.search(r"Account +Plan +Owner +MRR, USD", page)


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="no pdftotext (poppler-utils)")
def test_nothing_is_set_outside_the_margins(month):
    command = ["pdftotext", "-bbox", month / "executive_brief.pdf", "-"]
    boxes = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    left, right = 22 / 25.4 * 72, (210 - 22) / 25.4 * 72
    edges = re.findall(r'xMin="([\d.]+)" yMin="[\d.]+" xMax="([\d.]+)"', boxes)
    assert len(edges) > 1000
    assert min(float(low) for low, _ in edges) > left - 1
    assert max(float(high) for _, high in edges) < right + 1


def test_pdf_is_tagged_titled_and_marked_as_accessible(month):
    pdf = (month / "executive_brief.pdf").read_bytes()
    for mark in (b"/StructTreeRoot", b"/Marked true", b"/Lang", b"pdfuaid:part>1<", b"/DisplayDocTitle true"):
        assert mark in pdf
    assert b"/Alt" in pdf or b"/ObjStm" in pdf


@needs_quarto
def test_quarto_says_the_same_as_the_embedded_renderer(month, tmp_path):
    make_month(tmp_path, "2024-12", ["executive_brief"], "quarto")
    ours, theirs = month / "executive_brief", tmp_path / "executive_brief"
    assert contents.of_html(page_of(theirs)) == contents.of_html(page_of(ours))
    assert contents.of_pdf(pdf_of(theirs)) == contents.of_pdf(pdf_of(ours))


@needs_quarto
def test_quarto_gives_the_same_bytes_twice(tmp_path):
    once, twice = tmp_path / "once", tmp_path / "elsewhere" / "twice"
    for folder in (once, twice):
        make_month(folder, "2024-12", ["monthly_health"], "quarto")
    files = sorted(path.relative_to(once) for path in once.rglob("*") if path.is_file())
    assert len(files) > 20
    assert [name for name in files if (once / name).read_bytes() != (twice / name).read_bytes()] == []


def page_of(stem: Path) -> Path:
    return stem.with_suffix(".html")


def pdf_of(stem: Path) -> Path:
    return stem.with_suffix(".pdf")


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text.replace("\u200b", ""))
