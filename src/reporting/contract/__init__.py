"""The contract: the canonical tables every source is mapped to, and their checks."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from reporting.contract.tables import REQUIRED_TABLES, TABLES, CanonicalTable, Column

if TYPE_CHECKING:
    from reporting.contract.findings import Finding, refuse

_FINDINGS = ("Finding", "refuse")
__all__ = ["REQUIRED_TABLES", "TABLES", "CanonicalTable", "Column", "Finding", "refuse"]


def __getattr__(name: str) -> Any:
    """Findings, imported when first asked for: whoever reads the tables only does without an engine."""
    if name in _FINDINGS:
        return getattr(import_module("reporting.contract.findings"), name)
    raise AttributeError(f"module 'reporting.contract' has no attribute '{name}'")
