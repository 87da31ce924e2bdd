"""Quarto, where it is installed: one website project, rendered once, whole, in the same look."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from reporting.errors import ConfigError, RenderError
from reporting.pipeline.render import site
from reporting.pipeline.render.context import RunContext
from reporting.pipeline.render.document import Document
from reporting.pipeline.render.embedded import render_mail
from reporting.pipeline.render.html import font_faces, inline_figures, variables, write_assets
from reporting.pipeline.render.pandoc import THEME
from reporting.pipeline.render.pdf import page_values, unprintable, write_figures
from reporting.present.brand import Brand
from reporting.present.markdown import escape

_COMPLAINT = re.compile(r"\b(?:WARN(?:ING)?|ERROR)\b|\bwarning:")
_STEP = re.compile(r"\[ *\d+/\d+\] (.+)")  # the page that Quarto is at
_NO_VALIDATOR = "verapdf is not installed"  # Typst itself refuses a PDF that breaks the standard
_FLOAT = re.compile(r'<div aria-describedby="((fig|tbl)-[^"]+)">')
_COLOR_CODES = re.compile(r"\x1b\[[0-9;]*m")


def find_quarto(*, required: bool = False) -> Path | None:
    """The `quarto` command from QUARTO_PATH (the command or its folder) or the PATH.

    Raises:
        ConfigError: QUARTO_PATH names no file, or Quarto is required and not found.
    """
    named = os.environ.get("QUARTO_PATH")
    if named:
        path = Path(named) / "quarto" if Path(named).is_dir() else Path(named)
        if path.is_file():
            return path
        raise ConfigError(f"QUARTO_PATH is {named}, where there is no quarto.", remedy="Correct or unset it.")
    found = shutil.which("quarto")
    if found is None and required:
        raise ConfigError(
            "quarto is not on the PATH.",
            remedy="Install Quarto, set QUARTO_PATH, or use the embedded renderer (--renderer embedded).",
        )
    return Path(found) if found else None


def render_quarto(
    quarto: Path, documents: Sequence[Document], out: Path, context: RunContext, notebooks: Collection[str]
) -> list[Path]:
    """Write each report as page and PDF, and the front page, with Quarto; the mailable copies with pandoc.

    Args:
        quarto: The command.
        documents: The derived documents, in reading order.
        out: The month's folder.
        context: The run.
        notebooks: Reports of which `notebooks/<report>.html` will be there to link to.

    Returns:
        The HTML pages.

    Raises:
        RenderError: Quarto failed or warned, with its words.
    """
    with tempfile.TemporaryDirectory(prefix="reporting-quarto-") as temporary:
        project = Path(temporary)
        _write_project(project, documents, context, notebooks)
        _run(quarto, project, context)
        made = project / "_site"
        pages = []
        for name in ("index", *(document.name for document in documents)):
            html = (made / f"{name}.html").read_text(encoding="utf-8")
            pages.append(out / f"{name}.html")
            html = inline_figures(_scrolling(html), project, context.brand)
            pages[-1].write_text(html, encoding="utf-8")
        for document in documents:
            shutil.copyfile(made / f"{document.name}.pdf", out / f"{document.name}.pdf")
        shutil.copytree(made / "site_libs", out / "site_libs", dirs_exist_ok=True)
        shutil.copyfile(made / "search.json", out / "search.json")
    write_assets(context.brand, out / "assets")  # for the reviewers' notebooks
    _write_assets(context.brand, out / "assets")
    return pages + render_mail(documents, out, context)


def _run(quarto: Path, project: Path, context: RunContext) -> None:
    environment = os.environ | {"SOURCE_DATE_EPOCH": str(int(context.timestamp.timestamp())), "NO_COLOR": "1"}
    made = subprocess.run(
        [str(quarto), "render", "."],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        errors="replace",
    )
    said = _COLOR_CODES.sub("", made.stderr + made.stdout)
    complaints = list(_complaints(said))
    if made.returncode or complaints:
        words = "\n  ".join(complaints or said.strip().splitlines()[-8:])
        raise RenderError(
            f"Quarto: {words}",
            where=quarto,
            remedy="Correct the notebook cell that writes this part of the document.",
        )


def _complaints(said: str) -> Iterator[str]:
    """Quarto's warnings and errors, each with the document it was at."""
    document = ""
    for line in map(str.strip, said.splitlines()):
        if step := _STEP.match(line):
            document = f"{step[1]}: "
        elif _COMPLAINT.search(line) and _NO_VALIDATOR not in line:
            yield document + line


def _scrolling(html: str) -> str:
    """Charts and tables in boxes that scroll sideways, by keyboard too, as with the embedded renderer."""
    kind = {"fig": "chart", "tbl": "scroll"}
    return _FLOAT.sub(
        lambda m: f'<div class="{kind[m[2]]}" tabindex="0" role="group" aria-labelledby="{m[1]}">', html
    )


def _write_project(
    project: Path, documents: Sequence[Document], context: RunContext, notebooks: Collection[str]
) -> None:
    brand = context.brand
    for number, document in enumerate(documents, 1):
        for figure in document.figures:
            (project / figure).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(document.path.parent / figure, project / figure)
        write_figures(document, project / "print", context)
        front = {
            "title": escape(document.title),
            "lang": document.front.get("lang", "en"),
            "run-values": f"run{number}",  # letters and digits only: Quarto escapes the rest for Typst
            "figure-root": "print/",
            "unprintable": unprintable(document.body, brand.font),
        }
        if document.description:
            front |= {"description": escape(document.description), "subtitle": escape(document.description)}
        links = [
            f"[{escape(link.title)}]({link.href})"
            for link in site.footer(document, context, document.name in notebooks)
        ]
        cover, footer = _only_html(_cover(context), "cover"), _only_html(" ".join(links), "footer")
        body = f"{cover}\n\n{document.body}\n\n{footer}\n"
        _write(project / f"{document.name}.qmd", front, body)
        values = json.dumps(page_values(document, context, project))
        (project / f"run{number}.json").write_text(values, encoding="utf-8")
    index = site.front_page(documents, context)
    front = {"title": escape(index.title), "lang": "en", "format": {"html": {"toc": False}}}
    _write(project / "index.qmd", front, index.body)

    _write_assets(brand, project / "assets")
    fonts = project / "fonts"
    fonts.mkdir()
    for file in brand.font.files.values():
        shutil.copyfile(file, fonts / file.name)
    for name in ("report.lua", "columns.lua"):
        shutil.copyfile(THEME / name, project / name)
    template = (THEME / "report.typ").read_text(encoding="utf-8")
    body, _, show = template.rpartition("#show: report")
    template = body.replace("run.json", "$run-values$.json")
    (project / "typst-template.typ").write_text(template, encoding="utf-8")
    (project / "typst-show.typ").write_text("#show: report" + show, encoding="utf-8")
    (project / "page.typ").write_text("\n", encoding="utf-8")
    for side in ("light", "dark"):
        (project / f"{side}.scss").write_text(_theme(brand, side), encoding="utf-8")
    configuration = yaml.safe_dump(_project(documents, context), sort_keys=False, allow_unicode=True)
    (project / "_quarto.yml").write_text(configuration, encoding="utf-8")


def _project(documents: Sequence[Document], context: RunContext) -> dict[str, Any]:
    pages = [{"href": "index.qmd", "text": "Front page"}]
    pages += [{"href": f"{d.name}.qmd", "text": d.title} for d in documents]
    navbar: dict[str, Any] = {"left": pages}
    if logo := context.brand.logo:
        sides = {"light": logo.light, "dark": logo.dark}
        navbar["logo"] = {side: {"path": f"assets/{file.name}", "alt": ""} for side, file in sides.items()}
    return {
        "project": {
            "type": "website",
            "output-dir": "_site",
            "render": [page["href"] for page in pages],
        },
        "website": {
            "title": escape(f"{context.company} · {context.month.label}"),
            "navbar": navbar,
            "page-footer": {"left": f"Run {context.run_id}", "right": context.snapshot_hash[:16] or " "},
        },
        "filters": [{"path": "report.lua", "at": "pre-ast"}],
        "execute": {"enabled": False},
        "format": {
            "html": {
                "theme": {"light": ["default", "light.scss"], "dark": ["default", "dark.scss"]},
                "respect-user-color-scheme": True,
                "css": "assets/quarto.css",
                "toc": True,
                "toc-title": "Contents",
                "toc-location": "left",
                "format-links": False,
                "email-obfuscation": "none",
                "html-math-method": "plain",
                "anchor-sections": False,
            },
            "typst": {
                "template-partials": ["typst-template.typ", "typst-show.typ", "page.typ"],
                "font-paths": ["fonts"],
                "pdf-standard": "ua-1",
            },
        },
    }


def _write(path: Path, front: dict[str, Any], body: str) -> None:
    head = yaml.safe_dump(front, sort_keys=False, allow_unicode=True, width=1000)
    path.write_text(f"---\n{head}---\n\n{body}", encoding="utf-8")


def _cover(context: RunContext) -> str:
    return f"**{escape(context.company)}** · {context.month.label} · run {escape(context.run_id)}"


def _only_html(markdown: str, name: str) -> str:
    return f':::: {{.content-visible when-format="html"}}\n::: {{.report-{name}}}\n{markdown}\n:::\n::::'


def _theme(brand: Brand, side: str) -> str:
    """Bootstrap's variables from the brand."""
    role = {name: getattr(color, side) for name, color in brand.colors.items()}
    return f"""/*-- scss:defaults --*/
$font-family-sans-serif: "{brand.font.family}", system-ui, sans-serif;
$body-bg: {role["paper"]};
$body-color: {role["ink"]};
$link-color: {role["accent"]};
$primary: {role["accent"]};
$border-color: {role["line"]};
$navbar-bg: {role["paper"]};
$navbar-fg: {role["ink"]};
$navbar-hl: {role["accent"]};
$footer-bg: {role["paper"]};
$footer-fg: {role["muted"]};
$text-muted: {role["muted"]};
$toc-color: {role["accent"]};
$code-color: {role["ink"]};
$code-bg: {role["tint"]};
$headings-font-weight: 600;
$callout-color-note: {role["accent"]};
$callout-color-tip: {role["good"]};
$callout-color-warning: {role["bad"]};
$callout-color-important: {role["bad"]};

/*-- scss:rules --*/
:root {{ {variables(brand, side)} }}
"""


def _write_assets(brand: Brand, folder: Path) -> None:
    """What the pages link to: one sheet with our content's rules, its fonts, the logo."""
    sheets = ((THEME / name).read_text(encoding="utf-8") for name in ("content.css", "quarto.css"))
    write_assets(brand, folder, "\n".join([font_faces(brand), *sheets]), name="quarto.css")
    for file in brand.logo.files if brand.logo else ():
        shutil.copyfile(file, folder / file.name)
