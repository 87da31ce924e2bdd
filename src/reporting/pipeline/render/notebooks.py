"""The reviewers' view: an executed notebook, code and all, as a page of the site."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from pathlib import Path

import nbformat

from reporting.pipeline.render.context import RunContext
from reporting.pipeline.render.html import Link, inline_svg, page
from reporting.present.blocks import MIME

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
    from nbconvert import HTMLExporter  # slow to import, and only needed here

    content = nbformat.read(notebook, as_version=4)
    title = content.metadata.get("reporting", {}).get("title", notebook.stem)
    for cell in content.cells:
        for output in cell.get("outputs", []):
            _draw_inline(output, context)
    exporter = HTMLExporter(template_name="basic", anchor_link_text="")
    body, _ = exporter.from_notebook_node(content)
    body = re.sub(r"<script\b.*?</script>", "", body, flags=re.S)
    body = re.sub(r'\stabindex="-?\d+"', "", body)
    body = re.sub(r"<(pre|table)\b", r'<\1 tabindex="0"', body)  # both may scroll sideways
    body = re.sub(r"<(/?)h1\b", r"<\1h2", body)
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


def _draw_inline(output: nbformat.NotebookNode, context: RunContext) -> None:
    """Put a chart into the page itself: as an image it would not see the page's font."""
    data = output.get("data", {})
    if "image/svg+xml" in data:
        alt = html.escape(data.get(MIME, {}).get("alt", "chart"))
        output["data"] = nbformat.from_dict(
            {"text/html": inline_svg("".join(data["image/svg+xml"]), alt, context.brand)}
        )


def render_notebooks(notebooks: Sequence[Path], out: Path, context: RunContext) -> list[Path]:
    """Write `out/<notebook>.html` for each; returns the pages' paths."""
    out.mkdir(parents=True, exist_ok=True)
    made = []
    for notebook in notebooks:
        made.append(out / f"{notebook.stem}.html")
        made[-1].write_text(render_notebook(notebook, context), encoding="utf-8")
    return made
