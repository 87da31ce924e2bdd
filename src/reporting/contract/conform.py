"""Turn what a SELECT returns into a canonical table.

Whatever can't be read becomes NULL in the canonical table and a finding of severity `error`, so it never goes
unnoticed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import ibis
import ibis.expr.types as ir

from reporting.contract.dates import ambiguous, hint
from reporting.contract.findings import EXAMPLES, Finding, as_text
from reporting.contract.nothing import WORDS as NOTHING
from reporting.contract.nothing import nullif
from reporting.contract.tables import CanonicalTable
from reporting.contract.values import DECIMALS, KINDS, WORDS, Reading, read
from reporting.errors import did_you_mean

_SAMPLE = 200


@dataclass
class Conformed:
    """A canonical table and what was noticed on the way.

    Attributes:
        table: All canonical columns in order; those not mapped are typed NULLs. None if it can't be built.
        mapped: Canonical columns that the SELECT returned.
        findings: Missing, unknown and unreadable columns.
    """

    table: ir.Table | None
    mapped: frozenset[str]
    findings: list[Finding] = field(default_factory=list)


def conform(
    raw: ir.Table,
    canonical: CanonicalTable,
    origin: str,
    formats: Mapping[str, str] | None = None,
    timezone: str = "UTC",
) -> Conformed:
    """Give `raw` the names and types of `canonical`.

    Args:
        raw: What the mapping's SELECT returns; names match whatever their case.
        canonical: The table it is to become.
        origin: Files the rows come from, named in messages.
        formats: Declared strftime formats of dates written as text, by `default` and `table.column`.
        timezone: Zone in which a date without a time begins.
    """
    raw = raw.rename({name.lower(): name for name in raw.columns if name != name.lower()})
    columns = _Columns(raw, canonical, origin, formats or {})
    readings: dict[str, Reading] = {}
    findings = columns.missing() + columns.unknown()
    mapped = [name for name in canonical.names if name in raw.columns]
    for name in mapped:
        reading = read(raw[name], canonical[name].type, columns.format(name), timezone)
        if reading is None and columns.empty(name):
            reading = Reading(ibis.null(canonical[name].type))  # `NULL AS valid_to` is a number to engines
        if reading is None:
            findings.append(columns.wrong_type(name))
        else:
            readings[name] = reading
    findings += columns.unreadable(readings)
    if any(finding.check in ("missing_column", "wrong_type") for finding in findings):
        return Conformed(None, frozenset(mapped), findings)
    values = {
        column.name: readings[column.name].value if column.name in readings else ibis.null(column.type)
        for column in canonical.columns
    }
    return Conformed(raw.select(**values), frozenset(mapped), findings)


@dataclass(frozen=True)
class _Columns:
    """What is to be said of the columns of one mapping."""

    raw: ir.Table
    canonical: CanonicalTable
    origin: str
    formats: Mapping[str, str]

    def format(self, name: str) -> str | None:
        return self.formats.get(f"{self.canonical.name}.{name}", self.formats.get("default"))

    def empty(self, name: str) -> bool:
        """Whether no row says anything in this column."""
        return not self.raw[name].count().to_pyarrow().as_py()

    def missing(self) -> list[Finding]:
        spare = [name for name in self.raw.columns if name not in self.canonical.names]
        return [
            self._about(
                "missing_column", "error", name,
                f"the SELECT does not return this required column ({self.canonical[name].meaning}). "
                f"It returns: {', '.join(self.raw.columns)}.{did_you_mean(name, spare)}",
                f"Add it in {self.canonical.name}.sql: ... AS {name}.",
            )
            for name in self.canonical.required_names
            if name not in self.raw.columns
        ]  # fmt: skip

    def unknown(self) -> list[Finding]:
        free = [name for name in self.canonical.names if name not in self.raw.columns]
        own = ", or name it under `account_columns:`" if self.canonical.name == "accounts" else ""
        return [
            self._about(
                "unknown_column", "warning", name,
                f"no column of the contract, so it is ignored.{did_you_mean(name, free)}",
                f"Rename or remove it in {self.canonical.name}.sql{own}.",
            )
            for name in self.raw.columns
            if name not in self.canonical.names
        ]  # fmt: skip

    def wrong_type(self, name: str) -> Finding:
        return self._about(
            "wrong_type", "error", name,
            f"expected {WORDS[self.canonical[name].type]}, the SELECT returns {self.raw[name].type()}.",
            f"Convert it in {self.canonical.name}.sql; a Unix time for example with to_timestamp({name}).",
        )  # fmt: skip

    def _about(
        self, check: str, severity: Literal["error", "warning"], name: str, message: str, remedy: str
    ) -> Finding:
        return Finding(check, severity, self.canonical.name, name, 1, 1, message, [], remedy)

    def unreadable(self, readings: Mapping[str, Reading]) -> list[Finding]:
        """One pass over the table for all columns in doubt, then a small query for each that has faults."""
        doubtful = {name: reading for name, reading in readings.items() if reading.unreadable is not None}
        finer = {name: where for name, reading in readings.items() if (where := reading.rounded) is not None}
        if not doubtful and not finer:
            return []
        swappable = [name for name in doubtful if self._is_date(name) and ambiguous(self.format(name))]
        figures = {
            f"bad {name}": reading.unreadable.sum()
            for name, reading in readings.items()
            if reading.unreadable is not None
        }
        figures |= {f"finer {name}": where.sum() for name, where in finer.items()}
        for name in swappable:
            date = doubtful[name].value
            figures |= {f"latest day {name}": date.day().max(), f"days {name}": date.day().nunique()}
            figures[f"dates {name}"] = date.nunique()
        counted = self.raw.aggregate(total=self.raw.count(), **figures).to_pyarrow().to_pylist()[0]
        findings = []
        for name, reading in doubtful.items():
            if count := int(counted[f"bad {name}"] or 0):
                findings.append(self._unreadable(name, reading, count, int(counted["total"])))
            elif (
                name in swappable
                and (counted[f"latest day {name}"] or 31) <= 12
                and counted[f"days {name}"] > 1
                and counted[f"dates {name}"] >= 6
            ):
                findings.append(self._swapped(name, int(counted["total"])))
        for name, where in finer.items():
            if count := int(counted[f"finer {name}"] or 0):
                findings.append(self._rounded(name, where, count, int(counted["total"])))
        return findings

    def _is_date(self, name: str) -> bool:
        return KINDS.get(self.canonical[name].type) == "date"

    def _unreadable(self, name: str, reading: Reading, count: int, total: int) -> Finding:
        rows = self._rows(name, reading.unreadable)
        values = [str(row[name]) for row in rows]
        type = self.canonical[name].type
        message = f"{count:,} of {total:,} values in {self.origin} can't be read as {WORDS[type]}."
        if self._is_date(name):
            expected, remedy = hint(values, self.format(name), f"{self.canonical.name}.{name}")
            message = f"{message} {expected}"
        else:
            remedy = _number_hint(values, name)
        if texts := [value for value in values if value.strip().lower() in NOTHING]:
            remedy = f"{nullif(name, self.canonical.name, texts[:1])} {remedy}"
        examples = [as_text(row) for row in rows[:EXAMPLES]]
        return Finding(
            f"unreadable_{KINDS[type]}",
            "error",
            self.canonical.name,
            name,
            count,
            total,
            message,
            examples,
            remedy,
        )

    def _rows(self, name: str, which: ir.BooleanValue | None) -> list[dict[str, str]]:
        """Some rows of the source, the key and the column as text."""
        keys = [key for key in self.canonical.key if key in self.raw.columns and key != name]
        keys = keys or [key for key in ("account_id",) if key in self.raw.columns]
        shown = {key: self.raw[key].cast("string") for key in (*keys, name)}
        found = self.raw.filter(which).select(**shown).order_by([*keys, name]).limit(_SAMPLE)
        return found.to_pyarrow().to_pylist()

    def _rounded(self, name: str, where: ir.BooleanValue, count: int, total: int) -> Finding:
        return Finding(
            "rounded_amount", "warning", self.canonical.name, name, count, total,
            f"{count:,} of {total:,} values in {self.origin} have more than {DECIMALS} decimals and are "
            f"rounded to {DECIMALS}.",
            [as_text(row) for row in self._rows(name, where)[:EXAMPLES]],
            f"Round them in {self.canonical.name}.sql as the invoices do, or return the price of the period "
            "that is invoiced: a year's, not a twelfth of it.",
        )  # fmt: skip

    def _swapped(self, name: str, total: int) -> Finding:
        return Finding(
            "date_order", "warning", self.canonical.name, name, total, total,
            f"Read as {self.format(name)}, no date in {self.origin} has a day above 12: "
            "day and month may be swapped.",
            [],
            "Compare a few dates with the source system; correct the format under `formats:` if need be.",
        )  # fmt: skip


def _number_hint(values: list[str], name: str) -> str:
    if any(re.search(r"\d,\d{3}(\D|$)", value) for value in values):
        return f"Remove the thousands separators in the SELECT: replace({name}, ',', '')."
    if any(re.search(r"\d,\d", value) for value in values):
        return f"Write a decimal point in the SELECT: replace({name}, ',', '.')."
    if any(re.match(r"[-+]?\d{15}|.*[eE]\+?\d{2}", value) for value in values):
        return "Look for a lost decimal point, or a number that is none, as an id."
    return "Correct the values in the source, or convert them in the SELECT."
