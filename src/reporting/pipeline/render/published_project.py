"""The published documents as a Quarto project of its own, for whoever goes on with them.

`quarto preview` shows them as a website, `quarto render --to docx` makes any format of Quarto's, in its own
look and the brand's colours. What it makes lies in a hidden folder, which is no part of the published month.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from reporting.pipeline.render.context import RunContext
from reporting.present.brand import Brand
from reporting.present.brand.older import ROLES
from reporting.present.markdown import escape

OUTPUT = ".rendered"


def write_published_project(folder: Path, documents: Sequence[Path], context: RunContext) -> None:
    """Write `_quarto.yml` and `_brand.yml` beside the documents.

    Args:
        folder: Of the documents.
        documents: In reading order.
        context: The run.
    """
    names = [document.name for document in documents]
    project = {
        "project": {"type": "website", "output-dir": OUTPUT, "render": names},
        "website": {
            "title": escape(f"{context.company} · {context.month.label}"),
            "sidebar": {"contents": [*names]},  # the same list twice would become a reference
        },
        "execute": {"enabled": False},
        "format": {"html": {"toc": True, "toc-depth": 3, "email-obfuscation": "none"}},
    }
    told = "The month's documents: `quarto preview`, `quarto render --to docx`."
    _write(folder / "_quarto.yml", told, project)
    _write(folder / "_brand.yml", "The brand as it was in this run.", _brand(folder, context.brand))


def _brand(folder: Path, brand: Brand) -> dict[str, Any]:
    """What Quarto reads of the brand, its logo copied; the shipped font is not, as few machines have it."""
    made: dict[str, Any] = {"meta": {"name": brand.name}} if brand.name else {}
    if brand.logo:
        for file in brand.logo.files:
            shutil.copyfile(file, folder / file.name)
        made["logo"] = {"medium": {"light": brand.logo.light.name, "dark": brand.logo.dark.name}}
    keys = {role: key.removeprefix("color.") for role, key in ROLES.items() if key.startswith("color.")}
    sides = {role: {"light": brand.colors[role].light, "dark": brand.colors[role].dark} for role in keys}
    made["color"] = {keys[role]: both for role, both in sides.items()}
    if not brand.font.shipped:
        family = brand.font.family
        made["typography"] = {"base": family, "fonts": [{"family": family, "source": "system"}]}
    return made


def _write(path: Path, told: str, data: dict[str, Any]) -> None:
    text = yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=1000)
    path.write_text(f"# {told}\n{text}", encoding="utf-8")
