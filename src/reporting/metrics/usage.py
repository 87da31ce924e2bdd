"""Roll-ups of raw events: the only place where events are read.

Three tables hold all that later expressions need, and they are much smaller than the events:

- `user_month`: a row per account, user and month with a bitmap of active days and one of features used, from
  which every distinct count and every window of days follows exactly;
- `account_day`: counts per account and day, for trends over any number of days;
- `account_event`: counts, first and last time per account, month and event name, for activation and features.

A null `user_id` is machine traffic: it counts as use of the account and as nobody's use.
"""

from __future__ import annotations

import datetime as dt

import ibis
import ibis.expr.types as ir

from reporting.metrics.exact import BITS_PER_WORD, bit, exact_sum, together
from reporting.metrics.localtime import to_local
from reporting.params.product import Product

ROLLUPS = ("user_month", "account_day", "account_event")


def words(product: Product) -> list[str]:
    """Names of the feature bitmap's columns: bit i of word w is `product.features[62 w + i]`."""
    return [f"features_{i}" for i in range(-(-len(product.features) // BITS_PER_WORD))]


def readable(events: ir.Table, timezone: str, start: dt.datetime, close: dt.datetime) -> ir.Table:
    """Events of `[start, close)` with every canonical column and the local day and month.

    Args:
        events: Canonical events; optional columns may be missing.
        timezone: The company's zone.
        start: First UTC instant read.
        close: First UTC instant no longer read.
    """
    rows = events.filter(events.occurred_at >= start, events.occurred_at < close)
    local = to_local(rows.occurred_at, timezone, start, close)
    optional = {
        "user_id": "string",
        "quantity": "float64",
        "session_id": "string",
        "duration_seconds": "float64",
    }
    optional["completed"] = "boolean"
    columns = {
        name: rows[name] if name in rows.columns else ibis.null(type) for name, type in optional.items()
    }
    return rows.select(
        "account_id",
        "event_name",
        "occurred_at",
        **columns,
        day=local.truncate("D"),
        month=local.truncate("M"),
    )


def user_month(events: ir.Table, product: Product, gap_minutes: int, has_sessions: bool) -> ir.Table:
    """Use per account, user and month.

    Args:
        events: The result of `readable`.
        product: Names of core, premium, value and other events.
        gap_minutes: A pause this long starts a new session where the events carry no session id.
        has_sessions: The events carry session ids.

    Returns:
        `day_bits` (bit d-1 = active on day d), `value_bits` and `key_bits` (a value event, the key action on
        that day), the words of the feature bitmap, counts of events by kind, `points`, `tasks` and
        `tasks_done` (events that say whether they were completed), `duration_seconds`, `last_at` and
        `sessions`.
    """
    day = bit(events.day.day() - 1)
    name = events.event_name
    zero = ibis.literal(0, "int64")
    is_value, is_key = name.isin(product.value_events), name == product.key_action
    features = {
        word: together(_feature_bits(name, product.features[i * BITS_PER_WORD : (i + 1) * BITS_PER_WORD]))
        for i, word in enumerate(words(product))
    }
    known = events.completed.notnull()
    counts = events.group_by("account_id", "user_id", "month").aggregate(
        day_bits=together(day),
        value_bits=together(is_value.ifelse(day, zero)),
        key_bits=together(is_key.ifelse(day, zero)),
        **features,
        events=events.count(),
        value_events=_named(name, product.value_events),
        core_events=_named(name, product.core_features),
        premium_events=_named(name, product.premium_features),
        points=_points(name, product),
        tasks=_count(known),
        tasks_done=_count(known & events.completed),
        duration_seconds=exact_sum(events.duration_seconds),
        last_at=events.occurred_at.max(),
    )
    sessions = session_counts(events, gap_minutes, has_sessions)
    same = [
        counts.account_id == sessions.account_id,
        counts.user_id.identical_to(sessions.user_id),
        counts.month == sessions.month,
    ]
    joined = counts.left_join(sessions, same)
    return joined.select(*[counts[c] for c in counts.columns], sessions=sessions.sessions.fill_null(0))


def session_counts(events: ir.Table, gap_minutes: int, has_sessions: bool) -> ir.Table:
    """Sessions per account, user and month in which they have events.

    With session ids they are counted. Without, a session is a run of events with less than `gap_minutes`
    between neighbours. Events are first gathered into slots of that length: two events of one slot are
    always in one session, so only the slots' first and last moments need sorting, not the events.
    """
    who = ["account_id", "user_id", "month"]
    if has_sessions:
        named = events.filter(events.session_id.notnull())
        return (
            named.group_by(*who, "session_id").aggregate().group_by(*who).aggregate(sessions=ibis._.count())
        )
    seconds = events.occurred_at.epoch_seconds()
    slots = (
        events.mutate(slot=seconds - seconds % (gap_minutes * 60))
        .group_by(*who, "slot")
        .aggregate(first_at=ibis._.occurred_at.min(), last_at=ibis._.occurred_at.max())
    )
    before = slots.last_at.lag().over(ibis.window(group_by=who, order_by="slot"))
    starts = before.isnull() | (slots.first_at >= before + ibis.interval(minutes=gap_minutes))
    return slots.mutate(starts=starts.ifelse(1, 0)).group_by(*who).aggregate(sessions=ibis._.starts.sum())


def account_day(events: ir.Table, product: Product) -> ir.Table:
    """Counts of events by kind per account and local day."""
    name = events.event_name
    return events.group_by("account_id", "day").aggregate(
        events=events.count(),
        value_events=_named(name, product.value_events),
        core_events=_named(name, product.core_features),
        premium_events=_named(name, product.premium_features),
        key_events=_count(name == product.key_action),
        api_events=_named(name, product.api_events),
    )


def account_event(events: ir.Table) -> ir.Table:
    """Counts, total quantity, first and last UTC time per account, month and event name."""
    return events.group_by("account_id", "month", "event_name").aggregate(
        events=events.count(),
        quantity=exact_sum(events.quantity.fill_null(1.0)),
        done=_count(events.completed.fill_null(True)),
        first_at=events.occurred_at.min(),
        last_at=events.occurred_at.max(),
    )


def _count(condition: ir.BooleanValue) -> ir.IntegerScalar:
    return condition.ifelse(1, 0).sum()


def _named(name: ir.StringColumn, names: tuple[str, ...]) -> ir.IntegerScalar:
    return _count(name.isin(names)) if names else ibis.literal(0, "int64")


def _feature_bits(name: ir.StringColumn, features: tuple[str, ...]) -> ir.IntegerColumn:
    cases = [(name == feature, bit(i)) for i, feature in enumerate(features)]
    return ibis.cases(*cases, else_=ibis.literal(0, "int64"))


def _points(name: ir.StringColumn, product: Product) -> ir.FloatingScalar:
    cases = [(name == event, float(points)) for event, points in product.event_points.items()]
    return exact_sum(ibis.cases(*cases, else_=0.0)) if cases else ibis.literal(0.0)
