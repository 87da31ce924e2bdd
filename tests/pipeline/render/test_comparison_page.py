"""The page of two months is one file: it loads and runs nothing of strangers', and everybody can read it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from accessibility import barriers, needs_axe
from tests.seven_accounts import PATHS, write_company

from reporting.month import Month
from reporting.pipeline.render.check import read_page
from reporting.pipeline.render.comparison import Note, write_comparison
from reporting.pipeline.render.context import RunContext
from reporting.reports.comparison import Comparison

HOSTILE = {
    "a": '<script>alert(1)</script>"',
    "b": "{{ 7 * 7 }} {% raw %}",
    "f": "<img src=x onerror=alert(1)>\u202e",
}


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """Two months of a company with hostile names, in which everybody stopped paying but g."""
    before = write_company(tmp_path / "before", names=HOSTILE)
    gone = {account: [*path[:-1], 0] if account != "g" else path for account, path in PATHS.items()}
    after = write_company(tmp_path / "after", gone, HOSTILE)
    notes = [Note("Inputs that differ", ["notebook <b>"]), Note("Files that differ", [])]
    path = tmp_path / "deep" / "page.html"
    context = RunContext("small", "Small", Month(2026, 2), "0")
    write_comparison(path, Comparison(before, after), ("January 2026", "February 2026"), context, notes)
    return path


def test_it_holds_everything_and_loads_nothing(page):
    text = page.read_text()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy and "default-src &#39;none&#39;" in policy[1].replace("'", "&#39;")
    read = read_page(page)
    assert [link for link in read.links if not link.startswith(("#", "data:"))] == []
    assert {link[1:] for link in read.links if link.startswith("#")} <= {*read.ids}


def test_names_are_text(page):
    text, told = page.read_text(), "".join(read_page(page).text)
    assert text.count("<script") == 1 and "<img src=x" not in text
    for shown in (*list(HOSTILE.values())[:2], "<img src=x onerror=alert(1)>", "notebook <b>"):
        assert shown in told, shown
    assert "\u202e" not in text and "Files that differ" not in told


@needs_axe
@pytest.mark.server
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 500])
def test_it_is_accessible(page, tmp_path, width, theme):
    assert barriers(page, tmp_path / "profile", width, theme) == []
