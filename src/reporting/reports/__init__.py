"""What each notebook calls: one module per report, whose functions return blocks, one a section.

Every report has `load(snapshot, **parameters) -> data`, its sections as functions of that data, and
`exports(data)`, the tables published as CSV beside it.
"""

from reporting.present.exports import Exports

__all__ = ["Exports"]
