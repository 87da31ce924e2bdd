"""Monthly customer-success reports; for a notebook of one's own, all that `reporting.notebook` offers."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reporting.notebook import (
        Blocks,
        Callout,
        Exports,
        Figure,
        KeyFigure,
        KeyFigures,
        OpenMonth,
        Table,
        Text,
        escape,
        formats,
        open_month,
        style,
    )

__version__ = "0.1.0"
DISTRIBUTION = "customer-success-reports"  # what pip installs; what it imports is `reporting`
__all__ = [
    "Blocks",
    "Callout",
    "Exports",
    "Figure",
    "KeyFigure",
    "KeyFigures",
    "OpenMonth",
    "Table",
    "Text",
    "escape",
    "formats",
    "open_month",
    "style",
]


def __getattr__(name: str) -> Any:
    """What notebooks use, imported when first asked for: the command line starts without it."""
    if name in __all__:
        return getattr(import_module("reporting.notebook"), name)
    raise AttributeError(f"module 'reporting' has no attribute '{name}'")
