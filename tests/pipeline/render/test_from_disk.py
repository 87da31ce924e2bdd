"""Opened from disk, as the last line of a run invites to: every control works, with either renderer."""

from __future__ import annotations

from pathlib import Path

import pytest
from sample_month import BRAND, make_month
from tests.browser import Browser, needs_chromium
from tests.quarto import needs_quarto

from reporting.pipeline.render import render_archive

pytestmark = [pytest.mark.server, needs_chromium]


@pytest.fixture(scope="module", params=["embedded", pytest.param("quarto", marks=needs_quarto)])
def reports(request, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("reports")
    make_month(folder / "demo" / "2024-12", "2024-12", ["executive_brief", "monthly_health"], request.param)
    render_archive(folder, BRAND)
    return folder


@pytest.fixture
def browser(tmp_path):
    with Browser(tmp_path / "profile") as opened:
        yield opened


def test_no_page_complains_and_every_control_works(reports, browser):
    kinds = set()
    for page in sorted(reports.rglob("*.html")):
        browser.open(page.as_uri())
        assert browser.faults == [], page
        assert browser.do("document.querySelectorAll('[onclick], [data-bs-toggle]').length") == 0
        named = "[...document.querySelectorAll('button, input, select')].map((e) => e.className || e.type)"
        kinds |= set(browser.do(named))
    assert {"theme", "dt-input"} == kinds


def test_the_dark_choice_holds_over_all_pages(reports, browser):
    month = reports / "demo" / "2024-12"
    browser.open((month / "index.html").as_uri())
    browser.do("document.querySelector('.theme').click()")
    for page in [reports / "index.html", *sorted(month.rglob("*.html"))]:
        browser.open(page.as_uri())
        background = browser.do("getComputedStyle(document.body).backgroundColor")
        assert background == "rgb(16, 23, 31)", page
    browser.do("document.querySelector('.theme').click()")
    browser.open((reports / "index.html").as_uri())
    assert browser.do("document.documentElement.dataset.theme") == "light"


def test_the_list_of_contents_follows_the_reader(reports, browser):
    browser.open((reports / "demo" / "2024-12" / "executive_brief.html").as_uri())
    current = "[...document.querySelectorAll('.toc [aria-current]')].map((link) => link.textContent)"
    links = browser.do("[...document.querySelectorAll('.toc a')].map((link) => link.textContent)")
    assert len(links) > 3
    assert browser.do(current) == links[:1]
    browser.do("document.querySelectorAll('main h2')[2].scrollIntoView()")
    wanted = browser.do("document.querySelectorAll('main h2')[2].textContent")
    assert browser.until(f"({current})[0] === {wanted!r}") and browser.do(current) == [wanted]
    browser.do("scrollTo(0, document.documentElement.scrollHeight)")
    assert browser.until(f"({current})[0] === {links[-1]!r}")


def test_a_script_that_gets_into_a_page_does_not_run(reports, browser):
    page = reports / "demo" / "2024-12" / "executive_brief.html"
    planted = "<script>window.planted = 1</script><img src=x onerror='window.planted = 2' alt=''>"
    for number, place in enumerate((page, page.parent / "mail" / page.name)):
        copy = place.with_name(f"planted-{number}.html")
        copy.write_text(place.read_text().replace("<main", f"{planted}<main"))
        browser.open(copy.as_uri())
        copy.unlink()
        assert browser.do("window.planted") is None
        assert len([fault for fault in browser.faults if "Content Security Policy" in str(fault)]) == 2
