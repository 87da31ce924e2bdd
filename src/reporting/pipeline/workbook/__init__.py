"""The month's data files as one workbook: `tables` reads them, typed, and `write` sets the sheets."""

from reporting.pipeline.workbook.write import write_workbook

__all__ = ["write_workbook"]
