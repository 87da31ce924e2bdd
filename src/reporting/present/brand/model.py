"""The brand: name, logo, colours and font, for charts, HTML and PDF alike; `read` reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from reporting.present.locale import DEFAULT

FONTS = Path(__file__).parents[1] / "fonts"
FAMILY = "Source Sans 3"
"""The family that is shipped, in `FONTS`."""
PAGE_SIZES = ("a4", "us-letter")
STEPS = 11
"""Of a ramp; odd, so that one is in the middle."""


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
        notes: What is to be known of the file that it was read from.
    """

    name: str
    logo: Logo | None
    colors: dict[str, Color]
    palette: tuple[Color, ...]
    font: Font
    page_size: str = PAGE_SIZES[0]
    locale: str = DEFAULT
    notes: tuple[str, ...] = ()

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
    return "#000000" if luminance(background) > 0.179 else "#ffffff"


def luminance(color: str) -> float:
    """The relative luminance of `#rrggbb`, by WCAG 2.2."""
    channels = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
