"""A few months of random use, and the plainest way to count it."""

from __future__ import annotations

import datetime as dt

import ibis.expr.types as ir
import numpy as np
import pandas as pd
from tests.metrics.conftest import canonical

from reporting.metrics import usage
from reporting.metrics.calendar import months_between
from reporting.month import Month
from reporting.params.product import Product

MONTHS = months_between(Month(2025, 12), Month(2026, 4))  # February, and months of 30 and 31 days
START, CLOSE = MONTHS[0].start, MONTHS[-1].close
ROLES = ["admin", "member", "viewer", "member"]
TEAMS = ["Sales", "Sales", "Finance", "Support"]


def events(product: Product, count: int = 4_000) -> pd.DataFrame:
    """Bursts of events: account, user (sometimes none), name, time, and whether a task was completed."""
    rng = np.random.default_rng(7)
    names = [*product.features, "login", "page_view", "unknown_event"]
    span = (CLOSE - START).total_seconds()
    bursts = rng.uniform(0, span, count // 8)
    seconds = np.concatenate([start + rng.uniform(0, 5_400, 8) for start in bursts])[:count].round(3)
    inside = seconds < span
    accounts = np.repeat(rng.integers(0, 3, count // 8), 8)[:count]
    users = np.repeat(rng.integers(0, 5, count // 8), 8)[:count]  # the fifth is nobody
    frame = pd.DataFrame(
        {
            "account_id": [f"A{a}" for a in accounts],
            "user_id": [None if u == 4 else f"A{a}-U{u}" for a, u in zip(accounts, users, strict=True)],
            "event_name": rng.choice(names, count),
            "occurred_at": [START + dt.timedelta(milliseconds=int(1000 * s)) for s in seconds],
            "completed": rng.choice([True, False, None], count),
            "duration_seconds": rng.integers(1, 600, count) / 10,
        }
    )[inside]
    return frame.reset_index(drop=True)


def table(frame: pd.DataFrame) -> ir.Table:
    """The events as a canonical table."""
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return canonical("events", [row | {"event_id": str(i)} for i, row in enumerate(rows)])


def readable(frame: pd.DataFrame, timezone: str = "UTC") -> ir.Table:
    """The events with local day and month, as the roll-ups read them."""
    return usage.readable(table(frame), timezone, MONTHS[0], MONTHS[-1])


def user_month(events: ir.Table, product: Product, gap_minutes: int = 30) -> ir.Table:
    """The roll-up by user of events without session ids."""
    return usage.user_month(usage.spans(events, product, gap_minutes), product, gap_minutes)


def users() -> ir.Table:
    """Four users per account with role and team; the first was invited by no one."""
    rows = [
        {
            "user_id": f"A{a}-U{u}",
            "account_id": f"A{a}",
            "created_at": START,
            "role": ROLES[u],
            "team": TEAMS[u],
            "invited_at": None if u == 0 else START + dt.timedelta(days=u),
        }
        for a in range(3)
        for u in range(4)
    ]
    return canonical("users", rows)
