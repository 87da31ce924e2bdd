"""Accounts of one's own and tests: left out before anything is counted, and said so."""

from __future__ import annotations

import ibis.expr.types as ir

from reporting.contract import Finding
from reporting.contract.findings import EXAMPLES, as_text


def without_internal(tables: dict[str, ir.Table]) -> tuple[dict[str, ir.Table], list[Finding]]:
    """The tables without the accounts marked `internal` and what is theirs, and a note that says so."""
    accounts = tables["accounts"]
    marked = accounts.filter(accounts.internal.fill_null(False)).select("account_id", "account_name")
    rows = marked.order_by("account_id").to_pyarrow().to_pylist()
    if not rows:
        return tables, []
    ids = sorted({row["account_id"] for row in rows if row["account_id"] is not None})
    kept = {
        name: table.filter(table.account_id.isnull() | table.account_id.notin(ids))
        if "account_id" in table.columns
        else table
        for name, table in tables.items()
    }
    total = accounts.count().to_pyarrow().as_py()
    gone = [_gone(name, tables, kept) for name in ("subscriptions",) if name in tables]
    message = (
        f"{len(ids):,} of {total:,} accounts are marked as your own or as tests. They are left out of every "
        f"figure, with all that is theirs{''.join(gone)}."
    )
    examples = [as_text(row) for row in rows[:EXAMPLES]]
    return kept, [
        Finding("internal_accounts", "note", "accounts", "internal", len(ids), total, message, examples)
    ]


def _gone(name: str, before: dict[str, ir.Table], after: dict[str, ir.Table]) -> str:
    count = before[name].count().to_pyarrow().as_py() - after[name].count().to_pyarrow().as_py()
    return f": {count:,} {name if count != 1 else name.removesuffix('s')}"
