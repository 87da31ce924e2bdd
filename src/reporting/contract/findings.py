"""What the checks say: a finding is one fault or doubt, counted, with examples and a remedy."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal
from zoneinfo import ZoneInfo

from reporting.errors import ContractError

EXAMPLES = 5
"""Examples kept per finding."""


@dataclass(frozen=True)
class Finding:
    """One fault or doubt about the data.

    Args:
        check: Stable name of the check.
        severity: `error` stops the run; `warning` is counted and shown in the report, where a `note` is only
            shown.
        table: Canonical table.
        column: Canonical column; None = the whole table.
        count: Rows (or accounts, where the message says so) concerned.
        total: Rows (or accounts) examined.
        message: The finding in a sentence, numbers included.
        examples: Up to five rows by column, as text; times as naive UTC until `in_zone` writes them.
        remedy: What the reader should do.
    """

    check: str
    severity: Literal["error", "warning", "note"]
    table: str
    column: str | None
    count: int
    total: int
    message: str
    examples: list[dict[str, str | dt.datetime]] = field(default_factory=list)
    remedy: str = ""

    def in_zone(self, timezone: str) -> Finding:
        """The finding with its examples' times as the clocks of `timezone` showed them."""
        examples = [
            {
                key: when(value, timezone) if isinstance(value, dt.datetime) else value
                for key, value in example.items()
            }
            for example in self.examples
        ]
        return replace(self, examples=examples)

    def describe(self) -> str:
        """Message, examples and remedy, ready to print; values from the data stand in quotes."""
        place = f"{self.table}.{self.column}" if self.column else self.table
        lines = [f"{place}: {self.message}"]
        lines += [
            "    " + ", ".join(f"{key} {shorten(str(value))}" for key, value in example.items())
            for example in self.examples
        ]
        if self.remedy:
            lines.append(f"  -> {self.remedy}")
        return "\n".join(lines)


def shorten(value: str, width: int = 60) -> str:
    """`value` in quotes, control characters escaped, cut to `width`."""
    text = value if len(value) <= width else value[: width - 1] + "…"
    return repr(text)


def as_text(row: Mapping[str, object]) -> dict[str, str | dt.datetime]:
    """A row as an example: every value as text but times, missing ones as `(empty)`."""
    return {key: _plain(value) for key, value in row.items()}


def _plain(value: object) -> str | dt.datetime:
    if value is None or value != value:
        return "(empty)"
    return value if isinstance(value, dt.datetime) else str(value)


def when(instant: dt.datetime, timezone: str) -> str:
    """A naive UTC instant as the clocks of `timezone` showed it; midnight as the day it begins."""
    local = instant.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(timezone)).replace(tzinfo=None)
    return str(local.date() if local.time() == dt.time() else local)


def refuse(findings: Iterable[Finding], where: object) -> None:
    """Stop if there is an error among the findings.

    Raises:
        ContractError: Lists every finding of severity `error`.
    """
    errors = [finding for finding in findings if finding.severity == "error"]
    if not errors:
        return
    listed = "\n".join(
        "\n".join(f"  {line}" for line in finding.describe().splitlines()) for finding in errors
    )
    number = "one error" if len(errors) == 1 else f"{len(errors)} errors"
    raise ContractError(
        f"{number} in the data:\n{listed}",
        where=where,
        remedy="Correct the data or the mapping and run again; nothing was written.",
    )
