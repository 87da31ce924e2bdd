"""Check the canonical tables against the contract, inside the engine.

An `error` stops the run; a `warning` is counted and shown in the report. Nothing is changed or dropped.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import ibis.expr.types as ir

from reporting.contract.asof import as_of
from reporting.contract.churn import churn_findings
from reporting.contract.ends import inclusive_ends
from reporting.contract.events import event_findings
from reporting.contract.findings import Finding, when
from reporting.contract.money import missing_rates, money_rules, overlaps
from reporting.contract.nothing import text_rules, with_their_words
from reporting.contract.prices import discounts, units
from reporting.contract.relations import relation_rules
from reporting.contract.rules import apply, duplicate_keys, general_rules, noun, number_of
from reporting.contract.spelling import misspelled_accounts, twins
from reporting.contract.tables import TABLES, CanonicalTable
from reporting.contract.usage import Usage
from reporting.params.product import Product


def check(
    tables: Mapping[str, ir.Table],
    *,
    close: dt.datetime | None = None,
    currency: str | None = None,
    exchange_rates: ir.Table | None = None,
    flags: bool = True,
    usage: Usage | None = None,
    timezone: str = "UTC",
    product: Product | None = None,
    declared: bool | None = None,
) -> list[Finding]:
    """Every finding on the tables, errors first.

    Args:
        tables: Canonical tables by name; those not mapped are absent.
        close: First instant after the reporting month; nothing at or after it is looked at. None = all rows.
        currency: Reporting currency; None = exchange rates are not checked.
        exchange_rates: month, currency, rate.
        flags: The undated churn flags of the source speak of this close. False for past months, where a flag
            may stem from a later churn.
        usage: The sums of the events up to the close, if the caller has them. Events are then read only where
            these leave a question open.
        timezone: The company's zone, in which times are told.
        product: The product definition; None = its names are not looked for.
        declared: The source says which month is its last complete one; None = whether the data reach the
            close is not looked at.
    """
    seen = as_of(tables, close) if close else dict(tables)
    findings = [_not_mapped(canonical) for canonical in TABLES.values() if canonical.name not in tables]
    filled = {}
    for name, table in seen.items():
        canonical = TABLES[name]
        if name == "events":
            filled[name] = table
            continue
        total = number_of(table)
        if total:
            filled[name] = table
            findings += _broken_rules(table, canonical, total, seen.get("accounts"))
        elif canonical.required:
            findings.append(_empty(canonical, close, timezone))
    if "subscriptions" in filled:
        findings += _odd_subscriptions(filled["subscriptions"], timezone)
    if currency is not None and exchange_rates is not None:
        findings += missing_rates(filled, close, currency, exchange_rates)
    if {"accounts", "subscriptions"} <= set(filled):
        findings += churn_findings(filled, close, flags)
    if "accounts" in filled:
        findings += twins(filled["accounts"], "accounts", "account_id")
    if {"accounts", "events"} <= set(filled):
        found = event_findings(filled, close, usage, timezone, product, declared)
        findings += [_empty(TABLES["events"], close, timezone)] if found is None else found
    order = list(TABLES)
    findings.sort(key=lambda finding: (finding.severity, order.index(finding.table)))
    return [finding.in_zone(timezone) for finding in findings]


def _broken_rules(
    table: ir.Table, canonical: CanonicalTable, total: int, accounts: ir.Table | None
) -> list[Finding]:
    """What is wrong with rows by themselves and beside their account, and keys that stand twice."""
    belongs = canonical.name != "accounts" and "account_id" in table.columns
    joined = _with_sign_up(table, accounts) if belongs and accounts is not None else table
    rules = (
        general_rules(joined, canonical)
        + money_rules(joined, canonical)
        + relation_rules(joined, canonical)
        + text_rules(joined, canonical)
    )
    broken = with_their_words(apply(rules, joined, canonical))
    findings = broken + duplicate_keys(table, canonical, total)
    if accounts is not None and any(finding.check == "unknown_account" for finding in broken):
        findings += misspelled_accounts(table, canonical.name, accounts)
    return findings


def _odd_subscriptions(subscriptions: ir.Table, timezone: str) -> list[Finding]:
    """What only shows when subscriptions are held against each other."""
    return [
        *overlaps(subscriptions),
        *inclusive_ends(subscriptions, timezone),
        *twins(subscriptions, "subscriptions", "plan"),
        *discounts(subscriptions),
        *units(subscriptions),
    ]


def _with_sign_up(table: ir.Table, accounts: ir.Table) -> ir.Table:
    """`table` with `known_account` and `account_signed_up_at`, as many rows as before."""
    one_each = accounts.group_by(known_account=accounts.account_id).aggregate(
        account_signed_up_at=accounts.signed_up_at.min()
    )
    return table.left_join(one_each, table.account_id == one_each.known_account)


def _not_mapped(canonical: CanonicalTable) -> Finding:
    required = canonical.required
    return Finding(
        "missing_table",
        "error" if required else "warning",
        canonical.name,
        None,
        0,
        0,
        "This required table is not mapped."
        if required
        else f"Not mapped, so not available: {canonical.without}.",
        remedy=f"Write {canonical.name}.sql beside the other SELECTs of the source"
        + ("." if required else " if you have it."),
    )


def _empty(canonical: CanonicalTable, close: dt.datetime | None, timezone: str) -> Finding:
    before = f" before {when(close, timezone)}" if close else ""
    return Finding(
        "empty_table",
        "error",
        canonical.name,
        None,
        0,
        0,
        f"The table holds no {noun(canonical)}{before}.",
        remedy=f"Check {canonical.name}.sql and what it reads.",
    )
