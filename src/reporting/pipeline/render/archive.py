"""`reports/index.html`: every source and month, and what changed since the month before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reporting.errors import ConfigError
from reporting.month import Month
from reporting.pipeline.render.check import check_site
from reporting.pipeline.render.context import RunContext
from reporting.pipeline.render.document import Document, read_document
from reporting.pipeline.render.html import page, to_html, write_assets
from reporting.pipeline.render.site import FRONT_REPORT
from reporting.pipeline.restated import restated_since
from reporting.present.brand import Brand, current_brand
from reporting.present.markdown import escape

_FORWARD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'"><title>{title}</title>
<meta http-equiv="refresh" content="0; url={href}"></head>
<body><p><a href="{href}">{title}</a></p></body></html>
"""


@dataclass(frozen=True)
class _Published:
    month: Month
    folder: Path
    figures: list[dict[str, Any]]
    company: str


def render_archive(reports_dir: Path, brand: Brand | None = None) -> Path:
    """Write `reports_dir/index.html` over all published months.

    A source's own `index.html` leads there too: superseded runs lie a folder deeper than their pages were
    written for, and it stands where they look for the archive.

    Args:
        reports_dir: Holds `<source>/<YYYY-MM>/` with `index.html` and `documents/`.
        brand: Look; the one in force by default.

    Returns:
        The page's path.

    Raises:
        RenderError: A page it links to is missing.
    """
    brand = brand or current_brand()
    parts, pages = [], [reports_dir / "index.html"]
    sources = sorted(p for p in reports_dir.iterdir() if p.is_dir() and p.name != "assets")
    for source in sources:
        months = sorted(_published(source), key=lambda run: run.month, reverse=True)
        if months:
            parts.append(_source(source, months))
            pages.append(source / "index.html")
            forward = _FORWARD.format(
                title="All sources and months", href=f"../index.html#source-{source.name}"
            )
            _replace(pages[-1], forward)
    body = "\n\n".join(parts) or "Nothing has been published yet.\n"
    document = Document(reports_dir / "index.qmd", "index", {"title": "Reports"}, body)
    made = to_html(document, brand)
    context = RunContext("", brand.name or "Monthly reports", Month(1970, 1), "", brand=brand)
    html = page(
        title="Monthly reports",
        description="Every source and month, newest first.",
        body=made.html,
        toc=made.toc,
        context=context,
        month="",
    )
    write_assets(brand, reports_dir / "assets")
    _replace(pages[0], html)
    check_site(pages, reports_dir)
    return pages[0]


def _replace(path: Path, text: str) -> None:
    """Write a page in one step: who opens the archive meanwhile, or after a full disk, finds a whole one."""
    new = path.with_name(f".{path.name}")
    new.write_text(text, encoding="utf-8")
    new.replace(path)


def _published(source: Path) -> Iterator[_Published]:
    for folder in source.iterdir():
        if not (folder / "index.html").is_file():
            continue
        try:
            month = Month.parse(folder.name)
        except ConfigError:
            continue  # a superseded run, kept under another name
        brief = folder / "documents" / f"{FRONT_REPORT}.qmd"
        front = read_document(brief).front if brief.is_file() else {}
        yield _Published(month, folder, front.get("key-figures") or [], str(front.get("company") or ""))


def _source(folder: Path, months: list[_Published]) -> str:
    name, latest = folder.name, months[0]
    before = next((run for run in months[1:] if run.month == latest.month.shift(-1)), None)
    title = escape(latest.company or name)
    address = f"{name}/{latest.month}/index.html"
    lines = [f"## {title} {{#source-{name}}}", f"Latest: [**{latest.month.label}**]({address})"]
    if latest.figures:
        lines.append(_changes(name, latest, before))
    restated = {found.month: found for found in restated_since([run.folder for run in months])}
    if len(months) > 1:
        lines.append(_earlier(name, months, set(restated)))
    if restated:
        lines.append("Restated since: the tables no longer agree with what was published.")
        lines.append("\n".join(f"- {escape(str(found))}" for found in restated.values()))
    if replaced := _replaced(folder):
        lines.append(f"Replaced by later runs, and kept: {replaced}.")
    return "\n\n".join(lines)


def _earlier(name: str, months: list[_Published], restated: set[Month]) -> str:
    """Every month as a row with a link, its figures and what the brief of that month says of their change."""
    figures = [figure["label"] for figure in months[0].figures]
    rows = []
    for run in months:
        given = {figure["label"]: _with_change(figure) for figure in run.figures}
        cells = [escape(given.get(label, "not published")) for label in figures]
        mark = ", restated since" if run.month in restated else ""
        rows.append([f"[{run.month.label}]({name}/{run.month}/index.html){mark}", *cells])
    head = ["Month", *map(escape, figures)]
    lines = [" | ".join(row) for row in (head, *rows)]
    table = "\n".join(f"| {line} |" for line in (lines[0], " | ".join([":---"] * len(head)), *lines[1:]))
    return f"{table}\n\n: Month by month, each against the one before it {{#tbl-{name}-months}}"


def _with_change(figure: dict[str, Any]) -> str:
    change, _, _ = figure["change"].partition(" on ")  # the month before it, in every row
    return f"{figure['value']} ({change})" if change else str(figure["value"])


def _replaced(source: Path) -> str:
    """Links to the runs of a source that later ones with other inputs replaced, newest month first."""
    pages = sorted((source / "superseded").glob("*/index.html"), reverse=True)
    runs = [(page.parent.name[:7], page.parent.name[8:]) for page in pages]
    return ", ".join(
        f"[{Month.parse(month).label}, run {run}]({source.name}/superseded/{month}-{run}/index.html)"
        for month, run in runs
    )


def _changes(name: str, latest: _Published, before: _Published | None) -> str:
    """The front page's figures as a table: this month, the month before, the change as the brief has it."""
    was = {figure["label"]: figure["value"] for figure in before.figures} if before else {}
    head = ["Figure", latest.month.label, latest.month.shift(-1).label, "Change"]
    rows = [
        [
            figure["label"],
            figure["value"],
            was.get(figure["label"], "not published"),
            figure["change"] or "none stated",
        ]
        for figure in latest.figures
    ]
    lines = [" | ".join(map(escape, row)) for row in (head, *rows)]
    lines.insert(1, ":---|---:|---:|:---")
    table = "\n".join(f"| {line} |" if "---" not in line else f"|{line}|" for line in lines)
    return f"{table}\n\n: What changed since last month {{#tbl-{name}-changes}}"
