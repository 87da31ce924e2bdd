"""A hash of the package's own files: what was made by other code is not the same."""

from __future__ import annotations

import hashlib
from pathlib import Path

import reporting

COPIED = "starter"
"""What `reporting init` copies. No run reads it there; an installed package holds more of it than a clone."""


def code_hash(*rooms: str) -> str:
    """SHA-256 over the package's own files: code, templates, fonts.

    Args:
        rooms: Folders, or files beside them, to look at; none = all.
    """
    root = Path(reporting.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root)
        wanted = name.parts[0] in rooms if rooms else name.parts[0] != COPIED
        if wanted and path.is_file() and "__pycache__" not in name.parts:
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            digest.update(f"{name.as_posix()} {content}\n".encode())
    return digest.hexdigest()
