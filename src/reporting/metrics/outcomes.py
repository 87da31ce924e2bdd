"""Portfolio figures that the panel can't give: each from its own table, per account.

Every function returns `account_id`, `month`, `n` and `d`: what the account adds to numerator and denominator.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from reporting.contract.money import FOREVER
from reporting.metrics.activation import ripe
from reporting.metrics.values import one
from reporting.params.product import Product


def free_to_paid(subscriptions: ir.Table, months: ir.Table) -> ir.Table:
    """Accounts whose first trial ended in the month; n = paid service since the trial began, by the close.

    Trial rows without a gap between them are one trial: its terms may change while it lasts.
    """
    lasting = subscriptions.filter(
        subscriptions.valid_to.isnull() | (subscriptions.valid_to > subscriptions.valid_from)
    )
    trials = lasting.filter(lasting.is_trial)
    trials = trials.mutate(ends=trials.valid_to.fill_null(FOREVER))
    order = {"group_by": "account_id", "order_by": ["valid_from", "subscription_id"]}
    earlier = trials.ends.max().over(ibis.window(**order, preceding=(None, 1)))
    trials = trials.mutate(gap=one(earlier < trials.valid_from))
    trials = trials.mutate(gaps=trials.gap.sum().over(ibis.cumulative_window(**order)))
    first = trials.filter(trials.gaps == 0)
    ended = first.group_by("account_id").aggregate(began=first.valid_from.min(), ended=first.ends.max())
    paid = lasting.filter(~lasting.is_trial, lasting.amount > 0)
    later = ended.join(paid, "account_id").filter(ibis._.valid_to.isnull() | (ibis._.valid_to > ibis._.began))
    since = later.group_by("account_id").aggregate(paid_from=later.valid_from.min())
    rows = ended.left_join(since, "account_id").drop("account_id_right")
    rows = rows.join(months, [rows.ended >= months.month, rows.ended < months.close])
    return rows.select("account_id", "month", n=one(rows.paid_from < rows.close), d=ibis.literal(1))


def new_and_churned(subscriptions: ir.Table, movements: ir.Table, months: ir.Table) -> ir.Table:
    """Accounts that paid within the month and at neither of its closes: in no movement, so shown apart."""
    paid = subscriptions.filter(~subscriptions.is_trial, subscriptions.amount > 0)
    ended = paid.filter(paid.valid_to > paid.valid_from)
    inside = ended.join(months, [ended.valid_from >= months.month, ended.valid_to < months.close])
    quiet = movements.filter(movements.mrr_start_cents == 0, movements.mrr_cents == 0)
    # What rounds to no MRR is paid for all the same.
    at_a_close = [
        (paid.valid_from < close) & (paid.valid_to.isnull() | (paid.valid_to >= close))
        for close in (months.month, months.close)
    ]
    pays = paid.join(months, at_a_close[0] | at_a_close[1])
    rows = inside.semi_join(quiet, ["account_id", "month"]).anti_join(pays, ["account_id", "month"])
    return rows.select("account_id", "month").distinct().mutate(n=ibis.literal(1), d=ibis.literal(0))


def nps(surveys: ir.Table, months: ir.Table, days: int) -> ir.Table:
    """Promoters (9, 10) less detractors (0 to 6) over the answers of the last `days` days."""
    answers = surveys.filter(surveys.kind == "nps")
    near = months.select("month", "close", opened=months.close - ibis.interval(days=days))
    rows = answers.join(near, [answers.answered_at < near.close, answers.answered_at >= near.opened])
    balance = ibis.cases((rows.score >= 9, 1), (rows.score <= 6, -1), else_=0)
    return rows.group_by("account_id", "month").aggregate(n=balance.sum(), d=rows.count())


def north_star(account_event: ir.Table, product: Product) -> ir.Table:
    """The value outcome named in the product definition, summed over the month."""
    star = product.north_star
    rows = account_event.filter(account_event.event_name == star.event)
    measure = {"events": rows.events, "quantity": rows.quantity, "accounts": ibis.literal(1)}[star.measure]
    return rows.select("account_id", "month", n=measure, d=ibis.literal(0))


def core_adoption(by_feature: ir.Table, panel: ir.Table, product: Product) -> ir.Table:
    """Over the core features: n = users of each, d = active users, once per feature."""
    core = by_feature.filter(by_feature.core)
    users = core.group_by("account_id", "month").aggregate(n=core.users.sum())
    rows = panel.filter(panel.active_users > 0).left_join(users, ["account_id", "month"])
    return rows.select(
        "account_id", "month", n=rows.n.fill_null(0), d=rows.active_users * len(product.core_features)
    )


def day1_retention(user_month: ir.Table, months: ir.Table) -> ir.Table:
    """Users first seen in the month, not on its last day; n = those active on the day after.

    Users of the first month on record are left out: they may have been there before.
    """
    debut = _debuts(user_month)
    sized = months.select("month", last_day=ibis.literal(1, "int64") << (months.days - 1))
    debut = debut.mutate(lowest=debut.day_bits & -debut.day_bits).join(sized, "month")
    debut = debut.filter(debut.lowest != debut.last_day)
    next_day = (debut.day_bits & (debut.lowest * 2)) != 0
    return debut.group_by("account_id", "month").aggregate(n=one(next_day).sum(), d=debut.count())


def month1_retention(user_month: ir.Table, months: ir.Table) -> ir.Table:
    """Users first seen the month before; n = those active in the month."""
    debut = _debuts(user_month).select("account_id", "user_id", first_month="month")
    after = months.select("month", "previous")
    cohort = debut.join(after, debut.first_month == after.previous)
    seen = user_month.select("account_id", "user_id", "month", "events")
    both = cohort.left_join(seen, ["account_id", "user_id", "month"])
    return both.group_by("account_id", "month").aggregate(n=one(both.events.notnull()).sum(), d=both.count())


def _debuts(user_month: ir.Table) -> ir.Table:
    """Each user's first month, without those first seen in the first month on record."""
    people = user_month.filter(user_month.user_id.notnull())
    first = people.group_by("account_id", "user_id").aggregate(first_month=people.month.min())
    first = first.filter(first.first_month > people.month.min().as_scalar())
    return people.join(first, ["account_id", "user_id", people.month == first.first_month])


def step_missed(panel: ir.Table, reached: ir.Table, product: Product) -> ir.Table:
    """Per onboarding step, over the accounts whose onboarding window ended in the month: n = 1 if the step
    was not taken within it. `slice` is the step."""
    old_enough = panel.filter(ripe(panel, product)).select("account_id", "month", "signed_up_at")
    steps = ibis.memtable(
        [{"step": step, "position": i} for i, step in enumerate(product.onboarding_steps, start=1)],
        schema={"step": "string", "position": "int64"},
    )
    due = old_enough.cross_join(steps)
    rows = due.left_join(reached.select("account_id", "step", "reached_at"), ["account_id", "step"])
    limit = rows.signed_up_at + ibis.interval(days=product.activation.onboarding_days)
    missed = ~(rows.reached_at <= limit).fill_null(False)
    return rows.select("account_id", "month", slice=rows.step, n=one(missed), d=ibis.literal(1))


def acquisition_cost(acquisition: ir.Table, rates: ir.Table) -> ir.Table:
    """`month`, `n` in minor units of the reporting currency; a cost has no account."""
    spent = acquisition.mutate(month=acquisition.month.cast("timestamp(6)"))
    rows = spent.join(rates, ["month", "currency"])
    cents = (rows.cost.cast("float64") * rows.rate.cast("float64") * 100).round().cast("int64")
    return rows.group_by("month").aggregate(n=cents.sum())
