"""The table of all accounts as a reader uses it, in a browser, from a folder and without a network."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from accessibility import barriers, needs_axe
from sample_accounts import IDS, told, write_pages
from sample_month import NAMES
from tests.browser import Browser, needs_chromium
from tests.shared import built_once

from reporting.present.markdown import clean

pytestmark = [pytest.mark.server, needs_chromium]
_SHOWN = "[...document.querySelectorAll('#accounts tbody tr')].map(row => row.cells[0].textContent)"
_FIND = (
    "(box => {{ box.value = {!r}; box.dispatchEvent(new Event('input')) }})(document.getElementById('find'))"
)
_NARROW = """(label => {{
  const box = [...document.querySelectorAll('#filters label')].find(l => l.textContent.startsWith(label));
  const select = box.querySelector('select');
  select.value = {1!r};
  select.dispatchEvent(new Event('change'));
}})({0!r})"""


@pytest.fixture(scope="module")
def month(tmp_path_factory) -> Path:
    """The pages of a dozen accounts with nasty names, and a front page."""

    def build(out: Path) -> None:
        write_pages(out, told())
        (out / "index.html").write_text("<title>Front</title>")

    return built_once(tmp_path_factory, "explored-pages", build)


@pytest.fixture
def browser(tmp_path):
    with Browser(tmp_path / "profile") as browser:
        yield browser


def opened(browser: Browser, month: Path, view: str = "") -> None:
    browser.open((month / "accounts/index.html").as_uri() + view)
    browser.until("document.querySelectorAll('#accounts tbody tr').length")


def test_a_reader_finds_narrows_opens_goes_back_and_sorts(browser, month):
    opened(browser, month)
    assert sorted(browser.do(_SHOWN)) == sorted(clean(name) for name in NAMES)
    assert browser.do("document.getElementById('count').textContent") == f"{len(IDS)} accounts"

    browser.do(_NARROW.format("Owner", "Kim"))
    kims = browser.do(_SHOWN)
    assert sorted(kims) == sorted(clean(NAMES[i]) for i in (0, 4, 8))
    browser.do(_FIND.format(NAMES[8][:20].upper()))
    assert browser.do(_SHOWN) == [clean(NAMES[8])]
    browser.do(_FIND.format(""))

    browser.follow("document.querySelector('#accounts tbody a').click()")
    assert browser.do("document.querySelector('h1').textContent") == kims[0]
    browser.back()
    browser.until("document.querySelectorAll('#accounts tbody tr').length")
    assert browser.do(_SHOWN) == kims

    browser.do("document.querySelector('#accounts th .dt-column-order').focus()")
    browser.key("Enter", 13)
    browser.until("location.hash.includes('sort=name')")
    assert browser.do(_SHOWN) == sorted(kims, key=str.casefold)
    assert browser.do("document.querySelector('#accounts th').ariaSort") == "ascending"
    assert browser.faults == []


def test_a_view_can_be_sent_as_a_link(browser, month):
    opened(browser, month, "#owner=Kim&sort=score-&columns=name,score,plan&q=account")
    assert browser.do("document.querySelector('#filters label:nth-child(3) select').value") == "Kim"
    heads = browser.do("[...document.querySelectorAll('#accounts th')].map(th => th.textContent.trim())")
    assert heads == ["Account", "Health score", "Plan"]
    assert browser.do("location.hash") == "#q=account&owner=Kim&sort=score-&columns=name%2Cscore%2Cplan"


def test_the_reader_chooses_columns(browser, month):
    opened(browser, month)
    browser.do("[...document.querySelectorAll('#columns input')].at(-1).click()")
    assert browser.do("[...document.querySelectorAll('#accounts th')].at(-1).textContent").strip()
    assert "tenure" in browser.do("location.hash")


def test_what_is_shown_is_saved_as_csv_that_runs_nothing(browser, month, tmp_path):
    browser.call("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path))
    opened(browser, month, "#columns=name,id,mrr,plan")
    browser.do("document.getElementById('save').click()")
    saved = tmp_path / "accounts.csv"
    for _ in range(100):
        if saved.is_file() and saved.stat().st_size:
            break
        browser.do("new Promise(done => setTimeout(done, 50))")
    with saved.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    assert head == ["Account", "Id", "MRR, USD", "Plan"] and len(rows) == len(IDS)
    assert {row[0] for row in rows} == {f"'{n}" if n.startswith("=") else n for n in map(clean, NAMES)}
    assert {row[1] for row in rows} == {f"'{id}" if id.startswith("=") else id for id in IDS}
    assert {row[2] for row in rows} == {"100.00", "0.00"}


def test_hostile_text_runs_nothing_and_nothing_is_asked_of_the_network(browser, month):
    browser.call("Page.addScriptToEvaluateOnNewDocument", source="window.alert = () => { window.hit = 1 }")
    for page in (*month.glob("accounts/*.html"), *month.glob("owners/*.html")):
        browser.open(page.as_uri())
        assert browser.do("window.hit") is None and browser.faults == [], page.name
        assert {address.split(":")[0] for address in browser.asked_for} == {"file"}


def test_an_inline_script_that_got_in_would_not_run(browser, month, tmp_path):
    write_pages(tmp_path / "month", told())
    page = tmp_path / "month/accounts/e.html"
    page.write_text(page.read_text() + "<script>window.hit = 1</script><img src=x onerror='window.hit = 1'>")
    browser.open(page.as_uri())
    assert browser.do("window.hit") is None


def test_an_account_s_months_are_read_with_the_arrow_keys(browser, month):
    browser.open((month / "accounts/e.html").as_uri())
    browser.do("document.querySelectorAll('.spark')[1].focus()")
    value = "document.querySelectorAll('.spark b')[1].textContent"
    assert browser.do(value) == "21 in Feb 2026"
    browser.key("Home", 36)
    assert browser.do(value) == "not available in Mar 2025"
    browser.key("End", 35)
    browser.key("ArrowLeft", 37)
    assert browser.do("document.querySelectorAll('.spark')[1].ariaValueText") == "Jan 2026: 21"


def test_without_javascript_pages_are_read_and_the_table_leads_to_the_books(tmp_path, month):
    with Browser(tmp_path / "profile", scripts=False) as browser:
        browser.open((month / "accounts/index.html").as_uri())
        browser.call("Emulation.setScriptExecutionDisabled", value=False)  # to look at what is there
        assert browser.do("document.querySelectorAll('noscript a').length") == 4
        assert browser.do("document.querySelector('.tools').hidden")


def test_tables_of_owners_sort_by_value_with_the_unknown_last(browser, month):
    browser.open((month / "owners/no-owner-d1c289266d.html").as_uri())
    cells = (
        "[...document.querySelector('table').tBodies[0].rows].map(row => Number(row.cells[2].textContent))"
    )
    before = browser.until(f"document.querySelector('.dt-container') && {cells}")
    browser.do("document.querySelectorAll('table .dt-column-order')[2].click()")
    assert browser.until(f"String({cells}) !== {','.join(map(str, before))!r} && {cells}") == sorted(before)
    assert browser.faults == []


@needs_axe
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize(
    "page", ["accounts/index.html", "accounts/e.html", "accounts/1.html", "owners/*.html"]
)
def test_pages_are_accessible(tmp_path, page, width, theme):
    write_pages(tmp_path / "month", told())
    found = sorted((tmp_path / "month").glob(page))[0]
    assert barriers(found, tmp_path / "profile", width, theme) == []
