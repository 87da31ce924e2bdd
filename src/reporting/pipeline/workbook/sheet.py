"""One sheet: a frozen head with filters, and cells that are what they say."""

from __future__ import annotations

import datetime as dt
from functools import cache
from itertools import groupby

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from reporting.pipeline.workbook.tables import TREND, Table
from reporting.pipeline.workbook.values import NUMBERS, Value
from reporting.present.brand import Brand
from reporting.reports.data_files import Kind

NUMBER_FORMATS: dict[Kind, str] = {
    "money": "#,##0.00",
    "share": "0.0%",
    "count": "#,##0",
    "number": "[>=10]#,##0.0;[<=-10]-#,##0.0;0.0###",
    "days": "#,##0",
    "date": "yyyy-mm-dd",
    "month": "yyyy-mm",
}
LONGEST = 32_767
"""Characters that a cell holds."""
_NARROW, _WIDE, _SAMPLE = 8, 60, 500
_PRINTED = 30
"""Columns that can be read on the width of a page."""


class Looks:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Workbook, brand: Brand) -> None:
        self._book, self.brand = book, brand
        head = {"bold": True, "text_wrap": True, "valign": "top", "bg_color": brand.tint, "bottom": 1}
        self.head = book.add_format(head | {"align": "left", "indent": 1})
        self.head_of_numbers = book.add_format(head | {"align": "right"})
        self.title = book.add_format({"bold": True, "font_size": 18, "font_color": brand.accent})
        self.group = book.add_format({"bold": True, "bottom": 1})
        self.muted = book.add_format({"font_color": brand.muted})
        self.link = book.add_format({"font_color": brand.accent, "underline": 1})
        self.of = cache(self._of)

    def _of(self, kind: Kind, wraps: bool, pale: bool) -> Format:
        look: dict[str, object] = {"valign": "top", "num_format": NUMBER_FORMATS.get(kind, "General")}
        look |= {} if kind in NUMBERS else {"align": "left", "indent": 1}
        look |= {"text_wrap": True} if wraps else {}
        look |= {"italic": True, "font_color": self.brand.muted} if pale else {}
        return self._book.add_format(look)


def write_table(page: Worksheet, looks: Looks, table: Table) -> None:
    """Write a table from the sheet's first cell on; rows go one after the other, as memory is short."""
    last, wide = max(len(table.rows), 1), len(table.columns)
    widths = [_width(table, place) for place in range(wide)]
    for place, width in enumerate(widths):
        page.set_column(place, place, width)
    page.set_row(0, 15.0 * max(_lines(c.heading, w) for c, w in zip(table.columns, widths, strict=True)))
    for place, column in enumerate(table.columns):
        head = looks.head_of_numbers if column.kind in NUMBERS else looks.head
        page.write_string(0, place, column.heading, head)
    page.freeze_panes(1, table.heads)
    page.autofilter(0, 0, last, wide - 1)
    page.set_landscape()
    page.repeat_rows(0)
    if wide <= _PRINTED:
        page.fit_to_pages(1, 0)
    page.ignore_errors({"number_stored_as_text": xl_range(0, 0, last, wide - 1)})
    for line, row in enumerate(table.rows):
        for place, value in enumerate(row):
            kind = table.columns[place].kind
            if table.kinds and place >= table.heads:
                kind = table.kinds[line]
            look = looks.of(kind, widths[place] == _WIDE, (line, place) in table.pale)
            _write(page, line + 1, place, value, look)
        if TREND in table.columns and len(row) > table.heads:
            of = xl_range(line + 1, table.heads, line + 1, wide - 1)
            page.add_sparkline(
                line + 1,
                table.columns.index(TREND),
                {
                    "range": f"'{page.get_name()}'!{of}",
                    "series_color": looks.brand.accent,
                    "last_point": True,
                },
            )
    if table.heat and wide > table.heads:
        _heat(page, looks, table)


def _heat(page: Worksheet, looks: Looks, table: Table) -> None:
    ramp = looks.brand.more()
    scale = {"type": "2_color_scale", "min_color": ramp[0].light, "max_color": ramp[len(ramp) // 3].light}
    line = 1
    for _, rows in groupby(table.rows, key=lambda row: row[0]):
        many = len(list(rows))
        page.conditional_format(line, table.heads, line + many - 1, len(table.columns) - 1, scale)
        line += many


def _write(page: Worksheet, line: int, place: int, value: Value, look: Format) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        page.write_boolean(line, place, value, look)
    elif isinstance(value, (int, float)):
        page.write_number(line, place, value, look)
    elif isinstance(value, dt.date):
        page.write_datetime(line, place, dt.datetime.combine(value, dt.time()), look)
    else:
        page.write_string(line, place, value[:LONGEST], look)


def _width(table: Table, place: int) -> int:
    """Of a column, in letters: as its longest value asks for, and enough for its heading on three lines."""
    column = table.columns[place]
    if column == TREND:
        return 18
    shown = [len(_shown(row[place])) for row in table.rows[:_SAMPLE]]
    words = max(len(word) for word in column.heading.split()) + 3  # the filter's button
    return max(_NARROW, words, len(column.heading) // 3 + 3, min(_WIDE, max(shown, default=0) + 1))


def _shown(value: Value) -> str:
    if isinstance(value, float):
        return f"{value:,.2f}"
    return "" if value is None else f"{value:,}" if type(value) is int else str(value)


def _lines(heading: str, width: int) -> int:
    """Lines that a heading takes, words kept whole."""
    lines, left = 1, width - 3
    for word in heading.split():
        if left < len(word) and left != width - 3:
            lines, left = lines + 1, width - 3
        left -= len(word) + 1
    return lines
