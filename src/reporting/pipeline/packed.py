"""Office files are packed parts: opened, and packed again as the same bytes on any machine."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

Parts = dict[str, bytes]
"""Name -> content of each part, in their order."""
_TIME = (1980, 1, 1, 0, 0, 0)


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
