"""One file gives name, logo, colours and fonts; a mistake in it is named."""

from pathlib import Path

import matplotlib
import pytest

from reporting.errors import ConfigError
from reporting.present.brand import HERE, current_brand, load_brand

PROJECT = Path(__file__).parents[2]
REGULAR = Path(matplotlib.get_data_path()) / "fonts/ttf/DejaVuSerif.ttf"
FONT = "font: {{family: {0}, regular: {1}, italic: {1}, semibold: {1}}}"


def brand_file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "brand.yml"
    path.write_text(text)
    return path


def test_the_projects_brand_file_is_the_packaged_default():
    schema, own = (PROJECT / "params/brand.yml").read_text().split("\n", 1)
    assert "$schema=" in schema
    assert own == (HERE / "brand.yml").read_text()


def test_keys_left_out_come_from_the_default(tmp_path):
    brand = load_brand(brand_file(tmp_path, 'name: Acme\ncolors:\n  accent: ["#aa0000", "#ffaaaa"]\n'))
    assert brand.name == "Acme" and brand.accent == "#aa0000"
    assert brand.ink == load_brand(HERE / "brand.yml").ink and brand.font.shipped


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nam: x", "unknown key 'nam'. Did you mean 'name'?"),
        ("colors:\n  ikn: 1", "unknown key 'colors.ikn'. Did you mean 'ink'?"),
        ("colors:\n  ink: red", "expected a pair of colours"),
        ("logo: none.svg", "does not exist"),
        ("font:\n  regular: brand.yml", "no file is named for italic, semibold"),
        ("logo: brand.yml", "neither .svg nor .png"),
        ("logo: [brand.yml]", "a pair of files"),
        ("font:\n  family: Serif", "no file is named for regular, italic, semibold"),
        (FONT.format("Serif", REGULAR), "is of the family DejaVu Serif, not Serif"),
        (FONT.format("Serif", "brand.yml"), "no TrueType or OpenType font"),
        ("name: [", "malformed YAML"),
        ("- a", "expected keys and values"),
    ],
)
def test_mistakes_are_named(tmp_path, text, message):
    with pytest.raises(ConfigError) as caught:
        load_brand(brand_file(tmp_path, text))
    assert message in str(caught.value) and "brand.yml" in str(caught.value)


def test_environment_names_the_brand_in_force(tmp_path, monkeypatch):
    monkeypatch.setenv("REPORTING_BRAND", str(brand_file(tmp_path, "name: Named")))
    assert current_brand().name == "Named"
