"""Prices and discounts in another unit than the contract's: shares for percent, cents for units.

Taken by itself such a number is as good as any; it shows beside the other rows.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import ibis
import ibis.expr.types as ir

from reporting.contract.findings import EXAMPLES, Finding, as_text
from reporting.contract.rules import kept, number_of, rows

SMALLEST, LARGEST = 0.01, 1.0
"""A discount between these is a share rather than a percentage; a smaller one is left over from rounding."""
TIMES = 50
"""Prices so many times apart are not of one unit."""
FEWEST = 5
"""Below this number of prices none of them is usual."""
DEAR, DEAR_SEAT = 10_000, 1_000
"""Usual price a month, of an account or a seat, from which whole numbers may be minor units."""
_NO_MINOR = (
    *("BIF", "CLP", "DJF", "GNF", "IDR", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "UGX", "VND", "VUV"),
    *("XAF", "XOF", "XPF", "HUF", "COP", "INR", "PHP", "THB", "TWD", "NGN", "RUB", "CZK"),
)
"""Currencies without minor units, or whose unit is small: large prices are usual."""
_PER_MONTH = {"day": 365 / 12, "week": 52 / 12, "month": 1.0, "quarter": 1 / 3, "year": 1 / 12}
_DIVIDE = "Amounts in minor units (cents) are divided in subscriptions.sql: amount / 100.0 AS amount."


def discounts(subscriptions: ir.Table) -> list[Finding]:
    """Discounts that are shares: 0.2 for 20 %."""
    discount = subscriptions.discount_percent
    share = (discount >= SMALLEST) & (discount < LARGEST)
    counted = rows(
        subscriptions.aggregate(
            given=(discount > 0).sum(), shares=share.sum(), more=(discount > LARGEST).sum()
        )
    )[0]
    number = {name: int(value or 0) for name, value in counted.items()}
    if not number["shares"]:
        return []
    all = not number["more"]
    said = "All discounts lie" if all else "The discount lies"
    shown = subscriptions.filter(share).select("subscription_id", "plan", "discount_percent")
    return [
        Finding(
            "discount_share", "error" if all else "warning", "subscriptions", "discount_percent",
            number["shares"], number["given"],
            f"{said} below 1 percent in {number['shares']:,} of {number['given']:,} subscriptions with one, "
            "as if 0.2 stood for 20 percent.",
            [as_text(row) for row in rows(shown.order_by("subscription_id").limit(EXAMPLES))],
            "Write it in percent in subscriptions.sql: 100 * discount AS discount_percent, with your column "
            "for discount.",
        )
    ]  # fmt: skip


def units(subscriptions: ir.Table) -> list[Finding]:
    """Prices far from the usual one of their plan, or all of them so large that they may be minor units."""
    paid = subscriptions.filter(~subscriptions.is_trial, subscriptions.amount > 0)
    month = ibis.cases(*[(paid.amount_period == name, n) for name, n in _PER_MONTH.items()], else_=1.0)
    seated = (paid.seats > 0).fill_null(False)
    price = paid.amount.cast("float64") * month
    per_seat = seated.ifelse(price / paid.seats.cast("float64").nullif(0.0), price)
    priced = paid.select(
        "subscription_id", "plan", "currency", "amount", "amount_period", "seats",
        per=seated.ifelse("seat", "account"), price=per_seat,
        whole=paid.amount == paid.amount.cast("int64").cast(paid.amount.type()),
    )  # fmt: skip
    with kept(priced) as priced:
        return _apart(priced) + _dear(priced)


def _apart(priced: ir.Table) -> list[Finding]:
    usual = priced.group_by("plan", "currency", "per").aggregate(
        usual=priced.price.median(), prices=priced.count()
    )
    compared = priced.inner_join(usual.filter(usual.prices >= FEWEST), ["plan", "currency", "per"])
    far = compared.filter(
        (compared.price >= TIMES * compared.usual) | (compared.price * TIMES <= compared.usual)
    )
    count = number_of(far)
    if not count:
        return []
    total = number_of(priced)
    shown = far.order_by("subscription_id").limit(EXAMPLES)
    shown = shown.select("subscription_id", "plan", "amount", "amount_period", "per", "usual")
    return [
        Finding(
            "amount_scale", "warning", "subscriptions", "amount", count, total,
            f"The price is {TIMES} times the usual one of its plan or more, or as many times less, in "
            f"{count:,} of {total:,} paid subscriptions.",
            [_example(row) for row in rows(shown)],
            f"Compare them with the price list. {_DIVIDE}",
        )
    ]  # fmt: skip


def _dear(priced: ir.Table) -> list[Finding]:
    """Whether all prices of a currency are whole numbers, and usually larger than software is."""
    told = priced.group_by("currency", "per").aggregate(
        usual=priced.price.median(), prices=priced.count(), whole=priced.whole.sum()
    )
    dear = told.filter(
        told.currency.notin(_NO_MINOR),
        told.prices >= FEWEST,
        told.whole == told.prices,
        told.usual >= (told.per == "seat").ifelse(DEAR_SEAT, DEAR),
    )
    found = rows(dear.order_by("currency", "per"))
    if not found:
        return []
    count, total = sum(int(row["prices"]) for row in found), number_of(priced)
    first = found[0]
    return [
        Finding(
            "minor_units", "warning", "subscriptions", "amount", count, total,
            f"{count:,} of {total:,} prices are whole numbers, and usually as large as {first['usual']:,.0f} "
            f"{first['currency']} a month and {first['per']}: they may be minor units (cents).",
            [
                {"currency": row["currency"], f"usual a month and {row['per']}": f"{row['usual']:,.2f}"}
                for row in found[:EXAMPLES]
            ],
            f"Compare one with its invoice. {_DIVIDE}",
        )
    ]  # fmt: skip


def _example(row: dict[str, Any]) -> dict[str, str | dt.datetime]:
    usual, per = row.pop("usual"), row.pop("per")
    return as_text(row) | {f"usual a month and {per}": f"{usual:,.2f}"}
