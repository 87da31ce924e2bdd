"""Checks on events, made for a hundred million of them: one pass that sums up, then small tables only.

Events are summed up by account, subscription and user. Only where that leaves a question open, because a
group begins before and ends after the date it is held against, are the events of those groups read again.
"""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.types as ir

from reporting.contract.findings import EXAMPLES, Finding, as_text
from reporting.contract.rules import duplicate_keys, kept, rows
from reporting.contract.tables import TABLES

_EVENTS = TABLES["events"]


def usage_findings(tables: Mapping[str, ir.Table]) -> list[Finding] | None:
    """Findings on the table `events`; None if it is empty.

    Args:
        tables: Canonical tables as of the close, `accounts` and `events` among them.
    """
    events = tables["events"]
    keys = ["account_id", "subscription_id", *(["user_id"] if "users" in tables else [])]
    groups = events.group_by(keys).aggregate(
        events=events.count(),
        first=events.occurred_at.min(),
        last=events.occurred_at.max(),
        no_name=(events.event_name.isnull() | (events.event_name == "")).sum(),
        no_time=events.occurred_at.isnull().sum(),
        with_id=events.event_id.count(),
        odd_quantity=((events.quantity < 0) | events.quantity.isinf()).sum(),
    )
    with kept(groups) as groups:
        sums = rows(
            groups.aggregate(
                total=groups.events.sum(),
                no_account=groups.events.sum(where=groups.account_id.isnull() | (groups.account_id == "")),
                no_name=groups.no_name.sum(),
                no_time=groups.no_time.sum(),
                with_id=groups.with_id.sum(),
                odd_quantity=groups.odd_quantity.sum(),
            )
        )[0]
        total = int(sums["total"] or 0)
        if not total:
            return None
        findings = _empty_values(events, sums, total)
        findings += _unknown(groups, tables, total)
        findings += _before_sign_up(groups, events, tables["accounts"], total)
        if "subscriptions" in tables:
            findings += _before_subscription(groups, events, tables["subscriptions"], total)
    if sums["with_id"]:
        findings += duplicate_keys(events, _EVENTS, total)
    return findings


def _empty_values(events: ir.Table, sums: Mapping[str, int], total: int) -> list[Finding]:
    findings = []
    broken = {
        "account_id": (sums["no_account"], events.account_id.isnull() | (events.account_id == "")),
        "event_name": (sums["no_name"], events.event_name.isnull() | (events.event_name == "")),
        "occurred_at": (sums["no_time"], events.occurred_at.isnull()),
    }
    for column, (count, empty) in broken.items():
        if count:
            findings.append(
                Finding(
                    "empty_value", "error", "events", column, int(count), total,
                    f"The required {column} is empty in {int(count):,} of {total:,} events.",
                    _some(events.filter(empty), ["event_id", "account_id", "event_name", "occurred_at"]),
                    "Fill it in the source, or leave such rows out in the SELECT if they should not count.",
                )
            )  # fmt: skip
    if count := int(sums["odd_quantity"] or 0):
        odd = (events.quantity < 0) | events.quantity.isinf()
        findings.append(
            Finding(
                "odd_quantity", "error", "events", "quantity", count, total,
                f"The quantity is negative or infinite in {count:,} of {total:,} events.",
                _some(events.filter(odd), ["event_id", "account_id", "occurred_at", "quantity"]),
                "Correct the source, or leave such rows out in the SELECT.",
            )
        )  # fmt: skip
    return findings


def _unknown(groups: ir.Table, tables: Mapping[str, ir.Table], total: int) -> list[Finding]:
    """Events whose account, user or subscription is in no table."""
    findings = []
    for key, table, effect in (
        ("account_id", "accounts", "They count for no account."),
        ("user_id", "users", "They count for the account, but for no known user."),
        ("subscription_id", "subscriptions", "They count for the account all the same."),
    ):
        if table not in tables or key not in groups.columns:
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
    by_key = groups.group_by(key).aggregate(
        events=groups.events.sum(), first=groups["first"].min(), last=groups["last"].max()
    )
    early = by_key.inner_join(starts, key).filter(lambda t: t["first"] < t.starts)
    whole = early["last"] < early.starts
    counted = rows(
        early.aggregate(keys=early.count(), events=early.events.sum(where=whole), parted=(~whole).sum())
    )[0]
    if not counted["keys"]:
        return []
    count = int(counted["events"] or 0)
    if counted["parted"]:
        parted = early.filter(~whole).select(**{key: early[key], "starts": early.starts})
        within = events.inner_join(parted, key).filter(lambda t: t.occurred_at < t.starts)
        count += int(within.count().to_pyarrow().as_py())
    found = early.order_by(key).limit(EXAMPLES).select(key, "starts", first_event="first", events="events")
    name = key.removesuffix("_id")
    return [
        Finding(
            check, "warning", "events", "occurred_at", count, total,
            f"{count:,} of {total:,} events lie {statement}; it concerns {int(counted['keys']):,} {name}s.",
            [as_text(row) for row in rows(found)],
            remedy,
        )
    ]  # fmt: skip


def _some(events: ir.Table, columns: list[str]) -> list[dict[str, str]]:
    return [as_text(row) for row in rows(events.select(columns).order_by(columns).limit(EXAMPLES))]
