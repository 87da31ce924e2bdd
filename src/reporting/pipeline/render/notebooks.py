"""The reviewers' view: an executed notebook, code and all, as a page of the site."""

from __future__ import annotations

import functools
import html
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat

from reporting.pipeline.render.context import RunContext
from reporting.pipeline.render.html import Link, inline_svg, page
from reporting.present import mime

if TYPE_CHECKING:
    from nbconvert import HTMLExporter

_CHART = re.compile(r"<chart-(\d+)></chart-\1>")
_FOOTNOTE = re.compile(r"(?<!\\)\[(?=\^)")
_IN_PAGE = re.compile(r'<a href="#[^"]*">(.*?)</a>', re.S)
_STYLE = """<style>
.cells { font-size: .92rem; } .cells svg { max-width: 100%; height: auto; }
.cells .highlight pre, .cells pre { overflow-x: auto; background: var(--tint); padding: .7rem .9rem; font-size: .85rem; line-height: 1.45; }
.cells .prompt, .cells .anchor-link { display: none; }
.cells .k, .cells .kn, .cells .kc, .cells .ow { color: var(--accent); font-weight: 600; }
.cells .s1, .cells .s2, .cells .sa, .cells .si { color: var(--good); } .cells .c1 { color: var(--muted); font-style: italic; }
.cells .mi, .cells .mf { color: var(--bad); }
.cells table { display: block; overflow-x: auto; }
</style>
"""  # noqa: E501  a style sheet reads best with one rule a line


def render_notebook(notebook: Path, context: RunContext, has_report: bool = True) -> str:
    """The page for `notebook`, to be put beside it in `notebooks/`.

    Args:
        notebook: Executed notebook.
        context: The run.
        has_report: Whether to lead back to the report of the same name.
    """
    content = nbformat.read(notebook, as_version=4)
    title = content.metadata.get("reporting", {}).get("title", notebook.stem)
    charts = _take_charts(content, context)
    for cell in content.cells:
        if cell.cell_type == "markdown":
            cell.source = _FOOTNOTE.sub(
                r"\\[", cell.source
            )  # the exporter knows none, and makes links of them
    body, _ = _exporter().from_notebook_node(content)
    body = re.sub(r"<script\b.*?</script>", "", body, flags=re.S)
    body = re.sub(r'\stabindex="-?\d+"', "", body)
    body = re.sub(r"<(pre|table)\b", r'<\1 tabindex="0"', body)  # both may scroll sideways
    body = re.sub(r"<(/?)h1\b", r"<\1h2", body)
    body = _IN_PAGE.sub(r"\1", body)  # the report's headings have other ids
    body = _CHART.sub(lambda match: charts[int(match[1])], body)
    links = [Link("The notebook itself", notebook.name)]
    links += [Link(name, f"../{href}") for name, href in context.companions.items()]
    return page(
        title=f"{title}: notebook",
        description="Every cell with its code and what it returned in this run.",
        body=f'{_STYLE}<div class="cells">{body}</div>',
        context=context,
        pages=[Link("Front page", "../index.html")]
        + [Link("The report", f"../{notebook.stem}.html")] * has_report,
        footer=links,
        home="../index.html",
        root="../",
    )


@functools.cache
def _exporter() -> HTMLExporter:
    from nbconvert import HTMLExporter  # slow to import, and only needed here

    return HTMLExporter(template_name="basic", exclude_anchor_links=True)


def _take_charts(notebook: nbformat.NotebookNode, context: RunContext) -> list[str]:
    """Take the charts out of `notebook`, each leaving its number.

    They are put into the page itself, as an image would not see the page's font, and only at the end: the
    exporter parses all HTML twice, and changes the case of SVG's names.
    """
    charts: list[str] = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "image/svg+xml" in data:
                alt = html.escape(data.get(mime.BLOCK, {}).get("alt", "chart"))
                place = f"<chart-{len(charts)}></chart-{len(charts)}>"
                output["data"] = nbformat.from_dict({"text/html": place})
                charts.append(inline_svg("".join(data["image/svg+xml"]), alt, context.brand))
    return charts


def render_notebooks(notebooks: Sequence[Path], out: Path, context: RunContext) -> list[Path]:
    """Write `out/<notebook>.html` for each; returns the pages' paths."""
    out.mkdir(parents=True, exist_ok=True)
    made = []
    for notebook in notebooks:
        made.append(out / f"{notebook.stem}.html")
        made[-1].write_text(render_notebook(notebook, context), encoding="utf-8")
    return made
