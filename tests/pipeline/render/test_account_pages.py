"""The pages beside the reports: every account has one, strangers' text stays text, books hold each once."""

import html
import json
import re
from collections import Counter
from pathlib import Path

import pytest
from sample_accounts import HOSTILE, IDS, told, write_pages
from sample_month import NAMES
from tests.shared import built_once

from reporting.pipeline.render.check import check_site, read_page
from reporting.present.markdown import clean


@pytest.fixture(scope="module")
def month(tmp_path_factory) -> Path:
    """A month's folder with the pages of a dozen accounts, and a front page to lead back to."""

    def build(out: Path) -> None:
        write_pages(out, told())
        (out / "index.html").write_text("<title>Front</title>")

    return built_once(tmp_path_factory, "account-pages", build)


def pages(month: Path) -> list[Path]:
    return sorted([*month.glob("accounts/*.html"), *month.glob("owners/*.html")])


def test_every_account_and_owner_has_a_page_and_every_link_leads_somewhere(month):
    assert len(list(month.glob("accounts/*.html"))) == len(IDS) + 1
    assert len(list(month.glob("owners/*.html"))) == 4
    check_site(pages(month), month)


def test_names_and_all_other_text_of_strangers_stay_text(month):
    titles = Counter()
    for page in pages(month):
        source = page.read_text(encoding="utf-8")
        assert not re.search(r"<(?!!doctype|!--)(script)(?![^>]* src=)", source, re.I), page.name
        assert "<b>Lee" not in source and "alert(1)</script" not in source
        titles.update(line for line in read_page(page).text if line.strip())
    for name in NAMES:
        assert titles[clean(name)], name
    assert any(HOSTILE in text for text in titles)


def test_the_data_of_the_table_is_plain_script_that_no_page_reads_as_markup(month):
    for file in (month / "accounts/data").iterdir():
        source = file.read_text(encoding="utf-8")
        assert source.isascii() and "<" not in source and ">" not in source
    rows = (month / "accounts/data/0.js").read_text()
    table = json.loads(f"[{rows.removeprefix('accounts.rows.push(').rstrip().removesuffix(');')}]")
    assert [row[0] for row in table if row[0] in NAMES] and len(table) == len(IDS)


def test_the_books_together_hold_every_account_exactly_once(month):
    own = told()
    held = [account.id for book in own.books for account in book.accounts]
    assert sorted(held) == sorted(IDS)
    for book in own.books:
        shown = [line[0] for _, rows in (*book.stances, *book.others) for line in rows]
        assert sorted(shown) == sorted(account.id for account in book.accounts)


def test_without_javascript_the_table_leads_to_the_books(month):
    source = (month / "accounts/index.html").read_text(encoding="utf-8")
    spare = re.search(r"<noscript>(.*?)</noscript>", source, re.S)
    assert spare
    assert {f"../owners/{page.name}" for page in month.glob("owners/*.html")} == set(
        re.findall(r'href="([^"]+)"', spare[1])
    )


def test_unknown_parts_are_named_so(month):
    text = html.unescape((month / "accounts/e.html").read_text(encoding="utf-8"))
    assert re.search(r"Renewal<td>not available<td>not available", text)
    assert re.search(r"Support<td>50<td>not available", text)
    assert "Contract value<dd>not available" in text


def test_the_account_that_left_says_when_and_asks_for_nothing(month):
    text = (month / "accounts/1.html").read_text(encoding="utf-8")
    assert "It stopped paying in February 2026." in text
    assert "Next step" not in text and "Contract" not in text


def test_the_same_accounts_give_the_same_bytes(month, tmp_path):
    write_pages(tmp_path, told())
    for page in tmp_path.rglob("*.*"):
        assert page.read_bytes() == (month / page.relative_to(tmp_path)).read_bytes(), page.name


def test_a_name_that_two_accounts_have_leads_to_both():
    own = told([*NAMES[:10], "Twin Ltd", "Twin Ltd"])
    from reporting.pipeline.render.accounts import AccountPages

    made = AccountPages(own).names.linked("<p>See Twin Ltd.</p>")
    assert 'href="accounts/index.html#q=Twin%20Ltd"' in made
