"""The colours of a brand file: by role and in order, each with its side for a dark screen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reporting.errors import ConfigError
from reporting.present.brand.model import Color, luminance
from reporting.present.brand.older import ROLES

_PALETTE = "defaults.reporting.palette"
_SURFACES = frozenset({"ink", "line", "tint", "paper"})
"""Their dark side is no lighter shade of the light one: where it isn't given, it is the default's."""
_READABLE = 4.5
"""The contrast (WCAG 2.2) to the dark paper up to which any other colour is made lighter."""
_HEX = re.compile("#(?:[0-9a-f]{3}|[0-9a-f]{6})", re.I)


@dataclass(frozen=True)
class Colors:
    """The colours that a brand file gives, and the default's for those that it leaves out.

    Args:
        path: The file, for messages.
        given: Its content.
        default: That of the packaged default.
    """

    path: Path
    given: Mapping[str, Any]
    default: Mapping[str, Any]

    def roles(self) -> dict[str, Color]:
        """Role -> colour.

        Raises:
            ConfigError: A colour is none.
        """
        shipped = {role: Color(**_at(self.default, place)) for role, place in ROLES.items()}
        paper = self._color(ROLES["paper"], shipped["paper"], shipped["paper"]).dark
        return {
            role: self._color(place, shipped[role], shipped[role] if role in _SURFACES else paper)
            for role, place in ROLES.items()
        }

    def palette(self) -> tuple[Color, ...]:
        """The categorical colours, in order of use.

        Raises:
            ConfigError: A colour is none.
        """
        named = _at(self.given, _PALETTE)
        if not named:
            return tuple(Color(**one) for one in _at(self.default, _PALETTE))
        if not isinstance(named, list):
            raise ConfigError(f"{_PALETTE}: expected a list of colours, found {named!r}.", where=self.path)
        paper = self.roles()["paper"].dark
        return tuple(self._both(f"{_PALETTE}[{i}]", one, paper) for i, one in enumerate(named))

    def _color(self, place: str, shipped: Color, dark: Color | str) -> Color:
        section, _, key = place.rpartition(".")
        there = _at(self.given, section) or {}  # an unquoted "#aa0000" is a comment, and its key is there
        return self._both(place, there[key], dark) if key in there else shipped

    def _both(self, place: str, found: Any, dark: Color | str) -> Color:
        """A colour and its side for a dark screen, which is made from `dark` where it isn't given: a colour
        whose side is taken, or the dark paper on which it must be readable."""
        sides = found if isinstance(found, dict) else {"light": found}
        if unknown := set(sides) - {"light", "dark"}:
            raise ConfigError(f"{place}: expected light and dark, found {unknown.pop()!r}.", where=self.path)
        light = self._hex(place, sides.get("light", sides.get("dark")))
        if "dark" in sides:
            return Color(light, self._hex(place, sides["dark"]))
        return Color(light, dark.dark if isinstance(dark, Color) else _lighter(light, dark))

    def _hex(self, place: str, found: Any, seen: tuple[str, ...] = ()) -> str:
        """`#rrggbb` of a colour that is written so, has its name in CSS, or one in the file."""
        named = _at(self.given, "color") or {}
        meant = (named.get("palette") or {}).get(found, named.get(found)) if isinstance(found, str) else None
        if isinstance(meant, str) and found not in seen:
            return self._hex(place, meant, (*seen, found))
        if isinstance(found, str) and _HEX.fullmatch(found):
            digits = found[1:].lower()
            return f"#{digits}" if len(digits) == 6 else "#" + "".join(digit * 2 for digit in digits)
        if isinstance(found, str) and (known := _css().get(found.lower())):
            return known.lower()
        raise ConfigError(
            f"{place}: expected a colour, found {found!r}.",
            where=self.path,
            remedy='Write "#1b2733", in quotes, or a name of color.palette.',
        )


def _at(given: Mapping[str, Any], place: str) -> Any:
    found: Any = given
    for key in place.split("."):
        found = (found or {}).get(key)
    return found


def _css() -> dict[str, str]:
    from matplotlib.colors import CSS4_COLORS  # slow to import, and seldom needed

    return {name: str(color) for name, color in CSS4_COLORS.items()}


def _lighter(color: str, paper: str) -> str:
    """`color` mixed with as much white, in steps of a twentieth, as makes it readable on `paper`."""
    channels = [int(color[i : i + 2], 16) for i in (1, 3, 5)]
    for step in range(21):
        mixed = "#" + "".join(f"{round(c + (255 - c) * step / 20):02x}" for c in channels)
        if (luminance(mixed) + 0.05) / (luminance(paper) + 0.05) >= _READABLE:
            return mixed
    return "#ffffff"
