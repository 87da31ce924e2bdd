"""The sums of events that checks read instead of a hundred million rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

import ibis.expr.types as ir

from reporting.contract.rules import kept, rows

_SLOT = 900  # seconds


@dataclass(frozen=True)
class Usage:
    """What the checks need to know of events.

    Attributes:
        total: Number of events.
        faults: no_account, no_name, no_time, odd_quantity -> number of events with that fault.
        by_user: account_id, user_id and, over the events that have a time, events, first, last; one or more
            rows a key; None without such events.
        by_subscription: The same by subscription_id; None = no event names one.
        by_name: event_name, events; one or more rows a name; None without events.
        by_day: Day of the company's calendar -> events, those without any left out.
    """

    total: int
    faults: Mapping[str, int]
    by_user: ir.Table | None
    by_subscription: ir.Table | None
    by_name: ir.Table | None = None
    by_day: Mapping[dt.date, int] = field(default_factory=dict)


@contextmanager
def summarised(events: ir.Table, timezone: str = "UTC") -> Generator[Usage]:
    """The sums of `events`, from one pass over them each for people, names and times."""
    conditions = {f"no_{name}": condition for name, condition in required_empty(events).items()}
    conditions["odd_quantity"] = odd(events.quantity)
    groups = events.group_by("account_id", "subscription_id", "user_id").aggregate(
        events=events.count(),
        first=events.occurred_at.min(),
        last=events.occurred_at.max(),
        **{name: condition.sum() for name, condition in conditions.items()},
    )
    names = events.group_by("event_name").aggregate(events=events.count())
    with kept(groups) as groups, kept(names) as names:
        sums = groups.aggregate(
            total=groups.events.sum(), **{name: groups[name].sum() for name in conditions}
        )
        found = {name: int(count or 0) for name, count in rows(sums)[0].items()}
        yield Usage(found.pop("total"), found, groups, groups, names, _by_day(events, timezone))


def _by_day(events: ir.Table, timezone: str) -> dict[dt.date, int]:
    """Events by local day, from those by quarter of an hour: no zone's clock changes within one."""
    timed = events.filter(events.occurred_at.notnull())
    slots = timed.group_by(slot=timed.occurred_at.epoch_seconds() // _SLOT).aggregate(events=timed.count())
    zone, days = ZoneInfo(timezone), dict[dt.date, int]()
    for row in rows(slots):
        day = dt.datetime.fromtimestamp(int(row["slot"]) * _SLOT, zone).date()
        days[day] = days.get(day, 0) + int(row["events"])
    return days


@contextmanager
def beside(usage: Usage, events: ir.Table) -> Generator[Usage]:
    """`usage` with its tables on the engine of `events`."""
    with ExitStack() as stack:
        sums = ("by_user", "by_subscription", "by_name")
        tables = {name: getattr(usage, name) for name in sums}
        placed = {
            name: stack.enter_context(kept(table, beside=events))
            for name, table in tables.items()
            if table is not None
        }
        yield replace(usage, **placed)


def blank(text: ir.StringColumn) -> ir.BooleanValue:
    """Whether a required text is missing."""
    return text.isnull() | (text == "")


def required_empty(events: ir.Table) -> dict[str, ir.BooleanValue]:
    """Whether account, name or time of an event is missing."""
    return {
        "account": blank(events.account_id),
        "name": blank(events.event_name),
        "time": events.occurred_at.isnull(),
    }


def odd(quantity: ir.FloatingColumn) -> ir.BooleanValue:
    """Whether a quantity makes no sense."""
    return (quantity < 0) | quantity.isinf()
