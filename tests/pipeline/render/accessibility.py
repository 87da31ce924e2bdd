"""Two strangers' judgement of what we make: axe-core on a page in Chromium, outloud on a PDF."""

from __future__ import annotations

import html
import json
import re
import subprocess
from pathlib import Path

import pytest
from tests.browser import CHROMIUM

TOOLS = Path(__file__).parents[3] / "build/tools"
AXE = TOOLS / "node_modules/axe-core/axe.min.js"
OUTLOUD = TOOLS / "venv/bin/outloud"
_POLICY = re.compile(r'<meta http-equiv="?Content-Security-Policy"?[^>]*>')

needs_axe = pytest.mark.skipif(
    CHROMIUM is None or not AXE.is_file(), reason="no Chromium, or no axe-core under build/tools"
)
needs_outloud = pytest.mark.skipif(not OUTLOUD.is_file(), reason="no outloud in build/tools/venv")

_RUN = """<script src="{axe}"></script><script>
axe.run(document, {{resultTypes: ["violations"]}}).then(found => {{
  document.body.innerHTML = "<pre id=findings></pre>";
  document.getElementById("findings").textContent = JSON.stringify(found.violations.map(
    v => [v.impact, v.id, v.nodes.slice(0, 3).map(n => n.target.join(" "))]));
}});</script></body>"""


def barriers(page: Path, profile: Path, width: int, theme: str) -> list[list[str]]:
    """Serious and critical findings by axe-core: impact, rule, elements.

    Args:
        page: A page of ours; its links to sheets are followed.
        profile: Folder for Chromium's own files.
        width: Of the window, in pixels.
        theme: `light` or `dark`, which the reader's machine is set to.
    """
    copied = page.with_name(f"axe-{theme}-{width}-{page.name}")
    text = _POLICY.sub("", page.read_text(encoding="utf-8"))  # which would forbid axe-core
    body, end, _ = text.rpartition("</body>")
    run = _RUN.format(axe=AXE.as_uri())
    copied.write_text((body if end else text) + run, encoding="utf-8")
    command = [
        str(CHROMIUM),
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
    ]
    command += ["--disable-component-update", "--disable-sync", "--no-first-run", "--disable-quic"]
    command += [f"--user-data-dir={profile}", f"--window-size={width},900", "--allow-file-access-from-files"]
    command += [f"--blink-settings=preferredColorScheme={['dark', 'light'].index(theme)}"]
    command += ["--virtual-time-budget=20000", "--dump-dom", copied.as_uri()]
    dumped = subprocess.run(command, capture_output=True, text=True, timeout=180, check=True).stdout
    copied.unlink()
    found = re.search(r'<pre id="findings">(.*?)</pre>', dumped, re.S)
    assert found, dumped[-2000:]
    return [v for v in json.loads(html.unescape(found[1])) if v[0] in {"serious", "critical"}]


def verdict(*pdfs: Path) -> tuple[int, str]:
    """Exit code and words of outloud on PDF/UA-1; 1 is a breach."""
    command = [str(OUTLOUD), "--layer", "conformance", "--fail-on", "warning", *map(str, pdfs)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    return done.returncode, done.stdout + done.stderr
