"""The page that documents every column of every data file, docs/data.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reporting.params.product import Product

from .columns import column
from .files import FILES
from .sheets import SHEETS

_HEAD = """# The data files

Every month holds its tables twice: as CSV files in `data/`, and those that are not of users as one
workbook, `data/<source>-<month>.xlsx`. Both come from what the reports show, are outputs like all others
(manifest, `SHA256SUMS`, audit), and are byte-identical when the month is made again. `docs/data.py` writes
this page from the words that the workbook's sheet "Columns" holds too, there with the thresholds of your
own product definition.

CSV files are UTF-8 with a comma between values and a line feed at the end; an empty value is not known, or
not applicable. Days are `2026-10-31`, months `2026-10` or their first day, shares are fractions (0.25 is
25%), money is in units of the currency, yes/no is `True` or `False`. Text that a spreadsheet would take for
a formula begins with an apostrophe. Columns that rest on a table that the source doesn't map are empty or
left out, and later versions may add some: read them by name.

In the workbook numbers are numbers and days are days; heads stand still, every sheet can be filtered, and
no cell holds a formula: its texts are those of the files, whatever they begin with.
"""


def data_page(headers: Mapping[str, Sequence[str]], product: Product) -> str:
    """The page as Markdown.

    Args:
        headers: File without `.csv` -> its columns, as published.
        product: Its thresholds stand in the words.
    """
    parts = [_HEAD, "## Sheets of the workbook\n", "| sheet | holds | files |\n|---|---|---|"]
    for sheet in SHEETS:
        files = ", ".join(f"`{file}`" for file in sheet.files)
        parts.append(f"| {sheet.title} | {sheet.holds} | {files} |")
    for name in [name for name in FILES if name in headers]:
        file = FILES[name]
        parts += [f"\n## {name}.csv\n", f"{file.rows}\n", "| column | kind | meaning |\n|---|---|---|"]
        for id in headers[name]:
            told = column(id, file.own, product)
            parts.append(f"| `{id}` | {told.kind} | {told.meaning} |")
    return "\n".join(parts) + "\n"
