"""Sources: connections, mappings and the open source the metrics read."""

from reporting.sources.mapping import SourceFile, list_sources
from reporting.sources.source import Input, Source, open_source
from reporting.sources.validate import TableReport, ValidationReport, validate

__all__ = [
    "Input",
    "Source",
    "SourceFile",
    "TableReport",
    "ValidationReport",
    "list_sources",
    "open_source",
    "validate",
]
