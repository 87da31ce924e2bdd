"""What each source of churn says of an account: subscriptions, cancellations, the source's own flag."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import ibis
import ibis.expr.types as ir

from reporting.contract.findings import as_text
from reporting.contract.money import FOREVER, with_previous_end


def standing(tables: Mapping[str, ir.Table], close: dt.datetime | None) -> ir.Table:
    """A row per account.

    Args:
        tables: Canonical tables as of the close, `accounts` and `subscriptions` among them.
        close: The month's close; None = all rows, what is open pays.

    Returns:
        account_id, account_name, has_flag, flagged, cancelled, last_cancelled_at, ever_paid (at some close),
        pays (now), gone (paid once, not now), stopped (paid at some close and not at a later one), last_end.
    """
    known = tables["accounts"]
    accounts = known.group_by("account_id").aggregate(
        account_name=known.account_name.min(),
        has_flag=known.churned_flag.count() > 0,
        flagged=known.churned_flag.any().fill_null(False),
    )
    joined = accounts.left_join(_paid(tables["subscriptions"]), "account_id").drop("account_id_right")
    if "cancellations" in tables:
        joined = joined.left_join(_cancelled(tables["cancellations"], close), "account_id").drop(
            "account_id_right"
        )
    else:
        joined = joined.mutate(last_cancelled_at=ibis.null("timestamp(6)"))
    ever_paid = joined.last_end.notnull()
    pays = (joined.last_end >= (ibis.literal(close) if close else FOREVER)).fill_null(False)
    return joined.mutate(
        cancelled=joined.last_cancelled_at.notnull(),
        ever_paid=ever_paid,
        pays=pays,
        gone=ever_paid & ~pays,
        stopped=ever_paid & (~pays | (joined.gaps.fill_null(0) > 0)),
    )


def _paid(subscriptions: ir.Table) -> ir.Table:
    """By account: last_end, and gaps = times it did not pay at a close between two at which it did."""
    next_close = subscriptions.valid_from.truncate("M") + ibis.interval(months=1)
    paying = subscriptions.filter(
        ~subscriptions.is_trial,
        subscriptions.amount > 0,
        subscriptions.discount_percent.coalesce(0.0) < 100,
        # Service that began and ended between two closes never paid at one.
        subscriptions.valid_to.coalesce(FOREVER) >= next_close,
    )
    periods = with_previous_end(paying)
    # A close lies in a gap if the month of the later period begins after the earlier ones have ended.
    gap = periods.previous_end < periods.valid_from.truncate("M")
    return periods.group_by("account_id").aggregate(last_end=periods.ends.max(), gaps=gap.sum())


def effective(cancellations: ir.Table, close: dt.datetime | None) -> ir.Table:
    """Cancellations that have taken effect by the close, with the instant `effective`."""
    dated = cancellations.mutate(effective=cancellations.effective_at.coalesce(cancellations.requested_at))
    return dated.filter(dated.effective < close) if close else dated


def _cancelled(cancellations: ir.Table, close: dt.datetime | None) -> ir.Table:
    """By account: the last cancellation of the whole account that has taken effect."""
    whole = effective(cancellations, close).filter(lambda t: t.subscription_id.isnull())
    return whole.group_by("account_id").aggregate(last_cancelled_at=lambda t: t.effective.max())


def story(row: Mapping[str, Any], flags: bool, cancellations: bool) -> dict[str, str | dt.datetime]:
    """What each source says of one account, as an example of a finding.

    Args:
        row: A row of `standing`.
        flags: Tell the flag.
        cancellations: Tell the last cancellation.
    """
    told = {"account_id": row["account_id"], "account_name": row["account_name"] or ""}
    if flags:
        told["churn flag"] = "yes" if row["flagged"] else "no"
    if cancellations:
        told["last cancellation"] = row["last_cancelled_at"] if row["cancelled"] else "none"
    if row["pays"] or not row["ever_paid"]:
        told["subscriptions"] = "paying" if row["pays"] else "never paid"
    else:
        told["subscriptions"] = "ended"
        told["end"] = row["last_end"]
    return as_text(told)
