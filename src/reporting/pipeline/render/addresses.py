"""File names for what has a stranger's name: safe on any system, each its own, the same in every run."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d|index|data)", re.I)
"""Names that Windows keeps to itself, and those we use."""


def addresses(names: Iterable[str]) -> dict[str, str]:
    """Name -> file name without suffix: the name itself where it is safe and differs from all others in more
    than case, else what is left of it with a hash."""
    names = list(dict.fromkeys(names))
    alike = Counter(name.casefold() for name in names)
    return {
        name: name
        if _SAFE.fullmatch(name) and not _RESERVED.fullmatch(name) and alike[name.casefold()] == 1
        else _hashed(name)
        for name in names
    }


def _hashed(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    plain = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40]
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:10]
    return f"{plain}-{digest}".lstrip("-")
