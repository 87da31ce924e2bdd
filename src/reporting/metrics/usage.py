"""Roll-ups of raw events: the only place where events are read.

Three tables hold all that later expressions need, and they are much smaller than the events:

- `user_month`: a row per account, user and month with a bitmap of active days and one of features used, from
  which every distinct count and every window of days follows exactly;
- `account_day`: counts per account and day, for trends over any number of days;
- `account_event`: counts, first and last time per account, month and event name, for activation and features.

The first two follow from `spans`, in which the events of a visit are one row; events themselves are grouped
twice and no more. A null `user_id` is machine traffic: it counts as use of the account and as nobody's use.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from reporting.contract.usage import odd
from reporting.metrics.exact import BITS_PER_WORD, bit, count_where, exact_sum, scaled, together, unscaled
from reporting.metrics.localtime import to_local, to_utc
from reporting.month import Month
from reporting.params.product import Product

ROLLUPS = ("user_month", "account_day", "account_event")

_KINDS = ("value_events", "core_events", "premium_events", "key_events", "api_events")
_WHO = ("account_id", "user_id", "month")


def words(product: Product) -> list[str]:
    """Names of the feature bitmap's columns: bit i of word w is `product.features[62 w + i]`."""
    return [f"features_{i}" for i in range(-(-len(product.features) // BITS_PER_WORD))]


def readable(events: ir.Table, timezone: str, first: Month, last: Month) -> ir.Table:
    """Events of the months from `first` to `last` with their local `day` (a date) and `month`.

    Args:
        events: Canonical events, without the columns the source doesn't map.
        timezone: The company's zone; the months are its months.
        first: First month read.
        last: Last month read.
    """
    start, close = to_utc(first.start, timezone), to_utc(last.close, timezone)
    rows = events.filter(events.occurred_at >= start, events.occurred_at < close)
    local = to_local(rows.occurred_at, timezone, start, close)
    month = ibis.literal(first.start, "timestamp(6)") if first == last else local.truncate("M")
    return rows.mutate(day=local.date(), month=month)


def kinds(product: Product) -> ir.Table:
    """What the product definition says of an event name, as numbers that can be added: `value_events`,
    `core_events`, ... (0 or 1), `points` (millionths), the words of the feature bitmap. Names it doesn't
    mention are absent.

    Constants only, so it needs no table on any engine.
    """
    members = {
        "value_events": product.value_events,
        "core_events": product.core_features,
        "premium_events": product.premium_features,
        "key_events": (product.key_action,),
        "api_events": product.api_events,
    }
    places = {feature: divmod(i, BITS_PER_WORD) for i, feature in enumerate(product.features)}
    names = dict.fromkeys(
        name for group in (*members.values(), places, product.event_points) for name in group
    )
    rows = []
    for name in names:
        figures = {kind: int(name in group) for kind, group in members.items()}
        figures["points"] = round(product.event_points.get(name, 0) * 10**6)
        figures["word"], figures["position"] = places.get(name, (-1, 0))
        row = ibis.literal(name, "string").name("kind").as_table()
        rows.append(row.mutate(**{key: ibis.literal(figure, "int32") for key, figure in figures.items()}))
    found = ibis.union(rows[0], *rows[1:]) if len(rows) > 1 else rows[0]
    # The words are no constants of each row: of thousands of features each has dozens.
    nothing = ibis.literal(0, "int64")
    masks = {
        name: (found.word == number).ifelse(bit(found.position), nothing)
        for number, name in enumerate(words(product))
    }
    return found.mutate(**masks).drop("word", "position")


def spans(events: ir.Table, product: Product, gap_minutes: int | None) -> ir.Table:
    """Events gathered by who, local day and, if sessions have to be told apart, slot of `gap_minutes`.

    Two events of one slot are always in one session, so nothing that follows needs to look at events again.

    Args:
        events: The result of `readable`.
        product: Names of core, premium, value and other events.
        gap_minutes: Length of a slot; None = the events carry session ids, a day is one row.

    Returns:
        account_id, user_id, day, slot; `events`, `first_at`, `last_at`, counts of
        events by kind, `points` in millionths, the feature bitmap; `duration` in millionths, `tasks` and
        `tasks_done` if the events have what they rest on. All but the times are int64.
    """
    known = kinds(product)
    rows = events.left_join(known, events.event_name == known.kind)
    keys = {"account_id": rows.account_id, "user_id": _user(rows), "day": rows.day}
    if gap_minutes is not None:
        keys["slot"] = rows.occurred_at.epoch_seconds() // (gap_minutes * 60)
    figures = {
        "events": rows.count(),
        **{name: rows[name].sum().fill_null(0) for name in (*_KINDS, "points")},
        **{word: together(rows[word]).fill_null(0) for word in words(product)},
    }
    if "completed" in rows.columns:
        told = rows.completed.notnull()
        figures |= {"tasks": count_where(told), "tasks_done": count_where(told & rows.completed)}
    if "duration_seconds" in rows.columns:
        figures["duration"] = scaled(_finite(rows.duration_seconds)).sum()
    # Some engines give sums a wider type, which would be slow to add again.
    whole = {name: figure.cast("int64") for name, figure in figures.items()}
    found = rows.group_by(**keys).aggregate(
        first_at=rows.occurred_at.min(), last_at=rows.occurred_at.max(), **whole
    )
    return found.mutate(day=found.day.cast("timestamp(6)"))


def _user(events: ir.Table) -> ir.StringColumn:
    return events.user_id if "user_id" in events.columns else ibis.null("string")


def _finite(column: ir.FloatingColumn) -> ir.FloatingColumn:
    return column.isinf().ifelse(ibis.null("float64"), column)


def user_month(spans: ir.Table, product: Product, gap_minutes: int | None) -> ir.Table:
    """Use per account, user and month.

    A session is a run of events with less than `gap_minutes` between neighbours; it counts in every month in
    which it has events.

    Args:
        spans: The result of `spans` with the same `gap_minutes`.
        product: Names of the features.
        gap_minutes: A pause this long starts a new session; None = sessions are counted by `named_sessions`.

    Returns:
        `day_bits` (bit d-1 = active on day d), `key_bits` (the key action on that day), the words of the
        feature bitmap, counts of events by kind, `points`, `tasks` and `tasks_done` (events that say whether
        they were completed), `duration_seconds`, `first_at`, `last_at`
        and, given a gap, `sessions`.
    """
    rows, sessions = spans.mutate(month=spans.day.truncate("M")), {}
    if gap_minutes is not None:
        before = rows.last_at.lag().over(ibis.window(group_by=_WHO, order_by="first_at"))
        starts = before.isnull() | (rows.first_at >= before + ibis.interval(minutes=gap_minutes))
        rows = rows.mutate(starts=starts)
        sessions = {"sessions": count_where(rows.starts)}
    day, nothing = bit(rows.day.day() - 1), ibis.literal(0, "int64")
    counts = ("events", "value_events", "core_events", "premium_events")
    timed = "duration" in rows.columns
    told = {name: rows[name].sum() if name in rows.columns else nothing for name in ("tasks", "tasks_done")}
    return rows.group_by(*_WHO).aggregate(
        day_bits=together(day),
        key_bits=together((rows.key_events > 0).ifelse(day, nothing)),
        **{word: together(rows[word]) for word in words(product)},
        **{name: rows[name].sum() for name in counts},
        points=unscaled(rows.points.sum()),
        **told,
        duration_seconds=unscaled(rows.duration.sum()) if timed else ibis.null("float64"),
        first_at=rows.first_at.min(),
        last_at=rows.last_at.max(),
        **sessions,
    )


def with_named_sessions(use: ir.Table, events: ir.Table) -> ir.Table:
    """`user_month` with `sessions` counted by the session ids of the events.

    Args:
        use: The result of `user_month`.
        events: The result of `readable`.
    """
    named = events.filter(events.session_id.notnull()).mutate(user_id=_user(events))
    counted = named.group_by(*_WHO, "session_id").aggregate().group_by(*_WHO).aggregate(n=ibis._.count())
    same = [
        use.account_id.identical_to(counted.account_id),
        use.user_id.identical_to(counted.user_id),
        use.month == counted.month,
    ]
    joined = use.left_join(counted, same)
    return joined.select(*[use[c] for c in use.columns], sessions=counted.n.fill_null(0))


def account_day(spans: ir.Table) -> ir.Table:
    """Counts of events by kind per account and local day."""
    return spans.group_by("account_id", "day").aggregate(
        **{name: spans[name].sum() for name in ("events", *_KINDS)}
    )


def account_event(events: ir.Table) -> ir.Table:
    """Counts, total quantity, first and last UTC time per account, month and event name.

    `odd_quantity` counts events with a quantity that makes no sense; the contract refuses them.
    """
    rows, told = events, {}
    if "quantity" in rows.columns:
        told["quantity"] = exact_sum(_finite(rows.quantity).fill_null(1.0))
        told["odd_quantity"] = count_where(odd(rows.quantity))
    found = rows.group_by("account_id", "month", "event_name").aggregate(
        events=rows.count(), first_at=rows.occurred_at.min(), last_at=rows.occurred_at.max(), **told
    )
    plain = {  # of events that don't say: no sum has to be taken
        "quantity": found.events.cast("float64"),
        "odd_quantity": ibis.literal(0, "int64"),
    }
    return found.mutate(**{name: value for name, value in plain.items() if name not in told})


def subscription_month(events: ir.Table) -> ir.Table:
    """Number of events, first and last UTC time per subscription and month."""
    return events.group_by("subscription_id", "month").aggregate(
        events=events.count(), first_at=events.occurred_at.min(), last_at=events.occurred_at.max()
    )
