"""From the body of a document, whoever set it, to its page, its copy to mail and the month's front page."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from reporting.pipeline.render import site
from reporting.pipeline.render.context import RunContext
from reporting.pipeline.render.document import Document
from reporting.pipeline.render.html import Body, page, write_assets

Setter = Callable[[Document], Body]
"""What sets a document as HTML: pandoc here, or Quarto before."""


def write_pages(
    documents: Sequence[Document],
    out: Path,
    context: RunContext,
    notebooks: Collection[str],
    set_body: Setter,
    beside: Sequence[Callable[[], None]] = (),
) -> list[Path]:
    """Write the pages of a month, side by side in threads.

    Args:
        documents: The derived documents, in reading order.
        out: The month's folder.
        context: The run.
        notebooks: Reports of which `notebooks/<report>.html` will be there to link to.
        set_body: What sets a document.
        beside: Other work on the documents, begun first.

    Returns:
        The front page, the reports, their copies to mail.

    Raises:
        RenderError: The first that failed.
    """
    write_assets(context.brand, out / "assets")
    (out / "mail").mkdir(exist_ok=True)
    front = site.front_page(documents, context)

    def report(document: Document) -> None:
        _report(document, set_body(document), documents, out, context, notebooks)

    def first() -> None:
        _front(front, set_body(front), documents, out, context)

    jobs = [*beside, *(lambda d=document: report(d) for document in documents), first]
    with ThreadPoolExecutor() as pool:
        for done in [pool.submit(job) for job in jobs]:
            done.result()
    names = [f"{document.name}.html" for document in documents]
    return [out / "index.html", *(out / n for n in names), *(out / "mail" / n for n in names)]


def _report(
    document: Document,
    body: Body,
    documents: Sequence[Document],
    out: Path,
    context: RunContext,
    notebooks: Collection[str],
) -> None:
    here = f"{document.name}.html"
    told = partial(
        page,
        title=document.title,
        description=document.description,
        body=body.html,
        toc=body.toc,
        context=context,
    )
    footer = site.footer(document, context, document.name in notebooks)
    html = told(pages=site.pages(documents), here=here, footer=footer, home="index.html")
    (out / here).write_text(html, encoding="utf-8")
    (out / "mail" / here).write_text(told(embedded=True), encoding="utf-8")


def _front(
    front: Document, body: Body, documents: Sequence[Document], out: Path, context: RunContext
) -> None:
    html = page(
        title=front.title,
        body=body.html,
        context=context,
        pages=site.pages(documents),
        here="index.html",
        home="index.html",
    )
    (out / "index.html").write_text(html, encoding="utf-8")
