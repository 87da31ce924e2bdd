"""Portfolio figures that the panel can't give: each from its own table, as `month`, `n` over `d`."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from reporting.params.product import Product


def free_to_paid(subscriptions: ir.Table, months: ir.Table) -> ir.Table:
    """Accounts whose first trial ended in the month; n = those with paid service that began since the trial
    did."""
    trials = subscriptions.filter(subscriptions.is_trial)
    first = trials.group_by("account_id").aggregate(began=trials.valid_from.min())
    first_end = trials.join(first, ["account_id", (trials.valid_from == first.began)])
    ended = first_end.group_by("account_id", "began").aggregate(ended=ibis._.valid_to.min())
    paid = subscriptions.filter(~subscriptions.is_trial, subscriptions.amount > 0)
    since = paid.group_by("account_id").aggregate(
        first_paid_at=paid.valid_from.min(), last_paid_from=paid.valid_from.max()
    )
    rows = ended.left_join(since, "account_id").drop("account_id_right")
    rows = rows.join(months, [rows.ended >= months.month, rows.ended < months.close])
    converted = (rows.last_paid_from >= rows.began) & (rows.first_paid_at < rows.close)
    return rows.group_by("month").aggregate(n=_count(converted), d=rows.count())


def new_and_churned(subscriptions: ir.Table, movements: ir.Table, months: ir.Table) -> ir.Table:
    """Accounts that paid within the month and at neither of its closes: in no movement, so shown apart."""
    paid = subscriptions.filter(~subscriptions.is_trial, subscriptions.amount > 0)
    paid = paid.filter(paid.valid_to > paid.valid_from)
    inside = paid.join(months, [paid.valid_from >= months.month, paid.valid_to < months.close])
    quiet = movements.filter(movements.mrr_start_cents == 0, movements.mrr_cents == 0)
    rows = inside.semi_join(quiet, ["account_id", "month"])
    return rows.group_by("month").aggregate(n=rows.account_id.nunique(), d=ibis.null("int64"))


def acquisition_cost(acquisition: ir.Table, rates: ir.Table) -> ir.Table:
    """`month`, `cost_cents` in the reporting currency."""
    spent = acquisition.mutate(month=acquisition.month.cast("timestamp(6)"))
    rows = spent.join(rates, ["month", "currency"])
    cents = (rows.cost.cast("float64") * rows.rate.cast("float64") * 100).round().cast("int64")
    return rows.group_by("month").aggregate(cost_cents=cents.sum())


def nps(surveys: ir.Table, months: ir.Table) -> ir.Table:
    """Promoters (9, 10) less detractors (0 to 6) over the answers of the last three months."""
    answers = surveys.filter(surveys.kind == "nps")
    near = months.select("month", "close", quarter=months.close - ibis.interval(days=91))
    rows = answers.join(near, [answers.answered_at < near.close, answers.answered_at >= near.quarter])
    balance = ibis.cases((rows.score >= 9, 1), (rows.score <= 6, -1), else_=0)
    return rows.group_by("month").aggregate(n=balance.sum(), d=rows.count())


def north_star(account_event: ir.Table, product: Product) -> ir.Table:
    """The value outcome named in the product definition, summed over the month."""
    star = product.north_star
    rows = account_event.filter(account_event.event_name == star.event)
    total = {
        "events": rows.events.sum(),
        "quantity": rows.quantity.sum(),
        "accounts": rows.account_id.nunique(),
    }
    return rows.group_by("month").aggregate(n=total[star.measure], d=ibis.null("int64"))


def core_adoption(feature_month: ir.Table, use: ir.Table, product: Product) -> ir.Table:
    """Mean over the core features of (users of the feature / active users)."""
    active = use.group_by("month").aggregate(active=use.active_users.sum())
    core = feature_month.filter(feature_month.core)
    users = core.group_by("month").aggregate(n=core.users.sum())
    rows = users.join(active, "month")
    return rows.select("month", "n", d=rows.active * len(product.core_features))


def user_returns(user_month: ir.Table, months: ir.Table) -> tuple[ir.Table, ir.Table]:
    """Users who come back: on the day after their first, and in the calendar month after their first.

    Day 1 leaves out users whose first day is the last of a month, month 1 holds those first seen the month
    before.
    """
    people = user_month.filter(user_month.user_id.notnull())
    first = people.group_by("account_id", "user_id").aggregate(first_month=people.month.min())
    earliest = people.month.min().as_scalar()
    first = first.filter(first.first_month > earliest)
    debut = people.join(first, ["account_id", "user_id", people.month == first.first_month])
    lowest = debut.day_bits & -debut.day_bits
    last_day = ibis.literal(1, "int64") << (months.days - 1)
    sized = months.select("month", "previous", last_day=last_day)
    debut = debut.mutate(lowest=lowest).join(sized, "month")
    debut = debut.filter(debut.lowest != debut.last_day)
    next_day = (debut.day_bits & (debut.lowest * 2)) != 0
    day1 = debut.group_by("month").aggregate(n=_count(next_day), d=debut.count())
    cohort = first.join(sized, first.first_month == sized.previous)
    seen = people.select("account_id", "user_id", "month", "events")
    both = cohort.left_join(seen, ["account_id", "user_id", "month"])
    month1 = both.group_by("month").aggregate(n=_count(both.events.notnull()), d=both.count())
    return day1, month1


def onboarding_drop_off(panel: ir.Table, reached: ir.Table, product: Product) -> ir.Table:
    """Per step and month: of the accounts whose onboarding window ended in the month, n = those that took
    the step within it, d = all of them. Columns `month`, `step`, `position`, `n`, `d`."""
    days = product.activation.onboarding_days
    ends = panel.signed_up_at + ibis.interval(days=days)
    ripe = panel.filter(panel.observed, ends >= panel.month, ends < panel.close)
    ripe = ripe.select("account_id", "month", "signed_up_at")
    total = ripe.group_by("month").aggregate(d=ripe.count())
    taken = ripe.join(reached, "account_id")
    in_time = taken.reached_at <= taken.signed_up_at + ibis.interval(days=days)
    steps = taken.group_by("month", "step", "position").aggregate(n=_count(in_time))
    return steps.join(total, "month")


def _count(condition: ir.BooleanValue) -> ir.IntegerScalar:
    return condition.fill_null(False).ifelse(1, 0).sum()
