"""Tables that a report publishes as CSV files beside it.

A notebook's last cell shows `report.exports(data)`; the pipeline takes the files from that cell's output and
writes them into the month's `data/` folder. In JupyterLab the cell lists them.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import pandas as pd

from reporting.present import mime
from reporting.present.markdown import escape

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?%?")
_FORMULA = tuple("=+-@")
_BLANK = " \t\n\u00a0\u200b\u200c\u200d\u2060\u3000\ufeff"
"""What a spreadsheet may pass over before a formula."""
_KEPT = "\t\n"
_DIRECTIONS = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""They would show a text in another order than it is read."""


class Exports(dict[str, pd.DataFrame]):
    """File name without `.csv` -> table; shown as the last value of a notebook cell.

    The index is written only where it has a name.

    Raises:
        ValueError: A name is not lower-case letters, digits and underscores.
    """

    def __init__(self, tables: dict[str, pd.DataFrame]) -> None:
        for name in tables:
            if not _NAME.fullmatch(name):
                raise ValueError(f"'{name}' is no name for a CSV file: use lower-case letters, digits and _")
        super().__init__(tables)

    def __repr__(self) -> str:
        """Without the tables, which pandas sets as wide as the terminal is: a reviewer's is another."""
        return f"Exports({', '.join(f'{name}: {len(frame)} rows' for name, frame in self.items())})"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        files = [{"name": name, "csv": to_csv(frame)} for name, frame in self.items()]
        lines = [
            f"- `{name}.csv`: {len(frame)} rows, {escape(_columns(frame))}" for name, frame in self.items()
        ]
        return {mime.EXPORTS: {"files": files}, "text/markdown": "\n".join(lines) or "No data files."}


def to_csv(frame: pd.DataFrame) -> str:
    """`frame` as CSV text that a spreadsheet opens without running anything.

    Text that a spreadsheet would take for a formula gets a leading apostrophe, control characters go, numbers
    stay numbers. Missing values are empty, dates are ISO, lines end in a line feed: equal frames give equal
    bytes.
    """
    if any(name is not None for name in frame.index.names):
        frame = frame.reset_index()
    safe = frame.apply(lambda column: column.map(_disarm) if _may_hold_text(column) else column)
    safe.columns = [_disarm(str(column)) for column in frame.columns]
    return safe.to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%d")


def _may_hold_text(column: pd.Series) -> bool:
    return not (pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_any_dtype(column))


def _disarm(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(char for char in text if char in _KEPT or not _is_control(char))
    begin = text.lstrip(_BLANK)
    # A Japanese spreadsheet reads the wide signs as well: they are the plain ones in another form.
    formula = text.startswith(("\t", "\n")) or unicodedata.normalize("NFKC", begin[:1]).startswith(_FORMULA)
    return f"'{text}" if formula and not _NUMBER.fullmatch(text) else text


def _is_control(char: str) -> bool:
    return unicodedata.category(char) == "Cc" or char in _DIRECTIONS


def _columns(frame: pd.DataFrame) -> str:
    return ", ".join(str(column) for column in frame.columns)
