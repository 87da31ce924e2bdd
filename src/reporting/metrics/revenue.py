"""Recurring revenue: what every account pays at each close, and what moved it.

All money is integer minor units of the reporting currency. Movements are at account level between two closes.
For an account paying at both, the change at the *previous* close's exchange rates is expansion or contraction
and the rest of `end - start` is the FX line, so that

    start + new + reactivation + expansion - contraction - churned + fx = end

holds to the cent for every account and month.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from reporting.metrics.exact import mrr_cents

MOVEMENTS = ("new", "expansion", "contraction", "churned", "reactivation", "fx")


def running(subscriptions: ir.Table, months: ir.Table, rates: ir.Table) -> ir.Table:
    """Subscriptions that run at each close: `valid_from < close` and (`valid_to` null or `>= close`).

    Args:
        subscriptions: Canonical subscriptions.
        months: See `calendar.month_table`.
        rates: `month`, `currency`, `rate` (decimal(17, 8)) for every month and currency in use.

    Returns:
        The subscription's columns and `month`, `close`, with `cents` (at the close's rates) and
        `previous_cents` (at the rates of the close before); both 0 for trials.
    """
    open_at_close = [
        subscriptions.valid_from < months.close,
        subscriptions.valid_to.isnull() | (subscriptions.valid_to >= months.close),
    ]
    rows = subscriptions.join(months.select("month", "close", "previous"), open_at_close)
    rows = rows.join(rates, ["month", "currency"])
    before = rates.select(previous="month", currency="currency", previous_rate="rate")
    rows = rows.left_join(before, ["previous", "currency"]).drop("previous_right", "currency_right")
    priced = rows.mutate(
        cents=_cents(rows, rows.rate), previous_cents=_cents(rows, rows.previous_rate.fill_null(rows.rate))
    )
    return priced.drop("previous", "rate", "previous_rate")


def _cents(rows: ir.Table, rate: ir.DecimalColumn) -> ir.IntegerColumn:
    cents = mrr_cents(rows.amount, rows.amount_period, rows.discount_percent, rate)
    return rows.is_trial.ifelse(ibis.literal(0, "int64"), cents)


def terms(running_subscriptions: ir.Table) -> ir.Table:
    """One row per account and close with its terms.

    `plan`, `billing_frequency` and `currency` are those of the subscription with the highest MRR (a paid one
    before a trial, then by id); seats and included volume are summed over the subscriptions that pay, or over
    the trials when none pays.
    """
    rows = running_subscriptions
    by_account = ibis.window(group_by=["account_id", "month"])
    pays = rows.cents > 0
    rows = rows.mutate(counts=pays | (rows.cents.sum().over(by_account) == 0))
    order = [rows.cents.desc(), rows.is_trial.asc(), rows.subscription_id.asc()]
    rank = ibis.row_number().over(ibis.window(group_by=["account_id", "month"], order_by=order))
    rows = rows.mutate(leads=rank == 0)
    ahead = rows.counts & (rows.renewal_at >= rows.close)
    return rows.group_by("account_id", "month").aggregate(
        mrr_cents=rows.cents.sum(),
        previous_rates_cents=rows.previous_cents.sum(),
        trials=rows.is_trial.ifelse(1, 0).sum(),
        plan=rows.plan.max(where=rows.leads),
        billing_frequency=rows.billing_frequency.max(where=rows.leads),
        currency=rows.currency.max(where=rows.leads),
        seats_purchased=rows.seats.sum(where=rows.counts),
        event_limit=rows.event_limit.sum(where=rows.counts),
        renewal_at=rows.renewal_at.min(where=ahead),
    )


def movements(grid: ir.Table, account_terms: ir.Table) -> ir.Table:
    """The bridge of every account and month.

    Args:
        grid: `account_id`, `month`, `month_index`, every account's months without a gap from its first on.
        account_terms: The result of `terms`.

    Returns:
        `account_id`, `month`, `paying`, `mrr_start_cents`, `mrr_cents`, one `*_cents` column per movement
        (magnitudes, not negative; `fx_cents` is signed), `first_paid_month`, `spell_start` (month in which
        the current spell of paying began) and `paid_months` since then, both null while not paying.
    """
    rows = grid.left_join(account_terms, ["account_id", "month"]).select(
        grid.account_id,
        grid.month,
        grid.month_index,
        mrr_cents=account_terms.mrr_cents.fill_null(0),
        previous_rates_cents=account_terms.previous_rates_cents.fill_null(0),
    )
    by_month = ibis.window(group_by="account_id", order_by="month")
    so_far = ibis.cumulative_window(group_by="account_id", order_by="month")
    rows = rows.mutate(
        start=rows.mrr_cents.lag().over(by_month).fill_null(0),
        most_so_far=rows.mrr_cents.max().over(so_far),
    )
    rows = rows.mutate(most_before=rows.most_so_far.lag().over(by_month).fill_null(0))
    began = (rows.start == 0) & (rows.mrr_cents > 0)
    rows = rows.mutate(
        **_amounts(rows, began),
        paying=rows.mrr_cents > 0,
        began_index=began.ifelse(rows.month_index, ibis.null("int64")),
        began_month=began.ifelse(rows.month, ibis.null("timestamp(6)")),
    )
    rows = rows.mutate(
        spell_index=rows.began_index.max().over(so_far),
        spell_start=rows.began_month.max().over(so_far),
        first_paid_month=rows.began_month.min().over(ibis.window(group_by="account_id")),
    )
    return rows.select(
        "account_id",
        "month",
        "paying",
        "mrr_cents",
        "new_cents",
        "expansion_cents",
        "contraction_cents",
        "churned_cents",
        "reactivation_cents",
        "fx_cents",
        "first_paid_month",
        mrr_start_cents="start",
        spell_start=rows.paying.ifelse(rows.spell_start, ibis.null("timestamp(6)")),
        paid_months=rows.paying.ifelse(rows.month_index - rows.spell_index, ibis.null("int64")),
    )


def _amounts(rows: ir.Table, began: ir.BooleanColumn) -> dict[str, ir.IntegerColumn]:
    """The six movements between `start` and `mrr_cents`."""
    stays = (rows.start > 0) & (rows.mrr_cents > 0)
    change = stays.ifelse(rows.previous_rates_cents - rows.start, 0)
    return {
        "new_cents": (began & (rows.most_before == 0)).ifelse(rows.mrr_cents, 0),
        "reactivation_cents": (began & (rows.most_before > 0)).ifelse(rows.mrr_cents, 0),
        "expansion_cents": ibis.greatest(change, 0),
        "contraction_cents": ibis.greatest(-change, 0),
        "churned_cents": (rows.mrr_cents == 0).ifelse(rows.start, 0),
        "fx_cents": stays.ifelse(rows.mrr_cents - rows.previous_rates_cents, 0),
    }


def ledger(account_movements: ir.Table) -> ir.Table:
    """`account_id`, `month`, `movement`, `amount_cents`: the movements as rows, those that are not zero.
    Contraction and churn are negative here, so that the amounts of a month sum to `end - start`."""
    sign = {"contraction": -1, "churned": -1}
    label = {"churned": "churn"}
    parts = [
        account_movements.select(
            "account_id",
            "month",
            movement=ibis.literal(label.get(name, name)),
            amount_cents=account_movements[f"{name}_cents"] * sign.get(name, 1),
        )
        for name in MOVEMENTS
    ]
    rows = ibis.union(*parts)
    return rows.filter(rows.amount_cents != 0)
