"""A SELECT for each canonical table that a dbt project has, to begin a source with."""

from __future__ import annotations

import re

from reporting.contract.tables import TABLES, CanonicalTable
from reporting.dbt.manifest import Manifest, Relation
from reporting.errors import ConfigError, did_you_mean

FINISHED = ("dim", "fct", "fact", "mart", "rpt")
"""Beginnings of the names of models that others are to read."""


def selects(manifest: Manifest) -> dict[str, str]:
    """Canonical table -> its SELECT, for each table that a model, seed, snapshot or source is found for.

    A relation is a table's if its `meta` says `reporting: <table>`, else by its name: that of the table, or
    one that ends with it (`dim_accounts`, `stg_crm__accounts`).

    Raises:
        ConfigError: There is none, or `meta` names a table that doesn't exist.
    """
    for relation in manifest.relations:
        if relation.table and relation.table not in TABLES:
            raise ConfigError(
                f"{relation.kind} {relation.name}: meta says `reporting: {relation.table}`, which is no "
                f"canonical table.{did_you_mean(relation.table, TABLES)}",
                where=manifest.path,
                remedy=f"Tables: {', '.join(TABLES)}.",
            )
    found = {name: _candidates(name, manifest) for name in TABLES}
    made = {name: _select(TABLES[name], *relations) for name, relations in found.items() if relations}
    if not made:
        raise ConfigError(
            "nothing in it is named as one of our tables.",
            where=manifest.path,
            remedy=f"Name them by `meta: {{reporting: accounts}}`; tables: {', '.join(TABLES)}.",
        )
    return made


def _candidates(table: str, manifest: Manifest) -> list[Relation]:
    """What may be the table, the likeliest first."""
    ranked = [(rank, r) for r in manifest.relations if (rank := _rank(table, r)) is not None]
    return [relation for _, relation in sorted(ranked, key=lambda pair: pair[0])]


def _rank(table: str, relation: Relation) -> int | None:
    if relation.table:
        return 0 if relation.table == table else None
    begin, _, end = relation.name.lower().rpartition(table)
    if end or not re.fullmatch(r"|.*_", begin):
        return None
    layer = 1 if not begin else 2 if begin.split("_")[0] in FINISHED else 3
    return layer + (3 if relation.kind == "source" else 0)


def _select(table: CanonicalTable, relation: Relation, *others: Relation) -> str:
    """A SELECT from `relation`; columns that dbt knows by our name are mapped."""
    known = {name.lower(): name for name in relation.columns}
    wanted = [c for c in table.columns if c.required or c.name in (*known, *table.ends)]
    width = max(len(known.get(column.name, column.name)) for column in wanted)
    lines = [f"-- {table.meaning}", f"-- From dbt: {relation.kind} {relation.name}."]
    lines += [f"-- It might also be {other.kind} {other.name}: {other.relation}." for other in others]
    lines.append("SELECT")
    for number, column in enumerate(wanted, 1):
        given = known.get(column.name, column.name)
        missing = "; dbt names no such column" if known and column.name not in known else ""
        text = f"    {given:{width}} AS {column.name}{',' if number < len(wanted) else ''}"
        lines.append(f"{text:44} -- {column.meaning}{missing}")
    for column in table.columns:
        if column not in wanted:
            lines.append(
                f"    -- , {column.name:{width}} AS {column.name}".ljust(44) + f" -- {column.meaning}"
            )
    if rest := [name for name in relation.columns if name.lower() not in table.names]:
        lines.append(f"    -- It has besides: {', '.join(rest)}.")
    return "\n".join([*lines, f"FROM {relation.relation}", ""])
