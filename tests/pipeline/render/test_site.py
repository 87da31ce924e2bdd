"""A month's pages: everything is linked, nothing leads outside, the same input gives the same bytes."""

import html
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
from reporting.pipeline.render.document import Document
from reporting.pipeline.render.signs import Signs
from reporting.pipeline.render.site import finding, front_page
from reporting.pipeline.restated import Restated
from reporting.reports.telling.trust import UNRELIABLE


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


def test_front_page_tells_each_report_s_finding_and_leads_to_its_files():
    def document(name: str, body: str) -> Document:
        return Document(Path(f"{name}.qmd"), name, {"title": name, "description": f"About {name}."}, body)

    warned = "::: {.callout-warning}\n## Doubt\n\nText.\n:::\n\n"
    found = document(
        "churn", f"## Who leaves?\n\n{warned}**9 of \\*Ada\\* left** in May.\n\n## More\n\n**No.**"
    )
    plain = document("appendix", "## Signs\n\nText.\n\n## Tests\n\n**Deep inside** it says so.")
    assert finding(found) == "9 of \\*Ada\\* left."
    files = {
        "Workbook (Excel)": "data/a.xlsx",
        "To grow (CSV)": "data/to_grow.csv",
        "Lost (CSV)": "data/lost.csv",
    }
    text = front_page([found, plain], context(companions=files)).body
    assert "[**churn**](churn.html). 9 of \\*Ada\\* left. [PDF](churn.pdf)" in text
    assert "[**appendix**](appendix.html). About appendix\\. [PDF]" in text
    assert "- CSV files: [To grow](data/to_grow.csv), [Lost](data/lost.csv)" in text


def test_report_footer_names_run_manifest_and_notebook(month):
    page = read_page(month / "executive_brief.html")
    assert {"manifest.json", "notebooks/executive_brief.html", "executive_brief.pdf"} <= set(page.links)
    assert "2024-12-ab12cd34" in "".join(page.text)


def test_mailed_copy_needs_no_other_file(month):
    page = read_page(month / "mail" / "executive_brief.html")
    assert {link[:1] for link in page.links} <= {"#", "d"}
    assert all(link.startswith(("#", "data:")) for link in page.links)


def test_charts_are_inline_and_follow_the_theme(month):
    page = (month / "executive_brief.html").read_text()
    assert page.count('<svg class="wide" role="img" aria-label="') == 6
    assert "var(--c1)" in page and "<img" not in page


def test_strangers_text_is_never_markup(month):
    for path in month.rglob("*.html"):
        assert "<script>alert" not in path.read_text()
        assert "evil.example" not in "".join(read_page(path).links)


def test_archive_shows_months_and_what_changed(archive):
    page = read_page(archive / "index.html")
    assert {"demo/2024-12/index.html", "demo/2024-11/index.html"} <= set(page.links)
    text = "".join(page.text)
    assert "What changed since last month" in text and "December 2024" in text and "+4.1% on November" in text
    for month in ("November 2024", "December 2024"):
        row = re.search(month + r"((?:\s+[^\n]+)+)", text[text.index("Month by month") :])
        assert row and "$10.2M, better" in row[1]


def test_a_month_before_that_is_not_published_has_no_column(tmp_path):
    make_month(tmp_path / "demo" / "2024-12", "2024-12", ["executive_brief"])
    text = "".join(read_page(render_archive(tmp_path)).text)
    changes = text[text.index("What changed") : text.index("Month by month")]
    assert "+4.1% on November" in changes and "November 2024" not in changes


def test_archive_lists_a_month_of_an_earlier_version_with_what_it_has(tmp_path, monkeypatch):
    """One froze no judgement, one has no brief, one a brief that can't be read."""
    for month in ("2024-09", "2024-10", "2024-11", "2024-12"):
        make_month(tmp_path / "demo" / month, month, ["executive_brief"])
    (tmp_path / "demo/2024-11/documents/executive_brief.qmd").unlink()
    (tmp_path / "demo/2024-10/documents/executive_brief.qmd").write_text("no front matter")
    judged = {"2024-12": Signs("Teetering", "1 of 10: MRR (worse)")}
    monkeypatch.setattr("reporting.pipeline.render.archive.signs_of", lambda month: judged.get(month.name))
    rows = months_of(render_archive(tmp_path, BRAND))
    assert [row[0] for row in rows] == [f"{m} 2024" for m in ("December", "November", "October", "September")]
    assert rows[0][1:3] == ["Teetering", "$10.2M, better"] and rows[0][-1] == "1 of 10: MRR (worse)"
    assert {*rows[1][1:], *rows[2][1:]} == {"not available"}
    assert rows[3][1:3] == ["not available", "$10.2M, better"] and rows[3][-1] == "not available"


def test_archive_tells_a_figure_that_was_doubted_in_one_month_beside_the_others(tmp_path):
    for month in ("2024-11", "2024-12"):
        make_month(tmp_path / "demo" / month, month, ["executive_brief"])
    brief = tmp_path / "demo/2024-12/documents/executive_brief.qmd"
    told = brief.read_text(encoding="utf-8")
    doubted = told.replace("label: MRR\n", f"label: 'MRR ({UNRELIABLE})'\n", 1)
    assert doubted != told
    brief.write_text(doubted, encoding="utf-8")
    rows = months_of(render_archive(tmp_path, BRAND))
    assert [row[2] for row in rows] == ["$10.2M?, better", "$10.2M, better"]


def test_archive_of_several_companies_begins_with_all_of_them(tmp_path, monkeypatch):
    for source in ("acme", "borg"):
        make_month(tmp_path / source / "2024-12", "2024-12", ["executive_brief"], title=source)
    monkeypatch.setattr(
        "reporting.pipeline.render.archive.signs_of", lambda month: Signs(month.parent.name, "none of 10")
    )
    page = render_archive(tmp_path, BRAND).read_text(encoding="utf-8")
    (overview, *_) = re.findall(r"<table.*?</table>", page, re.S)
    assert 'href="#source-acme"' in overview and 'href="borg/2024-12/index.html"' in overview
    assert "Net revenue retention" in overview and "borg" in overview


def months_of(archive: Path) -> list[list[str]]:
    """The cells of the last table, its rows of months."""
    table = re.findall(r"<tbody>.*?</tbody>", archive.read_text(encoding="utf-8"), re.S)[-1]
    rows = re.findall(r"<tr.*?</tr>", table, re.S)
    return [
        [
            html.unescape(re.sub(r"<[^>]*>", "", cell)).strip()
            for cell in re.findall(r"<t[dh].*?</t[dh]>", row, re.S)
        ]
        for row in rows
    ]


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
