"""The renderer that needs nothing but wheels: pandoc and Typst, the reports side by side in threads."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from markupsafe import Markup

from reporting.pipeline.render import site
from reporting.pipeline.render.context import RunContext
from reporting.pipeline.render.document import Document
from reporting.pipeline.render.html import Body, page, to_html, write_assets
from reporting.pipeline.render.pdf import render_pdf


def render_embedded(
    documents: Sequence[Document], out: Path, context: RunContext, notebooks: Collection[str]
) -> list[Path]:
    """Write each report as page, mailable file and PDF, and the front page.

    Args:
        documents: The derived documents, in reading order.
        out: The month's folder.
        context: The run.
        notebooks: Reports of which `notebooks/<report>.html` will be there to link to.

    Returns:
        The HTML pages.

    Raises:
        RenderError: The first that failed, by document.
    """
    write_assets(context.brand, out / "assets")
    (out / "mail").mkdir(exist_ok=True)
    front = site.front_page(documents, context)
    jobs: list[Callable[[], None]] = []
    for document in documents:
        jobs.append(lambda d=document: render_pdf(d, out / f"{d.name}.pdf", context))
        jobs.append(lambda d=document: _pages(d, documents, out, context, notebooks))
    jobs.append(lambda: _front(front, documents, out, context))
    with ThreadPoolExecutor() as pool:
        for done in [pool.submit(job) for job in jobs]:
            done.result()
    names = [d.name for d in documents]
    return [
        out / "index.html",
        *(out / f"{n}.html" for n in names),
        *(out / "mail" / f"{n}.html" for n in names),
    ]


def render_mail(documents: Sequence[Document], out: Path, context: RunContext) -> list[Path]:
    """Write each report as one self-contained file, `mail/<report>.html`; returns their paths."""
    (out / "mail").mkdir(exist_ok=True)
    with ThreadPoolExecutor() as pool:
        bodies = list(pool.map(lambda document: to_html(document, context.brand), documents))
    return [_mail(document, body, out, context) for document, body in zip(documents, bodies, strict=True)]


def _mail(document: Document, body: Body, out: Path, context: RunContext) -> Path:
    html = page(
        title=document.title,
        description=document.description,
        body=body.html,
        toc=body.toc,
        context=context,
        embedded=True,
    )
    path = out / "mail" / f"{document.name}.html"
    path.write_text(html, encoding="utf-8")
    return path


def _pages(
    document: Document,
    documents: Sequence[Document],
    out: Path,
    context: RunContext,
    notebooks: Collection[str],
) -> None:
    body = to_html(document, context.brand)
    here = f"{document.name}.html"
    html = page(
        title=document.title,
        description=document.description,
        body=body.html,
        toc=body.toc,
        context=context,
        pages=site.pages(documents),
        here=here,
        footer=site.footer(document, context, document.name in notebooks),
        home="index.html",
    )
    (out / here).write_text(html, encoding="utf-8")
    _mail(document, body, out, context)


def _front(front: Document, documents: Sequence[Document], out: Path, context: RunContext) -> None:
    body = to_html(front, context.brand)
    html = page(
        title=front.title,
        body=Markup(body.html),
        context=context,
        pages=site.pages(documents),
        here="index.html",
        home="index.html",
    )
    (out / "index.html").write_text(html, encoding="utf-8")
