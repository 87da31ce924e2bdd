"""Rules on rows: all rules of a table are counted in one pass, then the broken ones get examples."""

from __future__ import annotations

import datetime as dt
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import ibis
import ibis.expr.types as ir

from reporting.contract.findings import EXAMPLES, Finding, as_text
from reporting.contract.tables import NUMBER, TEXT, CanonicalTable


@dataclass(frozen=True)
class Rule:
    """A condition that no row should fulfil.

    Args:
        check: Stable name of the check.
        severity: `error` or `warning`.
        column: Canonical column it is about.
        broken: True on the rows concerned.
        statement: What is wrong; the message goes on `in 3 of 5,000 subscriptions`.
        remedy: What to do.
        shown: Further columns shown in the examples.
        above: Share of rows up to which it is not worth a word.
    """

    check: str
    severity: Literal["error", "warning"]
    column: str
    broken: ir.BooleanValue
    statement: str
    remedy: str
    shown: tuple[str, ...] = ()
    above: float = 0.0


def rows(table: ir.Table) -> list[dict[str, Any]]:
    """Run an expression and fetch its rows."""
    return table.to_pyarrow().to_pylist()


def number_of(table: ir.Table) -> int:
    """How many rows the table has."""
    return int(table.count().to_pyarrow().as_py())


@contextmanager
def kept(table: ir.Table, beside: ir.Table | None = None) -> Generator[ir.Table]:
    """The result of `table`, computed once for the queries of a `with` block.

    Args:
        table: An expression, or rows in memory if `beside` is given.
        beside: A table on the engine where the result is to be.
    """
    con = ibis.get_backend(table if beside is None else beside)
    name = ibis.util.gen_name("kept")
    if con.name == "pyspark":
        with (table if beside is None else con.create_view(name, table)).cache() as cached:
            yield cached
        if beside is not None:
            con.drop_view(name)
        return
    result = con.create_table(name, table, temp=True)
    try:
        yield result
    finally:
        con.raw_sql(f"DROP TABLE {name}")


def noun(canonical: CanonicalTable) -> str:
    """What the rows of a table are called in a message."""
    return "acquisition rows" if canonical.name == "acquisition" else canonical.name


def apply(rules: Sequence[Rule], table: ir.Table, canonical: CanonicalTable) -> list[Finding]:
    """Count every rule in one pass over `table`, and fetch examples of those that are broken."""
    sums = {f"rule_{number}": rule.broken.sum() for number, rule in enumerate(rules)}
    counted = rows(table.aggregate(total=table.count(), **sums))[0]
    total = int(counted["total"])
    findings = []
    for number, rule in enumerate(rules):
        count = int(counted[f"rule_{number}"] or 0)
        if count > rule.above * total:
            message = f"{rule.statement} in {count:,} of {total:,} {noun(canonical)}."
            examples = _examples(table, rule, canonical)
            findings.append(
                Finding(
                    rule.check,
                    rule.severity,
                    canonical.name,
                    rule.column,
                    count,
                    total,
                    message,
                    examples,
                    rule.remedy,
                )
            )
    return findings


def _examples(table: ir.Table, rule: Rule, canonical: CanonicalTable) -> list[dict[str, str | dt.datetime]]:
    names = list(dict.fromkeys((*canonical.key, *rule.shown, rule.column)))
    found = table.filter(rule.broken).select(names).order_by(names).limit(EXAMPLES)
    return [as_text(row) for row in rows(found)]


def general_rules(table: ir.Table, canonical: CanonicalTable) -> list[Rule]:
    """Required values are there, enumerations hold, numbers are finite."""
    found = []
    for column in canonical.columns:
        value = table[column.name]
        if column.required:
            empty = value.isnull() | (value == "") if column.type == TEXT else value.isnull()
            found.append(
                Rule(
                    "empty_value",
                    "error",
                    column.name,
                    empty,
                    f"The required {column.name} is empty",
                    "Fill it in the source, or leave such rows out in the SELECT if they should not count.",
                )
            )
        if column.choices:
            found.append(
                Rule(
                    f"unknown_{column.name}",
                    "error",
                    column.name,
                    value.notnull() & value.notin(column.choices),
                    f"The {column.name} is none of {', '.join(column.choices)}",
                    f"Translate it in the SELECT: CASE ... WHEN 'monthly' THEN '{column.choices[-1]}' END."
                    if column.name != "amount_period"
                    else "Translate it in the SELECT, for example CASE ... WHEN 'monthly' THEN 'month' END.",
                )
            )
        if column.type == NUMBER:
            found.append(
                Rule(
                    "infinite_number",
                    "error",
                    column.name,
                    value.isinf(),
                    f"The {column.name} is infinite",
                    "Correct the source; leave the value empty if it isn't known.",
                )
            )
    return found


def duplicate_keys(table: ir.Table, canonical: CanonicalTable, total: int) -> list[Finding]:
    """Keys that stand more than once."""
    keys = list(canonical.key)
    filled = ibis.and_(*(table[key].notnull() for key in keys))
    times = (
        table.filter(filled).group_by(keys).aggregate(times=lambda t: t.count()).filter(lambda t: t.times > 1)
    )
    counted = rows(times.aggregate(keys=times.count(), rows=times.times.sum()))[0]
    count = int(counted["keys"])
    if not count:
        return []
    severity = "warning" if canonical.name == "events" else "error"
    name = " and ".join(keys)
    message = (
        f"The key {name} stands more than once in {int(counted['rows']):,} of {total:,} {noun(canonical)} "
        f"(different keys: {count:,})."
    )
    remedy = (
        "Every row counts as an event of its own; remove repeated deliveries in the SELECT (SELECT DISTINCT)."
        if severity == "warning"
        else "Give every row its own key in the SELECT; SELECT DISTINCT if whole rows are repeated."
    )
    examples = [as_text(row) for row in rows(times.order_by(keys).limit(EXAMPLES))]
    return [
        Finding("duplicate_key", severity, canonical.name, keys[0], count, total, message, examples, remedy)
    ]
