"""No page has a serious or critical finding by axe-core, in light and dark, on a desk and on a narrow screen.

Needs Chromium and axe-core: `npm install --prefix build/tools --no-save axe-core@4.14.1`.
"""

import pytest
from accessibility import barriers, needs_axe
from sample_month import make_month
from tests.quarto import needs_quarto

pytestmark = [pytest.mark.server, needs_axe]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 500])
@pytest.mark.parametrize(
    "page",
    [
        "demo/2024-12/executive_brief.html",
        "demo/2024-12/index.html",
        "demo/2024-12/mail/monthly_health.html",
        "demo/2024-12/notebooks/executive_brief.html",
        "index.html",
    ],
)
def test_page_is_accessible(archive, tmp_path, page, width, theme):
    assert barriers(archive / page, tmp_path, width, theme) == []


@needs_quarto
def test_quartos_pages_are_accessible(tmp_path):
    make_month(tmp_path / "out", "2024-12", ["executive_brief"], "quarto")
    looks = [(page, theme) for page in ("executive_brief", "index") for theme in ("light", "dark")]
    found = {look: barriers(tmp_path / "out" / f"{look[0]}.html", tmp_path, 1280, look[1]) for look in looks}
    assert not any(found.values()), found
