"""What whole runs publish can be read by everyone: the demo company's month, and RavenStack's if it is there.

RavenStack (RAVENSTACK_DIR) has what the demo has not: sources that contradict each other, metrics without a
table.
"""

import html
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pandas as pd
import pypdf
import pytest
from accessibility import barriers, needs_axe, needs_outloud, verdict

from reporting.pipeline.render.check import read_page
from reporting.present.markdown import clean, escape
from reporting.present.words import cut

ROOT = Path(__file__).parents[3]
_WITHOUT_TEXT = re.compile(r"<(svg|script|style|title|nav)\b.*?</\1\s*>", re.S)
_ACCOUNT = re.compile(r'<a class="account" href="([^"]*)">(.*?)</a>', re.S)

pytestmark = pytest.mark.server
without_ravenstack = pytest.mark.skipif(
    "RAVENSTACK_DIR" not in os.environ, reason="RAVENSTACK_DIR is not set"
)


@pytest.fixture(
    scope="module",
    params=[("demo", "2026-10"), pytest.param(("ravenstack", "2024-12"), marks=without_ravenstack)],
    ids=lambda run: run[0],
)
def published(request, tmp_path_factory) -> Path:
    """The month's folder, from a run of its own."""
    source, month = request.param
    project = tmp_path_factory.mktemp("published")
    for name in ("notebooks", "params", "requirements.lock"):
        (project / name).symlink_to(ROOT / name)
    command = [
        sys.executable,
        "-m",
        "reporting.cli",
        "--project",
        str(project),
        "run",
        "--renderer",
        "embedded",
    ]
    made = subprocess.run([*command, "--source", source, "--month", month], capture_output=True, text=True)
    assert made.returncode == 0, made.stdout + made.stderr
    return project / "reports" / source / month


@needs_axe
@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (500, "dark")])
def test_pages_are_accessible(published, tmp_path, width, theme):
    pages = [*sorted(published.glob("*.html")), published.parents[1] / "index.html"]
    assert len(pages) == 8
    found = {page.name: barriers(page, tmp_path, width, theme) for page in pages}
    assert not any(found.values()), found


@needs_outloud
def test_pdfs_conform(published):
    pdfs = sorted(published.glob("*.pdf"))
    code, said = verdict(*pdfs)
    assert code == 0 and said.count("0 error(s), 0 warning(s)") == len(pdfs) == 6, said


def test_every_account_named_in_a_report_leads_to_its_page(published):
    accounts = pd.read_parquet(published / "snapshot" / "accounts.parquet")
    names = {clean(name) for name in accounts["account_name"]}
    linked: Counter[str] = Counter()
    for page in sorted(published.glob("*.html")):
        text = _WITHOUT_TEXT.sub(" ", page.read_text(encoding="utf-8"))
        for address, name in _ACCOUNT.findall(text):
            target = published / urlsplit(html.unescape(address)).path
            assert html.unescape(name) in read_page(target).text, (page.name, address)
            linked[page.name] += 1
        rest = html.unescape(re.sub("<[^>]*>", " | ", _ACCOUNT.sub(" | ", text)))
        for word in set(re.findall(r"\w+", rest)) & {re.findall(r"\w+", name)[0] for name in names}:
            beside = {
                n for n in names if n.startswith(word) and re.search(rf"(?<!\w){re.escape(n)}(?!\w)", rest)
            }
            assert not beside, (page.name, beside)
    assert linked["executive_brief.html"] > 3 and len(linked) >= 5


def test_every_account_has_a_page_and_stands_in_one_book(published):
    accounts = pd.read_parquet(published / "snapshot" / "accounts.parquet")["account_id"]
    pages = {page.name for page in (published / "accounts").glob("*.html")} - {"index.html"}
    assert len(pages) == len(accounts)
    held = Counter()
    for book in (published / "owners").glob("*.html"):
        held.update(
            set(re.findall(r"\.\./accounts/([^\"]+)", book.read_text(encoding="utf-8"))) - {"index.html"}
        )
    assert set(held) == pages and set(held.values()) == {1}


def test_reports_tell_one_truth(published):
    """Read from the pages and files themselves, of a company that can be judged and of one that can't."""
    told = {path.stem: path.read_text(encoding="utf-8") for path in (published / "documents").glob("*.qmd")}
    brief, verdicts = told["executive_brief"], pd.read_csv(published / "data" / "account_verdicts.csv")
    shares = {
        found
        for name in ("executive_brief", "monthly_health")
        for found in re.findall(r"\[MRR in healthy accounts\]{.key-label} \[([^\]]+)\]", told[name])
    }
    assert (
        len(shares) == 1
        and f"**{shares.pop()} of MRR comes from healthy accounts**" in told["monthly_health"]
    )
    assert verdicts["account_id"].is_unique
    counts = verdicts["stance"].value_counts()
    saved = re.search(r"(\d+) accounts to rescue and (\d+) to protect", brief)
    assert saved and [int(n) for n in saved.groups()] == counts[["rescue", "protect"]].tolist()
    offered = pd.read_csv(published / "data" / "expansion_accounts.csv")["account_id"]
    assert set(offered) == set(verdicts.loc[verdicts["stance"] == "grow", "account_id"])
    listed = verdicts.loc[verdicts["stance"].isin(["rescue", "protect"]), "account_name"]
    for name in listed.head(5):
        assert escape(cut(name, 32)) in brief and escape(name) in told["churn_drivers"]


def printed(page: pypdf.PageObject) -> list[tuple[float, float]]:
    """Size and height above the foot, in points, of every piece of text."""
    found: list[tuple[float, float]] = []

    def visit(text, page_matrix, matrix, font, size):
        if text.strip():
            scale = (matrix[2] ** 2 + matrix[3] ** 2) ** 0.5 * (
                page_matrix[2] ** 2 + page_matrix[3] ** 2
            ) ** 0.5
            found.append((size * scale, matrix[5] * page_matrix[3] + page_matrix[5]))

    page.extract_text(visitor_text=visit)
    return found


def test_printed_pages_are_more_than_half_full_and_no_text_is_small(published):
    for path in sorted(published.glob("*.pdf")):
        pages = pypdf.PdfReader(path).pages
        for number, page in enumerate(pages, 1):
            text, height = printed(page), float(page.mediabox.height)
            assert min(size for size, _ in text) >= 7.95, (path.name, number)
            lowest = min(y for _, y in text if 60 < y < height - 60)  # between head and foot
            assert number == len(pages) or lowest < height / 2, (path.name, number)
