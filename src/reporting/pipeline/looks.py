"""In what two PDFs or two pictures differ: the page, its words, what is drawn."""

from __future__ import annotations

import io
import itertools
import logging
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

if TYPE_CHECKING:
    from pypdf import PageObject


def _words(old: list[str], new: list[str]) -> str:
    """The first words that differ, with how many do."""
    pairs = [(a, b) for a, b in itertools.zip_longest(old, new, fillvalue="(nothing)") if a != b]
    more = f" and {len(pairs) - 1} more" if len(pairs) > 1 else ""
    return f"{pairs[0][0]!r} -> {pairs[0][1]!r}{more}" if pairs else ""


def pdf(old: bytes, new: bytes) -> Iterator[str]:
    """Page by page: words that differ, or a drawing with the same words."""
    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what it thinks of a damaged file
    readers = [PdfReader(io.BytesIO(content)) for content in (old, new)]
    for number, (before, after) in enumerate(itertools.zip_longest(*(reader.pages for reader in readers)), 1):
        if before is None or after is None:
            yield f"page {number}: {'added' if before is None else 'gone'}"
        elif words := _words(before.extract_text().split(), after.extract_text().split()):
            yield f"page {number}: {words}"
        elif _drawn(before) != _drawn(after):
            yield f"page {number}: drawn otherwise, with the same words"


def _drawn(page: PageObject) -> list[bytes]:
    """The page's drawing and, one after another, those that it places in it."""
    contents = page.get_contents()
    drawn: list[bytes] = [contents.get_data() if contents is not None else b""]
    waiting: list[Any] = [page]
    while waiting:
        resources: Any = waiting.pop().get("/Resources", {})
        placed: Any = resources.get_object().get("/XObject") if resources else None
        for _, each in sorted(placed.get_object().items(), key=lambda item: item[0]) if placed else ():
            drawn.append(each.get_object().get_data())
            waiting.append(each.get_object())
    return drawn


def svg(old: bytes, new: bytes) -> Iterator[str]:
    """Words that differ, and how many shapes do."""
    trees = [list(ElementTree.fromstring(content).iter()) for content in (old, new)]
    texts = [[node.text.strip() for node in tree if node.text and node.text.strip()] for tree in trees]
    if words := _words(*texts):
        yield f"picture: {words}"
    shapes = [[(node.tag, *sorted(node.attrib.items())) for node in tree] for tree in trees]
    other = sum(a != b for a, b in itertools.zip_longest(*shapes))
    if other:
        yield f"picture: {other} of {max(map(len, shapes))} shapes drawn otherwise"


def pixels(old: bytes, new: bytes) -> Iterator[str]:
    """The part of a picture in which pixels differ."""
    from PIL import Image, ImageChops

    before, after = (Image.open(io.BytesIO(content)).convert("RGBA") for content in (old, new))
    if before.size != after.size:
        yield f"picture: {before.width} x {before.height} pixels, now {after.width} x {after.height}"
    elif box := ImageChops.difference(before, after).getbbox(alpha_only=False):
        yield f"picture: pixels differ from {box[:2]} to {box[2:]}"


LOOKS: dict[str, Callable[[bytes, bytes], Iterator[str]]] = {
    ".pdf": pdf,
    ".svg": svg,
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".gif", ".webp"), pixels),
}
"""Suffix -> what tells the differences of two such files."""
