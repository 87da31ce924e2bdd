"""Does `valid_to` mean the first instant without service, or the last day with it?

Written inclusively, a month of service is 01-01 to 01-31 and the next begins on 02-01. Read as exclusive
ends, such rows leave their last day unpaid, and at the close of a month nobody pays.
"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import ibis
import ibis.expr.types as ir

from reporting.contract.findings import EXAMPLES, Finding, as_text
from reporting.contract.rules import kept, number_of, rows

FEWEST = 3
"""Fewer rows may lie a day apart by chance."""
PLAIN, DOUBTFUL = 0.5, 0.1
"""Share of rows a day apart, of those with a later one of the account: an error from the first on, a warning
from the second."""
FEWEST_FULL = 5
"""Fewer rows may end a day before their months are full by chance."""
_MONTH = ibis.interval(days=27)  # a month's row lasts this long at least
_DAY = ibis.interval(days=1)


def inclusive_ends(subscriptions: ir.Table, timezone: str = "UTC") -> list[Finding]:
    """Whether an account's rows follow each other a day apart, or end a day before their months are full.

    Args:
        subscriptions: Canonical subscriptions.
        timezone: The company's zone, in which days begin.
    """
    ended = subscriptions.filter(lambda t: t.valid_to > t.valid_from).select(
        "subscription_id",
        "account_id",
        "valid_from",
        "valid_to",
        next_day=_local_day(subscriptions.valid_to + _DAY, timezone),
    )
    starts = subscriptions.select(
        "account_id", next_from="valid_from", next_day=_local_day(subscriptions.valid_from, timezone)
    )
    newest = starts.group_by("account_id").aggregate(newest=starts.next_from.max())
    with kept(ended.inner_join(newest, "account_id")) as ended:
        return _a_day_apart(ended, starts) or _a_day_short(ended, timezone)


def _a_day_apart(ended: ir.Table, starts: ir.Table) -> list[Finding]:
    followed = ended.filter(ended.valid_to <= ended.newest)
    pairs = followed.inner_join(starts, ["account_id", "next_day"])
    hours, seconds = ibis.interval(hours=1), ibis.interval(seconds=1)
    near = (
        (pairs.next_from >= pairs.valid_to + _DAY - hours)
        & (pairs.next_from <= pairs.valid_to + _DAY + hours)
    ) | ((pairs.next_from > pairs.valid_to) & (pairs.next_from <= pairs.valid_to + seconds))
    apart = pairs.filter(near).group_by("account_id", "subscription_id", "valid_to")
    apart = apart.aggregate(next_from=lambda t: t.next_from.min())
    count, total = number_of(apart), number_of(followed)
    if count < FEWEST or count < DOUBTFUL * total:
        return []
    return [
        Finding(
            "inclusive_end", "error" if count >= PLAIN * total else "warning", "subscriptions", "valid_to",
            count, total,
            f"In {count:,} of {total:,} subscriptions that are followed by another of the account, that "
            "one begins a day after valid_to, as if valid_to were the last day of service. It is read as the "
            "first instant without: the day between is unpaid, and so is the close of a month that ends so.",
            [as_text(row) for row in rows(apart.order_by("account_id", "valid_to").limit(EXAMPLES))],
            _remedy(),
        )
    ]  # fmt: skip


def _a_day_short(ended: ir.Table, timezone: str) -> list[Finding]:
    """Rows that end a day before whole months are full: 15 March to 14 April."""
    long = ended.filter(ended.valid_to >= ended.valid_from + _MONTH)
    began = _local_day(long.valid_from, timezone).day()
    short = long.next_day.day() == began
    full = _local_day(long.valid_to, timezone).day() == began
    counted = rows(long.aggregate(total=long.count(), short=short.sum(), full=full.sum()))[0]
    count, total = int(counted["short"] or 0), int(counted["total"])
    if count < FEWEST_FULL or count < PLAIN * total or count <= int(counted["full"] or 0):
        return []
    shown = long.filter(short).select("subscription_id", "account_id", "valid_from", "valid_to")
    return [
        Finding(
            "inclusive_end", "warning", "subscriptions", "valid_to", count, total,
            f"{count:,} of {total:,} subscriptions that have ended end a day before their months are full, "
            "as if valid_to were the last day of service. It is read as the first instant without.",
            [as_text(row) for row in rows(shown.order_by("subscription_id").limit(EXAMPLES))],
            _remedy(),
        )
    ]  # fmt: skip


def _remedy() -> str:
    return (
        "If it is the last day of service, write the first day without in subscriptions.sql: "
        "CAST(until AS DATE) + INTERVAL 1 DAY AS valid_to, with your column for until."
    )


def _local_day(instant: ir.TimestampValue, timezone: str) -> ir.DateValue:
    """The day that begins about `instant` in the zone: midnight of summer and of winter are an hour apart."""
    zone, year = ZoneInfo(timezone), 2024
    offsets = [dt.datetime(year, month, 1, tzinfo=zone).utcoffset() for month in range(1, 13)]
    latest = max(offset for offset in offsets if offset is not None)
    return (instant + ibis.interval(seconds=int(latest.total_seconds()))).date()
