"""What the tables say of each event: who does it, how often, since when, and who leaves without it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import ibis.expr.types as ir

from reporting.contract.rules import kept, rows
from reporting.errors import SourceError
from reporting.suggest import sums
from reporting.suggest.plans import Plan, add_ons, measure_plans, paid

Part = tuple[int, int]
"""How many, of how many."""


@dataclass(frozen=True)
class Use:
    """One event name.

    Attributes:
        users: None where no event names a user.
        first: Day of the first one.
        breadth: Share of the accounts active in a month that do it, over the months since its first.
        regularity: Share of an account's active months with it, from the account's first on.
        per_month: How often an account does it in a month in which it does.
        left_with: Paying account-months with it after which the account left within three months.
        left_without: The same without it, since its first month.
        new: New accounts that do it within 30 days of sign-up.
        day: Days from sign-up to it, the middle one of those accounts.
        stay_with: New accounts with it within 14 days that pay 180 days after sign-up.
        stay_without: The same without it.
        by_plan: Plan -> share of the plan's active account-months with it.
    """

    name: str
    events: int
    accounts: int
    users: int | None
    first: dt.date
    last: dt.date
    breadth: float
    regularity: float
    per_month: float
    left_with: Part = (0, 0)
    left_without: Part = (0, 0)
    new: Part = (0, 0)
    day: float | None = None
    stay_with: Part = (0, 0)
    stay_without: Part = (0, 0)
    by_plan: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Measured:
    """All that is told of a source's use and plans.

    Attributes:
        uses: Most accounts first.
        names: How many names there are; more than `uses` has if there are very many.
        gap: Days between two days of use of one person, the middle one; None if nobody comes back.
        person: `user`, or `account` where no event names a user.
        plans: The dearest last, without those that are had beside another only.
        add_ons: Names of these.
        roles: Roles of the users; empty without such a table.
    """

    uses: tuple[Use, ...]
    names: int
    gap: float | None
    person: str
    plans: tuple[Plan, ...]
    add_ons: tuple[str, ...]
    roles: tuple[str, ...]


@dataclass(frozen=True)
class _Sums:
    """What the engine summed up, see `sums`."""

    by_month: Mapping[str | None, Mapping[Any, sums.Row]]
    begun: Mapping[str, sums.Row]
    new: Mapping[str, int]
    regular: Mapping[str, float]
    by_plan: Mapping[str, Mapping[str, float]]
    users: Mapping[str, int]
    last: dt.datetime


def measure(tables: Mapping[str, ir.Table], close: dt.datetime, timezone: str) -> Measured:
    """Sum up events and subscriptions.

    Args:
        tables: Canonical tables as of the close.
        close: The close, naive UTC.
        timezone: The company's zone.

    Raises:
        SourceError: There are no events.
    """
    events = sums.readable(tables["events"], close, timezone)
    plans = measure_plans(tables["subscriptions"])
    extra = add_ons(plans)
    sold = paid(tables["subscriptions"]).select("account_id", "plan", "valid_from", "valid_to")
    bases = sold.filter(~sold.plan.isin(sorted(extra))) if extra else sold
    last = close.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(timezone)).replace(tzinfo=None)
    spans = sums.spans(tables, close, timezone)
    with kept(sums.by_account(events)) as monthly, kept(spans) as accounts:
        names = sums.names(monthly)
        if not names:
            raise SourceError("there are no events before the close.", remedy="Check events.sql.")
        first = dt.datetime.combine(min(row["first"] for row in names), dt.time())
        chosen = monthly.filter(monthly.event_name.isin([row["event_name"] for row in names]))
        begun, new = sums.beginnings(chosen, accounts, first, last)
        found = _Sums(
            sums.by_month(monthly, chosen, accounts),
            begun,
            new,
            sums.regularity(monthly, chosen),
            sums.by_plan(monthly, chosen, bases),
            sums.users(events),
            last,
        )
        number = int(monthly.event_name.nunique().to_pyarrow().as_py())
    ladder = tuple(plan for plan in plans if plan.name not in extra)
    person = "user" if found.users else "account"
    return Measured(
        tuple(_use(row, found, ladder) for row in names),
        number,
        sums.gap(events, f"{person}_id"),
        person,
        ladder,
        tuple(sorted(extra)),
        _roles(tables),
    )


def _use(row: sums.Row, found: _Sums, ladder: tuple[Plan, ...]) -> Use:
    name = row["event_name"]
    mine, whole, shares = found.by_month[name], found.by_month[None], found.by_plan.get(name, {})
    active = sum(int(whole[month]["accounts"]) for month in whole if month >= min(mine))
    left_with, left_without = _leaving(mine, whole, found.last)
    begun = found.begun.get(name, {"soon": 0, "day": None, "early": 0, "stay": 0})
    early, stay = int(begun["early"]), int(begun["stay"])
    return Use(
        name,
        int(row["events"]),
        int(row["accounts"]),
        found.users.get(name, 0) if found.users else None,
        row["first"].date(),
        row["last"].date(),
        breadth=row["account_months"] / active,
        regularity=found.regular[name],
        per_month=int(row["events"]) / row["account_months"],
        left_with=left_with,
        left_without=left_without,
        new=(int(begun["soon"]), found.new["soon"]),
        day=begun["day"],
        stay_with=(stay, early),
        stay_without=(found.new["stay"] - stay, found.new["early"] - early),
        by_plan={plan.name: shares[plan.name] for plan in ladder if plan.name in shares},
    )


def _leaving(mine: Mapping[Any, dict], whole: Mapping[Any, dict], last: dt.datetime) -> tuple[Part, Part]:
    """Leavers with and without an event, of months so old that who left after them is known."""
    newest = _months_before(last, 1 + sums.AHEAD)
    months = [month for month in whole if min(mine) <= month <= newest]
    left, paying = (sum(int(mine[m][key]) for m in months if m in mine) for key in ("leaving", "paying"))
    all_left, all_paying = (sum(int(whole[m][key]) for m in months) for key in ("leaving", "paying"))
    return (left, paying), (all_left - left, all_paying - paying)


def _months_before(moment: dt.datetime, months: int) -> dt.datetime:
    number = moment.year * 12 + moment.month - 1 - months
    return dt.datetime(number // 12, number % 12 + 1, 1)


def _roles(tables: Mapping[str, ir.Table]) -> tuple[str, ...]:
    if "users" not in tables:
        return ()
    roles = tables["users"].role
    found = rows(tables["users"].filter(roles.notnull()).select("role").distinct().limit(100))
    return tuple(sorted(row["role"] for row in found))
