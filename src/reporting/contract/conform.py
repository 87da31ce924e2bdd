"""Turn what a SELECT returns into a canonical table: names, types, and text read by declared formats.

Typed columns are cast; text is parsed. Whatever can't be read becomes NULL in the canonical table and a finding of
severity `error`, so it never goes unnoticed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from reporting.contract.dates import ambiguous, hint, read_time
from reporting.contract.findings import EXAMPLES, Finding, as_text
from reporting.contract.tables import DATE, FLAG, INTEGER, MONEY, NUMBER, TEXT, TIME, CanonicalTable
from reporting.errors import did_you_mean

_TRUE, _FALSE = ("true", "t", "yes", "y", "1"), ("false", "f", "no", "n", "0")
_NUMBER = r"^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?$"
_WHOLE = r"^[-+]?[0-9]+(\.0*)?$"
_WORDS = {
    TIME: "a date",
    DATE: "a date",
    MONEY: "a number",
    NUMBER: "a number",
    INTEGER: "a whole number",
    FLAG: "true or false",
}


@dataclass(frozen=True)
class Conformed:
    """A canonical table and what was noticed on the way.

    Args:
        table: All canonical columns in order; those not mapped are typed NULLs. None if it can't be built.
        mapped: Canonical columns that the SELECT returned.
        findings: Missing, unknown and unreadable columns.
    """

    table: ir.Table | None
    mapped: frozenset[str]
    findings: list[Finding]


@dataclass(frozen=True)
class _Reading:
    """A column's canonical value, and where the source's value can't be read."""

    value: ir.Value
    unreadable: ir.BooleanValue | None = None


def conform(raw: ir.Table, canonical: CanonicalTable, formats: Mapping[str, str], origin: str) -> Conformed:
    """Give `raw` the names and types of `canonical`.

    Args:
        raw: What the mapping's SELECT returns; names match whatever their case.
        formats: Declared strftime formats of text dates, by `default` and `table.column`.
        origin: Files the rows come from, named in messages.
    """
    raw = raw.rename({name.lower(): name for name in raw.columns if name != name.lower()})
    mapped = frozenset(raw.columns) & set(canonical.names)
    findings = _missing(raw, canonical, origin) + _unknown(raw, canonical, origin)
    columns: dict[str, ir.Value] = {}
    doubtful: dict[str, ir.BooleanValue] = {}
    for column in canonical.columns:
        if column.name not in mapped:
            columns[column.name] = ibis.null(column.type)
            continue
        declared = formats.get(f"{canonical.name}.{column.name}", formats.get("default"))
        reading = _read(raw[column.name], column.type, declared)
        if reading is None:
            findings.append(_wrong_type(raw, canonical, column.name, origin))
            continue
        columns[column.name] = reading.value
        if reading.unreadable is not None:
            doubtful[column.name] = reading.unreadable
    findings += _unreadable(raw, canonical, doubtful, columns, formats, origin)
    if any(finding.check in ("missing_column", "wrong_type") for finding in findings):
        return Conformed(None, mapped, findings)
    return Conformed(raw.select(**columns), mapped, findings)


def _read(value: ir.Value, type: str, format: str | None) -> _Reading | None:
    """How `value` becomes `type`; None if it never can."""
    kind = value.type()
    if kind.is_null():
        return _Reading(ibis.null(type))
    if type == TEXT:
        return _Reading(value if kind.is_string() else value.cast("string"))
    if type in (TIME, DATE):
        return _read_date(value, type, format)
    if type == FLAG:
        return _read_flag(value)
    return _read_number(value, type)


def _read_date(value: ir.Value, type: str, format: str | None) -> _Reading | None:
    kind = value.type()
    if kind.is_timestamp() or kind.is_date():
        time, unreadable = value.cast(TIME), None
    elif kind.is_string():
        time = read_time(value, format)
        unreadable = _filled(value) & time.isnull()
    else:
        return None
    return _Reading(time.truncate("M").cast(DATE) if type == DATE else time, unreadable)


def _read_flag(value: ir.Value) -> _Reading | None:
    kind = value.type()
    if kind.is_boolean():
        return _Reading(value)
    if not (kind.is_string() or kind.is_integer()):
        return None
    text = value.cast("string").strip().lower()
    flag = ibis.cases((text.isin(_TRUE), True), (text.isin(_FALSE), False))
    return _Reading(flag, _filled(value.cast("string")) & flag.isnull())


def _read_number(value: ir.Value, type: str) -> _Reading | None:
    kind = value.type()
    if kind.is_string():
        text = value.strip()
        readable = text.re_search(_WHOLE if type == INTEGER else _NUMBER)
        number = readable.ifelse(text, ibis.null("string"))
        number = number.cast(NUMBER).cast(type) if type == INTEGER else number.cast(type)
        return _Reading(number, _filled(value) & ~readable)
    if kind.is_floating():
        missing = value.isnan() if type != MONEY else ibis.literal(False)
        if type == NUMBER:
            return _Reading(missing.ifelse(ibis.null(type), value.cast(type)))
        readable = ~(value.isnan() | value.isinf())
        if type == INTEGER:
            readable = readable & (value == value.floor())
        return _Reading(
            readable.ifelse(value, ibis.null()).cast(type), value.notnull() & ~missing & ~readable
        )
    if kind.is_numeric() and not kind.is_boolean():
        return _Reading(value if kind == ibis.dtype(type) else value.cast(type))
    return None


def _filled(text: ir.StringValue) -> ir.BooleanValue:
    return text.notnull() & (text.strip() != "")


def _missing(raw: ir.Table, canonical: CanonicalTable, origin: str) -> list[Finding]:
    absent = [name for name in canonical.required_names if name not in raw.columns]
    spare = [name for name in raw.columns if name not in canonical.names]
    returned = ", ".join(raw.columns)
    return [
        Finding(
            "missing_column",
            "error",
            canonical.name,
            name,
            1,
            1,
            f"the SELECT does not return this required column ({canonical[name].meaning}). It returns: {returned}."
            f"{did_you_mean(name, spare)}",
            remedy=f"Name it in {origin}: SELECT ... AS {name}.",
        )
        for name in absent
    ]


def _unknown(raw: ir.Table, canonical: CanonicalTable, origin: str) -> list[Finding]:
    free = [name for name in canonical.names if name not in raw.columns]
    return [
        Finding(
            "unknown_column",
            "warning",
            canonical.name,
            name,
            1,
            1,
            f"the SELECT returns a column the contract doesn't know; it is ignored.{did_you_mean(name, free)}",
            remedy=f"Rename or remove it in {origin}.",
        )
        for name in raw.columns
        if name not in canonical.names
    ]


def _wrong_type(raw: ir.Table, canonical: CanonicalTable, name: str, origin: str) -> Finding:
    return Finding(
        "wrong_type",
        "error",
        canonical.name,
        name,
        1,
        1,
        f"expected {_WORDS[canonical[name].type]}, the SELECT returns {raw[name].type()}.",
        remedy=f"Convert it in {origin}; a Unix time for example with to_timestamp({name}).",
    )


def _unreadable(
    raw: ir.Table,
    canonical: CanonicalTable,
    doubtful: Mapping[str, ir.BooleanValue],
    columns: Mapping[str, ir.Value],
    formats: Mapping[str, str],
    origin: str,
) -> list[Finding]:
    """One pass over the table for all doubtful columns, then one small query per column that has faults."""
    if not doubtful:
        return []
    figures = {f"bad_{name}": flag.sum() for name, flag in doubtful.items()}
    for name in doubtful:
        declared = formats.get(f"{canonical.name}.{name}", formats.get("default"))
        if canonical[name].type in (TIME, DATE) and ambiguous(declared):
            day = columns[name].day()
            figures |= {
                f"max_{name}": day.max(),
                f"days_{name}": day.nunique(),
                f"dates_{name}": columns[name].nunique(),
            }
    counted = raw.aggregate(total=raw.count(), **figures).to_pyarrow().to_pylist()[0]
    findings = []
    for name, flag in doubtful.items():
        declared = formats.get(f"{canonical.name}.{name}", formats.get("default"))
        count, total = int(counted[f"bad_{name}"] or 0), int(counted["total"])
        if count:
            findings.append(_unreadable_column(raw, canonical, name, flag, declared, origin, count, total))
        elif (
            f"max_{name}" in counted
            and (counted[f"max_{name}"] or 31) <= 12
            and counted[f"dates_{name}"] >= 6
            and counted[f"days_{name}"] > 1
        ):
            findings.append(_suspicious_order(canonical, name, str(declared), total, origin))
    return findings


def _unreadable_column(
    raw: ir.Table,
    canonical: CanonicalTable,
    name: str,
    flag: ir.BooleanValue,
    declared: str | None,
    origin: str,
    count: int,
    total: int,
) -> Finding:
    keys = [key for key in canonical.key if key in raw.columns] or [canonical.columns[0].name]
    shown = {key: raw[key].cast("string") for key in keys if key in raw.columns} | {
        name: raw[name].cast("string")
    }
    rows = raw.filter(flag).select(**shown).order_by(list(shown)).limit(200).to_pyarrow().to_pylist()
    type = canonical[name].type
    message = f"{count:,} of {total:,} values in {origin} can't be read as {_WORDS[type]}."
    remedy = _number_hint([str(row[name]) for row in rows], name)
    if type in (TIME, DATE):
        kind = "unreadable_date"
        explanation, remedy = hint([str(row[name]) for row in rows], declared, f"{canonical.name}.{name}")
        message = f"{message} {explanation}"
    else:
        kind = "unreadable_flag" if type == FLAG else "unreadable_number"
    examples = [as_text(row) for row in rows[:EXAMPLES]]
    return Finding(kind, "error", canonical.name, name, count, total, message, examples, remedy)


def _number_hint(values: list[str], name: str) -> str:
    if any(re.search(r"\d,\d{3}(\D|$)", value) for value in values):
        return f"Remove the thousands separators in the SELECT: replace({name}, ',', '')."
    if any(re.search(r"\d,\d", value) for value in values):
        return f"Write a decimal point in the SELECT: replace({name}, ',', '.')."
    return "Correct the values, or convert them in the SELECT."


def _suspicious_order(
    canonical: CanonicalTable, name: str, declared: str, total: int, origin: str
) -> Finding:
    return Finding(
        "date_order",
        "warning",
        canonical.name,
        name,
        total,
        total,
        f"read as {declared}, no date in {origin} has a day above 12: day and month may be swapped.",
        remedy=f"Compare a few dates with the source system; correct `formats: {canonical.name}.{name}` if need be.",
    )
