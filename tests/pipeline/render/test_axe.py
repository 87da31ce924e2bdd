"""No page has a serious or critical finding by axe-core, in light and dark, on a desk and on a narrow screen.

Needs Chromium and axe-core: `npm install --prefix build/tools --no-save axe-core@4.14.1`.
"""

import html
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

AXE = Path(__file__).parents[3] / "build/tools/node_modules/axe-core/axe.min.js"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium"),
    pytest.mark.skipif(not AXE.is_file(), reason="no axe-core under build/tools"),
]

RUN = """<script src="{axe}"></script><script>
axe.run(document, {{resultTypes: ["violations"]}}).then(found => {{
  document.body.innerHTML = "<pre id=findings></pre>";
  document.getElementById("findings").textContent = JSON.stringify(found.violations.map(
    v => [v.impact, v.id, v.nodes.slice(0, 3).map(n => n.target.join(" "))]));
}});</script></body>"""


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
    copied = archive / Path(page).with_name(f"axe-{theme}-{width}-{Path(page).name}")
    text = (archive / page).read_text(encoding="utf-8")
    text = text.replace('<html lang="en"', f'<html lang="en" data-theme="{theme}"', 1)
    copied.write_text(text.replace("</body>", RUN.format(axe=AXE.as_uri())), encoding="utf-8")
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    command += ["--disable-component-update", "--disable-sync", "--no-first-run", "--disable-quic"]
    command += [f"--user-data-dir={tmp_path}", f"--window-size={width},900", "--allow-file-access-from-files"]
    command += ["--virtual-time-budget=20000", "--dump-dom", copied.as_uri()]
    dumped = subprocess.run(command, capture_output=True, text=True, timeout=180, check=True).stdout
    copied.unlink()
    found = re.search(r'<pre id="findings">(.*?)</pre>', dumped, re.S)
    assert found, dumped[-2000:]
    violations = json.loads(html.unescape(found[1]))
    assert [v for v in violations if v[0] in {"serious", "critical"}] == []
