"""Rules on money: amounts, periods, currencies and exchange rates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from reporting.contract.findings import EXAMPLES, Finding, as_text
from reporting.contract.rules import Rule, rows
from reporting.contract.tables import CanonicalTable
from reporting.month import Month

_CODE = "^[A-Z]{3}$"
_MOST = {"day": 2_400_000, "week": 17_000_000}
_MOST_ELSE = 900_000_000
"""Largest amount of a period that exact 64-bit arithmetic on MRR can hold, by amount_period."""
FOREVER = ibis.literal(dt.datetime(2200, 1, 1))
"""End of a subscription that still runs; early enough for engines that count nanoseconds since 1970."""


def money_rules(table: ir.Table, canonical: CanonicalTable) -> list[Rule]:
    """Rules of `subscriptions` and `acquisition`; none for other tables."""
    if canonical.name == "acquisition":
        return [
            _negative(table, "cost", "Enter costs as positive amounts; leave refunds out."),
            _currency(table),
        ]
    if canonical.name != "subscriptions":
        return []
    return [*_prices(table), *_periods(table), *_unpaid(table), _no_seats(table)]


def _prices(table: ir.Table) -> list[Rule]:
    """Amount, currency and discount are those of a price."""
    return [
        _negative(
            table,
            "amount",
            "Leave credits and refunds out in subscriptions.sql: a row is a price, not a payment.",
        ),
        Rule(
            "amount_too_large",
            "error",
            "amount",
            table.amount > _most(table.amount_period),
            f"The amount is too large to be a price: over {_MOST_ELSE:,} ({_MOST['week']:,} a week, "
            f"{_MOST['day']:,} a day)",
            "Look for a lost decimal point, or minor units (cents) where units are expected.",
            shown=("amount_period",),
        ),
        _currency(table),
        Rule(
            "discount_range",
            "error",
            "discount_percent",
            (table.discount_percent < 0) | (table.discount_percent > 100),
            "The discount is not between 0 and 100",
            "Write it in percent: 20, not 0.2 and not -20.",
        ),
    ]


def _periods(table: ir.Table) -> list[Rule]:
    """A subscription ends after it starts."""
    return [
        Rule(
            "end_before_start",
            "error",
            "valid_to",
            table.valid_to < table.valid_from,
            "valid_to lies before valid_from",
            "Correct the dates in the source, or leave these rows out in subscriptions.sql.",
            shown=("valid_from",),
        ),
        Rule(
            "ends_at_start",
            "warning",
            "valid_to",
            table.valid_to == table.valid_from,
            "The subscription ends when it starts and never counts as paying",
            "Nothing to do if they were taken back at once; else valid_to may be the last day of service.",
            shown=("valid_from",),
        ),
    ]


def _unpaid(table: ir.Table) -> list[Rule]:
    """What costs nothing, or is a trial, brings no revenue."""
    return [
        Rule(
            "trial_with_amount",
            "warning",
            "is_trial",
            table.is_trial & (table.amount > 0),
            "A trial has a price; it does not count as revenue",
            "Set is_trial to false for trials that are paid for.",
            shown=("amount",),
        ),
        Rule(
            "free_subscription",
            "warning",
            "amount",
            ~table.is_trial & ((table.amount == 0) | (table.discount_percent == 100)),
            "The subscription costs nothing and is not a trial; it does not count as paying",
            "Nothing to do for free plans; else check the amount and the discount.",
            shown=("plan",),
        ),
    ]


def _no_seats(table: ir.Table) -> Rule:
    return Rule(
        "no_seats",
        "warning",
        "seats",
        table.seats <= 0,
        "The number of seats is not positive; figures per seat leave it out",
        "Leave seats empty where the plan isn't sold by seats.",
    )


def _most(period: ir.StringValue) -> ir.IntegerValue:
    return ibis.cases(*[(period == name, most) for name, most in _MOST.items()], else_=_MOST_ELSE)


def _negative(table: ir.Table, column: str, remedy: str) -> Rule:
    return Rule("negative_amount", "error", column, table[column] < 0, f"The {column} is negative", remedy)


def _currency(table: ir.Table) -> Rule:
    return Rule(
        "unknown_currency",
        "error",
        "currency",
        table.currency.notnull() & ~table.currency.re_search(_CODE),
        "The currency is not an ISO 4217 code such as EUR",
        "Translate it in the SELECT, for example upper(currency).",
    )


def overlaps(subscriptions: ir.Table) -> list[Finding]:
    """Accounts that hold several subscriptions at the same time; their MRR is the sum."""
    periods = with_previous_end(
        subscriptions.filter(lambda t: t.valid_to.isnull() | (t.valid_to > t.valid_from))
    )
    by_account = periods.group_by("account_id").aggregate(
        subscriptions=lambda t: t.count(), overlapping=lambda t: (t.valid_from < t.previous_end).sum()
    )
    several = by_account.filter(by_account.overlapping > 0)
    counted = rows(
        by_account.aggregate(
            total=by_account.count(),
            count=(by_account.overlapping > 0).sum(),
            held=by_account.subscriptions.sum(where=by_account.overlapping > 0),
        )
    )[0]
    count, total = int(counted["count"] or 0), int(counted["total"])
    if not count:
        return []
    found = several.order_by(several.overlapping.desc(), several.account_id).limit(EXAMPLES)
    return [
        Finding(
            "overlapping_subscriptions",
            "warning",
            "subscriptions",
            "valid_from",
            count,
            total,
            f"{count:,} of {total:,} accounts hold several subscriptions at the same time, "
            f"{int(counted['held']) / count:.1f} subscriptions each on average; MRR is their sum.",
            [as_text(row) for row in rows(found)],
            "Right if they buy several products; where terms changed, the old row must end.",
        )
    ]


def with_previous_end(periods: ir.Table) -> ir.Table:
    """Adds `ends` and `previous_end`: the latest end among the account's periods that start earlier."""
    ending = periods.mutate(ends=ibis.least(periods.valid_to.coalesce(FOREVER), FOREVER))
    earlier = ibis.window(
        group_by="account_id", order_by=["valid_from", "subscription_id"], preceding=(None, 1)
    )
    return ending.mutate(previous_end=ending.ends.max().over(earlier))


def missing_rates(
    tables: Mapping[str, ir.Table], close: dt.datetime | None, currency: str, exchange_rates: ir.Table
) -> list[Finding]:
    """Months for which a currency in use has no exchange rate."""
    known = {(row["currency"], row["month"]) for row in rows(exchange_rates)}
    findings = []
    for name, start in (("subscriptions", "valid_from"), ("acquisition", "month")):
        if name not in tables:
            continue
        foreign = tables[name].filter(lambda t: t.currency != currency)
        end = foreign.valid_to.coalesce(FOREVER) if name == "subscriptions" else foreign[start]
        spans = foreign.group_by("currency").aggregate(
            first=foreign[start].min(), latest=foreign[start].max(), last=end.max()
        )
        horizon = close - dt.timedelta(days=1) if close else None
        missing: list[dict[str, object]] = []
        for row in rows(spans.order_by("currency")):
            until = min(horizon or row["latest"], row["last"]) if name == "subscriptions" else row["last"]
            for month in _months(row["first"], until):
                if (row["currency"], month.start.date()) not in known:
                    missing.append({"currency": row["currency"], "month": str(month)})
        if missing:
            currencies = sorted({str(row["currency"]) for row in missing})
            findings.append(
                Finding(
                    "missing_exchange_rate",
                    "error",
                    name,
                    "currency",
                    len(missing),
                    len(missing) + len(known),
                    f"Missing exchange rates to {currency}: {len(missing):,} ({', '.join(currencies)}).",
                    [as_text(row) for row in missing[:EXAMPLES]],
                    "Add a line month,currency,rate for each to the file that `exchange_rates:` names.",
                )
            )
    return findings


def _months(first: dt.date | None, last: dt.date | None) -> list[Month]:
    if first is None or last is None:
        return []
    month, found = Month.of(first), []
    while month <= Month.of(last):
        found.append(month)
        month = month.shift(1)
    return found
