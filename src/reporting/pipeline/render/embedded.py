"""The renderer that needs nothing but wheels: pandoc and Typst, the reports side by side in threads."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from reporting.pipeline.render.context import RunContext
from reporting.pipeline.render.document import Document
from reporting.pipeline.render.html import to_html
from reporting.pipeline.render.pages import write_pages
from reporting.pipeline.render.pdf import render_pdf


def render_embedded(
    documents: Sequence[Document], out: Path, context: RunContext, notebooks: Collection[str]
) -> list[Path]:
    """Write each report as page, mailable file and PDF, and the front page; see `write_pages`.

    Raises:
        RenderError: The first that failed, by document.
    """
    printed = [lambda d=document: render_pdf(d, out / f"{d.name}.pdf", context) for document in documents]
    return write_pages(
        documents, out, context, notebooks, lambda document: to_html(document, context.brand), printed
    )
