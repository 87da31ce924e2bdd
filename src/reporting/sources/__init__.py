"""Sources: connections, mappings and the open source the metrics read."""

from reporting.sources.mapping import SourceFile, list_sources
from reporting.sources.source import Input, Source, open_source

__all__ = ["Input", "Source", "SourceFile", "list_sources", "open_source"]
