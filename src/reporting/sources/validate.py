"""Everything there is to say about a source before a report is made from it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import ibis.expr.types as ir

from reporting.contract import TABLES, Finding
from reporting.contract.asof import BORN
from reporting.month import Month
from reporting.params.product import Product
from reporting.sources.source import Source, open_source

_SPAN = {**BORN, "accounts": "signed_up_at", "targets": "month"}
"""The column whose first and last value a table is told with."""


@dataclass(frozen=True)
class TableReport:
    """One canonical table of the source.

    Args:
        name: Canonical name.
        rows: Number of rows; None if the table can't be built because a required column is missing.
        mapped: Canonical columns the SELECT returns, in order.
        absent: Canonical columns it does not return.
        first: Earliest date of a row, by the column that says when it came to be.
        last: Latest.
    """

    name: str
    rows: int | None
    mapped: tuple[str, ...]
    absent: tuple[str, ...]
    first: dt.date | None
    last: dt.date | None


@dataclass(frozen=True)
class ValidationReport:
    """What `reporting validate` prints.

    Args:
        source: Name of the source.
        title: Company name.
        month: Month the findings are as of.
        tables: Mapped tables.
        not_mapped: Canonical tables without a SELECT.
        findings: Errors first.
    """

    source: str
    title: str
    month: Month
    tables: tuple[TableReport, ...]
    not_mapped: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether a report can be made: no finding is an error."""
        return all(finding.severity != "error" for finding in self.findings)


def validate(
    source_name: str, params_dir: Path, month: Month | None = None, product: Product | None = None
) -> ValidationReport:
    """Open the source, check it as of the month (default: the last complete one), and report.

    Args:
        source_name: `params/sources/<name>.yml`.
        params_dir: The folder `params/`.
        month: The report month.
        product: The product definition, whose names are looked for in the events.

    Raises:
        ConfigError, SourceError: The source can't be opened at all, or the month can't be reported.
    """
    with open_source(source_name, params_dir, lenient=True) as source:
        if month is not None and "subscriptions" in source.tables:
            source.require_month(month)
        month = month or source.last_month()
        findings = source.check(month, product=product) + later_rows(source)
        mapped = [name for name in TABLES if source.columns(name)]
        return ValidationReport(
            source.name,
            source.file.title,
            month,
            tuple(_describe(source, name) for name in mapped),
            tuple(name for name in TABLES if name not in mapped),
            tuple(sorted(findings, key=lambda finding: finding.severity)),
        )


def later_rows(source: Source) -> list[Finding]:
    """Rows after the last complete month of a closed source, or in the future of a live one.

    No part of `Source.check`, which looks at nothing after the month's close.
    """
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    closed = source.file.closed_through is not None
    horizon = source.closing(source.last_month()) if closed else now + dt.timedelta(days=1)
    findings = []
    for name, table in source.tables.items():
        if name not in BORN or name == "acquisition":
            continue
        later = table[BORN[name]] >= horizon
        counted = table.aggregate(total=table.count(), count=later.sum()).to_pyarrow().to_pylist()[0]
        if count := int(counted["count"] or 0):
            when = f"after {source.last_month()}, the last complete month" if closed else "in the future"
            findings.append(
                Finding(
                    "later_rows", "warning", name, BORN[name], count, int(counted["total"]),
                    f"{count:,} of {int(counted['total']):,} {name} lie {when}; no report reads them.",
                    [],
                    "Move `closed_through` on once they are complete." if closed else "Check these dates.",
                )
            )  # fmt: skip
    return findings


def _describe(source: Source, name: str) -> TableReport:
    canonical, columns = TABLES[name], source.columns(name)
    mapped = tuple(column for column in canonical.names if column in columns)
    absent = tuple(column for column in canonical.names if column not in columns)
    table: ir.Table | None = source.tables.get(name)
    if table is None:
        return TableReport(name, None, mapped, absent, None, None)
    born = table[_SPAN[name]]
    row = table.aggregate(rows=table.count(), first=born.min(), last=born.max()).to_pyarrow().to_pylist()[0]
    span = (_day(row[end], source.file.timezone) for end in ("first", "last"))
    return TableReport(name, int(row["rows"]), mapped, absent, *span)


def _day(moment: dt.date | None, timezone: str) -> dt.date | None:
    """The day on the company's calendar."""
    if not isinstance(moment, dt.datetime):
        return moment
    return moment.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(timezone)).date()
