"""A month's pages: everything is linked, nothing leads outside, the same input gives the same bytes."""

import re
from pathlib import Path

import nbformat
import pytest
from sample_month import BRAND, context, make_month, write

from reporting.errors import ConfigError, RenderError
from reporting.month import Month
from reporting.pipeline.derive import derive
from reporting.pipeline.render import find_quarto, render_archive, render_site
from reporting.pipeline.render.check import check_site, read_page
from reporting.pipeline.restated import Restated


def files(folder: Path) -> dict[str, bytes]:
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def test_rendering_again_gives_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        make_month(tmp_path / name, "2024-12", ["executive_brief"])
    assert files(tmp_path / "one") == files(tmp_path / "two")


def test_each_report_has_page_pdf_mail_copy_and_notebook(month):
    there = files(month)
    for report in ("executive_brief", "monthly_health"):
        for name in (f"{report}.html", f"{report}.pdf", f"mail/{report}.html", f"notebooks/{report}.html"):
            assert name in there


def test_front_page_gives_the_answer_and_links_everything(month):
    page = read_page(month / "index.html")
    assert "MRR grew 4.1% to $10.2M." in "".join(page.text)
    assert {"executive_brief.html", "monthly_health.pdf", "manifest.json"} <= set(page.links)
    assert "executive_brief.html#fig-mrr-bridge" in page.links


def test_report_footer_names_run_manifest_and_notebook(month):
    page = read_page(month / "executive_brief.html")
    assert {"manifest.json", "notebooks/executive_brief.html", "executive_brief.pdf"} <= set(page.links)
    assert "2024-12-ab12cd34" in "".join(page.text)


def test_mailed_copy_needs_no_other_file(month):
    page = read_page(month / "mail" / "executive_brief.html")
    assert {link[:1] for link in page.links} <= {"#", "d"}
    assert all(link.startswith(("#", "data:")) for link in page.links)


def test_charts_are_inline_and_follow_the_theme(month):
    html = (month / "executive_brief.html").read_text()
    assert html.count('<svg class="wide" role="img" aria-label="') == 6
    assert "var(--c1)" in html and "<img" not in html


def test_strangers_text_is_never_markup(month):
    for path in month.rglob("*.html"):
        html = path.read_text()
        assert "<script>alert" not in html
        assert "evil.example" not in "".join(read_page(path).links)


def test_archive_shows_months_and_what_changed(archive):
    page = read_page(archive / "index.html")
    assert {"demo/2024-12/index.html", "demo/2024-11/index.html"} <= set(page.links)
    text = "".join(page.text)
    assert "What changed since last month" in text and "December 2024" in text and "+4.1% on November" in text
    assert "Month by month, each against the one before it" in text
    for month in ("November 2024", "December 2024"):
        assert re.search(month + r"\s+\$10\.2M \(\+4\.1%\)", text)


def test_archive_lists_the_runs_that_were_replaced(tmp_path):
    make_month(tmp_path / "demo/2024-12", "2024-12", ["executive_brief"])
    make_month(tmp_path / "demo/superseded/2024-12-0a1b2c", "2024-12", ["executive_brief"])
    page = read_page(render_archive(tmp_path, BRAND))
    assert "December 2024, run 0a1b2c" in "".join(page.text)
    assert "demo/superseded/2024-12-0a1b2c/index.html" in page.links


def test_archive_marks_a_month_that_was_restated(tmp_path, monkeypatch):
    for month in ("2024-11", "2024-12"):
        make_month(tmp_path / "demo" / month, month, ["executive_brief"])
    was, now = ({"mrr": cents, "paying_accounts": 3.0} for cents in (100_00.0, 90_00.0))
    restated = Restated(Month(2024, 11), was, now, [("A<1", "Ada & Co", -10_00)], "USD")
    monkeypatch.setattr("reporting.pipeline.render.archive.restated_since", lambda _: [restated])
    text = "".join(read_page(render_archive(tmp_path, BRAND)).text)
    assert "November 2024, restated since" in text and "December 2024, restated" not in text
    assert "2024-11 was published with MRR of $100.00 and 3 paying accounts" in text
    assert "Ada & Co (A<1)" in text


def test_archive_of_nothing_says_so(tmp_path):
    assert "Nothing has been published yet." in render_archive(tmp_path).read_text()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('<a href="nowhere.html">x</a>', "dead link, nowhere.html"),
        ('<a href="#nothing">x</a>', "nothing there has that id"),
        ('<a href="other.html#nothing">x</a>', "dead link, other.html#nothing"),
        ('<a href="https://example.com">x</a>', "link to the outside"),
        ('<script src="//cdn.example/x.js"></script>', "link to the outside"),
        ("<style>@import 'https://fonts.example/a.css';</style>", "link to the outside"),
        ('<p id="a"></p><p id="a"></p>', "the id 'a' stands twice"),
        ('<img src="data:,">', "no alt text"),
        ("<p>See ?@fig-x.</p>", "unresolved reference"),
        ("<p>?meta:title</p>", "unresolved reference"),
    ],
)
def test_unsound_pages_are_named(tmp_path, body, message):
    (tmp_path / "page.html").write_text(body)
    (tmp_path / "other.html").write_text("<p id='there'></p>")
    with pytest.raises(RenderError, match=r"page\.html") as caught:
        check_site([tmp_path / "page.html", tmp_path / "other.html"], tmp_path)
    assert message in str(caught.value)


def test_files_promised_for_later_are_no_dead_links(tmp_path):
    (tmp_path / "page.html").write_text('<a href="data/a.csv">x</a>')
    check_site([tmp_path / "page.html"], tmp_path, expected=["data/a.csv"])


def test_a_missing_figure_fails_the_run(tmp_path):
    (notebook,) = write(tmp_path, ["executive_brief"], long=3)
    (document,) = derive([notebook], tmp_path / "documents")
    (tmp_path / "documents/figures/executive_brief/fig-lines.svg").unlink()
    with pytest.raises(RenderError, match=r"fig-lines\.svg is missing"):
        render_site([document], tmp_path / "out", context(), "embedded")


def test_a_pandoc_warning_fails_the_run(tmp_path):
    document = tmp_path / "a.qmd"
    document.write_text("---\ntitle: A\n---\n\n## One {#x}\n\n## Two {#x}\n")
    with pytest.raises(RenderError, match=r"a\.qmd"):
        render_site([document], tmp_path / "out", context(), "embedded")


def test_quarto_asked_for_but_missing_is_a_usage_error(monkeypatch, tmp_path):
    monkeypatch.delenv("QUARTO_PATH", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_quarto() is None
    with pytest.raises(ConfigError, match="not on the PATH"):
        find_quarto(required=True)
    monkeypatch.setenv("QUARTO_PATH", str(tmp_path / "quarto"))
    with pytest.raises(ConfigError, match="QUARTO_PATH"):
        find_quarto()


def test_reviewers_see_code_and_charts(month):
    html = (month / "notebooks" / "executive_brief.html").read_text()
    assert re.search(r"report.*section", html) and "<svg" in html
    assert "cdn" not in html.lower()


def test_reviewers_page_escapes_code(tmp_path):
    from reporting.pipeline.render.notebooks import render_notebook

    cell = nbformat.v4.new_code_cell("'<b>&</b>'")
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "n.ipynb")
    assert "<b>&" not in render_notebook(tmp_path / "n.ipynb", context(), has_report=False)
