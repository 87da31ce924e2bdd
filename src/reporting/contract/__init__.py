"""The contract: the canonical tables every source is mapped to, and their checks."""

from reporting.contract.tables import REQUIRED_TABLES, TABLES, CanonicalTable, Column

__all__ = ["REQUIRED_TABLES", "TABLES", "CanonicalTable", "Column"]
