"""The files for the meeting: slides for PowerPoint and the brief for Word."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from reporting.params.product import Product
from reporting.pipeline.packed import pack, unpack
from reporting.pipeline.render.context import RunContext
from reporting.pipeline.render.document import Document, read_document
from reporting.pipeline.render.pandoc import run
from reporting.pipeline.render.site import FRONT_REPORT
from reporting.pipeline.slides.brief import brief, finished
from reporting.pipeline.slides.deck import Deck, Slide, deck
from reporting.pipeline.slides.definitions import definitions
from reporting.pipeline.slides.nodes import (
    div,
    figure,
    heading,
    inlines,
    meta_text,
    para,
    table,
    whole,
)
from reporting.pipeline.slides.pictures import write_pictures
from reporting.pipeline.slides.polish import polish
from reporting.pipeline.slides.template import slide_template, word_template
from reporting.pipeline.slides.tree import Node, Picture


def write_slides(
    documents: Sequence[Path], out: Path, context: RunContext, currency: str, product: Product
) -> list[Path]:
    """Write `<source>-<month>.pptx` and, where there is a brief, `executive_brief.docx` into folder `out`.

    Args:
        documents: Derived documents in reading order.
        currency: Of the amounts, ISO code.
        product: Its thresholds stand in the definitions.

    Raises:
        RenderError: pandoc failed.
    """
    out.mkdir(parents=True, exist_ok=True)
    read = [read_document(path) for path in documents]
    with tempfile.TemporaryDirectory(prefix="reporting-slides-") as temporary:
        scratch = Path(temporary)
        told = deck(read, context, definitions(product))
        made = [out / f"{context.source.replace('/', '-')}-{context.month}.pptx"]
        _slides(told, read, made[0], scratch, context, currency)
        for document in read:
            if document.name == FRONT_REPORT:
                made.append(out / f"{document.name}.docx")
                _word(document, made[-1], scratch, context)
    return made


def _slides(
    told: Deck, read: Sequence[Document], path: Path, scratch: Path, context: RunContext, currency: str
) -> None:
    charts = [slide.shown.path for slide in told.slides if isinstance(slide.shown, Picture)]
    pictures = write_pictures(charts, read[0].path.parent, scratch, context.brand.font, context.brand.paper)
    foot = f"{context.company} · {context.month.label} · amounts in {currency}"
    template = scratch / "template.pptx"
    slide_template(template, context.brand, foot)
    verdict: list[Node] = []
    for bold, text in told.verdict:
        verdict += [{"t": "LineBreak"}, {"t": "LineBreak"}] if verdict else []
        verdict += [*inlines(bold, strong=True), {"t": "Space"}] if bold else []
        verdict += inlines(text)
    meta = {
        "title": meta_text(told.title),
        "subtitle": {"t": "MetaInlines", "c": verdict},
        "notes": {"t": "MetaBlocks", "c": [para(note) for note in told.notes]},
    }
    blocks = [node for slide in told.slides for node in _slide(slide, pictures)]
    raw = _made("pptx", whole(blocks, meta), template, path, context)
    pack(polish(unpack(raw), told, context.brand, foot), path)


def _slide(slide: Slide, pictures: Mapping[str, Path]) -> list[Node]:
    notes = [div("notes", [para(note) for note in slide.notes])] if slide.notes else []
    if isinstance(slide.shown, Picture):
        shown = [figure(pictures[slide.shown.path], slide.line, slide.line)]
    elif slide.shown:
        shown = [table(replace(slide.shown, caption=slide.line))]
    else:
        shown = [{"t": "BulletList", "c": [[para(point)] for point in slide.points]}]
    return [heading(2, slide.title), *shown, *notes]


def _word(document: Document, path: Path, scratch: Path, context: RunContext) -> None:
    pictures = write_pictures(document.figures, document.path.parent, scratch, context.brand.font, "#ffffff")
    template = scratch / "template.docx"
    word_template(template, context.brand)
    meta = {
        "title": meta_text(document.title),
        "subtitle": meta_text(f"{context.company}, {context.month.label}"),
    }
    raw = _made("docx", whole(brief(document, pictures, context.month.label), meta), template, path, context)
    pack(finished(unpack(raw)), path)


def _made(to: str, tree: str, template: Path, path: Path, context: RunContext) -> bytes:
    options = ("-f", "json", "-t", to, "--slide-level=2", "--reference-doc", str(template), "-o", "-")
    return run(*options, given=tree, where=path, epoch=int(context.timestamp.timestamp()))
