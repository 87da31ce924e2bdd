"""Values of CSV files with their types."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

from reporting.reports.data_files import Kind

Value = str | int | float | bool | dt.date | None
NUMBERS = frozenset[Kind]({"money", "share", "count", "number", "days"})
DAYS = frozenset[Kind]({"date", "month"})
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_DATE = re.compile(r"(?:19|2\d)\d\d-\d\d(?:-\d\d)?")
_LARGEST = 1e15
"""A spreadsheet keeps fifteen digits of a number."""


def typed(text: str, kind: Kind) -> Value:
    """The value that a text stands for in a column of this kind; what isn't of the kind stays text."""
    if not text:
        return None
    if kind != "text" and text in ("True", "False"):
        return text == "True"
    if kind in NUMBERS and _is_number(text):
        number = float(text)
        return int(number) if number.is_integer() else number
    if kind in DAYS and _DATE.fullmatch(text):
        try:
            return dt.date.fromisoformat(text if len(text) > 7 else f"{text}-01")
        except ValueError:
            return text
    return text


def told_by(texts: Iterable[str]) -> Kind:
    """The kind of a column that nobody has told of: numbers or days if all its values are, else text.

    `007` is a text: its zeros would be lost.
    """
    known = [text for text in texts if text]
    if known and all(map(_is_number, known)):
        return "number"
    if known and all(_DATE.fullmatch(text) and len(text) > 7 for text in known):
        return "date"
    return "yes/no" if known and set(known) <= {"True", "False"} else "text"


def _is_number(text: str) -> bool:
    return bool(_NUMBER.fullmatch(text)) and abs(float(text)) < _LARGEST
