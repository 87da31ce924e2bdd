"""What whole runs publish can be read by everyone: the demo company's month, and RavenStack's if it is there.

RavenStack (RAVENSTACK_DIR) has what the demo has not: sources that contradict each other, metrics without a
table.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pypdf
import pytest
from accessibility import barriers, needs_axe, needs_outloud, verdict

from reporting.present.markdown import escape
from reporting.present.words import cut

ROOT = Path(__file__).parents[3]

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
