"""What the engine sums up of events and accounts. Small rows come back, however many events there are.

`monthly` has a row for an account, name and month; `chosen` those of the names that are looked at; `accounts`
says when each signed up, and from when to when it pays. All times are the company's wall-clock time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import ibis
import ibis.expr.types as ir

from reporting.contract.rules import rows
from reporting.metrics.exact import count_where
from reporting.metrics.localtime import to_local

Row = dict[str, Any]
NAMES = 300
"""Names that are looked at, those that most accounts do first; a log of clicks may have thousands."""
AHEAD = 3  # months after a month within which an account may leave
ONBOARDING, EARLY, STAYED = 30, 14, 180
"""Days after sign-up: for first steps, for an early one, and until an account that still pays has stayed."""
_EPOCH = dt.datetime(2000, 1, 1)
_GAPS = 3  # between days of use, from which a person's middle one is worth something


def readable(events: ir.Table, close: dt.datetime, timezone: str) -> ir.Table:
    """Events with account, name and time, and their wall-clock time `at`."""
    sound = events.filter(
        events.account_id.notnull(),
        events.event_name.notnull(),
        events.event_name != "",
        events.occurred_at.notnull(),
    )
    first = sound.occurred_at.min().to_pyarrow().as_py() or close  # a change of the clock costs every event
    return sound.mutate(at=to_local(sound.occurred_at, timezone, first, close))


def by_account(events: ir.Table) -> ir.Table:
    """`monthly`: account_id, event_name, month, events, first, last."""
    return events.group_by("account_id", "event_name", month=events.at.truncate("M")).aggregate(
        events=events.count(), first=events.at.min(), last=events.at.max()
    )


def spans(tables: Mapping[str, ir.Table], close: dt.datetime, timezone: str) -> ir.Table:
    """`accounts`: account_id, signed_up, since, until; until is null while it pays, since if it never did."""
    paid = tables["subscriptions"].filter(lambda t: ~t.is_trial & (t.amount > 0))
    paid = paid.mutate(runs=paid.valid_to.isnull().ifelse(1, 0))
    ends = paid.group_by("account_id").aggregate(
        since=paid.valid_from.min(), runs=paid.runs.max(), end=paid.valid_to.max()
    )
    ends = ends.mutate(until=(ends.runs == 1).ifelse(ibis.null("timestamp(6)"), ends.end))
    known = tables["accounts"].select("account_id", signed_up=tables["accounts"].signed_up_at)
    joined = known.left_join(ends, "account_id").select("account_id", "signed_up", "since", "until")
    times = ("signed_up", "since", "until")
    return joined.mutate(**{name: to_local(joined[name], timezone, _EPOCH, close) for name in times})


def names(monthly: ir.Table) -> list[Row]:
    """Counts of each name, those that most accounts do first."""
    counts = monthly.group_by("event_name").aggregate(
        events=monthly.events.sum(),
        accounts=monthly.account_id.nunique(),
        first=monthly["first"].min(),
        last=monthly["last"].max(),
        account_months=monthly.count(),
    )
    return rows(counts.order_by(counts.accounts.desc(), counts.events.desc(), "event_name").limit(NAMES))


def users(events: ir.Table) -> dict[str, int]:
    """Users of each name; empty if no event names one."""
    found = rows(events.group_by("event_name").aggregate(users=events.user_id.nunique()))
    counts = {row["event_name"]: int(row["users"]) for row in found}
    return counts if any(counts.values()) else {}


def by_month(monthly: ir.Table, chosen: ir.Table, accounts: ir.Table) -> dict[str | None, dict[Any, Row]]:
    """Event (None = any) -> month -> accounts, those that pay at its end, those of them that leave soon."""
    found: dict[str | None, dict[Any, Row]] = {}
    active = monthly.select("account_id", "month").distinct()
    for table, keys in ((active, ["month"]), (chosen, ["event_name", "month"])):
        joined = table.left_join(accounts, "account_id")
        end, later = joined.month + ibis.interval(months=1), joined.month + ibis.interval(months=1 + AHEAD)
        pays = ((joined.since < end) & (joined.until.isnull() | (joined.until >= end))).fill_null(False)
        leaves = pays & joined.until.notnull() & (joined.until < later)
        sums = joined.group_by(keys).aggregate(
            accounts=joined.count(),
            paying=count_where(pays),
            leaving=count_where(leaves),
        )
        for row in rows(sums):
            found.setdefault(row.get("event_name"), {})[row["month"]] = row
    return found


def regularity(monthly: ir.Table, chosen: ir.Table) -> dict[str, float]:
    """Share of an account's active months with an event, from its first on, over all accounts."""
    active = monthly.select("account_id", "month").distinct()
    begun = chosen.group_by("account_id", "event_name").aggregate(
        begin=chosen.month.min(), months=chosen.count()
    )
    joined = begun.inner_join(active, "account_id").filter(lambda t: t.month >= t.begin)
    one = joined.group_by("account_id", "event_name").aggregate(of=joined.count(), months=joined.months.max())
    sums = one.group_by("event_name").aggregate(of=one.of.sum(), months=one.months.sum())
    return {row["event_name"]: int(row["months"]) / int(row["of"]) for row in rows(sums)}


def beginnings(
    chosen: ir.Table, accounts: ir.Table, first: dt.datetime, last: dt.datetime
) -> tuple[dict[str, Row], Row]:
    """What accounts do that signed up from `first` to 30 days before `last`.

    Returns:
        Event -> accounts with it within 30 days (`soon`), the middle `day` of these, accounts with it within
        14 days (`early`, if 180 have passed) and those of them that pay after 180 (`stay`); the same of
        all new accounts.
    """
    new = accounts.filter(
        accounts.signed_up >= first, accounts.signed_up < last - dt.timedelta(days=ONBOARDING)
    )
    old = new.signed_up < last - dt.timedelta(days=STAYED)
    then = new.signed_up + ibis.interval(days=STAYED)
    stays = ((new.since <= then) & (new.until.isnull() | (new.until > then))).fill_null(False)
    new = new.mutate(old=old, stays=old & stays)
    begun = chosen.group_by("account_id", "event_name").aggregate(begin=chosen["first"].min())
    joined = new.inner_join(begun, "account_id")
    seconds = joined.begin.epoch_seconds() - joined.signed_up.epoch_seconds()
    joined = joined.mutate(days=seconds.cast("float64") / 86_400)
    after = joined.days > -1  # one of the two may be a day without an hour
    soon = after & (joined.days < ONBOARDING)
    early = after & (joined.days < EARLY) & joined.old
    sums = joined.group_by("event_name").aggregate(
        soon=count_where(soon),
        day=soon.ifelse(joined.days, ibis.null("float64")).median(),
        early=count_where(early),
        stay=count_where(early & joined.stays),
    )
    (whole,) = rows(new.aggregate(soon=new.count(), early=count_where(new.old), stay=count_where(new.stays)))
    whole = {name: int(count or 0) for name, count in whole.items()}
    return {row["event_name"]: row for row in rows(sums)}, whole


def gap(events: ir.Table, person: str) -> float | None:
    """Days between two days of use of a person, the middle one of the persons' middle ones.

    Args:
        person: `user_id` or `account_id`.
    """
    days = events.filter(events[person].notnull())
    days = days.select(person=days[person], day=days.at.truncate("D")).distinct()
    before = days.day.lag().over(ibis.window(group_by=days.person, order_by=days.day))
    gaps = days.mutate(gap=(days.day.epoch_seconds() - before.epoch_seconds()).cast("float64") / 86_400)
    one = gaps.group_by("person").aggregate(middle=gaps.gap.median(), number=gaps.gap.count())
    (row,) = rows(one.filter(one.number >= _GAPS).aggregate(middle=lambda t: t.middle.median()))
    return row["middle"]


def by_plan(monthly: ir.Table, chosen: ir.Table, bases: ir.Table) -> dict[str, dict[str, float]]:
    """Event -> plan -> share of the active account-months on the plan that have it.

    Args:
        bases: account_id, plan, valid_from, valid_to of paid subscriptions, add-ons left out.
    """
    active = monthly.select("account_id", "month").distinct()
    joined = active.inner_join(bases, "account_id")
    end = joined.month + ibis.interval(months=1)
    on = (joined.valid_from < end) & (joined.valid_to.isnull() | (joined.valid_to > joined.month))
    on_plan = joined.filter(on).select("account_id", "month", "plan").distinct()
    whole = {
        row["plan"]: int(row["n"]) for row in rows(on_plan.group_by("plan").aggregate(n=lambda t: t.count()))
    }
    both = chosen.select("account_id", "month", "event_name").inner_join(on_plan, ["account_id", "month"])
    shares: dict[str, dict[str, float]] = {}
    for row in rows(both.group_by("event_name", "plan").aggregate(n=lambda t: t.count())):
        shares.setdefault(row["event_name"], {})[row["plan"]] = int(row["n"]) / whole[row["plan"]]
    return {event: {plan: found.get(plan, 0.0) for plan in whole} for event, found in shares.items()}
