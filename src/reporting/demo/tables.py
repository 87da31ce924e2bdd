"""The canonical tables a finished world publishes. What is drawn here is detail: no hazard ever reads it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from reporting.demo import product
from reporting.demo.calendar import DAY, FIRST_MONTH, NEVER
from reporting.demo.columns import account_ids, identifiers, instants, money, pick, user_ids
from reporting.demo.market import CHANNELS, SIZES
from reporting.demo.names import email
from reporting.demo.people import INTEGRATIONS, ROLES, TEAMS
from reporting.demo.terms import ADDON, BASE, TRIAL
from reporting.demo.world import World

_REASONS = ("Price", "Missing features", "Not used enough", "Champion left", "Competitor", "Company closed")
_FEEDBACK = (
    None,
    "We need <SSO> & SCIM before we can come back.",
    "Too expensive for what we use | finance said no.",
    "*Great* product, the project is over.",
    "Nobody owns it since our admin left.",
    '=HYPERLINK("x") style exports broke our sheet.',
)
_NOTES = (None, "Walked through the reports | wants <more> of it.", "No answer", "Training agreed")


def canonical_tables(world: World) -> dict[str, pa.Table]:
    """All tables but `events`, by canonical name."""
    book = world.terms.book()
    return {
        "accounts": _accounts(world),
        "subscriptions": _subscriptions(world, book),
        "users": _users(world),
        "integrations": _integrations(world),
        "tickets": _tickets(world),
        "surveys": _surveys(world),
        "cancellations": _cancellations(world, book),
        "acquisition": _acquisition(world),
        "activities": _activities(world),
        "targets": _targets(world, book),
    }


def _accounts(world: World) -> pa.Table:
    market = world.market
    everyone = np.arange(len(market))
    ever_left = np.isin(everyone, world.departures.account)  # the CRM flag is never taken back on a return
    return pa.table(
        {
            "account_id": account_ids(everyone),
            "account_name": pa.array(market.name, pa.string()),
            "signed_up_at": instants(market.signed_up),
            "industry": pa.array(market.industry, pa.string()),
            "country": pa.array(market.country, pa.string()),
            "region": pa.array(market.region, pa.string()),
            "company_size": pick(SIZES, market.size),
            "acquisition_channel": pick(CHANNELS, market.channel),
            "plan": pick([plan.name for plan in product.PLANS], market.plan),
            "churned_flag": pa.array(ever_left),
            "csm": pa.array(market.manager, pa.string()),
        }
    )


def _subscriptions(world: World, book: pd.DataFrame) -> pa.Table:
    market, account, kind = world.market, book.account.to_numpy(), book.kind.to_numpy()
    plan, seats, renewal = (book[name].to_numpy() for name in ("plan", "seats", "renewal"))
    base, trial = kind == BASE, kind == TRIAL
    billing = np.where(trial, 0, market.billing[account])
    term = product.TERM_MONTHS[billing]
    fees = [product.FEE[plan] + product.SEAT[plan] * seats, np.full(len(book), product.ADDON_FEE)]
    dollars = np.select([base, kind == ADDON], fees, 0)
    price = np.rint(dollars * product.PRICE_LEVEL[market.currency[account]])
    names = [*(item.name for item in product.PLANS), product.ADDON]
    periods = pick(product.BILLING, billing)
    return pa.table(
        {
            "subscription_id": identifiers("S", np.arange(len(book)), 5),
            "account_id": account_ids(account),
            "valid_from": instants(book.valid_from),
            "valid_to": instants(book.valid_to),
            "plan": pick(names, np.where(kind == ADDON, len(product.PLANS), plan)),
            "amount": money(price * term),
            "amount_period": periods,
            "currency": pick(product.CURRENCIES, market.currency[account]),
            "is_trial": pa.array(trial),
            "seats": pa.array(seats, pa.int64(), mask=kind == ADDON),
            "discount_percent": pa.array(np.where(base, market.discount[account], 0.0)),
            "billing_frequency": pc.if_else(pa.array(trial), pa.scalar(None, pa.string()), periods),
            "event_limit": pa.array(product.EVENT_LIMIT[plan], pa.int64(), mask=kind == ADDON),
            "renewal_at": instants(np.where(base, renewal, NEVER) * DAY),
            "source_churn_flag": pa.array(book.leaves.to_numpy()),
        }
    )


def _users(world: World) -> pa.Table:
    users = world.people.users
    names, companies = user_ids(np.arange(len(users))), world.market.name[users.account]
    invited = np.where(users.founder, NEVER * DAY, users.invited)
    return pa.table(
        {
            "user_id": names,
            "account_id": account_ids(users.account),
            "created_at": instants(users.invited),
            "role": pick(ROLES, users.role),
            "team": pick(TEAMS, users.team),
            "email": pa.array(map(email, names.to_pylist(), companies)),
            "invited_at": instants(invited),
            "deactivated_at": instants(users.deactivated * DAY),
        }
    )


def _integrations(world: World) -> pa.Table:
    table = world.people.integrations
    return pa.table(
        {
            "integration_id": identifiers("I", np.arange(len(table)), 5),
            "account_id": account_ids(table.account),
            "name": pick(INTEGRATIONS, table.kind),
            "connected_at": instants(table.connected),
            "disconnected_at": instants(table.disconnected),
        }
    )


def _tickets(world: World) -> pa.Table:
    tickets = world.tickets.sort_values(["opened", "account"], kind="stable")
    n, rng = len(tickets), world.streams["ticket details"]
    escalated, opened = tickets.escalated.to_numpy(), tickets.opened.to_numpy()
    answer = rng.lognormal(4.0 - 0.5 * escalated, 0.8)
    hours = rng.lognormal(np.where(escalated, 4.0, 2.8), 0.7)
    closed = opened + (hours * 3600).astype(np.int64)
    closed = np.where(closed < world.starts[-1] * DAY, closed, NEVER * DAY)
    score = np.clip(np.rint(4.5 - 1.3 * escalated - 0.006 * hours + 0.7 * rng.standard_normal(n)), 1, 5)
    silent = (rng.random(n) < 0.45) | (closed == NEVER * DAY)
    urgent, usual = rng.choice(4, n, p=[0, 0.1, 0.5, 0.4]), rng.choice(4, n, p=[0.25, 0.55, 0.17, 0.03])
    priority = np.where(escalated, urgent, usual)
    return pa.table(
        {
            "ticket_id": identifiers("T", np.arange(n), 5),
            "account_id": account_ids(tickets.account.to_numpy()),
            "opened_at": instants(opened),
            "closed_at": instants(closed),
            "priority": pick(("low", "normal", "high", "urgent"), priority),
            "first_response_minutes": pa.array(np.rint(answer)),
            "satisfaction": pa.array(score, mask=silent),
            "escalated": pa.array(escalated),
        }
    )


def _surveys(world: World) -> pa.Table:
    """Recommendation asked of a fifth of the users each quarter, satisfaction of a few each month."""
    rng, users = world.streams["surveys"], world.people.users
    user, month, kind = [], [], []
    for index in range(world.months):
        first, last = world.starts[index], world.starts[index + 1]
        account = users.account
        there = (users.invited < first * DAY) & (users.deactivated >= last) & (users.appetite > -np.inf)
        there &= (world.life.begins[account] <= first) & (world.life.ends[account] >= last)
        luck = rng.random(len(users))
        for code, share in ((0, 0.2 if index % 3 == 2 else 0.0), (1, 0.02)):
            chosen = np.flatnonzero(there & (luck < share))
            user.append(chosen)
            month.append(np.full(len(chosen), index))
            kind.append(np.full(len(chosen), code))
    user, month, kind = np.concatenate(user), np.concatenate(month), np.concatenate(kind)
    account = users.account[user]
    liking = world.mood[month, account] + rng.standard_normal(len(user))
    nps, csat = np.clip(np.rint(8 + 1.6 * liking), 0, 10), np.clip(np.rint(4.1 + 0.7 * liking), 1, 5)
    score = np.where(kind == 0, nps, csat)
    first, last = world.starts[month], world.starts[month + 1]
    at = ((first + rng.random(len(user)) * (last - first)) * DAY).astype(np.int64)
    order = np.lexsort([user, at])
    return pa.table(
        {
            "survey_id": identifiers("V", np.arange(len(user)), 5),
            "account_id": account_ids(account[order]),
            "user_id": user_ids(user[order]),
            "kind": pick(("nps", "csat"), kind[order]),
            "score": pa.array(score[order]),
            "answered_at": instants(at[order]),
        }
    )


def _cancellations(world: World, book: pd.DataFrame) -> pa.Table:
    """The click comes days to months before the end of service; one account in twelve just stops paying."""
    rng, left = world.streams["cancellations"], world.departures
    ended = book[book.leaves & (book.kind == BASE)]
    left = left.assign(valid_to=left.day * DAY).merge(ended, on=["account", "valid_to"])
    left = left[rng.random(len(left)) < 11 / 12].sort_values(["day", "account"])
    n, account, day = len(left), left.account.to_numpy(), left.day.to_numpy()
    notice = np.where(world.market.billing[account] == 0, rng.integers(2, 28, n), rng.integers(15, 76, n))
    clicked = (day - notice) * DAY + rng.integers(8 * 3600, 18 * 3600, n)
    clicked = np.maximum(clicked, left.valid_from.to_numpy())
    sliding, still = [0.15, 0.12, 0.38, 0.22, 0.08, 0.05], [0.38, 0.20, 0.08, 0.06, 0.20, 0.08]
    reason = np.where(left.sliding, rng.choice(6, n, p=sliding), rng.choice(6, n, p=still))
    return pa.table(
        {
            "cancellation_id": identifiers("C", np.arange(n), 4),
            "account_id": account_ids(account),
            "requested_at": instants(clicked),
            "effective_at": instants(day * DAY),
            "reason": pick(_REASONS, reason),
            "feedback": pick(_FEEDBACK, np.where(rng.random(n) < 0.5, 0, rng.integers(1, len(_FEEDBACK), n))),
        }
    )


def _acquisition(world: World) -> pa.Table:
    """What each channel cost each month, sign-ups or not."""
    rng, market, k = world.streams["acquisition"], world.market, len(CHANNELS)
    month = np.searchsorted(world.starts, market.signed_up[~market.existing] // DAY, side="right") - 1
    new = np.bincount(month * k + market.channel[~market.existing], minlength=world.months * k)
    each = np.array([3500, 9000, 7000, 3000, 14000, 12000])
    share = np.array([0.3, 0.22, 0.14, 0.12, 0.14, 0.08])
    budget = new.reshape(-1, k).sum(axis=1)[:, None] * share * each
    cost = np.rint(budget * rng.lognormal(0, 0.12, (world.months, k)) / 100) * 100
    months = [FIRST_MONTH.shift(index).start.date() for index in range(world.months)]
    return pa.table(
        {
            "month": pa.array(np.repeat(np.array(months, dtype=object), k), pa.date32()),
            "channel": pick(CHANNELS, np.tile(np.arange(k), world.months)),
            "cost": money(cost.ravel()),
            "currency": pa.array(["USD"] * (world.months * k)),
            "new_accounts": pa.array(new),
        }
    )


def _activities(world: World) -> pa.Table:
    """What the managers did for their accounts."""
    contacts = world.contacts.sort_values(["at", "account"], kind="stable")
    n, rng, account = len(contacts), world.streams["contact details"], contacts.account.to_numpy()
    return pa.table(
        {
            "activity_id": identifiers("K", np.arange(n), 5),
            "account_id": account_ids(account),
            "done_at": instants(contacts["at"].to_numpy()),
            "kind": pick(("call", "mail", "training"), rng.choice(3, n, p=[0.5, 0.35, 0.15])),
            "done_by": pa.array(world.market.manager[account], pa.string()),
            "note": pick(_NOTES, rng.choice(len(_NOTES), n, p=[0.6, 0.2, 0.12, 0.08])),
        }
    )


def _targets(world: World, book: pd.DataFrame) -> pa.Table:
    """Each year's plan: MRR grows by 2.5 % a month from the year's beginning, in dollars at list prices."""
    dollars = product.FEE[book.plan] + product.SEAT[book.plan] * book.seats
    list_price = np.select([book.kind == BASE, book.kind == ADDON], [dollars, product.ADDON_FEE], 0)
    months, mrr = [FIRST_MONTH.shift(index) for index in range(world.months + 12)], []
    while months[-1].number != 12:
        months.pop()
    for index, month in enumerate(months):
        if index == 0 or month.number == 1:
            day = int(world.starts[min(index, world.months)]) * DAY
            begins = list_price[(book.valid_from <= day) & (book.valid_to > day)].sum()
        mrr.append(round(begins * 1.025 ** (month.number if index else 1), -3))
    starts = np.array([month.start.date() for month in months], dtype=object)
    return pa.table(
        {
            "month": pa.array(np.tile(starts, 2), pa.date32()),
            "metric": pick(("mrr", "nrr_12"), np.repeat([0, 1], len(months))),
            "target": pa.array([*map(float, mrr), *[1.05] * len(months)]),
        }
    )
