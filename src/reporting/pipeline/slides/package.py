"""The XML in office files, edited."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree import ElementTree as ET

from reporting.pipeline.packed import Parts

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PREFIXES = {
    "a": A[1:-1],
    "p": P[1:-1],
    "r": R[1:-1],
    "w": W[1:-1],
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "o": "urn:schemas-microsoft-com:office:office",
    "v": "urn:schemas-microsoft-com:vml",
    "w10": "urn:schemas-microsoft-com:office:word",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
    "p14": "http://schemas.microsoft.com/office/powerpoint/2010/main",
    "p15": "http://schemas.microsoft.com/office/powerpoint/2012/main",
}
for prefix, uri in _PREFIXES.items():
    ET.register_namespace(prefix, uri)


def edit(parts: Parts, name: str, change: Callable[[ET.Element], None]) -> None:
    """Change the XML of a part."""
    root = ET.fromstring(parts[name])
    change(root)
    parts[name] = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
