"""The JSON Schema of `params/brand.yml`, for editors; what is refused, `brand` says."""

from __future__ import annotations

from typing import Any

from reporting.present.brand import PAGE_SIZES

_FILE = {"type": ["string", "null"]}
_PAIR = {
    "type": "array",
    "items": {"type": "string", "pattern": "^#[0-9a-fA-F]{6}$"},
    "minItems": 2,
    "maxItems": 2,
}
_ROLES = {
    "ink": "Text.",
    "muted": "Secondary text, axes.",
    "line": "Rules and grid.",
    "tint": "Bands and boxes.",
    "paper": "Background.",
    "accent": "Links, key lines.",
    "good": "For the better.",
    "bad": "For the worse.",
}
_FONT = {
    "family": {"type": "string", "description": "Name of the family, as its files carry it."},
    "regular": _FILE | {"description": "TrueType or OpenType file, relative to this file."},
    "italic": _FILE | {"description": "The italic."},
    "semibold": _FILE | {"description": "The semibold."},
}


def brand_schema() -> dict[str, Any]:
    """The schema of a brand file; every key may be left out."""
    return _object("One look for charts, HTML and PDF.") | {
        "title": "Brand",
        "properties": {
            "name": {
                "type": "string",
                "description": "Company on the cover; empty = the source's title.",
            },
            "page_size": {"enum": list(PAGE_SIZES), "description": "Of the PDF."},
            "locale": {
                "type": "string",
                "pattern": "^[a-z]{2,3}(_[A-Za-z]+)*$",
                "description": "How numbers and money are written: de_DE is 1.234,5 and 10 €.",
            },
            "logo": {
                "description": "SVG or PNG beside this file, or a pair: on light paper, on a dark screen.",
                "anyOf": [
                    {"type": ["string", "null"]},
                    {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 2},
                ],
            },
            "colors": _object("By role, each a pair: on light paper, on a dark screen. Hex only.")
            | {"properties": {role: _PAIR | {"description": text} for role, text in _ROLES.items()}},
            "palette": {
                "type": "array",
                "description": "Categorical colours in order of use, each a pair.",
                "items": _PAIR,
                "minItems": 1,
            },
            "font": _object("The text family; another needs all three files.") | {"properties": _FONT},
        },
    }


def _object(description: str) -> dict[str, Any]:
    return {"type": "object", "description": description, "additionalProperties": False}
