"""The JSON Schema of `params/_brand.yml`, for editors; what is refused, `read` says."""

from __future__ import annotations

from typing import Any

from reporting.present.brand.model import PAGE_SIZES
from reporting.present.brand.read import KEYS

_COLOR = {"type": "string", "description": '"#1b2733", a name of color.palette, or one of CSS.'}
_TEXT = {"type": "string"}
_OTHERS = {"description": "Read by Quarto; reports have no use for it."}
_LIGHT, _DARK = ({"description": text} for text in ("On light paper.", "On a dark screen."))
_SIDES = {"$ref": "#/$defs/color"}
_DEFS = {
    "color": {
        "description": "One for light paper and one for a dark screen, or one alone.",
        "anyOf": [
            _COLOR,
            {
                "type": "object",
                "additionalProperties": False,
                "properties": {"light": _COLOR | _LIGHT, "dark": _COLOR | _DARK},
                "minProperties": 1,
            },
        ],
    },
    "logo": {
        "description": "SVG or PNG beside this file, or one for light paper and one for a dark screen.",
        "anyOf": [
            _TEXT,
            {"type": "object", "properties": {"light": _TEXT | _LIGHT, "dark": _TEXT | _DARK}},
        ],
    },
}
_USES: dict[str, str] = {
    "foreground": "Text.",
    "background": "Paper.",
    "primary": "Links, key lines.",
    "secondary": "Secondary text, axes.",
    "tertiary": "Bands and boxes.",
    "success": "For the better.",
    "danger": "For the worse.",
}
_LOGO = {"$ref": "#/$defs/logo"}
_TYPOGRAPHY = {
    "base": {"description": "Name of the text family, as its files carry it."},
    "fonts": {"description": "Where families come from; `source: file` names three files."},
}
_REPORTING = {
    "page_size": {"enum": list(PAGE_SIZES), "description": "Of the PDF."},
    "locale": {
        "type": "string",
        "pattern": "^[a-z]{2,3}(_[A-Za-z]+)*$",
        "description": "How numbers and money are written: de_DE is 1.234,5 and 10 €.",
    },
    "line": _SIDES | {"description": "Rules and grid."},
    "palette": {
        "type": "array",
        "description": "Categorical colours of charts, in order of use.",
        "items": _SIDES,
        "minItems": 1,
    },
}


def brand_schema() -> dict[str, Any]:
    """The schema of a brand file; every key may be left out."""
    names = {"type": "object", "additionalProperties": _COLOR, "description": "Names for colours."}
    colors: dict[str, Any] = {key: _SIDES | {"description": use} for key, use in _USES.items()}
    logo = dict.fromkeys(("small", "medium", "large"), _LOGO)
    parts = {
        "meta": {"type": ["object", "null"], "description": "`name`: company on the cover."},
        "logo": _object("The middle one is shown, else the small, else the large.", "logo", logo),
        "color": _object("By use.", "color", colors | {"palette": names}),
        "typography": _object("The text family.", "typography", _TYPOGRAPHY),
        "defaults": {
            "type": "object",
            "description": "What only one program has, by program.",
            "properties": {"reporting": _object("Of reports only.", "defaults.reporting", _REPORTING)},
        },
    }
    return _object("One look for charts, HTML, PDF and Quarto.", "", parts) | {
        "title": "Brand",
        "$defs": _DEFS,
    }


def _object(description: str, place: str, properties: dict[str, Any] | None = None) -> dict[str, Any]:
    """An object with the keys that may stand at `place`."""
    return {
        "type": "object",
        "description": description,
        "additionalProperties": False,
        "properties": dict.fromkeys(KEYS[place], _OTHERS) | (properties or {}),
    }
