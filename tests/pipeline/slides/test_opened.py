"""Slides and the brief for Word in LibreOffice: they open, and what stands on a page stands within it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pypdf
import pytest
from test_slides import document, month, write
from tests import office

pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(
        shutil.which("soffice") is None, reason="no soffice (libreoffice-impress, libreoffice-writer)"
    ),
]
LONGER = (
    "**"
    + "What is found takes a good many words to say " * 3
    + ".** "
    + "And so does its reason, at length. " * 40
)
LONG = [f"{number} holding of the very long names and then some more " * 3 for number in range(9)]
FOOT = 40
"""Points from the lower edge in which the foot stands."""


def opened(path: Path, out: Path) -> list[pypdf.PageObject]:
    """The pages that LibreOffice makes of a file."""
    home = f"-env:UserInstallation=file://{out}/home"
    command = ["soffice", home, "--headless", "--convert-to", "pdf", "--outdir", str(out), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return list(pypdf.PdfReader(out / f"{path.stem}.pdf").pages)


def places(page: pypdf.PageObject) -> list[tuple[float, float, str]]:
    """Left edge, base line and text of what stands on a page."""
    found: list[tuple[float, float, str]] = []
    page.extract_text(
        visitor_text=lambda text, cm, tm, font, size: (
            found.append((tm[4] * cm[0] + cm[4], tm[5] * cm[3] + cm[5], text.strip()))
            if text.strip()
            else None
        )
    )
    return found


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.fixture(scope="module", params=["short texts", "long texts"])
def files(request, tmp_path_factory) -> list[Path]:
    folder = tmp_path_factory.mktemp("opened")
    long = request.param == "long texts"
    documents = month(folder / "documents", LONG if long else None)
    documents += [document(folder / "documents", "mine", "Mine", LONGER)] if long else []
    return write(folder, documents)


def test_each_slide_is_a_wide_page_with_its_text_above_the_foot(files, tmp_path):
    pages, slides = opened(files[0], tmp_path), office.slides(files[0])
    assert len(pages) == len(slides)
    for page, slide in zip(pages, slides, strict=True):
        assert page.mediabox.width / page.mediabox.height == pytest.approx(16 / 9, rel=0.01)
        text = squeezed(page.extract_text())
        for said in (slide.title, *slide.texts, *(cell for row in slide.rows for cell in row)):
            assert squeezed(said) in text, said
        if slide.foot:
            low = [text for x, y, text in places(page) if y < FOOT]
            assert len(low) <= 2, low


def test_titles_take_two_lines_at_most(files, tmp_path):
    for page, slide in zip(opened(files[0], tmp_path), office.slides(files[0]), strict=True):
        head = squeezed(slide.title)
        tops = {round(y) for x, y, text in places(page) if squeezed(text) and squeezed(text) in head}
        assert len([y for y in tops if y > page.mediabox.height * 0.8]) <= 2


def test_the_brief_for_word_shows_its_chart_within_the_page(files, tmp_path):
    pages = opened(files[1], tmp_path)
    assert any(len(page.images) for page in pages)
    for page in pages:
        assert all(50 < x < page.mediabox.width - 50 for x, y, text in places(page))
