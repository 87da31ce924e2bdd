"""A Matplotlib figure as SVG that is the same bytes every time and can stand inside a page."""

from __future__ import annotations

import io
import re
import sys
import warnings
from collections.abc import Generator
from contextlib import contextmanager

import matplotlib
from matplotlib.figure import Figure as MplFigure

FLUSH_LEFT = "flush-left"  # gid of axes titles that start at the figure's edge, not at the axes'

_HEAD = re.compile(r"^.*?(?=<svg)", re.S)
_METADATA = re.compile(r"\s*<metadata>.*?</metadata>", re.S)
_STYLE = re.compile(r"\s*<defs>\s*<style.*?</defs>", re.S)  # its rules would reach the whole page
_ID = re.compile(r'\sid="([^"]+)"')
_REFERENCE = re.compile(r'(url\(#|href="#)([^")]+)')


@contextmanager
def glyphs_of_the_browser() -> Generator[None]:
    """Accept text our font lacks (Chinese names, say): the SVG keeps text, the reader's machine draws it."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        yield


def to_svg(fig: MplFigure, label: str) -> str:
    """Write `fig` as SVG with real text, then close it.

    Identifiers are prefixed with `label` so that several figures can share a page; those nobody refers to are
    dropped, as are dates and tool names.

    Args:
        fig: The figure; closed afterwards.
        label: The figure's label, unique in its document.
    """
    buffer = io.StringIO()
    with glyphs_of_the_browser(), matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": label}):
        _flush_left(fig)
        fig.savefig(
            buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None}
        )
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close(fig)
    return _tidy(buffer.getvalue(), label)


def _flush_left(fig: MplFigure) -> None:
    """Move marked titles to the figure's edge; where that is, only the finished layout knows."""
    marked = fig.findobj(lambda artist: artist.get_gid() == FLUSH_LEFT)
    if marked:
        fig.draw_without_rendering()
        fig.set_layout_engine("none")  # or it would move the axes once more, and the titles with them
        left = fig.transFigure.transform((0.004, 0))[0]
        for text in marked:
            # Titles of axes are all that is marked, though Matplotlib finds them as just any artists.
            to_axes = text.axes.transAxes.inverted()  # ty: ignore[missing-union-attribute]
            text.set_x(to_axes.transform((left, 0))[0])  # ty: ignore[missing-attribute]


def _tidy(svg: str, label: str) -> str:
    svg = _STYLE.sub("", _METADATA.sub("", _HEAD.sub("", svg)), count=1)
    svg = svg.replace("<svg ", '<svg stroke-linejoin="round" stroke-linecap="butt" ', 1)
    used = {match[2] for match in _REFERENCE.finditer(svg)}
    svg = _ID.sub(lambda m: f' id="{label}-{m[1]}"' if m[1] in used else "", svg)
    svg = _REFERENCE.sub(lambda m: f"{m[1]}{label}-{m[2]}", svg)
    return re.sub(r"\n\s*(?=\n)|[ \t]+(?=\n)", "", svg).strip() + "\n"
