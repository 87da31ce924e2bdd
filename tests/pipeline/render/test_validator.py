"""An independent validator finds no breach of PDF/UA-1 in our PDFs, and finds them in one that has some.

Needs outloud: `python -m venv build/tools/venv && build/tools/venv/bin/pip install outloud`.
"""

import subprocess
from pathlib import Path

import pytest
import typst

OUTLOUD = Path(__file__).parents[3] / "build/tools/venv/bin/outloud"

pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(not OUTLOUD.is_file(), reason="no outloud in build/tools/venv"),
]


def verdict(pdf: Path) -> tuple[int, str]:
    command = [str(OUTLOUD), "--layer", "conformance", "--fail-on", "warning", str(pdf)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("report", ["executive_brief", "monthly_health"])
def test_reports_conform(month, report):
    code, said = verdict(month / f"{report}.pdf")
    assert code == 0 and "0 error(s), 0 warning(s)" in said, said


def test_a_pdf_without_title_is_found_out(tmp_path):
    (tmp_path / "a.typ").write_text("= Heading\n\nText.")
    (tmp_path / "a.pdf").write_bytes(typst.compile(str(tmp_path / "a.typ")))
    code, said = verdict(tmp_path / "a.pdf")
    assert code == 1 and "FAIL" in said, said
