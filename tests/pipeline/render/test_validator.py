"""An independent validator finds no breach of PDF/UA-1 in our PDFs, and finds them in one that has some.

Needs outloud: `python -m venv build/tools/venv && build/tools/venv/bin/pip install outloud`.
"""

import pytest
import typst
from accessibility import needs_outloud, verdict

pytestmark = [pytest.mark.server, needs_outloud]


@pytest.mark.parametrize("report", ["executive_brief", "monthly_health"])
def test_reports_conform(month, report):
    code, said = verdict(month / f"{report}.pdf")
    assert code == 0 and "0 error(s), 0 warning(s)" in said, said


def test_a_pdf_without_title_is_found_out(tmp_path):
    (tmp_path / "a.typ").write_text("= Heading\n\nText.")
    (tmp_path / "a.pdf").write_bytes(typst.compile(str(tmp_path / "a.typ")))
    code, said = verdict(tmp_path / "a.pdf")
    assert code == 1 and "FAIL" in said, said
