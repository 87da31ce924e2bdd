"""A brand of one's own, logo, colours and font files, reaches charts, pages and PDF with either renderer."""

import shutil
from pathlib import Path

import matplotlib
import pytest
from PIL import Image
from sample_month import make_month
from tests.quarto import needs_quarto

from reporting.pipeline.render.check import read_page
from reporting.present.brand import Brand, load_brand

FONTS = Path(matplotlib.get_data_path()) / "fonts/ttf"
NAME = "Zenith & Söhne <AG>"
BRAND = """
meta: {{name: "Zenith & Söhne <AG>"}}
logo: {{medium: {logo}}}
color:
  primary: {{light: "#7a1fa2", dark: "#d6a3ee"}}
typography:
  base: DejaVu Serif
  fonts:
    - family: DejaVu Serif
      source: file
      files:
        - DejaVuSerif.ttf
        - {{path: DejaVuSerif-Italic.ttf, style: italic}}
        - {{path: bold/DejaVuSerif-Bold.ttf, weight: 700}}
defaults:
  reporting:
    palette:
      - {{light: "#00695c", dark: "#5fd0c0"}}
      - {{light: "#b3470c", dark: "#f0a468"}}
      - {{light: "#455a64", dark: "#90a4ae"}}
"""
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="20"><rect width="60" height="20"/></svg>'


@pytest.fixture(params=["logo.svg", "logo.png", "{light: logo.svg, dark: night.png}"])
def brand(tmp_path, monkeypatch, request) -> Brand:
    folder = tmp_path / "params"
    (folder / "bold").mkdir(parents=True)
    shutil.copy(FONTS / "DejaVuSerif.ttf", folder)
    shutil.copy(FONTS / "DejaVuSerif-Italic.ttf", folder)
    shutil.copy(FONTS / "DejaVuSerif-Bold.ttf", folder / "bold")
    (folder / "logo.svg").write_text(SVG)
    Image.new("RGB", (60, 20), "#00695c").save(folder / "logo.png")
    Image.new("RGB", (60, 20), "#5fd0c0").save(folder / "night.png")
    (folder / "_brand.yml").write_text(BRAND.format(logo=request.param))
    monkeypatch.setenv("REPORTING_BRAND", str(folder / "_brand.yml"))
    return load_brand(folder / "_brand.yml")


def made(tmp_path: Path, brand: Brand, renderer: str) -> Path:
    make_month(tmp_path / "out", "2024-12", ["executive_brief"], renderer, brand=brand)
    return tmp_path / "out"


def holds_the_brand(out: Path) -> None:
    page = (out / "executive_brief.html").read_text()
    text = "".join(read_page(out / "executive_brief.html").text)
    assert NAME in text
    styles = (out / "assets/style.css").read_text()
    for file in ("DejaVuSerif.ttf", "DejaVuSerif-Italic.ttf", "DejaVuSerif-Bold.ttf"):
        assert f"url({file})" in styles and (out / "assets" / file).is_file()
    assert "Source Sans" not in styles + page
    assert "var(--c1)" in page and "DejaVu Serif" in page  # the charts name it
    pdf = (out / "executive_brief.pdf").read_bytes()
    assert b"DejaVuSerif-Bold" in pdf and b"DejaVuSerif-Italic" in pdf and b"SourceSans" not in pdf


@pytest.mark.parametrize("renderer", ["embedded", pytest.param("quarto", marks=needs_quarto)])
def test_it_is_shown(tmp_path, brand, renderer):
    out = made(tmp_path, brand, renderer)
    holds_the_brand(out)
    assert "--accent: #7a1fa2" in (out / "assets/style.css").read_text()
    for page in ("executive_brief", "mail/executive_brief", "notebooks/executive_brief", "index"):
        text = (out / f"{page}.html").read_text()
        for file in brand.logo.files:
            kind = {".svg": "svg+xml", ".png": "png"}[file.suffix]
            assert f'<img src="data:image/{kind};base64,' in text
        assert ("var(--dark-logo)" in text) == (brand.logo.light != brand.logo.dark)
    assert not {file.name for file in brand.logo.files} & {path.name for path in (out / "assets").iterdir()}
