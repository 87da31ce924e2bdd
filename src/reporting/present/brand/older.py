"""The older form of the brand file, `params/brand.yml`, in the form of today."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reporting.errors import ConfigError
from reporting.present.brand.keys import require_known
from reporting.present.brand.model import FAMILY

ROLES = {
    "ink": "color.foreground",
    "muted": "color.secondary",
    "line": "defaults.reporting.line",
    "tint": "color.tertiary",
    "paper": "color.background",
    "accent": "color.primary",
    "good": "color.success",
    "bad": "color.danger",
}
"""Our name of a colour -> where it stands in the form of today."""
_KEYS = ("name", "page_size", "locale", "logo", "colors", "palette", "font")
_STYLES = {"regular": {}, "italic": {"style": "italic"}, "semibold": {"weight": 600}}


def is_older(given: Mapping[str, Any]) -> bool:
    """Whether a brand file is written in the older form."""
    return any(key in given for key in _KEYS if key != "logo") or isinstance(given.get("logo"), (str, list))


def translated(path: Path, given: Mapping[str, Any]) -> dict[str, Any]:
    """The same brand in the form of today.

    Raises:
        ConfigError: An unknown key; a colour or a logo that is no pair.
    """
    require_known(path, "", given, _KEYS)
    colors, font = given.get("colors") or {}, given.get("font") or {}
    require_known(path, "colors", colors, tuple(ROLES))
    require_known(path, "font", font, ("family", *_STYLES))
    pairs = {role: _pair(path, f"colors.{role}", pair) for role, pair in colors.items()}
    ours = {key: given[key] for key in ("page_size", "locale") if key in given}
    if line := pairs.pop("line", None):
        ours["line"] = line
    if palette := given.get("palette"):
        ours["palette"] = [_pair(path, f"palette[{i}]", pair) for i, pair in enumerate(palette)]
    parts = {
        "meta": {"name": given["name"]} if given.get("name") else {},
        "logo": _logo(path, given.get("logo")),
        "color": {ROLES[role].removeprefix("color."): pair for role, pair in pairs.items()},
        "typography": _typography(font),
        "defaults": {"reporting": ours} if ours else {},
    }
    return {key: part for key, part in parts.items() if part}


def _pair(path: Path, key: str, pair: Any) -> dict[str, Any]:
    if not isinstance(pair, list) or len(pair) != 2:
        raise ConfigError(
            f"{key}: expected a pair of colours, found {pair!r}.",
            where=path,
            remedy='Write ["#1b2733", "#e6ebf0"]: on light paper, on a dark screen.',
        )
    return {"light": pair[0], "dark": pair[1]}


def _logo(path: Path, given: Any) -> dict[str, Any]:
    names = given if isinstance(given, list) else [given, given]
    if not given:
        return {}
    if len(names) != 2 or not all(isinstance(name, str) for name in names):
        raise ConfigError(
            f"logo: expected a file or a pair of files, found {given!r}.",
            where=path,
            remedy="Write [logo.svg, logo-dark.svg]: on light paper, on a dark screen.",
        )
    light, dark = names
    return {"medium": light if light == dark else {"light": light, "dark": dark}}


def _typography(font: Mapping[str, Any]) -> dict[str, Any]:
    files = [{"path": font[style]} | named for style, named in _STYLES.items() if font.get(style)]
    family = str(font.get("family") or FAMILY)
    source = {"source": "file", "files": files} if files else {"source": "system"}
    return {"fonts": [{"family": family} | source], "base": {"family": family}} if font else {}
