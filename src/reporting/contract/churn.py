"""Hold the sources of churn against each other: subscriptions, cancellations and the source's own flags.

The figures follow the subscriptions. Where another source tells another story, the reader must know before
believing a retention figure.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import ibis.expr.types as ir

from reporting.contract.churn_sources import effective, standing, story
from reporting.contract.findings import EXAMPLES, Finding, as_text
from reporting.contract.money import FOREVER
from reporting.contract.rules import kept, number_of, rows


def churn_findings(tables: Mapping[str, ir.Table], close: dt.datetime | None, flags: bool) -> list[Finding]:
    """Contradictions between the sources of churn, with numbers and examples.

    Args:
        tables: Canonical tables as of the close, `accounts` and `subscriptions` among them.
        close: The month's close; None = all rows, an open subscription pays.
        flags: Compare the undated flags too.
    """
    found: list[Finding] = []
    with kept(standing(tables, close)) as by_account:
        accounts = _Accounts(by_account, flags, "cancellations" in tables)
        if accounts.flags:
            found += accounts.flags_against_subscriptions()
            found += _flagged_but_running(tables["subscriptions"], close)
        if accounts.cancellations:
            found += accounts.cancellations_against_subscriptions()
            found += _cancellations_without_end(tables, close)
        return accounts.summary(found) + found


@dataclass
class _Accounts:
    """The standing of all accounts, and which sources there are."""

    table: ir.Table
    flags: bool
    cancellations: bool

    def __post_init__(self) -> None:
        names = ("flagged", "cancelled", "stopped", "gone", "has_flag")
        counted = rows(self.table.aggregate(**{name: self.table[name].sum() for name in names}))[0]
        self.number = {name: int(value or 0) for name, value in counted.items()}
        self.flags = self.flags and self.number["has_flag"] > 0
        t = self.table
        # A flag on an account that left and came back may mean: has churned at some time.
        self.flagged_but_paying = t.flagged & t.pays & ~t.stopped
        self.cancelled_but_paying = t.cancelled & t.ever_paid & ~t.stopped

    def flags_against_subscriptions(self) -> list[Finding]:
        t, ask = self.table, "Ask the owner of the flag what it means; the figures follow the subscriptions."
        return self._finding(
            "flagged_but_paying", "accounts", "churned_flag", self.flagged_but_paying, self.number["flagged"],
            "{count:,} of {total:,} accounts that the source calls churned still pay and never stopped.", ask,
        ) + self._finding(
            "gone_but_not_flagged", "accounts", "churned_flag", t.has_flag & ~t.flagged & t.gone,
            self.number["gone"],
            "{count:,} of {total:,} accounts that no longer pay are not called churned by the source.", ask,
        )  # fmt: skip

    def cancellations_against_subscriptions(self) -> list[Finding]:
        return self._finding(
            "cancelled_but_paying", "cancellations", "account_id", self.cancelled_but_paying,
            self.number["cancelled"],
            "{count:,} of {total:,} accounts with a cancellation never stopped paying.",
            "Check whether subscriptions lack their end dates, or the cancellations concern something else.",
        )  # fmt: skip

    def summary(self, found: list[Finding]) -> list[Finding]:
        """One finding that sets all sources side by side, if any of them contradict each other."""
        contrary, churned = [], [self.table.stopped]
        told = []
        if self.flags:
            contrary.append(self.flagged_but_paying)
            churned.append(self.table.flagged)
            told.append(f"{self.number['flagged']:,} accounts carry the source's churn flag")
        if self.cancellations:
            contrary.append(self.cancelled_but_paying)
            churned.append(self.table.cancelled)
            told.append(f"{self.number['cancelled']:,} have a cancellation")
        if not contrary:
            return []
        total = self._count(_any(churned))
        ends = next((finding for finding in found if finding.check == "cancellation_without_end"), None)
        dates = (
            f" Only {ends.total - ends.count:,} of {ends.total:,} cancellations fall on the day a "
            "subscription of the account ends."
            if ends
            else ""
        )
        return self._finding(
            "churn_sources_contradict", "subscriptions", None, _any(contrary), total,
            f"The sources of churn contradict each other: {', '.join(told)}, by their subscriptions "
            f"{self.number['stopped']:,} ever stopped paying and {self.number['gone']:,} no longer pay at "
            f"the close.{dates} They disagree on {{count:,}} of the {{total:,}} accounts that any calls "
            "churned. Retention, churn and NRR follow the subscriptions and can be no better than these.",
            "Settle with the owners of the data which source is right before acting on a retention figure.",
        )  # fmt: skip

    def _count(self, which: ir.BooleanValue) -> int:
        return number_of(self.table.filter(which))

    def _finding(
        self, check: str, table: str, column: str | None, which: ir.BooleanValue, total: int, message: str,
        remedy: str,
    ) -> list[Finding]:  # fmt: skip
        count = self._count(which)
        if not count:
            return []
        found = rows(self.table.filter(which).order_by("account_id").limit(EXAMPLES))
        examples = [story(row, self.flags, self.cancellations) for row in found]
        text = message.format(count=count, total=total)
        return [Finding(check, "warning", table, column, count, total, text, examples, remedy)]


def _any(conditions: list[ir.BooleanValue]) -> ir.BooleanValue:
    result = conditions[0]
    for condition in conditions[1:]:
        result = result | condition
    return result


def _cancellations_without_end(tables: Mapping[str, ir.Table], close: dt.datetime | None) -> list[Finding]:
    """Cancellations on whose day no subscription of the account ends."""
    cancellations = effective(tables["cancellations"], close).filter(lambda t: t.effective_at.notnull())
    ends = tables["subscriptions"].filter(lambda t: t.valid_to.notnull())
    days = ends.select(end_account=ends.account_id, end_day=ends.valid_to.date()).distinct()
    joined = cancellations.left_join(
        days, [cancellations.account_id == days.end_account, cancellations.effective.date() == days.end_day]
    )
    unmatched = joined.filter(joined.end_account.isnull())
    return _counted(
        "cancellation_without_end", "cancellations", "effective_at", unmatched, joined,
        "{count:,} of {total:,} cancellations fall on no day on which a subscription of the account ends.",
        ["cancellation_id", "account_id", "effective_at"],
        "Check that effective_at and valid_to mean the same: the end of service.",
    )  # fmt: skip


def _flagged_but_running(subscriptions: ir.Table, close: dt.datetime | None) -> list[Finding]:
    flagged = subscriptions.filter(subscriptions.source_churn_flag.fill_null(False))
    running = flagged.filter(flagged.valid_to.isnull() | (flagged.valid_to >= (close or FOREVER)))
    return _counted(
        "flagged_but_running", "subscriptions", "source_churn_flag", running, flagged,
        "{count:,} of {total:,} subscriptions that the source calls churned still run at the close.",
        ["subscription_id", "account_id", "valid_from"],
        "Check whether their end dates are missing.",
    )  # fmt: skip


def _counted(
    check: str, table: str, column: str, faults: ir.Table, examined: ir.Table, message: str, shown: list[str],
    remedy: str,
) -> list[Finding]:  # fmt: skip
    count = number_of(faults)
    if not count:
        return []
    total = number_of(examined)
    examples = [as_text(row) for row in rows(faults.select(shown).order_by(shown).limit(EXAMPLES))]
    text = message.format(count=count, total=total)
    return [Finding(check, "warning", table, column, count, total, text, examples, remedy)]
