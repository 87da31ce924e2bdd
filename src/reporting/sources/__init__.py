"""Sources: connections, mappings and the open source the metrics read."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from reporting.sources.mapping import SourceFile, list_sources

if TYPE_CHECKING:
    from reporting.sources.source import Input, Source, open_source

_OPEN = ("Input", "Source", "open_source")
__all__ = ["Input", "Source", "SourceFile", "list_sources", "open_source"]


def __getattr__(name: str) -> Any:
    """What opens a source, imported when first asked for: a month that stands needs no engine."""
    if name in _OPEN:
        return getattr(import_module("reporting.sources.source"), name)
    raise AttributeError(f"module 'reporting.sources' has no attribute '{name}'")
