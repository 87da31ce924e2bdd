"""Reads the brand file, `params/_brand.yml`, in the form that Quarto reads: https://posit-dev.github.io/brand-yml.

What only reports have stands under `defaults: reporting:`. Keys that only others have a use for are let be.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from reporting.errors import ConfigError
from reporting.present.brand import older
from reporting.present.brand.colors import Colors
from reporting.present.brand.font import read_font
from reporting.present.brand.keys import require_known
from reporting.present.brand.model import PAGE_SIZES, Brand, Logo
from reporting.present.locale import DEFAULT, Country

SHIPPED = Path(__file__).with_name("_brand.yml")
"""The packaged default."""
NAME, OLDER = "_brand.yml", "brand.yml"
"""The file in `params/`, and that of the older form."""
KEYS: dict[str, tuple[str, ...]] = {
    "": ("meta", "logo", "color", "typography", "defaults"),
    "logo": ("images", "small", "medium", "large"),
    "color": (
        *("palette", "foreground", "background", "primary", "secondary", "tertiary"),
        *("success", "info", "warning", "danger", "light", "dark", "link"),
    ),
    "typography": ("fonts", "base", "headings", "monospace", "monospace-inline", "monospace-block", "link"),
    "defaults.reporting": ("page_size", "locale", "line", "palette"),
}
"""What may stand where; `meta` and the defaults of other programs are theirs."""


def load_brand(path: Path) -> Brand:
    """Read a brand file, also one in the older form; keys left out come from the packaged default.

    Raises:
        ConfigError: The file is missing or not YAML; an unknown key; a colour that is none; a logo or font
            file that does not exist.
    """
    given = _read(path)
    notes = []
    if older.is_older(given):
        given = older.translated(path, given)
        notes.append(f"{path.name} is in the older form, which is still read; `reporting brand` converts it")
    for prefix, known in KEYS.items():
        require_known(path, prefix, _part(path, given, prefix), known)
    name = _part(path, given, "meta").get("name") or ""
    ours = _part(path, given, "defaults.reporting")
    colors = Colors(path, given, _read(SHIPPED))
    font, note = read_font(path, _part(path, given, "typography"))
    return Brand(
        name=str(name.get("short") or name.get("full") or "") if isinstance(name, dict) else str(name),
        logo=_logo(path, _part(path, given, "logo")),
        colors=colors.roles(),
        palette=colors.palette(),
        font=font,
        page_size=_page_size(path, ours.get("page_size", PAGE_SIZES[0])),
        locale=_locale(path, ours.get("locale", DEFAULT)),
        notes=(*notes, *note),
    )


def current_brand() -> Brand:
    """The brand in force: `REPORTING_BRAND`, else that of `params/` here or above, else the default."""
    if named := os.environ.get("REPORTING_BRAND"):
        return _cached(Path(named))
    here = Path.cwd()
    found = (brand_path(folder / "params") for folder in (here, *here.parents))
    return _cached(next((path for path in found if path), SHIPPED))


def brand_path(params: Path) -> Path | None:
    """The brand file in a folder, if there is one."""
    return next((path for path in (params / NAME, params / OLDER) if path.is_file()), None)


def converted(path: Path) -> str:
    """A file of the older form, as one that Quarto reads.

    Raises:
        ConfigError: It is not of that form, or can't be read.
    """
    given = _read(path)
    if not older.is_older(given):
        raise ConfigError("this file is in the form that Quarto reads already.", where=path)
    load_brand(path)
    return yaml.safe_dump(older.translated(path, given), sort_keys=False, allow_unicode=True)


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


def _part(path: Path, given: Mapping[str, Any], prefix: str) -> Mapping[str, Any]:
    """What stands under the keys `a.b`; nothing where they are left out."""
    found: Any = given
    for key in filter(None, prefix.split(".")):
        found = found.get(key) or {}
        if not isinstance(found, dict):
            raise ConfigError(f"{prefix}: expected keys and values, found {found!r}.", where=path)
    return found


def _logo(path: Path, given: Mapping[str, Any]) -> Logo | None:
    """The first there is of the middle, the small and the large one."""
    size = next((size for size in ("medium", "small", "large") if given.get(size)), None)
    if size is None:
        return None
    found, images = given[size], given.get("images") or {}
    sides = found if isinstance(found, dict) else {"light": found, "dark": found}
    sides = {side: sides.get(side) or next(iter(sides.values()), None) for side in ("light", "dark")}
    files = {}
    for side, name in sides.items():
        if not isinstance(name, str):
            raise ConfigError(
                f"logo.{size}: expected a file, or light and dark, found {found!r}.", where=path
            )
        image = images.get(name, name)
        name = image.get("path") if isinstance(image, dict) else image
        file = (path.parent / str(name)).resolve()
        if not file.is_file():
            raise ConfigError(f"logo.{size}: the file {file} does not exist.", where=path)
        if file.suffix not in {".svg", ".png"}:
            raise ConfigError(f"logo.{size}: {file.name} is neither .svg nor .png.", where=path)
        files[side] = file
    return Logo(**files)


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
