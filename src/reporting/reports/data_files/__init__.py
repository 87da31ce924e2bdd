"""What the data files of the reports hold, column by column, and which of them the workbook shows.

`columns` says what a word means, `files` what a row is, `sheets` what becomes a sheet; `page` tells it all.
"""

from .columns import Column, Kind, column, kind_of
from .files import FILES, DataFile
from .page import data_page
from .sheets import NOT_SHOWN, SHEETS, Sheet

__all__ = [
    "FILES",
    "NOT_SHOWN",
    "SHEETS",
    "Column",
    "DataFile",
    "Kind",
    "Sheet",
    "column",
    "data_page",
    "kind_of",
]
