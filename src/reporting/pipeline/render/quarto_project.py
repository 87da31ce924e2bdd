"""The project that Quarto is given: documents, figures, filters, and how to set them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from reporting.pipeline.render.context import RunContext
from reporting.pipeline.render.document import Document
from reporting.pipeline.render.pandoc import THEME
from reporting.pipeline.render.pdf import page_values, unprintable, write_figures
from reporting.pipeline.render.site import INDEX
from reporting.present.markdown import escape

SITE = "_site"
"""The project's folder of finished pages."""
_PRINTED = "print/"
"""Where the figures lie as they are printed."""


def write_project(project: Path, documents: Sequence[Document], context: RunContext) -> None:
    """Write all that Quarto needs to set `documents`, the front page among them, into `project`."""
    for number, document in enumerate(documents, 1):
        _write_document(project, document, f"run{number}", context)
    fonts = project / "fonts"
    fonts.mkdir()
    for file in context.brand.font.files.values():
        shutil.copyfile(file, fonts / file.name)
    for name in ("report.lua", "columns.lua", "parts.html"):
        shutil.copyfile(THEME / name, project / name)
    template = (THEME / "report.typ").read_text(encoding="utf-8")
    body, _, show = template.rpartition("#show: report")
    template = body.replace("run.json", "$run-values$.json")
    (project / "typst-template.typ").write_text(template, encoding="utf-8")
    (project / "typst-show.typ").write_text("#show: report" + show, encoding="utf-8")
    (project / "page.typ").write_text("\n", encoding="utf-8")
    _write_yaml(project / "_quarto.yml", _configuration([f"{document.name}.qmd" for document in documents]))


def _write_document(project: Path, document: Document, values: str, context: RunContext) -> None:
    for figure in document.figures:
        (project / figure).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(document.path.parent / figure, project / figure)
    front: dict[str, Any] = {"title": escape(document.title), "lang": document.front.get("lang", "en")}
    if document.name == INDEX:
        front["format"] = "html"
    else:
        write_figures(document, project / _PRINTED, context)
        front |= {
            "run-values": values,  # letters and digits only: Quarto escapes the rest for Typst
            "figure-root": _PRINTED,
            "unprintable": unprintable(document.body, context.brand.font),
        }
        told = json.dumps(page_values(document, context, project))
        (project / f"{values}.json").write_text(told, encoding="utf-8")
    head = yaml.safe_dump(front, sort_keys=False, allow_unicode=True, width=1000)
    text = f"---\n{head}---\n\n{document.body}"
    (project / f"{document.name}.qmd").write_text(text, encoding="utf-8")


def _configuration(render: list[str]) -> dict[str, Any]:
    return {
        "project": {"type": "default", "output-dir": SITE, "render": render},
        "filters": [{"path": "report.lua", "at": "pre-ast"}],
        "execute": {"enabled": False},
        "format": {
            "html": {
                "template": "parts.html",
                "theme": "none",
                "minimal": True,
                "toc": True,
                "toc-depth": 3,
                "email-obfuscation": "none",
                "html-math-method": "plain",
            },
            "typst": {
                "template-partials": ["typst-template.typ", "typst-show.typ", "page.typ"],
                "font-paths": ["fonts"],
                "pdf-standard": "ua-1",
            },
        },
    }


def _write_yaml(path: Path, data: dict[str, Any]) -> None:
    path.write_text(yaml.safe_dump(data, sort_keys=False, allow_unicode=True), encoding="utf-8")
