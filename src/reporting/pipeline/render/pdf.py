"""The printed page: pandoc writes Typst, Typst sets an accessible PDF (PDF/UA-1)."""

from __future__ import annotations

import functools
import json
import re
import shutil
import tempfile
from pathlib import Path

import typst
from fontTools.ttLib import TTFont

from reporting.errors import RenderError
from reporting.pipeline.render.context import RunContext
from reporting.pipeline.render.document import Document
from reporting.pipeline.render.pandoc import THEME, convert
from reporting.present.brand import Font

_SEARCHED = re.compile(r" \(searched at [^)]*\)")
_QUOTED = re.compile(r"^ *\d+ │ *(.+)$", re.M)
SUBSTITUTE = "\u25a1"  # for a character the printed font lacks: PDF/UA allows no missing glyph


def render_pdf(document: Document, out: Path, context: RunContext) -> None:
    """Set `document` as a tagged PDF at `out`; the same input gives the same bytes.

    Raises:
        RenderError: pandoc or Typst failed or warned.
    """
    with tempfile.TemporaryDirectory(prefix="reporting-pdf-") as temporary:
        root = Path(temporary)
        write_source(document, root, context)
        out.write_bytes(_compile(root, document, context))


def page_pictures(document: Document, context: RunContext, ppi: float) -> list[bytes]:
    """The pages of `document` as they are printed, each as a PNG."""
    with tempfile.TemporaryDirectory(prefix="reporting-png-") as temporary:
        root = Path(temporary)
        write_source(document, root, context)
        made = _compiler(root, context).compile(format="png", ppi=ppi)
    pages = made if isinstance(made, list) else [made]
    return [page for page in pages if page is not None]


def write_source(document: Document, root: Path, context: RunContext) -> None:
    """Write `main.typ` and all it reads under `root`."""
    write_figures(document, root, context)
    lacking = unprintable(document.body, context.brand.font)
    options = ("--shift-heading-level-by=-1", "-M", f"unprintable={lacking}")
    content = convert(document, "typst", options=options, folder=root)
    (root / "run.json").write_text(json.dumps(page_values(document, context, root)), encoding="utf-8")
    source = (THEME / "report.typ").read_text(encoding="utf-8") + "\n" + content
    (root / "main.typ").write_text(source, encoding="utf-8")


def page_values(document: Document, context: RunContext, root: Path) -> dict[str, object]:
    """What `report.typ` reads from run.json; strings there are never markup."""
    logo = None
    if context.brand.logo is not None:
        logo = context.brand.logo.light.name
        shutil.copyfile(context.brand.logo.light, root / logo)
    return {
        "title": printable(document.title, context.brand.font),
        "description": printable(document.description, context.brand.font) or None,
        "company": printable(context.company, context.brand.font),
        "month": context.month.label,
        "run_id": context.run_id,
        "pages": document.front.get("pages"),
        "paper": context.brand.page_size,
        "lang": str(document.front.get("lang", "en")),
        "logo": logo,
        "font": context.brand.font.family,
        "colors": {role: color.light for role, color in context.brand.colors.items()},
    }


def write_figures(document: Document, root: Path, context: RunContext) -> None:
    """Copy the document's figures under `root`, in characters the printed font has."""
    for figure in document.figures:
        svg = (document.path.parent / figure).read_text(encoding="utf-8")
        (root / figure).parent.mkdir(parents=True, exist_ok=True)
        (root / figure).write_text(printable(svg, context.brand.font), encoding="utf-8")


def unprintable(text: str, font: Font) -> str:
    """The characters of `text` that `font` lacks, each once, sorted."""
    return "".join(sorted(set(_lacking(font.regular, font.semibold, font.italic).findall(text))))


def printable(text: str, font: Font) -> str:
    """`text` with characters that `font` lacks replaced by a box."""
    return _lacking(font.regular, font.semibold, font.italic).sub(SUBSTITUTE, text)


@functools.cache
def _lacking(*files: Path) -> re.Pattern[str]:
    """Matches a character that some file of the family has no glyph for."""
    covered = set.intersection(*(set(TTFont(file).getBestCmap() or ()) for file in files))
    covered |= set(map(ord, "\n\t\u200b"))
    ranges, start = [], 0
    for point in sorted(covered):
        if point > start:
            ranges.append(f"\\U{start:08x}-\\U{point - 1:08x}")
        start = point + 1
    ranges.append(f"\\U{start:08x}-\\U0010ffff")
    return re.compile(f"[{''.join(ranges)}]")


@functools.cache
def _fonts(*folders: Path) -> typst.Fonts:
    paths = list(map(str, folders))
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=paths)


def fonts_of(font: Font) -> typst.Fonts:
    """The fonts that Typst may take: the brand's and its own, never the machine's."""
    return _fonts(*dict.fromkeys(file.parent for file in font.files.values()))


def _compiler(root: Path, context: RunContext) -> typst.Compiler:
    return typst.Compiler(str(root / "main.typ"), root=str(root), font_paths=fonts_of(context.brand.font))


def _compile(root: Path, document: Document, context: RunContext) -> bytes:
    try:
        made, warnings = _compiler(root, context).compile_with_warnings(
            format="pdf", pdf_standards=["ua-1"], timestamp=int(context.timestamp.timestamp())
        )
    except typst.TypstError as error:
        raise _error(document, error) from None
    if warnings:
        raise _error(document, warnings[0])
    assert isinstance(made, bytes)
    return made


def _error(document: Document, problem: typst.TypstError | typst.TypstWarning) -> RenderError:
    """Typst's words without its temporary files; it shows the place by quoting what is set there."""
    message = _SEARCHED.sub("", problem.message)
    quoted = _QUOTED.search(problem.diagnostic)
    hints = [f"{hint.removesuffix('.')}." for hint in problem.hints]
    return RenderError(
        f"Typst, setting {document.name}.pdf: {message}" + (f", in `{quoted[1]}`." if quoted else "."),
        where=document.path,
        remedy=" ".join(["Correct the notebook cell that writes this part of the document.", *hints]),
    )
