"""The keys of a brand file, in either form."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from reporting.errors import ConfigError, did_you_mean


def require_known(path: Path, prefix: str, given: Iterable[object], known: tuple[str, ...]) -> None:
    """Refuse a key that isn't among those that may stand under `prefix`.

    Raises:
        ConfigError: Names it in full, with the nearest that may.
    """
    for key in given:
        if key not in known:
            full = f"{prefix}.{key}" if prefix else key
            raise ConfigError(f"unknown key '{full}'.{did_you_mean(str(key), known)}", where=path)
