"""Tickets and integrations of each account at each close."""

from __future__ import annotations

import ibis.expr.types as ir

from reporting.metrics.exact import count_where


def tickets(months: ir.Table, table: ir.Table) -> ir.Table:
    """`account_id`, `month`, `tickets_opened` and `escalations` (escalated tickets opened) in the month,
    `tickets_open` at its close."""
    rows = months.join(table, table.opened_at < months.close)
    opened = rows.opened_at >= rows.month
    still_open = rows.closed_at.isnull() | (rows.closed_at >= rows.close)
    return rows.group_by("account_id", "month").aggregate(
        tickets_opened=count_where(opened),
        tickets_open=count_where(still_open),
        escalations=count_where(opened & rows.escalated.fill_null(False)),
    )


def integrations(months: ir.Table, table: ir.Table) -> ir.Table:
    """`account_id`, `month`, `integration_count`: connections that stand at the close."""
    standing = [
        table.connected_at < months.close,
        table.disconnected_at.isnull() | (table.disconnected_at >= months.close),
    ]
    rows = months.join(table, standing)
    return rows.group_by("account_id", "month").aggregate(integration_count=rows.count())
