"""Hold the sources of churn against each other: subscriptions, cancellations and the source's own flags.

The figures follow the subscriptions. Where another source tells another story, the reader must know before
believing a retention figure.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import ibis
import ibis.expr.types as ir

from reporting.contract.findings import EXAMPLES, Finding, as_text
from reporting.contract.money import FOREVER, with_previous_end
from reporting.contract.rules import rows


def churn_findings(tables: Mapping[str, ir.Table], close: dt.datetime | None, flags: bool) -> list[Finding]:
    """Contradictions between the sources of churn, with numbers and examples.

    Args:
        tables: Canonical tables as of the close, `accounts` and `subscriptions` among them.
        close: The month's close; None = all rows, an open subscription pays.
        flags: Compare the undated flags too.
    """
    has_cancellations = "cancellations" in tables
    accounts = _standing(tables, close)
    counted = rows(
        accounts.aggregate(
            paid=accounts.ever_paid.sum(),
            flagged=accounts.flagged.sum(),
            has_flags=accounts.flag.count(),
            flagged_paying=(accounts.flagged & accounts.pays).sum(),
            unflagged_gone=(accounts.flag.notnull() & ~accounts.flagged & accounts.gone).sum(),
            cancelled=accounts.cancelled.sum(),
            cancelled_never_stopped=(accounts.cancelled & accounts.ever_paid & ~accounts.stopped).sum(),
            stopped=accounts.stopped.sum(),
            gone=accounts.gone.sum(),
            gone_uncancelled=(accounts.gone & ~accounts.cancelled).sum(),
        )
    )[0]
    number = {name: int(value or 0) for name, value in counted.items()}
    flags = flags and number["has_flags"] > 0
    findings: list[Finding] = []

    def add(
        check: str, table: str, column: str, which: ir.BooleanValue, total: int, message: str, remedy: str
    ) -> None:
        count = int(accounts.filter(which).count().to_pyarrow().as_py())
        if count:
            examples = _examples(accounts.filter(which), flags, has_cancellations)
            text = message.format(count=count, total=total)
            findings.append(Finding(check, "warning", table, column, count, total, text, examples, remedy))

    if flags:
        add(
            "flagged_but_paying", "accounts", "churned_flag", accounts.flagged & accounts.pays, number["flagged"],
            "{count:,} of {total:,} accounts that the source calls churned still pay at the close.",
            "Ask the owner of the flag what it means; the figures follow the subscriptions.",
        )  # fmt: skip
        add(
            "gone_but_not_flagged", "accounts", "churned_flag",
            accounts.flag.notnull() & ~accounts.flagged & accounts.gone, number["gone"],
            "{count:,} of {total:,} accounts that no longer pay are not called churned by the source.",
            "Ask the owner of the flag what it means; the figures follow the subscriptions.",
        )  # fmt: skip
    if has_cancellations:
        add(
            "cancelled_but_paying", "cancellations", "account_id",
            accounts.cancelled & accounts.ever_paid & ~accounts.stopped, number["cancelled"],
            "{count:,} of {total:,} accounts with a cancellation never stopped paying.",
            "Check whether the subscriptions lack their end dates, or the cancellations concern something else.",
        )  # fmt: skip
        findings += _without_end(tables, close)
    if flags:
        findings += _flagged_subscriptions(tables["subscriptions"], close)
    return _summary(accounts, number, flags, has_cancellations, tables, findings) + findings


def _standing(tables: Mapping[str, ir.Table], close: dt.datetime | None) -> ir.Table:
    """A row per account: flag, flagged, cancelled, last_cancelled_at, ever_paid, stopped, gone, pays.

    `stopped`: at some month's close after its first payment the account did not pay. `gone`: nor does it now.
    """
    subscriptions = tables["subscriptions"]
    discount = subscriptions.discount_percent.coalesce(0.0)
    paying = subscriptions.filter(
        ~subscriptions.is_trial,
        subscriptions.amount > 0,
        discount < 100,
        # Service that began and ended between two closes never paid at one.
        subscriptions.valid_to.coalesce(FOREVER)
        >= subscriptions.valid_from.truncate("M") + ibis.interval(months=1),
    )
    periods = with_previous_end(paying)
    # A close lies between two periods if the month of the later one begins after the earlier ones have ended.
    gap = periods.previous_end < periods.valid_from.truncate("M")
    now = ibis.literal(close) if close else FOREVER
    paid = periods.group_by("account_id").aggregate(
        last_end=periods.ends.max(), gaps=gap.sum(), paid_from=periods.valid_from.min()
    )
    accounts = tables["accounts"]
    standing = accounts.group_by("account_id").aggregate(
        flag=accounts.churned_flag.cast("int64").max(), account_name=accounts.account_name.min()
    )
    standing = standing.left_join(paid, "account_id").drop("account_id_right")
    if "cancellations" in tables:
        cancelled = _effective(tables["cancellations"], close).filter(lambda t: t.subscription_id.isnull())
        cancelled = cancelled.group_by("account_id").aggregate(last_cancelled_at=lambda t: t.effective.max())
        standing = standing.left_join(cancelled, "account_id").drop("account_id_right")
    else:
        standing = standing.mutate(last_cancelled_at=ibis.null("timestamp(6)"))
    ever_paid = standing.last_end.notnull()
    pays = (standing.last_end >= now).fill_null(False)
    return standing.mutate(
        flagged=(standing.flag == 1).fill_null(False),
        cancelled=standing.last_cancelled_at.notnull(),
        ever_paid=ever_paid,
        pays=pays,
        gone=ever_paid & ~pays,
        stopped=ever_paid & (~pays | (standing.gaps.fill_null(0) > 0)),
    )


def _effective(cancellations: ir.Table, close: dt.datetime | None) -> ir.Table:
    """Cancellations that have taken effect by the close, with `effective`."""
    dated = cancellations.mutate(effective=cancellations.effective_at.coalesce(cancellations.requested_at))
    return dated.filter(dated.effective < close) if close else dated


def _without_end(tables: Mapping[str, ir.Table], close: dt.datetime | None) -> list[Finding]:
    """Cancellations on whose day no subscription of the account ends."""
    cancellations = _effective(tables["cancellations"], close).filter(lambda t: t.effective_at.notnull())
    ends = tables["subscriptions"].filter(lambda t: t.valid_to.notnull())
    days = ends.select(end_account=ends.account_id, end_day=ends.valid_to.date()).distinct()
    joined = cancellations.left_join(
        days, [cancellations.account_id == days.end_account, cancellations.effective.date() == days.end_day]
    )
    unmatched = joined.end_account.isnull()
    counted = rows(joined.aggregate(total=joined.count(), count=unmatched.sum()))[0]
    count, total = int(counted["count"] or 0), int(counted["total"])
    if not count:
        return []
    shown = joined.filter(unmatched).select("cancellation_id", "account_id", "effective_at")
    return [
        Finding(
            "cancellation_without_end", "warning", "cancellations", "effective_at", count, total,
            f"{count:,} of {total:,} cancellations fall on no day on which a subscription of the account ends; "
            f"only {total - count:,} do.",
            [as_text(row) for row in rows(shown.order_by("cancellation_id").limit(EXAMPLES))],
            "Check that effective_at and valid_to mean the same: the end of service.",
        )
    ]  # fmt: skip


def _flagged_subscriptions(subscriptions: ir.Table, close: dt.datetime | None) -> list[Finding]:
    running = subscriptions.valid_to.isnull() | (subscriptions.valid_to >= (close or FOREVER))
    flagged = subscriptions.source_churn_flag.fill_null(False)
    counted = rows(subscriptions.aggregate(total=flagged.sum(), count=(flagged & running).sum()))[0]
    count, total = int(counted["count"] or 0), int(counted["total"] or 0)
    if not count:
        return []
    shown = subscriptions.filter(flagged & running).select("subscription_id", "account_id", "valid_from")
    return [
        Finding(
            "flagged_but_running", "warning", "subscriptions", "source_churn_flag", count, total,
            f"{count:,} of {total:,} subscriptions that the source calls churned still run at the close.",
            [as_text(row) for row in rows(shown.order_by("subscription_id").limit(EXAMPLES))],
            "Check whether their end dates are missing.",
        )
    ]  # fmt: skip


def _summary(
    accounts: ir.Table,
    number: Mapping[str, int],
    flags: bool,
    has_cancellations: bool,
    tables: Mapping[str, ir.Table],
    findings: list[Finding],
) -> list[Finding]:
    """One finding that sets all sources side by side, if any of them contradict each other."""
    contrary = ibis.literal(False)
    any_source = accounts.stopped
    if flags:
        contrary = contrary | (accounts.flagged & accounts.pays)
        any_source = any_source | accounts.flagged
    if has_cancellations:
        contrary = contrary | (accounts.cancelled & accounts.ever_paid & ~accounts.stopped)
        any_source = any_source | accounts.cancelled
    counted = rows(accounts.aggregate(count=(contrary & any_source).sum(), total=any_source.sum()))[0]
    count, total = int(counted["count"] or 0), int(counted["total"] or 0)
    if not count:
        return []
    told = []
    if flags:
        told.append(f"{number['flagged']:,} accounts carry the source's churn flag")
    if has_cancellations:
        told.append(f"{number['cancelled']:,} have a cancellation")
    told.append(
        f"by their subscriptions {number['stopped']:,} ever stopped paying and {number['gone']:,} no longer pay at the close"
    )
    unmatched = next((finding for finding in findings if finding.check == "cancellation_without_end"), None)
    dates = (
        f" Only {unmatched.total - unmatched.count:,} of {unmatched.total:,} cancellations fall on the day a "
        "subscription of the account ends."
        if unmatched
        else ""
    )
    return [
        Finding(
            "churn_sources_contradict", "warning", "subscriptions", None, count, total,
            f"The sources of churn contradict each other: {', '.join(told)}.{dates} They disagree on {count:,} of the "
            f"{total:,} accounts that any of them calls churned. Retention, churn and NRR follow the subscriptions and "
            "can be no better than these.",
            _examples(accounts.filter(contrary), flags, has_cancellations),
            "Settle with the owners of the data which source is right before acting on a retention figure.",
        )
    ]  # fmt: skip


def _examples(accounts: ir.Table, flags: bool, has_cancellations: bool) -> list[dict[str, str]]:
    found = rows(accounts.order_by("account_id").limit(EXAMPLES))
    return [_story(row, flags, has_cancellations) for row in found]


def _story(row: Mapping[str, Any], flags: bool, has_cancellations: bool) -> dict[str, str]:
    """What each source says of one account."""
    told = {"account_id": row["account_id"], "account_name": row["account_name"]}
    if flags:
        told["churned_flag"] = "yes" if row["flagged"] else "no"
    if has_cancellations:
        told["last cancellation"] = f"{row['last_cancelled_at']:%Y-%m-%d}" if row["cancelled"] else "none"
    if not row["ever_paid"]:
        told["subscriptions"] = "never paid"
    elif row["pays"]:
        told["subscriptions"] = "paying"
    else:
        told["subscriptions"] = f"ended {row['last_end']:%Y-%m-%d}"
    return told
