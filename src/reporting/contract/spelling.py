"""Ids and names that differ in case or spaces only: the same to whoever wrote them, strangers to a join."""

from __future__ import annotations

import ibis.expr.types as ir

from reporting.contract.findings import EXAMPLES, Finding, as_text
from reporting.contract.rules import noun, number_of, rows
from reporting.contract.tables import TABLES

_COUNTED = {"account_id": "accounts", "plan": "plans", "event_name": "event names"}
_REMEDY = (
    "If they are the same, write them alike in {file}.sql, for example lower(trim({column})) AS {column}."
)


def twins(table: ir.Table, name: str, column: str) -> list[Finding]:
    """Values of a column that become one when case and spaces around them are left aside.

    Args:
        table: Holds the column; one or more rows a value.
        name: Canonical table.
        column: The column.
    """
    values = table.filter(table[column].notnull()).select(value=table[column]).distinct()
    same = values.group_by(plain=_plain(values.value)).aggregate(
        spellings=lambda t: t.count(), one=lambda t: t.value.min(), other=lambda t: t.value.max()
    )
    counted = rows(same.aggregate(count=(same.spellings > 1).sum(), total=same.spellings.sum()))[0]
    count = int(counted["count"] or 0)
    if not count:
        return []
    shown = same.filter(same.spellings > 1).order_by("one").limit(EXAMPLES).select("one", "other")
    said = f"{count:,} {_COUNTED[column]} are" if count > 1 else f"One of the {_COUNTED[column]} is"
    return [
        Finding(
            "spelled_twice", "warning", name, column, count, int(counted["total"]),
            f"{said} written in several ways that differ in case or spaces only; each counts by itself.",
            [as_text(row) for row in rows(shown)],
            _REMEDY.format(file=name, column=column),
        )
    ]  # fmt: skip


def misspelled_accounts(table: ir.Table, name: str, accounts: ir.Table) -> list[Finding]:
    """Account ids that are in no row of `accounts`, but would be if case and spaces around them didn't count.

    Args:
        table: Holds account ids that are unknown.
        name: Canonical table.
        accounts: Canonical accounts.
    """
    known = accounts.select(known="account_id").distinct()
    known = known.mutate(plain=_plain(known.known))
    ids = table.filter(table.account_id.notnull()).select("account_id").distinct()
    strange = ids.anti_join(known, ids.account_id == known.known)
    near = strange.mutate(plain=_plain(strange.account_id)).inner_join(known, "plain")
    found = rows(near.group_by("account_id").aggregate(known=near.known.min()).order_by("account_id"))
    if not found:
        return []
    count, total = len(found), number_of(ids)
    differ = "differs" if count == 1 else "differ"
    return [
        Finding(
            "misspelled_account", "warning", name, "account_id", count, total,
            f"{count:,} of {total:,} account ids in {noun(TABLES[name])} {differ} from the one in accounts "
            "in case or spaces only, so these rows find no account.",
            [{"account_id": row["account_id"], "in accounts": row["known"]} for row in found[:EXAMPLES]],
            _REMEDY.format(file=name, column="account_id"),
        )
    ]  # fmt: skip


def _plain(text: ir.StringValue) -> ir.StringValue:
    return text.strip().lower()
