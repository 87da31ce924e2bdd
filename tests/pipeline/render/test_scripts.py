"""No page runs anything but its own files, and none asks the network."""

import base64
import hashlib
import html
import re

import pytest

from reporting.errors import RenderError
from reporting.pipeline.render import scripts

POLICY = re.compile(r'<meta http-equiv="?Content-Security-Policy"? content="([^"]+)">')
INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.S)


def test_every_page_forbids_all_but_its_own(archive):
    pages = sorted(archive.rglob("*.html"))
    assert len(pages) > 10
    for page in pages:
        source = page.read_text(encoding="utf-8")
        found = POLICY.search(source)
        assert found, page.name
        rules = html.unescape(found[1])
        assert rules.startswith("default-src 'none'")
        assert "unsafe-inline" not in rules.partition("script-src")[2].partition(";")[0]
        assert "http" not in rules and "eval" not in rules
        for script in INLINE.findall(source):
            digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
            assert f"'sha256-{digest}'" in rules, page.name


def test_the_library_is_a_classic_script_with_its_licences_beside_it(tmp_path):
    scripts.write_scripts(tmp_path)
    library = (tmp_path / scripts.LIBRARY).read_text(encoding="utf-8")
    assert "window.DataTable = " in library and not re.search(r"^export\b|[;}]export ?{", library)
    licence = (tmp_path / scripts.LICENCE).read_text(encoding="utf-8")
    for part in ("MIT License", "itables", "jQuery", "SpryMedia", "JSZip"):
        assert part in licence


def test_a_bundle_of_another_form_is_named(tmp_path, monkeypatch):
    (tmp_path / "html").mkdir()
    (tmp_path / "html/dt_bundle.js").write_text("export default 1")
    monkeypatch.setattr(scripts, "files", lambda _: tmp_path)
    scripts._library.cache_clear()
    try:
        with pytest.raises(RenderError, match=r"itables[\s\S]*requirements\.lock"):
            scripts.write_scripts(tmp_path / "out")
    finally:
        scripts._library.cache_clear()
