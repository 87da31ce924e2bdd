"""Texts that stand for an empty value: NULL, N/A, 0000-00-00. Left alone they are a value like any other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import ibis
import ibis.expr.types as ir

from reporting.contract.findings import EXAMPLES, Finding, as_text
from reporting.contract.rules import Rule, rows
from reporting.contract.tables import TEXT, CanonicalTable

CHECK = "text_for_nothing"
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
_FREE = ("account_name", "feedback", "note", "reason")
"""Columns in which people write what they like."""


def stands_for_nothing(text: ir.StringValue) -> ir.BooleanValue:
    """Whether a text says that there is none."""
    return text.strip().lower().isin(WORDS).fill_null(False)


def text_rules(table: ir.Table, canonical: CanonicalTable) -> list[Rule]:
    """No text column holds such a word."""
    return [
        Rule(
            CHECK,
            "warning",
            column.name,
            stands_for_nothing(table[column.name]),
            f"The {column.name} is a text that stands for nothing, but counts as a value",
            nullif(column.name, canonical.name, ["NULL"]),
        )
        for column in canonical.columns
        if column.type == TEXT and column.name not in _FREE
    ]


def with_their_words(findings: list[Finding]) -> list[Finding]:
    """The findings; those on such texts with the `nullif` of the texts in their examples."""
    return [
        replace(finding, remedy=nullif(finding.column, finding.table, _words(finding, finding.column)))
        if finding.check == CHECK and finding.column
        else finding
        for finding in findings
    ]


def _words(finding: Finding, column: str) -> list[str]:
    return [str(example[column]) for example in finding.examples]


def events_for_nothing(groups: ir.Table, name: str, total: int) -> list[Finding]:
    """The same for a column of the events.

    Args:
        groups: The column and `events`, one or more rows a value.
        name: The column.
        total: Number of events.
    """
    wrong = groups.filter(stands_for_nothing(groups[name]))
    values = rows(
        wrong.group_by(name).aggregate(events=wrong.events.sum()).order_by(ibis.desc("events"), name)
    )
    if not values:
        return []
    count, shown = sum(int(row["events"]) for row in values), values[:EXAMPLES]
    return [
        Finding(
            CHECK, "warning", "events", name, count, total,
            f"The {name} is a text that stands for nothing, but counts as a value in {count:,} of {total:,} "
            "events.",
            [as_text(row) for row in shown],
            nullif(name, "events", [row[name] for row in shown]),
        )
    ]  # fmt: skip


def nullif(name: str, table: str, values: Sequence[str]) -> str:
    """The expression that makes these texts empty, told as a remedy."""
    written = name
    for value in dict.fromkeys(values):
        written = f"nullif({written}, '{value}')"
    return f"Write {written} AS {name} in {table}.sql."
