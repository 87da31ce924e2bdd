"""The contract: the canonical tables every source is mapped to, and their checks."""

from reporting.contract.check import check
from reporting.contract.findings import Finding, refuse
from reporting.contract.tables import REQUIRED_TABLES, TABLES, CanonicalTable, Column

__all__ = ["REQUIRED_TABLES", "TABLES", "CanonicalTable", "Column", "Finding", "check", "refuse"]
