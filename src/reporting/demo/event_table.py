"""The events table: times of day, sessions, durations and outcomes for the events a world has drawn."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from reporting.demo import product
from reporting.demo.calendar import DAY
from reporting.demo.columns import account_ids, identifiers, instants, pick, user_ids
from reporting.demo.world import World

STRANGER = "A-TEST"  # a workspace nobody sold: its events have no account
STRANGERS = 24

_OPENS = {"North America": 13, "EMEA": 7, "APAC": 0}  # hour UTC at which people begin to work
_SECOND_SESSION = 0.35
_ACTIONS = len(product.EVENTS) - len(product.VANITY) - len(product.SETUP)  # features have the first codes
_LOGIN, _API_CALL = product.CODE["login"], product.CODE["api_call"]


def event_table(world: World) -> pa.Table:
    """All events in order of time, `event_id` counting up."""
    rng, months = world.streams["event details"], world.events
    account, user, day, feature, at = (
        np.concatenate([getattr(events, name) for events in months])
        for name in ("account", "user", "day", "feature", "at")
    )
    visit, visits = _number_visits([events.visit for events in months])
    n, drawn = len(account), visit >= 0
    opens = np.array([_OPENS[region] for region in world.market.region])[account] * 3600
    begins = rng.integers(
        [0, 5 * 3600], [4 * 3600, 8 * 3600], (visits, 2)
    )  # a morning and an afternoon session
    session = np.where(drawn, 2 * visit + (rng.random(n) < _SECOND_SESSION), 2 * visits + np.arange(n))
    into = np.where(feature == _LOGIN, 0, rng.integers(20, 25 * 60, n))  # so that no gap reaches 30 minutes
    at = np.where(drawn, day * DAY + opens + begins.ravel()[np.where(drawn, session, 0)] + into, at)

    order = np.argsort(at, kind="stable")
    account, user, feature, at, session = (values[order] for values in (account, user, feature, at, session))
    action = feature < _ACTIONS
    seconds = np.rint(rng.lognormal(4.3, 0.8, n))
    done = rng.random(n) < 0.94
    calls = np.where(feature == _API_CALL, 1 + rng.poisson(12, n), 1).astype(float)
    _, session = np.unique(session, return_inverse=True)
    table = pa.table(
        {
            "event_id": identifiers("E", np.arange(n), 7),
            "account_id": account_ids(np.arange(len(world.market))).take(pa.array(account)),
            "user_id": user_ids(np.arange(len(world.people.users))).take(pa.array(user)),
            "event_name": pick(product.EVENTS, feature),
            "occurred_at": instants(at),
            "quantity": pa.array(calls),
            "session_id": identifiers("X", np.arange(session.max() + 1), 6).take(pa.array(session)),
            "duration_seconds": pa.array(seconds, mask=~action),
            "completed": pa.array(done, mask=~action),
        }
    )
    return pa.concat_tables([table, _strangers(world, table.schema)])


def _number_visits(visits: list[np.ndarray]) -> tuple[np.ndarray, int]:
    """Number the user-days through all months; -1 stays."""
    total, numbered = 0, []
    for visit in visits:
        numbered.append(np.where(visit >= 0, visit + total, -1))
        total += int(visit.max(initial=-1)) + 1
    return np.concatenate(numbered), total


def _strangers(world: World, schema: pa.Schema) -> pa.Table:
    """A few events of a test workspace that is in no accounts table."""
    at = np.sort(world.streams["strangers"].integers(0, world.starts[-1] * DAY, STRANGERS))
    nothing = pa.nulls(STRANGERS)
    columns = {
        "event_id": identifiers("Z", np.arange(STRANGERS), 7),
        "account_id": pa.array([STRANGER] * STRANGERS),
        "event_name": pick(product.EVENTS, np.full(STRANGERS, product.CODE["page_view"])),
        "occurred_at": instants(at),
        "quantity": pa.array(np.ones(STRANGERS)),
    }
    return pa.table([columns.get(field.name, nothing.cast(field.type)) for field in schema], schema=schema)
