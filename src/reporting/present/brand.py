"""The brand: name, logo, colours and font, read from one file by charts, HTML and PDF alike."""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from fontTools.ttLib import TTFont, TTLibError

from reporting.errors import ConfigError, did_you_mean
from reporting.present.locale import DEFAULT, Country

HERE = Path(__file__).parent
FONTS = HERE / "fonts"
_DEFAULT = HERE / "brand.yml"
PAGE_SIZES = ("a4", "us-letter")
STEPS = 11
"""Of a ramp; odd, so that one is in the middle."""
_SHIPPED = {
    "regular": "SourceSans3-Regular.ttf",
    "italic": "SourceSans3-Italic.ttf",
    "semibold": "SourceSans3-SemiBold.ttf",
}


@dataclass(frozen=True)
class Color:
    """A colour on light paper and its counterpart on a dark screen, both `#rrggbb`."""

    light: str
    dark: str


@dataclass(frozen=True)
class Logo:
    """A logo on light paper and on a dark screen, SVG or PNG; often one file for both."""

    light: Path
    dark: Path

    @property
    def files(self) -> tuple[Path, ...]:
        """Each file once."""
        return tuple(dict.fromkeys((self.light, self.dark)))


@dataclass(frozen=True)
class Font:
    """A font family and its three files (TrueType or OpenType)."""

    family: str
    regular: Path
    italic: Path
    semibold: Path

    @property
    def files(self) -> dict[str, Path]:
        """Style name -> file."""
        return {"regular": self.regular, "italic": self.italic, "semibold": self.semibold}

    @property
    def shipped(self) -> bool:
        """Whether the family is the one that comes with the package."""
        return self.regular.parent == FONTS


@dataclass(frozen=True)
class Brand:
    """Everything a page or chart needs to look like ours.

    Args:
        name: Company name; empty means the source's title is used.
        logo: The logo's files, or None.
        colors: Role (ink, muted, line, tint, paper, accent, good, bad) -> colour.
        palette: Categorical colours in order of use.
        font: The text family.
        page_size: Of the printed page, one of `PAGE_SIZES`.
        locale: Whose way of writing numbers and money is taken, see `locale`.
    """

    name: str
    logo: Logo | None
    colors: dict[str, Color]
    palette: tuple[Color, ...]
    font: Font
    page_size: str = PAGE_SIZES[0]
    locale: str = DEFAULT

    def __getattr__(self, role: str) -> str:
        """`brand.ink` is the light colour of that role."""
        try:
            return self.__dict__["colors"][role].light
        except KeyError:
            raise AttributeError(role) from None

    def variables(self) -> dict[str, Color]:
        """CSS variable name -> colour: every role, `c1`, `c2`, ... of the palette, and the steps of ramps,
        `more0`, `more1`, ... and `about0`, ..."""
        named = self.colors | {f"c{i}": color for i, color in enumerate(self.palette, 1)}
        ramps = {"more": self.more(), "about": self.about()}
        return named | {f"{ramp}{i}": step for ramp, steps in ramps.items() for i, step in enumerate(steps)}

    def more(self) -> list[Color]:
        """The ramp for less to more, from near the paper to the first colour of the palette."""
        return _ramp(1, [Color("#eef3f8", "#1d2935"), self.palette[0]])

    def about(self) -> list[Color]:
        """The ramp around a middle: the second colour below it, the first above."""
        return _ramp(2, [self.palette[1], Color("#f4f4f2", "#242f39"), self.palette[0]])

    def inks(self) -> dict[str, Color]:
        """CSS variable `on-<name>` -> black or white, whichever reads better on `<name>`, for each variable.

        The light ones differ in a trace of blue, so that a page can tell from the ink which fill is under it.
        """
        fills = enumerate(self.variables().items(), 1)
        return {
            f"on-{name}": Color(f"#{int(ink_on(fill.light)[1:], 16) ^ trace:06x}", ink_on(fill.dark))
            for trace, (name, fill) in fills
        }


def _ramp(trace: int, stops: Sequence[Color]) -> list[Color]:
    """`STEPS` colours through the stops, on either side. A light one differs from the brand's own colours by
    a trace of blue, so that a page can tell what it is part of."""
    at = np.linspace(0, len(stops) - 1, STEPS)

    def side(colors: Sequence[str]) -> list[str]:
        channels = np.array([[int(color[i : i + 2], 16) for i in (1, 3, 5)] for color in colors])
        mixed = [np.interp(at, range(len(colors)), channel).round().astype(int) for channel in channels.T]
        return [f"#{r:02x}{g:02x}{b:02x}" for r, g, b in zip(*mixed, strict=True)]

    light, dark = side([stop.light for stop in stops]), side([stop.dark for stop in stops])
    return [Color(f"#{int(a[1:], 16) ^ trace:06x}", b) for a, b in zip(light, dark, strict=True)]


def ink_on(background: str) -> str:
    """Black or white, whichever has the higher contrast (WCAG 2.2: at least 4.5) on `#rrggbb`."""
    channels = (int(background[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    luminance = sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return "#000000" if luminance > 0.179 else "#ffffff"


def load_brand(path: Path) -> Brand:
    """Read a brand file; keys left out come from the packaged default.

    Raises:
        ConfigError: The file is missing or not YAML; an unknown key; a colour that is not a pair of
            `#rrggbb`; a logo or font file that does not exist.
    """
    default = _read(_DEFAULT)
    given = default if path == _DEFAULT else _read(path)
    _known(path, "", given, default)
    for part in ("colors", "font"):
        _known(path, f"{part}.", given.get(part) or {}, default[part])
    colors = default["colors"] | (given.get("colors") or {})
    palette = given.get("palette") or default["palette"]
    return Brand(
        name=str(given.get("name") or ""),
        logo=_logo(path, given.get("logo")),
        colors={role: _color(path, f"colors.{role}", pair) for role, pair in colors.items()},
        palette=tuple(_color(path, f"palette[{i}]", pair) for i, pair in enumerate(palette)),
        font=_font(path, default["font"] | (given.get("font") or {})),
        page_size=_page_size(path, given.get("page_size", default["page_size"])),
        locale=_locale(path, given.get("locale", default["locale"])),
    )


def current_brand() -> Brand:
    """The brand in force: `REPORTING_BRAND`, else `params/brand.yml` here or above, else the default."""
    if named := os.environ.get("REPORTING_BRAND"):
        return _cached(Path(named))
    here = Path.cwd()
    found = (folder / "params" / "brand.yml" for folder in (here, *here.parents))
    return _cached(next((path for path in found if path.is_file()), _DEFAULT))


_cached = functools.cache(load_brand)


def _read(path: Path) -> dict[str, Any]:
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"the brand file can't be read: {error.strerror}.", where=path) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else path
        raise ConfigError(f"malformed YAML: {getattr(error, 'problem', error)}.", where=where) from None
    if not isinstance(data or {}, dict):
        raise ConfigError("expected keys and values.", where=path, remedy="Write one `key: value` a line.")
    return data or {}


def _known(path: Path, prefix: str, given: dict[str, Any], default: dict[str, Any]) -> None:
    for key in given:
        if key not in default:
            raise ConfigError(f"unknown key '{prefix}{key}'.{did_you_mean(str(key), default)}", where=path)


def _color(path: Path, key: str, pair: Any) -> Color:
    good = (
        isinstance(pair, list)
        and len(pair) == 2
        and all(re.fullmatch("#[0-9a-fA-F]{6}", str(c)) for c in pair)
    )
    if not good:
        raise ConfigError(
            f"{key}: expected a pair of colours, found {pair!r}.",
            where=path,
            remedy='Write ["#1b2733", "#e6ebf0"]: on light paper, on a dark screen.',
        )
    return Color(pair[0].lower(), pair[1].lower())


def _page_size(path: Path, given: Any) -> str:
    if given not in PAGE_SIZES:
        raise ConfigError(
            f"page_size: expected {' or '.join(PAGE_SIZES)}, found {given!r}.",
            where=path,
            remedy="It is the size of the printed page.",
        )
    return given


def _locale(path: Path, given: Any) -> str:
    if given != DEFAULT:
        try:
            Country(str(given))
        except ValueError as error:
            raise ConfigError(
                f"locale: {error}", where=path, remedy="It says how numbers and money are written."
            ) from None
    return str(given)


def _file(path: Path, key: str, name: str | None) -> Path | None:
    if not name:
        return None
    file = (path.parent / name).resolve()
    if not file.is_file():
        raise ConfigError(f"{key}: the file {file} does not exist.", where=path)
    return file


def _logo(path: Path, given: Any) -> Logo | None:
    if not given:
        return None
    names = given if isinstance(given, list) else [given, given]
    if len(names) != 2 or not all(isinstance(name, str) for name in names):
        raise ConfigError(
            f"logo: expected a file or a pair of files, found {given!r}.",
            where=path,
            remedy="Write [logo.svg, logo-dark.svg]: on light paper, on a dark screen.",
        )
    light, dark = (_file(path, "logo", name) for name in names)
    assert light is not None and dark is not None
    for file in (light, dark):
        if file.suffix not in {".svg", ".png"}:
            raise ConfigError(f"logo: {file.name} is neither .svg nor .png.", where=path)
    return Logo(light, dark)


def _font(path: Path, font: dict[str, Any]) -> Font:
    named = {style: _file(path, f"font.{style}", font[style]) for style in _SHIPPED}
    other = font["family"] != _read(_DEFAULT)["font"]["family"]
    if (other or any(named.values())) and not all(named.values()):
        lacking = ", ".join(style for style, file in named.items() if file is None)
        raise ConfigError(
            f"font: no file is named for {lacking}.", where=path, remedy="Name all three files."
        )
    family = str(font["family"])
    for style, file in named.items():
        if file is not None and family not in (families := _families(path, style, file)):
            raise ConfigError(
                f"font.{style}: {file.name} is of the family {' or '.join(sorted(families))}, not {family}.",
                where=path,
                remedy="Give `family` the name that the font files have; the PDF finds them by it.",
            )
    files = {style: named[style] or FONTS / shipped for style, shipped in _SHIPPED.items()}
    return Font(family, **files)


def _families(path: Path, style: str, file: Path) -> set[str]:
    """The names of its family that a font file carries (OpenType name ids 1 and 16)."""
    try:
        with file.open("rb") as stream:
            names = TTFont(stream, lazy=True)["name"].names
    except (TTLibError, KeyError):
        raise ConfigError(f"font.{style}: {file.name} is no TrueType or OpenType font.", where=path) from None
    return {name.toUnicode() for name in names if name.nameID in {1, 16}}
