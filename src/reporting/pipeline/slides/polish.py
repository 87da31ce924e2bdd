"""What pandoc leaves open on a slide: places, sizes, tables as wide as it, alternative texts, the foot."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from reporting.pipeline.packed import Parts
from reporting.pipeline.slides.deck import Deck, Slide
from reporting.pipeline.slides.package import A, P, edit
from reporting.pipeline.slides.tables import lines, widths
from reporting.pipeline.slides.template import BROAD, COVER, INCH, LEFT, TALL, TOP
from reporting.pipeline.slides.tree import Grid, Picture
from reporting.present.brand import Brand

_LONG, _SMALL = 85, 22
"""Letters of a title from which on it is set smaller, and how large."""
_LINE = 0.5
"""Height of the line below, in inches."""
_SIZES = (16, 14, 13, 12, 11)
"""Of a table's text, in points; the first at which it fits."""
_LETTER = 0.55
"""Mean width of a letter against its height, in a font wider than ours, which a reader may not have."""
_ROW, _SPACE = 1.2, 6
"""Height of a line against its letters'; above and below the text of a row, in points."""
_PLAIN = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
"""PowerPoint's table style without any lines or fills; ours are set cell by cell."""


def polish(parts: Parts, told: Deck, brand: Brand, foot: str) -> Parts:
    """Set the slides that pandoc made, the cover and one for each of the deck's.

    Args:
        foot: What stands at the foot of each but the cover.
    """
    verdict = [f"{bold} {text}" for bold, text in told.verdict]
    edit(parts, "ppt/slides/slide1.xml", lambda root: _text(root, "subTitle", verdict, COVER))
    for number, slide in enumerate(told.slides, 2):
        edit(parts, f"ppt/slides/slide{number}.xml", lambda root, s=slide: _slide(root, s, brand, foot))
    return parts


def _slide(root: ET.Element, slide: Slide, brand: Brand, foot: str) -> None:
    tree, below = next(root.iter(f"{P}spTree")), TOP + TALL - _LINE
    for picture in tree.findall(f"{P}pic"):
        assert isinstance(slide.shown, Picture)
        below = _picture(picture, slide.shown) + 0.1
    for frame in tree.findall(f"{P}graphicFrame"):
        assert isinstance(slide.shown, Grid)
        below = min(below, _table(frame, slide.shown, brand) + 0.3)
    if len(slide.title) > _LONG:
        _sized(root, "title", _SMALL)
    if slide.points:
        _text(root, "", slide.points, (BROAD - 0.4, TALL))
    for shape in tree.findall(f"{P}sp"):
        if next(shape.iter(f"{P}cNvSpPr")).get("txBox"):
            _line(shape, below, brand)
    tree.append(_placed("ftr", 11, _run(foot)))
    tree.append(_placed("sldNum", 12, _number()))
    for id, shape in enumerate(tree.iter(f"{P}cNvPr"), 1):  # pandoc gives some twice
        shape.set("id", str(id))


def _text(root: ET.Element, kind: str, texts: Sequence[str], room: tuple[float, float]) -> None:
    """The text of a placeholder of this kind as large as it fits, a line apart, into `room` (inches)."""
    wide, tall = room[0] * 72, room[1] * 72
    for size in (20, 18, 16, 14):
        each = [len(textwrap.wrap(text, int(wide / (size * _LETTER)))) or 1 for text in texts]
        if (sum(each) + len(each) - 1) * size * _ROW <= tall:
            break
    _sized(root, kind, size)


def _sized(root: ET.Element, kind: str, size: int) -> None:
    for shape in root.iter(f"{P}sp"):
        place = next(shape.iter(f"{P}ph"), None)
        if place is not None and place.get("type", "") == kind:
            for run in shape.iter(f"{A}rPr"):
                run.set("sz", str(100 * size))


def _picture(picture: ET.Element, shown: Picture) -> float:
    """As large as it can be above the line, in the middle; returns its lower edge in inches."""
    about = next(picture.iter(f"{P}cNvPr"))
    about.set("descr", shown.alt)
    about.set("name", shown.path.rsplit("/", 1)[-1].removesuffix(".svg"))
    extent = next(picture.iter(f"{A}ext"))
    wide, tall = (int(extent.attrib[side]) for side in ("cx", "cy"))
    scale = min(BROAD * INCH / wide, (TALL - _LINE - 0.1) * INCH / tall)
    wide, tall = round(wide * scale), round(tall * scale)
    _put(picture, LEFT + (BROAD - wide / INCH) / 2, TOP, wide / INCH, tall / INCH)
    return TOP + tall / INCH


def _line(shape: ET.Element, top: float, brand: Brand) -> None:
    _put(shape, LEFT, top, BROAD, _LINE)
    next(shape.iter(f"{P}nvPr")).clear()  # the content's place is taken already
    next(shape.iter(f"{A}bodyPr")).attrib |= {"lIns": "0", "rIns": "0", "wrap": "square"}
    for paragraph in shape.iter(f"{A}pPr"):
        paragraph.set("algn", "l")
    for run in shape.iter(f"{A}rPr"):
        _styled(run, 13, brand.muted)


def _table(frame: ET.Element, grid: Grid, brand: Brand) -> float:
    """As wide as the slide, in text as large as fits; returns its lower edge in inches."""
    size, counts = _fitting(grid)
    asked = [count * size * _ROW + 2 * _SPACE for count in counts]
    room = (TALL - _LINE - 0.15) * 72
    spare = min(max(room - sum(asked), 0) / len(asked), 14)
    shares = widths(grid, BROAD * 72 / (size * _LETTER))
    for column, share in zip(frame.iter(f"{A}gridCol"), shares, strict=True):
        column.set("w", str(round(share * BROAD * INCH)))
    rows = list(frame.iter(f"{A}tr"))
    for number, (row, height) in enumerate(zip(rows, asked, strict=True)):
        row.set("h", str(round((height + spare) / 72 * INCH)))
        tone = grid.tones[number - 1] if number and grid.tones else ""
        cells = row.findall(f"{A}tc")
        for place, cell in enumerate(cells):
            ink = (
                getattr(brand, tone)
                if tone and place == len(cells) - 1
                else brand.ink
                if number
                else brand.muted
            )
            _cell(
                cell,
                size if number else size - 2,
                ink,
                number and place == grid.strong,
                brand,
                head=not number,
            )
    style = next(frame.iter(f"{A}tableStyleId"))
    style.text = _PLAIN
    next(frame.iter(f"{A}tblPr")).attrib.pop("bandRow", None)
    tall = (sum(asked) + spare * len(asked)) / 72
    _put(frame, LEFT, TOP, BROAD, tall)
    return TOP + tall


def _fitting(grid: Grid) -> tuple[int, list[int]]:
    """The size at which the table fits above the line, and the lines of each row."""
    room = (TALL - _LINE - 0.15) * 72
    for size in _SIZES:
        counts = lines(grid, BROAD * 72 / (size * _LETTER))
        if sum(count * size * _ROW + 2 * _SPACE for count in counts) <= room:
            break
    return size, counts


def _cell(cell: ET.Element, size: int, ink: str, strong: object, brand: Brand, *, head: bool) -> None:
    for run in cell.iter(f"{A}rPr"):
        _styled(run, size, ink)
        if strong:
            run.set("b", "1")
    for old in cell.findall(f"{A}tcPr"):
        cell.remove(old)
    about = ET.SubElement(
        cell,
        f"{A}tcPr",
        marL="91440",
        marR="91440",
        marT="45720",
        marB="45720",
        anchor="b" if head else "ctr",
    )
    rule = ET.SubElement(about, f"{A}lnB", w="19050" if head else "6350")
    color = brand.accent if head else brand.line
    ET.SubElement(ET.SubElement(rule, f"{A}solidFill"), f"{A}srgbClr", val=color[1:].upper())
    ET.SubElement(about, f"{A}noFill")


def _styled(run: ET.Element, size: int, color: str) -> None:
    run.set("sz", str(100 * size))
    fill = ET.Element(f"{A}solidFill")
    ET.SubElement(fill, f"{A}srgbClr", val=color[1:].upper())
    run.insert(0, fill)


def _put(shape: ET.Element, left: float, top: float, wide: float, tall: float) -> None:
    place = next(found for found in shape.iter() if found.tag in (f"{A}xfrm", f"{P}xfrm"))
    x, y, cx, cy = (str(round(inches * INCH)) for inches in (left, top, wide, tall))
    place[:] = [ET.Element(f"{A}off", x=x, y=y), ET.Element(f"{A}ext", cx=cx, cy=cy)]


def _placed(kind: str, index: int, content: ET.Element) -> ET.Element:
    """A placeholder that stands where the template has it."""
    shape = ET.Element(f"{P}sp")
    about = ET.SubElement(shape, f"{P}nvSpPr")
    ET.SubElement(about, f"{P}cNvPr", id="0", name={"ftr": "Footer", "sldNum": "Slide number"}[kind])
    ET.SubElement(about, f"{P}cNvSpPr")
    ET.SubElement(ET.SubElement(about, f"{P}nvPr"), f"{P}ph", type=kind, sz="quarter", idx=str(index))
    ET.SubElement(shape, f"{P}spPr")
    body = ET.SubElement(shape, f"{P}txBody")
    ET.SubElement(body, f"{A}bodyPr")
    ET.SubElement(body, f"{A}p").append(content)
    return shape


def _run(text: str) -> ET.Element:
    run = ET.Element(f"{A}r")
    ET.SubElement(run, f"{A}rPr", lang="en-US")
    ET.SubElement(run, f"{A}t").text = text
    return run


def _number() -> ET.Element:
    field = ET.Element(f"{A}fld", id="{C5EF2332-01BF-834F-8236-50238282D533}", type="slidenum")
    ET.SubElement(field, f"{A}rPr", lang="en-US")
    ET.SubElement(field, f"{A}t").text = "#"
    return field
