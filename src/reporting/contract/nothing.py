"""Texts that stand for an empty value: NULL, N/A, 0000-00-00. Left alone they are a value like any other."""

from __future__ import annotations

from collections.abc import Sequence

import ibis.expr.types as ir

from reporting.contract.findings import EXAMPLES, Finding, as_text
from reporting.contract.rules import noun, rows
from reporting.contract.tables import TABLES, TEXT, CanonicalTable

WORDS = (
    "null",
    "(null)",
    "<null>",
    "n/a",
    "#n/a",
    "nan",
    "undefined",
    "\\n",
    "0000-00-00",
    "0000-00-00 00:00:00",
)
"""In lower case. Not among them: `NA` (Namibia, North America) and `none`, which may be an answer."""
_FREE = ("account_name", "feedback", "reason")
"""Columns in which people write what they like."""


def stands_for_nothing(text: ir.StringValue) -> ir.BooleanValue:
    """Whether a text says that there is none."""
    return text.strip().lower().isin(WORDS).fill_null(False)


def texts_for_nothing(table: ir.Table, canonical: CanonicalTable) -> list[Finding]:
    """A finding for every text column that holds such words, with the `nullif` to write."""
    names = [column.name for column in canonical.columns if column.type == TEXT and column.name not in _FREE]
    sums = {name: stands_for_nothing(table[name]).sum() for name in names}
    counted = rows(table.aggregate(total=table.count(), **sums))[0]
    return [
        _finding(_values(table.mutate(events=1), name), canonical, name, int(counted["total"]))
        for name in names
        if counted[name]
    ]


def events_for_nothing(groups: ir.Table, name: str, total: int) -> list[Finding]:
    """The same for a column of the events.

    Args:
        groups: The column and `events`, one or more rows a value.
        name: The column.
        total: Number of events.
    """
    values = _values(groups, name)
    found = int(values.count().to_pyarrow().as_py())
    return [_finding(values, TABLES["events"], name, total)] if found else []


def _values(groups: ir.Table, name: str) -> ir.Table:
    wrong = groups.filter(stands_for_nothing(groups[name]))
    return wrong.group_by(value=wrong[name]).aggregate(times=wrong.events.sum())


def nullif(name: str, table: str, values: Sequence[str]) -> str:
    """The expression that makes these texts empty, told as a remedy."""
    written = name
    for value in dict.fromkeys(values):
        written = f"nullif({written}, '{value}')"
    return f"Write {written} AS {name} in {table}.sql."


def _finding(values: ir.Table, canonical: CanonicalTable, name: str, total: int) -> Finding:
    shown = rows(values.order_by(values.times.desc(), "value").limit(EXAMPLES))
    count = int(values.times.sum().to_pyarrow().as_py())
    said = [row["value"] for row in shown]
    return Finding(
        "text_for_nothing", "warning", canonical.name, name, count, total,
        f"The {name} is the text {' or '.join(repr(value) for value in said)} in {count:,} of {total:,} "
        f"{noun(canonical)}, which counts as a value.",
        [as_text(row) for row in shown],
        nullif(name, canonical.name, said),
    )  # fmt: skip
