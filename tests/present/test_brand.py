"""One file, which Quarto reads as well, gives name, logo, colours and fonts; a mistake in it is named."""

from dataclasses import replace
from pathlib import Path

import matplotlib
import pytest
import yaml

from reporting.errors import ConfigError
from reporting.present.brand import SHIPPED, Brand, Color, brand_path, converted, current_brand, load_brand

PROJECT = Path(__file__).parents[2]
TTF = Path(matplotlib.get_data_path()) / "fonts/ttf"
REGULAR, ITALIC, BOLD = (TTF / f"DejaVuSerif{style}.ttf" for style in ("", "-Italic", "-Bold"))
FILES = "files: [{{path: {0}}}, {{path: {0}, style: italic}}, {{path: {0}, weight: 600}}]"
FONT = (
    "typography: {{base: {0}, fonts: [{{family: {0}, source: file, " + FILES.replace("{0}", "{1}") + "}}]}}"
)
OLD_FONT = "font: {{family: {0}, regular: {1}, italic: {1}, semibold: {1}}}"
OLDER = """
name: Acme
page_size: us-letter
locale: de_DE
logo: [day.svg, night.svg]
colors:
  accent: ["#AA0000", "#ffaaaa"]
  line: ["#cccccc", "#333333"]
palette:
  - ["#111111", "#eeeeee"]
"""


def brand_file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "_brand.yml"
    path.write_text(text)
    return path


def read(tmp_path: Path, text: str) -> Brand:
    return load_brand(brand_file(tmp_path, text))


def contrast(one: str, other: str) -> float:
    def luminance(color: str) -> float:
        parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_projects_brand_file_is_the_packaged_default():
    schema, own = (PROJECT / "params/_brand.yml").read_text().split("\n", 1)
    assert "$schema=" in schema
    assert own == SHIPPED.read_text()


def test_keys_left_out_come_from_the_default(tmp_path):
    brand = read(tmp_path, 'meta: {name: Acme}\ncolor: {primary: {light: "#aa0000", dark: "#ffaaaa"}}\n')
    shipped = load_brand(SHIPPED)
    accent = {"accent": Color("#aa0000", "#ffaaaa")}
    assert brand == replace(shipped, name="Acme", colors=shipped.colors | accent)
    assert load_brand(brand_file(tmp_path, "")) == shipped


def test_a_companys_own_file_is_taken_as_it_is(tmp_path):
    (tmp_path / "wide.svg").write_text("<svg/>")
    brand = read(
        tmp_path,
        """
        meta: {name: {full: "Acme Holding, Inc.", short: Acme}, link: {home: "https://acme.example"}}
        logo: {images: {wide: {path: wide.svg, alt: Acme}}, small: wide}
        color:
          palette: {night: "#123", sun: orange, brick: "#B3470C"}
          foreground: night
          primary: sun
          danger: {light: brick, dark: "#f0a468"}
          info: "#00f"
          link: primary
        typography: {base: {family: Open Sans, size: 16px}, fonts: [{family: Open Sans, source: google}]}
        defaults: {bootstrap: {version: 5}, reporting: {page_size: us-letter, palette: [night, {light: sun}]}}
        """,
    )
    shipped = load_brand(SHIPPED)
    assert (brand.name, brand.page_size) == ("Acme", "us-letter")
    assert brand.logo and brand.logo.light == brand.logo.dark == tmp_path / "wide.svg"
    assert brand.colors["ink"] == Color("#112233", shipped.colors["ink"].dark)
    assert brand.colors["bad"] == Color("#b3470c", "#f0a468")
    assert brand.colors["accent"] == Color("#ffa500", "#ffa500")  # readable on the dark paper as it is
    assert [color.light for color in brand.palette] == ["#112233", "#ffa500"]
    paper = brand.colors["paper"].dark
    assert contrast("#112233", paper) < 2 and 4.5 <= contrast(brand.palette[0].dark, paper) < 6
    assert brand.font == shipped.font and "Open Sans comes from google" in brand.notes[0]


def test_the_font_is_found_by_weight_and_style(tmp_path):
    files = f"[{{path: {BOLD}, weight: bold}}, {{path: {REGULAR}}}, {{path: {ITALIC}, style: italic}}]"
    font = f"[{{family: DejaVu Serif, source: file, files: {files}}}]"
    brand = read(tmp_path, f"typography: {{base: DejaVu Serif, fonts: {font}}}")
    assert list(brand.font.files.values()) == [REGULAR, ITALIC, BOLD]
    assert brand.notes == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("colr: x", "unknown key 'colr'. Did you mean 'color'?"),
        ("color: {primry: x}", "unknown key 'color.primry'. Did you mean 'primary'?"),
        ("defaults: {reporting: {lokale: x}}", "unknown key 'defaults.reporting.lokale'"),
        ("color: red", "color: expected keys and values"),
        ("color: {primary: rouge}", "color.primary: expected a colour, found 'rouge'"),
        ("color: {primary: #aa0000\n}", "color.primary: expected a colour, found None"),
        ("color: {palette: {a: b, b: a}, primary: a}", "color.primary: expected a colour"),
        ("color: {primary: {light: red, night: red}}", "expected light and dark, found 'night'"),
        ("defaults: {reporting: {palette: red}}", "expected a list of colours"),
        ("defaults: {reporting: {page_size: a5}}", "expected a4 or us-letter"),
        ("logo: {medium: none.svg}", "does not exist"),
        ("logo: {medium: _brand.yml}", "neither .svg nor .png"),
        (FONT.format("Serif", REGULAR), "is of the family DejaVu Serif, not Serif"),
        (FONT.format("Serif", "_brand.yml"), "no TrueType or OpenType font"),
        (FONT.format("Serif", "none.ttf"), "does not exist"),
        ("typography: {base: A, fonts: [{family: A, source: file, files: [a.ttf]}]}", "italic, semibold"),
        ("meta: [", "malformed YAML"),
        ("- a", "expected keys and values"),
        # of the older form
        ("name: x\nnam: x", "unknown key 'nam'. Did you mean 'name'?"),
        ("colors:\n  ikn: 1", "unknown key 'colors.ikn'. Did you mean 'ink'?"),
        ("colors:\n  ink: red", "expected a pair of colours"),
        ("colors:\n  ink: [red, rouge]", "color.foreground: expected a colour, found 'rouge'"),
        ("font:\n  regular: _brand.yml", "no file of Source Sans 3 is named for italic, semibold"),
        ("logo: [_brand.yml]", "a pair of files"),
        (OLD_FONT.format("Serif", REGULAR), "is of the family DejaVu Serif, not Serif"),
    ],
)
def test_mistakes_are_named(tmp_path, text, message):
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, text)
    assert message in str(caught.value) and "_brand.yml" in str(caught.value)


def test_the_older_form_is_read_and_converted(tmp_path):
    for name in ("day.svg", "night.svg"):
        (tmp_path / name).write_text("<svg/>")
    older = tmp_path / "brand.yml"
    older.write_text(OLDER)
    brand = load_brand(older)
    assert (brand.name, brand.page_size, brand.locale) == ("Acme", "us-letter", "de_DE")
    assert brand.logo and [file.name for file in brand.logo.files] == ["day.svg", "night.svg"]
    assert brand.colors["accent"] == Color("#aa0000", "#ffaaaa") and brand.colors["line"].dark == "#333333"
    assert brand.palette == (Color("#111111", "#eeeeee"),)
    assert "older form" in brand.notes[0]
    new = brand_file(tmp_path, converted(older))
    assert load_brand(new) == replace(brand, notes=())
    assert set(yaml.safe_load(new.read_text())) == {"meta", "logo", "color", "defaults"}
    assert brand_path(tmp_path) == new
    with pytest.raises(ConfigError, match="already"):
        converted(new)


def test_environment_names_the_brand_in_force(tmp_path, monkeypatch):
    monkeypatch.setenv("REPORTING_BRAND", str(brand_file(tmp_path, "meta: {name: Named}")))
    assert current_brand().name == "Named"
