"""From derived documents to a month's site: HTML, PDF, one-file copies, front page, reviewers' notebooks."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

from reporting.pipeline.render.archive import render_archive
from reporting.pipeline.render.check import check_site
from reporting.pipeline.render.context import RunContext
from reporting.pipeline.render.document import read_document
from reporting.pipeline.render.embedded import render_embedded
from reporting.pipeline.render.finish import finish
from reporting.pipeline.render.notebooks import render_notebooks
from reporting.pipeline.render.quarto import find_quarto, render_quarto
from reporting.pipeline.render.scripts import write_scripts

__all__ = ["Renderer", "RunContext", "find_quarto", "render_archive", "render_site"]

Renderer = Literal["quarto", "embedded"]


def render_site(
    documents: Sequence[Path],
    out: Path,
    context: RunContext,
    renderer: Renderer = "embedded",
    notebooks: Sequence[Path] = (),
    keep: Path | None = None,
) -> None:
    """Render a month into `out` and check every page and link.

    Args:
        documents: Derived documents (`.qmd`) in reading order.
        out: The month's folder; made if need be.
        context: The run.
        renderer: What sets documents.
        notebooks: Executed notebooks to show with their code, as `out/notebooks/<report>.html`.
        keep: Folder to leave Quarto's project in.

    Raises:
        RenderError: A warning or failure while rendering, a missing figure, an unresolved reference, a link
            to nowhere or to the outside.
        ConfigError: `quarto` was asked for and is not installed.
    """
    out.mkdir(parents=True, exist_ok=True)
    read = [read_document(path) for path in documents]
    quarto = find_quarto(required=True) if renderer == "quarto" else None
    names = {path.stem for path in notebooks}
    write_scripts(out / "assets")
    with ThreadPoolExecutor(1) as beside:  # Python works on these while pandoc works on the reports
        shown = beside.submit(render_notebooks, notebooks, out / "notebooks", context)
        written = beside.submit(context.accounts.write, out, context) if context.accounts else None
        if quarto is not None:
            made = render_quarto(quarto, read, out, context, names, keep)
        else:
            made = render_embedded(read, out, context, names)
        if written:
            written.result()
    finish(made, out, context)
    expected = {*context.companions.values(), *(f"notebooks/{path.name}" for path in notebooks)}
    check_site([*made, *shown.result()], out, expected)
