"""Columns of one's own on accounts: tier, segment, parent account, carried through as text."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from reporting.contract.tables import TEXT, CanonicalTable, Column
from reporting.errors import SourceError
from reporting.sources.mapping import Mapping


def with_own(table: CanonicalTable, names: Sequence[str]) -> CanonicalTable:
    """`accounts` with these columns as well; any other table as it is."""
    if table.name != "accounts" or not names:
        return table
    return replace(table, columns=(*table.columns, *(Column(name, TEXT, "of your own") for name in names)))


def require_own(mapping: Mapping, names: Sequence[str], returned: Collection[str]) -> None:
    """Refuse a column that is declared and that the SELECT of accounts doesn't return.

    Raises:
        SourceError: Names the column.
    """
    if mapping.table != "accounts":
        return
    for name in names:
        if name not in returned:
            raise SourceError(
                f"the SELECT does not return '{name}', which `account_columns` names.",
                where=mapping.path,
                remedy=f"Add it: `... AS {name}`, or take it out of `account_columns`.",
            )
