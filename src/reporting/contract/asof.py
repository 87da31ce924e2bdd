"""Cut the canonical tables at a month's close: what was known then, and nothing later."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from reporting.contract.tables import TABLES

BORN = {table.name: table.born for table in TABLES.values() if table.born}
"""The column that says when a row came to be; an account may pay before it signs up, see `as_of`."""


def as_of(tables: Mapping[str, ir.Table], close: dt.datetime) -> dict[str, ir.Table]:
    """The tables as they stood at `close`: later rows are gone, later ends are not yet known.

    An account exists from its sign-up or its first subscription, whichever comes first. Rows without a date
    stay, so that the checks can name them. Columns without a date of their own (plan at present, flags) stay
    as exported.
    """
    cut = {name: _without_later(name, table, close) for name, table in tables.items()}
    if "accounts" in cut and "subscriptions" in cut:
        accounts = cut["accounts"]
        early = cut["subscriptions"].filter(lambda t: t.valid_from.notnull()).account_id
        known = (
            accounts.signed_up_at.isnull() | (accounts.signed_up_at < close) | accounts.account_id.isin(early)
        )
        cut["accounts"] = accounts.filter(known)
    return cut


def _without_later(name: str, table: ir.Table, close: dt.datetime) -> ir.Table:
    if name in BORN:
        born = table[BORN[name]]
        instant = ibis.literal(close.date() if name == "acquisition" else close)
        table = table.filter(born.isnull() | (born < instant))
    if name == "tickets":
        answered = table.opened_at + table.first_response_minutes.cast("int64").as_interval("m") < close
        table = table.mutate(
            satisfaction=(table.closed_at.isnull() | (table.closed_at < close)).ifelse(
                table.satisfaction, ibis.null()
            ),
            first_response_minutes=answered.ifelse(table.first_response_minutes, ibis.null()),
        )
    ends = TABLES[name].ends
    return table.mutate(**{end: (table[end] < close).ifelse(table[end], ibis.null()) for end in ends})
