"""Workbooks as tables: a sheet with its first row as names, of formulas their values."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from reporting.errors import SourceError

if TYPE_CHECKING:
    from openpyxl import Workbook

_EXACT = 2**53  # above it, a whole number in a cell may be another
_OPENED = "~$"  # how the file begins that stands beside a workbook while Excel has it open


def tables_in(place: Path) -> dict[str, list[Path]]:
    """Workbooks by the names of their tables: of one sheet, the file's name; of several, those of the sheets.

    Args:
        place: A workbook, or a folder of workbooks.

    Raises:
        SourceError: A workbook can't be read, or two tables have the same name.
    """
    paths = sorted(place.glob("*.xlsx")) if place.is_dir() else [place]
    found: dict[str, list[Path]] = {}
    for path in paths:
        if path.name.startswith(_OPENED):
            continue
        with _opened(path) as book:
            names = book.sheetnames if len(book.sheetnames) > 1 else [path.stem]
        for name in names:
            if name in found:
                raise SourceError(
                    f"the table '{name}' is also in {found[name][0].name}.",
                    where=path,
                    remedy="Rename one of the sheets, or of the files.",
                )
            found[name] = [path]
    return found


def as_parquet(path: Path, table: str, scratch: Path) -> Path:
    """Write a table of a workbook into the folder `scratch`.

    A column is of numbers, of dates or of yes and no where all its cells are; any other is text.

    Raises:
        SourceError: The sheet has no header, two columns of a name, or a cell with an error such as #REF!.
    """
    with _opened(path) as book:
        sheet = book[table] if len(book.sheetnames) > 1 else book.worksheets[0]
        sheet.reset_dimensions()  # some writers state them wrongly
        where = f"{path}, sheet {sheet.title}"
        with closing(sheet.iter_rows()) as cells:
            rows = [_values(row, where) for row in cells]
    rows = [row for row in rows if any(value is not None for value in row)]
    if not rows:
        raise SourceError("the sheet is empty; expected a row of names.", where=where, remedy="Fill it.")
    names = _names(rows[0], rows[1:], where)
    columns = {
        name: _column([row[at] if at < len(row) else None for row in rows[1:]])
        for at, name in enumerate(names)
    }
    out = scratch / f"{path.stem}-{len(list(scratch.iterdir()))}.parquet"
    pq.write_table(pa.table(columns), out)
    return out


@contextmanager
def _opened(path: Path) -> Generator[Workbook]:
    import openpyxl  # takes a tenth of a second, which only this kind of source needs

    try:
        with (
            warnings.catch_warnings(action="ignore"),  # of drop-downs and styles, which are no data
            path.open("rb") as stream,
            closing(openpyxl.load_workbook(stream, read_only=True, data_only=True)) as book,
        ):
            yield book
    except SourceError:
        raise
    except Exception:  # a zip of something else, an old .xls, one under a password: openpyxl has no one error
        raise SourceError(
            "this can't be read as an Excel workbook.",
            where=path,
            remedy="Save it in Excel as .xlsx, without a password.",
        ) from None


def _values(row: tuple[Any, ...], where: str) -> list[Any]:
    for cell in row:
        if cell.data_type == "e":
            raise SourceError(
                f"the cell {cell.coordinate} holds the error {cell.value}.",
                where=where,
                remedy="Correct its formula, or empty the cell.",
            )
    return [None if cell.value == "" else cell.value for cell in row]


def _names(header: list[Any], rows: list[list[Any]], where: str) -> list[str]:
    names = ["" if value is None else str(_text(value)).strip() for value in header]
    while names and not names[-1]:
        names.pop()
    width = max([len(names), *(at + 1 for row in rows for at, value in enumerate(row) if value is not None)])
    names += [""] * (width - len(names))
    if "" in names:
        raise SourceError(
            f"column {names.index('') + 1} has no name.", where=where, remedy="Name it in the first row."
        )
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        raise SourceError(
            f"the first row names '{repeated[0]}' twice.",
            where=where,
            remedy="Rename one of them.",
        )
    return names


def _column(values: list[Any]) -> pa.Array:
    given = [value for value in values if value is not None]
    kinds = {type(value) for value in given}
    if kinds == {bool}:
        return pa.array(values, pa.bool_())
    if kinds and kinds <= {int, float}:
        whole = all(float(value).is_integer() and abs(value) <= _EXACT for value in given)
        numbers = [None if value is None else int(value) if whole else float(value) for value in values]
        return pa.array(numbers, pa.int64() if whole else pa.float64())
    if kinds == {dt.datetime}:
        days = all(value.time() == dt.time() for value in given)
        return pa.array(
            [value and value.date() for value in values] if days else values,
            pa.date32() if days else pa.timestamp("us"),
        )
    return pa.array([_text(value) for value in values], pa.string())


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dt.datetime):
        return str(value.date() if value.time() == dt.time() else value)
    return str(int(value) if isinstance(value, float) and value.is_integer() else value)
