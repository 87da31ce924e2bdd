"""What was known at the close: the one place where later data are cut off.

A row that starts at or after the close is left out; an end at or after the close is not known yet, so it is
null. Attributes without a time (industry, a flag the source keeps) are taken as they stand. `renewal_at`
lies ahead by
nature: it is what the terms said, and stays.
"""

from __future__ import annotations

import datetime as dt

import ibis
import ibis.expr.types as ir

from reporting.metrics.localtime import to_utc
from reporting.month import Month

STARTS = {
    "subscriptions": "valid_from",
    "events": "occurred_at",
    "users": "created_at",
    "integrations": "connected_at",
    "tickets": "opened_at",
    "surveys": "answered_at",
    "cancellations": "requested_at",
    "acquisition": "month",
}
ENDS = {
    "subscriptions": ("valid_to",),
    "users": ("invited_at", "deactivated_at"),
    "integrations": ("disconnected_at",),
    "tickets": ("closed_at",),
    "cancellations": ("effective_at",),
}


def as_of(tables: dict[str, ir.Table], month: Month, timezone: str) -> dict[str, ir.Table]:
    """The canonical tables as they were known at the month's close; times stay UTC.

    Accounts are kept if they signed up or had a subscription before the close; a later sign-up is null.
    """
    close = to_utc(month.close, timezone)
    cut = {name: _cut(name, table, month, close) for name, table in tables.items() if name in STARTS}
    accounts = tables["accounts"]
    known = (accounts.signed_up_at < close) | accounts.account_id.isin(cut["subscriptions"].account_id)
    cut["accounts"] = accounts.filter(known).mutate(signed_up_at=_before(accounts.signed_up_at, close))
    if "tickets" in cut:
        cut["tickets"] = _cut_ticket(cut["tickets"], close)
    return cut


def _cut(name: str, table: ir.Table, month: Month, close: dt.datetime) -> ir.Table:
    limit = month.close.date() if name == "acquisition" else close
    rows = table.filter(table[STARTS[name]] < limit)
    return rows.mutate(**{end: _before(rows[end], close) for end in ENDS.get(name, ())})


def _before(moment: ir.TimestampColumn, close: dt.datetime) -> ir.TimestampColumn:
    return (moment < close).ifelse(moment, ibis.null(moment.type()))


def _cut_ticket(tickets: ir.Table, close: dt.datetime) -> ir.Table:
    """The score is given at the end of a ticket, the first response some minutes after it was opened."""
    answered = tickets.opened_at.epoch_seconds() + tickets.first_response_minutes * 60 < _epoch(close)
    return tickets.mutate(
        satisfaction=tickets.closed_at.notnull().ifelse(tickets.satisfaction, ibis.null("float64")),
        first_response_minutes=answered.ifelse(tickets.first_response_minutes, ibis.null("float64")),
    )


def _epoch(moment: dt.datetime) -> int:
    return int((moment - dt.datetime(1970, 1, 1)).total_seconds())
