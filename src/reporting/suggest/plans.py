"""What the subscriptions say of each plan: its price, its seats, whether it stands alone."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from reporting.contract.rules import rows
from reporting.metrics.exact import PERIOD_FACTORS

ADD_ON = 0.9
"""Share of a plan's rows that begin beside another plan of the account, from which it is an add-on."""
FULL = 3
"""Accounts with exactly the most seats of a plan, from which these are taken for its limit."""


@dataclass(frozen=True)
class Plan:
    """One plan, of subscriptions that are paid.

    Attributes:
        accounts: Accounts that ever paid for it.
        price: Of a month, the middle one, in the usual currency; None if it is sold in others only.
        seats: Most seats of a subscription; None if none says.
        full: Accounts that bought exactly as many.
        beside: Share of its rows that begin while another plan of the account runs.
    """

    name: str
    accounts: int
    price: float | None
    seats: int | None
    full: int
    beside: float


def paid(subscriptions: ir.Table) -> ir.Table:
    """The rows that bring revenue."""
    return subscriptions.filter(~subscriptions.is_trial & (subscriptions.amount > 0))


def measure_plans(subscriptions: ir.Table) -> list[Plan]:
    """All plans, the dearest last."""
    sold = paid(subscriptions)
    currencies = sold.group_by("currency").aggregate(n=sold.count())
    usual = rows(currencies.order_by(currencies.n.desc(), "currency").limit(1))
    if not usual:
        return []
    factor = ibis.cases(*[(sold.amount_period == name, a / b) for name, (a, b) in PERIOD_FACTORS.items()])
    sold = sold.mutate(
        monthly=sold.amount.cast("float64") * factor, usual=sold.currency == usual[0]["currency"]
    )
    sums = rows(
        sold.group_by("plan").aggregate(
            accounts=sold.account_id.nunique(),
            price=sold.usual.ifelse(sold.monthly, ibis.null("float64")).median(),
            seats=sold.seats.max(),
            rows=sold.count(),
        )
    )
    beside, full = _beside(sold), _full(sold)
    plans = [
        Plan(
            row["plan"],
            int(row["accounts"]),
            row["price"],
            None if row["seats"] is None else int(row["seats"]),
            full.get(row["plan"], 0),
            beside.get(row["plan"], 0) / int(row["rows"]),
        )
        for row in sums
    ]
    return sorted(plans, key=lambda plan: (plan.price is None, plan.price, plan.name))


def add_ons(plans: list[Plan]) -> set[str]:
    """Plans that hardly any account has alone, where others are had alone."""
    found = {plan.name for plan in plans if plan.beside >= ADD_ON}
    return found if any(plan.beside < 0.5 for plan in plans) else set()


def _beside(sold: ir.Table) -> dict[str, int]:
    """Plan -> its rows that begin while another plan of the account runs."""
    other = sold.select("account_id", other=sold.plan, begins=sold.valid_from, ends=sold.valid_to)
    joined = sold.select("subscription_id", "account_id", "plan", "valid_from").inner_join(
        other, "account_id"
    )
    runs = (joined.begins <= joined.valid_from) & (joined.ends.isnull() | (joined.ends > joined.valid_from))
    met = joined.filter(runs & (joined.plan != joined.other))
    counts = met.group_by("plan").aggregate(n=met.subscription_id.nunique())
    return {row["plan"]: int(row["n"]) for row in rows(counts)}


def _full(sold: ir.Table) -> dict[str, int]:
    """Plan -> accounts with as many seats as any on it."""
    most = sold.group_by(name=sold.plan).aggregate(most=sold.seats.max())
    joined = sold.inner_join(most, sold.plan == most.name)
    full = joined.filter(joined.seats == joined.most)
    counts = full.group_by("plan").aggregate(n=full.account_id.nunique())
    return {row["plan"]: int(row["n"]) for row in rows(counts)}
