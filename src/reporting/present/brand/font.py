"""The font of a brand file: a family and its three files, which pages and PDFs carry."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTFont, TTLibError

from reporting.errors import ConfigError
from reporting.present.brand.model import FAMILY, FONTS, Font

_SHIPPED = {
    "regular": "SourceSans3-Regular.ttf",
    "italic": "SourceSans3-Italic.ttf",
    "semibold": "SourceSans3-SemiBold.ttf",
}
_BOLD = (700, "bold")
_WEIGHTS = {
    **dict.fromkeys((400, "normal", "regular"), "regular"),
    **dict.fromkeys((600, "semi-bold", "demi-bold", *_BOLD), "semibold"),
}


def read_font(path: Path, typography: Mapping[str, Any]) -> tuple[Font, tuple[str, ...]]:
    """The text family that `typography` names as its base, and what is to be known of it.

    Raises:
        ConfigError: A file is missing, is no font, or is of another family.
    """
    base = typography.get("base") or FAMILY
    family = str(base.get("family") or FAMILY if isinstance(base, dict) else base)
    listed = [font for font in typography.get("fonts") or [] if isinstance(font, dict)]
    font = next((font for font in listed if font.get("family") == family), {})
    if font.get("source") == "file":
        return _of_files(path, family, _chosen(font.get("files") or [])), ()
    shipped = Font(FAMILY, **{style: FONTS / name for style, name in _SHIPPED.items()})
    if family == FAMILY:
        return shipped, ()
    source = font.get("source") or "no file"
    return shipped, (f"{family} comes from {source}, and no page asks for it: {FAMILY} stands in its place",)


def _chosen(files: list[Any]) -> dict[str, str]:
    """Style -> file; for the semibold a semibold before a bold."""
    found: dict[str, str] = {}
    for file in files:
        entry = file if isinstance(file, dict) else {"path": file}
        weight, italic = entry.get("weight", 400), entry.get("style") == "italic"
        style = _WEIGHTS.get(weight)
        if italic:
            style = "italic" if style == "regular" else None
        if style and (style not in found or weight not in _BOLD):
            found[style] = str(entry.get("path"))
    return found


def _of_files(path: Path, family: str, named: Mapping[str, str]) -> Font:
    place = "typography.fonts"
    lacking = ", ".join(style for style in _SHIPPED if style not in named)
    if lacking:
        raise ConfigError(
            f"{place}: no file of {family} is named for {lacking}.",
            where=path,
            remedy="Name all three: {path: A.ttf}, {path: B.ttf, style: italic}, {path: C.ttf, weight: 600}.",
        )
    files = {}
    for style in _SHIPPED:
        file = (path.parent / named[style]).resolve()
        if not file.is_file():
            raise ConfigError(f"{place}: the file {file} does not exist.", where=path)
        if family not in (families := _families(path, file)):
            raise ConfigError(
                f"{place}: {file.name} is of the family {' or '.join(sorted(families))}, not {family}.",
                where=path,
                remedy="Give `family` the name that the font files have; the PDF finds them by it.",
            )
        files[style] = file
    return Font(family, **files)


def _families(path: Path, file: Path) -> set[str]:
    """The names of its family that a font file carries (OpenType name ids 1 and 16)."""
    try:
        with file.open("rb") as stream:
            names = TTFont(stream, lazy=True)["name"].names
    except (TTLibError, KeyError):
        raise ConfigError(
            f"typography.fonts: {file.name} is no TrueType or OpenType font.", where=path
        ) from None
    return {name.toUnicode() for name in names if name.nameID in {1, 16}}
