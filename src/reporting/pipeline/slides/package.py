"""Office files are packed XML: opened, edited and packed again as the same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from xml.etree import ElementTree as ET

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
Parts = dict[str, bytes]
_TIME = (1980, 1, 1, 0, 0, 0)
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


def unpack(packed: bytes) -> Parts:
    """Name -> content of each part."""
    with zipfile.ZipFile(io.BytesIO(packed)) as given:
        return {name: given.read(name) for name in given.namelist()}


def pack(parts: Mapping[str, bytes], path: Path) -> None:
    """Write the parts with nothing of the machine: times and file modes are those of no one."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            part = zipfile.ZipInfo(name, _TIME)
            part.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(part, content)


def edit(parts: Parts, name: str, change: Callable[[ET.Element], None]) -> None:
    """Change the XML of a part."""
    root = ET.fromstring(parts[name])
    change(root)
    parts[name] = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
