"""Checks on events, made for a hundred million of them.

Events are summed up once by account, subscription and user, by name and by time; the checks read the sums.
Only where these leave a question open, because a group begins before and ends after the date it is held
against, are events read again. A caller that has such sums already hands them in, and events are not summed
again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import ibis.expr.types as ir

from reporting.contract.findings import EXAMPLES, Finding, as_text
from reporting.contract.freshness import freshness
from reporting.contract.naming import product_findings
from reporting.contract.nothing import events_for_nothing
from reporting.contract.rules import duplicate_keys, kept, number_of, rows
from reporting.contract.spelling import misspelled_accounts, twins
from reporting.contract.tables import TABLES
from reporting.contract.usage import Usage, beside, odd, required_empty, summarised
from reporting.params.product import Product

_EVENTS = TABLES["events"]
MANY = 10_000_000
"""Above this number of events, repeated ids are looked for among those of the report month only."""


def event_findings(
    tables: Mapping[str, ir.Table],
    close: dt.datetime | None,
    usage: Usage | None = None,
    timezone: str = "UTC",
    product: Product | None = None,
    declared: bool | None = None,
) -> list[Finding] | None:
    """Findings on the table `events`; None if it is empty.

    Args:
        tables: Canonical tables as of the close, `accounts` and `events` among them.
        close: The month's close.
        usage: The sums of the events up to the close, if the caller has them: tables in memory.
        timezone: The company's zone.
        product: The product definition; None = its names are not looked for.
        declared: See `freshness`; None = whether the data reach the close is not looked at.
    """
    events = tables["events"]
    with summarised(events, timezone) if usage is None else beside(usage, events) as sums:
        if not sums.total:
            return None
        findings = _faulty_values(events, sums.faults, sums.total)
        if sums.by_user is not None:
            findings += _unknown(sums.by_user, tables, ("account_id", "user_id"), sums.total)
        if sums.by_subscription is not None:
            findings += _unknown(sums.by_subscription, tables, ("subscription_id",), sums.total)
        if sums.by_user is not None:
            findings += _before_sign_up(sums.by_user, events, tables["accounts"], sums.total)
        if sums.by_subscription is not None and "subscriptions" in tables:
            findings += _before_subscription(
                sums.by_subscription, events, tables["subscriptions"], sums.total
            )
        strangers = any(finding.check == "unknown_account" for finding in findings)
        findings += _names(sums, tables["accounts"], strangers)
        if sums.by_name is not None and product:
            findings += product_findings(sums.by_name, product, sums.total)
        if close and declared is not None:
            findings += freshness(tables, sums.by_day, close, timezone, declared)
    return findings + _repeated(events, close, sums.total)


def _names(sums: Usage, accounts: ir.Table, strangers: bool) -> list[Finding]:
    """Ids and names that are written in several ways, or stand for nothing."""
    findings = []
    if sums.by_user is not None:
        if strangers:
            findings += misspelled_accounts(sums.by_user, "events", accounts)
        findings += events_for_nothing(sums.by_user, "user_id", sums.total)
    if sums.by_subscription is not None:
        findings += events_for_nothing(sums.by_subscription, "subscription_id", sums.total)
    if sums.by_name is not None:
        findings += twins(sums.by_name, "events", "event_name")
        findings += events_for_nothing(sums.by_name, "event_name", sums.total)
    return findings


def _repeated(events: ir.Table, close: dt.datetime | None, total: int) -> list[Finding]:
    if close is None or total <= MANY:
        return duplicate_keys(events, _EVENTS, total)
    start = (close - dt.timedelta(days=2)).replace(day=1)
    recent = events.filter(events.occurred_at >= start)
    return duplicate_keys(recent, _EVENTS, number_of(recent))


def _faulty_values(events: ir.Table, faults: Mapping[str, int], total: int) -> list[Finding]:
    findings = []
    columns = {"account": "account_id", "name": "event_name", "time": "occurred_at"}
    for name, empty in required_empty(events).items():
        if count := faults.get(f"no_{name}", 0):
            findings.append(
                Finding(
                    "empty_value", "error", "events", columns[name], count, total,
                    f"The required {columns[name]} is empty in {count:,} of {total:,} events.",
                    _some(events.filter(empty), ["event_id", "account_id", "event_name", "occurred_at"]),
                    "Fill it in the source, or leave such rows out in the SELECT if they should not count.",
                )
            )  # fmt: skip
    if count := faults.get("odd_quantity", 0):
        findings.append(
            Finding(
                "odd_quantity", "error", "events", "quantity", count, total,
                f"The quantity is negative or infinite in {count:,} of {total:,} events.",
                _some(
                    events.filter(odd(events.quantity)),
                    ["event_id", "account_id", "occurred_at", "quantity"],
                ),
                "Correct the source, or leave such rows out in the SELECT.",
            )
        )  # fmt: skip
    return findings


_BELONGS = {
    "account_id": ("accounts", "They count for no account."),
    "user_id": ("users", "They count for the account, but for no known user."),
    "subscription_id": ("subscriptions", "They count for the account all the same."),
}


def _unknown(
    groups: ir.Table, tables: Mapping[str, ir.Table], keys: tuple[str, ...], total: int
) -> list[Finding]:
    """Events whose account, user or subscription is in no table."""
    findings = []
    for key in keys:
        table, effect = _BELONGS[key]
        if table not in tables:
            continue
        strangers = groups.filter(groups[key].notnull()).anti_join(tables[table], key)
        by_key = strangers.group_by(key).aggregate(events=lambda t: t.events.sum())
        counted = rows(by_key.aggregate(keys=by_key.count(), events=by_key.events.sum()))[0]
        if not counted["keys"]:
            continue
        count, different = int(counted["events"]), int(counted["keys"])
        findings.append(
            Finding(
                f"unknown_{key.removesuffix('_id')}", "warning", "events", key, count, total,
                f"{count:,} of {total:,} events name an unknown {key} ({different:,} different). {effect}",
                [as_text(row) for row in rows(by_key.order_by(by_key.events.desc(), key).limit(EXAMPLES))],
                f"Add them to {table}.sql, or leave these events out in events.sql.",
            )
        )  # fmt: skip
    return findings


def _before_sign_up(groups: ir.Table, events: ir.Table, accounts: ir.Table, total: int) -> list[Finding]:
    starts = accounts.group_by("account_id").aggregate(starts=accounts.signed_up_at.min())
    return _before(
        groups, events, starts, "account_id", total, "before_sign_up", "before the sign-up of their account",
        "Check which date is right; time to first value and cohorts by sign-up lean on it.",
    )  # fmt: skip


def _before_subscription(
    groups: ir.Table, events: ir.Table, subscriptions: ir.Table, total: int
) -> list[Finding]:
    starts = subscriptions.group_by("subscription_id").aggregate(starts=subscriptions.valid_from.min())
    return _before(
        groups, events, starts, "subscription_id", total, "before_subscription",
        "before the start of their subscription",
        "Check whether usage is booked on the right subscription.",
    )  # fmt: skip


def _before(
    groups: ir.Table,
    events: ir.Table,
    starts: ir.Table,
    key: str,
    total: int,
    check: str,
    statement: str,
    remedy: str,
) -> list[Finding]:
    """Events before the date that `starts` gives for their `key`."""
    dated = groups.inner_join(starts, key)
    before, across = (
        dated["last"] < dated.starts,
        (dated["first"] < dated.starts) & (dated["last"] >= dated.starts),
    )
    by_key = dated.group_by(key, "starts").aggregate(
        first_event=dated["first"].min(), events=dated.events.sum(where=before), across=across.sum()
    )
    with kept(by_key.filter(by_key.first_event < by_key.starts)) as early:
        counted = rows(
            early.aggregate(
                keys=early.count(),
                events=early.events.sum(where=early.across == 0),
                across=early.across.sum(),
            )
        )[0]
        if not counted["keys"]:
            return []
        count, keys = int(counted["events"] or 0), int(counted["keys"])
        if counted["across"]:
            within = events.inner_join(early.filter(early.across > 0).select(key, "starts"), key)
            count += number_of(within.filter(within.occurred_at < within.starts))
        shown = rows(early.order_by(key).limit(EXAMPLES).select(key, "starts", "first_event"))
    return [
        Finding(
            check, "warning", "events", "occurred_at", count, total,
            f"{count:,} of {total:,} events lie {statement} ({keys:,} {key.removesuffix('_id')}s).",
            [as_text(row) for row in shown],
            remedy,
        )
    ]  # fmt: skip


def _some(events: ir.Table, columns: list[str]) -> list[dict[str, str | dt.datetime]]:
    return [as_text(row) for row in rows(events.select(columns).order_by(columns).limit(EXAMPLES))]
