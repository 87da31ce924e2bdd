"""A company whose accounts are named by somebody who means harm: published whole, every name stays text."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
import sys
import unicodedata
from html.parser import HTMLParser
from pathlib import Path

import pypdf
import pytest
from contents import of_markdown
from tests import office
from tests.shared import built_once

from reporting.demo.company import build

ROOT = Path(__file__).parents[3]

pytestmark = pytest.mark.server  # a whole run
NAMES = (
    "<b>Müller & Söhne</b> GmbH",
    "<script>alert(1)</script> Ltd",
    '"><img src=x onerror=alert(1)>',
    "Pipe | Works, LLC",
    "*Star* _Under_ ~Strike~",
    "=SUM(A1:A9) Holdings",
    "#hash $math$ [link](x) @fig-x",
    'O\'Brien "Quotes" & Partners',
    "Back\\slash \\emph{Tools}",
    "`code` {{< braces >}} ::: Ltd",
    "Smörgåsbord Ærø Čapek Łódź S.A.",
    "-Dash, +Plus; 50 % <!-- off -->",
    "\u3000\uff1dSUM(A1:A9) Full-width",
    "\u00a0@SUM(A1) After a blank",
    "Bell\x07 \x1b[2JEscape \u202eemca Ltd",
    "Long " * 600,
)
MONTH = "2025-02"


def renamed() -> str:
    """The demo's accounts with these names, one after the other."""
    names = ", ".join("'" + name.replace("'", "''") + "'" for name in NAMES)
    place = f"CAST(substr(account_id, 2) AS INTEGER) % {len(NAMES)} + 1"
    named = f"list_extract([{names}], {place}) || ' ' || account_id"
    return f"SELECT * REPLACE ({named} AS account_name) FROM accounts\n"


def publish(project: Path) -> None:
    for name in ("notebooks", "requirements.lock"):
        (project / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "params", project / "params")
    sources = project / "params" / "sources"
    shutil.copytree(sources / "demo", sources / "hostile")
    (sources / "hostile" / "accounts.sql").write_text(renamed())
    (sources / "hostile" / "targets.sql").unlink()
    text = (sources / "demo.yml").read_text().replace("2026-10", MONTH).replace("demo/exch", "hostile/exch")
    (sources / "hostile.yml").write_text(text.replace("build/demo/tables", "tables"))
    build(project / "tables", accounts=70, months=16)
    command = [sys.executable, "-m", "reporting.cli", "--project", str(project)]
    run = [*command, "run", "--source", "hostile", "--renderer", "embedded", "--slides"]
    made = subprocess.run(run, capture_output=True, text=True)
    assert made.returncode == 0, made.stdout + made.stderr


@pytest.fixture(scope="module")
def month(tmp_path_factory) -> Path:
    return built_once(tmp_path_factory, "hostile", publish) / "reports" / "hostile" / MONTH


@pytest.fixture(scope="module")
def verdicts(month) -> list[dict[str, str]]:
    with (month / "data" / "account_verdicts.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


class Page(HTMLParser):
    """The text of a page, and what could run or load in it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.text, self.active, self._inside = "", [], ""
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        self._inside = tag if tag in ("script", "style") else ""
        own = [f"{tag} {name}={value}" for name, value in attributes if name.startswith("on")]
        named = dict(attributes)
        if tag == "script" and "src" not in named:
            own.append("script")
        if tag == "img" and named.get("src") == "x":
            own.append("img x")
        self.active += own

    def handle_endtag(self, tag):
        self._inside = ""

    def handle_data(self, data):
        if not self._inside:
            self.text += data
        elif self._inside == "script" and "alert" in data:
            self.active.append(data)


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u200b]+", "", text)


def pages(month: Path) -> list[Path]:
    return sorted(month.rglob("*.html"))


def test_no_name_becomes_part_of_a_page(month):
    scripts = {squeezed(part) for page in pages(month) for part in Page(page).active if part != "script"}
    assert not scripts


def test_every_name_is_read_as_it_is_written(month, verdicts):
    listed = [row for row in verdicts if row["stance"] in ("rescue", "protect")][:5]
    assert listed
    brief = Page(month / "executive_brief.html").text
    printed = "".join(page.extract_text() for page in pypdf.PdfReader(month / "executive_brief.pdf").pages)
    for row in listed:
        name = squeezed(row["account_name"].removeprefix("'"))
        assert name in squeezed(brief) or name[:20] in squeezed(brief), row["account_name"]
        assert name[:12] in squeezed(printed), row["account_name"]


def test_the_documents_are_read_by_pandoc_as_they_are_meant(month, verdicts):
    names = {squeezed(row["account_name"].removeprefix("'")) for row in verdicts}
    cells = {squeezed(cell) for cell in of_markdown(month / "documents" / "executive_brief.qmd").cells}
    assert cells & names


def test_no_cell_of_a_data_file_is_a_formula_wide_or_after_blanks(month):
    for path in sorted((month / "data").glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                name = unicodedata.normalize("NFKC", row.get("account_name") or "").strip()
                assert not name.startswith(("=", "+", "-", "@")), (path.name, name)


def test_every_name_on_a_slide_is_read_as_it_is_written(month, verdicts):
    (path,) = (month / "meeting").glob("*.pptx")
    known = {row["account_name"].removeprefix("'") for row in verdicts}
    shown = [
        row[0] for slide in office.slides(path) for row in slide.rows[1:] if slide.rows[0][0] == "Account"
    ]
    assert shown
    assert all(name in known or any(full.startswith(name[:-1]) for full in known) for name in shown)
    assert not any(b"External" in part for part in office.links(path))


def test_no_character_that_rules_a_terminal_or_the_reading_order_is_published(month):
    texts = [path for path in month.rglob("*") if path.suffix in (".html", ".csv", ".qmd", ".svg", ".json")]
    assert len(texts) > 100
    for path in texts:
        found = re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e]", path.read_text(encoding="utf-8"))
        assert not found, (path.name, found)


def test_a_name_of_thousands_is_cut_in_pages_and_whole_in_data(month, verdicts):
    longest = max(pages(month), key=lambda page: Page(page).text.count("Long Long Long"))
    told = [(page.name, Page(page).text.count("Long " * 50)) for page in pages(month)]
    assert Page(longest).text.count("Long Long Long"), "it is named"
    assert [name for name, times in told if times] == []
    assert max(len(row["account_name"]) for row in verdicts) >= len("Long " * 600)
