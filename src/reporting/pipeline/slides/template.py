"""pandoc's own templates in the brand's colours and font: a wide slide, a page for Word."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

from reporting.pipeline.packed import Parts, pack, unpack
from reporting.pipeline.render.pandoc import run
from reporting.pipeline.slides.package import A, P, W, edit
from reporting.present.brand import Brand

INCH = 914_400
"""In the unit of slides."""
WIDTH, HEIGHT = 13.333, 7.5
LEFT, TOP, BROAD, TALL = 0.55, 1.5, 12.23, 5.3
"""Where a slide's content stands, in inches."""
COVER = 12.0, 4.9
"""Width and height of what stands below the first slide's title."""
_GROWN = 4 / 3
"""pandoc's slides are ten inches wide; ours are as wide as PowerPoint's."""
_MASTER, _FIRST = "ppt/slideMasters/slideMaster1.xml", "ppt/slideLayouts/slideLayout1.xml"
_PLACES = {
    "title": (LEFT, 0.4, BROAD, 1.05),
    "body": (LEFT, TOP, BROAD, TALL),
    "ftr": (LEFT, 6.98, 10.0, 0.32),
    "sldNum": (11.78, 6.98, 1.0, 0.32),
    "ctrTitle": (LEFT, 0.7, BROAD, 0.9),
    "subTitle": (LEFT, 1.85, *COVER),
}
"""Placeholder -> left, top, width, height in inches."""
_PAGES = {"a4": (11_906, 16_838), "us-letter": (12_240, 15_840)}
_MARGIN = 1_134
"""Two centimetres, in twentieths of a point."""


def slide_template(path: Path, brand: Brand, footer: str) -> None:
    """Write the template of the slides.

    Args:
        footer: What stands at the foot of each slide, beside its number.
    """
    parts = _default("reference.pptx")
    edit(parts, "ppt/theme/theme1.xml", lambda root: _theme(root, brand))
    edit(parts, "ppt/presentation.xml", _wide)
    for name in parts:
        if re.fullmatch(r"ppt/slide(?:Masters|Layouts)/slide\w+\.xml", name):
            edit(parts, name, lambda root: _grown(root, footer))
    edit(parts, _MASTER, _master)
    edit(parts, _FIRST, _cover)
    pack(parts, path)


def word_template(path: Path, brand: Brand) -> None:
    """Write the template of the document for Word."""
    parts = _default("reference.docx")
    edit(parts, "word/theme/theme1.xml", lambda root: _theme(root, brand))
    edit(parts, "word/styles.xml", lambda root: _styles(root, brand))
    edit(parts, "word/document.xml", lambda root: _page(root, *_PAGES[brand.page_size]))
    pack(parts, path)


def _default(name: str) -> Parts:
    return unpack(run("--print-default-data-file", name, given=""))


def _theme(root: ET.Element, brand: Brand) -> None:
    """The brand's colours and family in the places that every shape and text takes them from."""
    palette = [color.light for color in brand.palette]
    colors = {"dk1": brand.ink, "lt1": brand.paper, "dk2": brand.accent, "lt2": brand.tint}
    colors |= {f"accent{i + 1}": palette[i % len(palette)] for i in range(6)}
    colors |= {"hlink": brand.accent, "folHlink": brand.muted}
    scheme = _only(root, f"{A}clrScheme")
    for name, color in colors.items():
        slot = _only(scheme, f"{A}{name}")
        slot[:] = [ET.Element(f"{A}srgbClr", val=color[1:].upper())]
    for kind in ("majorFont", "minorFont"):
        _only(_only(root, f"{A}{kind}"), f"{A}latin").set("typeface", brand.font.family)


def _wide(root: ET.Element) -> None:
    size = _only(root, f"{P}sldSz")
    size.attrib = {"cx": "12192000", "cy": "6858000"}
    for extension in root.findall(f"{P}extLst"):
        root.remove(extension)  # guides of the narrow slide


def _grown(root: ET.Element, footer: str) -> None:
    """Every place on the wider slide, and the footer's text."""
    for element in root.iter():
        if element.tag in (f"{A}off", f"{A}ext", f"{A}chOff", f"{A}chExt"):
            element.attrib = {key: str(round(int(value) * _GROWN)) for key, value in element.items()}
    for shape in list(root.iter(f"{P}sp")):
        if _kind(shape) == "ftr":
            paragraph = _only(shape, f"{A}p")
            run = ET.Element(f"{A}r")
            ET.SubElement(run, f"{A}rPr", lang="en-US")
            ET.SubElement(run, f"{A}t").text = footer
            paragraph[:] = [run]
    for tree in list(root.iter(f"{P}spTree")):
        for shape in [found for found in tree if found.tag == f"{P}sp" and _kind(found) == "dt"]:
            tree.remove(shape)  # the footer names the month


def _kind(shape: ET.Element) -> str:
    place = next(shape.iter(f"{P}ph"), None)
    return "" if place is None else place.get("type", "obj")


def _master(root: ET.Element) -> None:
    for shape in root.iter(f"{P}sp"):
        _put(shape, _kind(shape))
        if _kind(shape) in ("ftr", "sldNum"):
            for defaults in shape.iter(f"{A}defRPr"):
                defaults.set("sz", "1100")
            _aligned(shape, "l" if _kind(shape) == "ftr" else "r")
        for body in shape.iter(f"{A}bodyPr"):
            body.set("lIns", "0")
            body.set("rIns", "0")
            if _kind(shape) == "title":
                body.set("anchor", "t")
    tree = _only(root, f"{P}spTree")
    tree.insert(2, _bar())
    title = _only(_only(root, f"{P}titleStyle"), f"{A}lvl1pPr")
    title.set("algn", "l")
    defaults = _only(title, f"{A}defRPr")
    defaults.set("sz", "2600")
    defaults.set("b", "1")
    for level, size in ((1, 2000), (2, 1800), (3, 1600), (4, 1600), (5, 1600)):
        body = _only(_only(root, f"{P}bodyStyle"), f"{A}lvl{level}pPr")
        _only(body, f"{A}defRPr").set("sz", str(size))
        _only(_only(body, f"{A}spcBef"), f"{A}spcPct").set("val", "50000")


def _bar() -> ET.Element:
    """A line in the brand's accent along the slide's upper edge."""
    shape = ET.Element(f"{P}sp")
    about = ET.SubElement(shape, f"{P}nvSpPr")
    ET.SubElement(about, f"{P}cNvPr", id="99", name="Brand")
    ET.SubElement(about, f"{P}cNvSpPr")
    ET.SubElement(about, f"{P}nvPr")
    look = ET.SubElement(shape, f"{P}spPr")
    place = ET.SubElement(look, f"{A}xfrm")
    ET.SubElement(place, f"{A}off", x="0", y="0")
    ET.SubElement(place, f"{A}ext", cx="12192000", cy=str(round(0.1 * INCH)))
    ET.SubElement(ET.SubElement(look, f"{A}prstGeom", prst="rect"), f"{A}avLst")
    ET.SubElement(ET.SubElement(look, f"{A}solidFill"), f"{A}schemeClr", val="tx2")
    ET.SubElement(ET.SubElement(look, f"{A}ln"), f"{A}noFill")
    return shape


def _cover(root: ET.Element) -> None:
    for shape in root.iter(f"{P}sp"):
        kind = _kind(shape)
        _put(shape, kind)
        if kind == "ctrTitle":
            _only(shape, f"{A}bodyPr").set("anchor", "b")
            level = ET.SubElement(_only(shape, f"{A}lstStyle"), f"{A}lvl1pPr", algn="l")
            defaults = ET.SubElement(level, f"{A}defRPr", sz="3600", b="1")
            ET.SubElement(ET.SubElement(defaults, f"{A}solidFill"), f"{A}schemeClr", val="tx2")
        if kind == "subTitle":
            _aligned(shape, "l")
            first = _only(_only(shape, f"{A}lvl1pPr"), f"{A}defRPr")
            first.set("sz", "2000")
            first[:] = []


def _put(shape: ET.Element, kind: str) -> None:
    place = next(shape.iter(f"{A}xfrm"), None)
    if place is None or kind not in _PLACES:
        return  # it stands where the master has it
    left, top, wide, tall = (str(round(inches * INCH)) for inches in _PLACES[kind])
    place[:] = [ET.Element(f"{A}off", x=left, y=top), ET.Element(f"{A}ext", cx=wide, cy=tall)]


def _aligned(shape: ET.Element, side: str) -> None:
    for level in shape.iter():
        if re.fullmatch(rf"{re.escape(A)}lvl\dpPr", level.tag):
            level.set("algn", side)


def _styles(root: ET.Element, brand: Brand) -> None:
    """Sizes in half points; headings in the brand's accent, captions muted, tables small."""
    sizes = {"Title": 44, "Subtitle": 24, "Heading1": 32, "Heading2": 28, "Compact": 17, "Caption": 18}
    colors = {
        "Title": brand.accent,
        "Heading1": brand.accent,
        "Heading2": brand.accent,
        "Caption": brand.muted,
    }
    for style in root.iter(f"{W}style"):
        name = style.get(f"{W}styleId", "")
        if name in sizes:
            _sized(style, sizes[name], colors.get(name))
        if name in ("Title", "Subtitle"):
            for aligned in style.iter(f"{W}jc"):
                aligned.set(f"{W}val", "left")
    for defaults in root.iter(f"{W}rPrDefault"):
        for size in (*defaults.iter(f"{W}sz"), *defaults.iter(f"{W}szCs")):
            size.set(f"{W}val", "21")


def _sized(style: ET.Element, size: int, color: str | None) -> None:
    look = style.find(f"{W}rPr")
    if look is None:
        look = ET.SubElement(style, f"{W}rPr")
    for old in [found for found in look if found.tag in (f"{W}sz", f"{W}szCs", f"{W}color")]:
        look.remove(old)
    if color:
        ET.SubElement(look, f"{W}color", {f"{W}val": color[1:].upper()})
    for tag in ("sz", "szCs"):
        ET.SubElement(look, f"{W}{tag}", {f"{W}val": str(size)})


def _page(root: ET.Element, wide: int, tall: int) -> None:
    section = _only(root, f"{W}sectPr")
    for old in [found for found in section if found.tag in (f"{W}pgSz", f"{W}pgMar")]:
        section.remove(old)
    ET.SubElement(section, f"{W}pgSz", {f"{W}w": str(wide), f"{W}h": str(tall)})
    sides = dict.fromkeys(("top", "right", "bottom", "left"), str(_MARGIN)) | {
        "header": "567",
        "footer": "567",
    }
    ET.SubElement(
        section, f"{W}pgMar", {f"{W}{side}": room for side, room in (sides | {"gutter": "0"}).items()}
    )


def _only(root: ET.Element, tag: str) -> ET.Element:
    found = next(root.iter(tag), None)
    assert found is not None, f"pandoc's template has no {tag}"
    return found
