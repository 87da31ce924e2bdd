"""One month of a company: the frozen snapshot with what every analysis looks up in it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

import pandas as pd
from scipy.special import pdtr

from reporting.snapshot.frozen import PART, Snapshot


class View:
    """A snapshot, opened at its report month.

    Args:
        snapshot: A snapshot folder, or a snapshot already loaded.

    Attributes:
        month: First day of the report month.
        previous: First day of the month before.
        currency: Reporting currency, ISO code.
        unavailable: Metric id -> tables it would need.
        product: The product definition, with its thresholds.
    """

    def __init__(self, snapshot: str | Path | Snapshot) -> None:
        self.snapshot = snapshot if isinstance(snapshot, Snapshot) else Snapshot.load(Path(snapshot))
        meta = self.snapshot.meta
        self.month = pd.to_datetime(f"{meta['month']}-01")
        self.previous = self.month - pd.DateOffset(months=1)
        self.close = self.month + pd.DateOffset(months=1)
        self.currency: str = meta["currency"]
        self.title: str = meta["title"]
        self.unavailable: Mapping[str, list[str]] = self.snapshot.unavailable
        self.product = self.snapshot.product

    @cached_property
    def accounts(self) -> pd.DataFrame:
        """One row an account, indexed by `account_id`."""
        return self.snapshot.accounts.set_index("account_id", drop=False).rename_axis(None)

    @cached_property
    def panel(self) -> pd.DataFrame:
        """The account-month panel with the account's name and standing attributes, sorted by both keys."""
        panel = self.snapshot.account_month
        own = [c for c in self.accounts.columns if c == "account_id" or c not in panel.columns]
        joined = panel.merge(self.accounts[own].reset_index(drop=True), on="account_id", how="left")
        return joined.sort_values(["account_id", "month"], ignore_index=True)

    def at(self, month: pd.Timestamp) -> pd.DataFrame:
        """The panel's rows of one month, indexed by `account_id`."""
        rows = self.panel[self.panel["month"] == month]
        return rows.set_index("account_id", drop=False).rename_axis(None)

    @cached_property
    def now(self) -> pd.DataFrame:
        """The report month's rows, indexed by `account_id`."""
        return self.at(self.month)

    @cached_property
    def before(self) -> pd.DataFrame:
        """The month before, indexed by `account_id`; empty in a source's first month."""
        return self.at(self.previous)

    @cached_property
    def paying(self) -> pd.DataFrame:
        """The report month's rows of accounts that pay at its close."""
        return self.now[self.now["paying"].astype(bool)]

    def share_of_mrr(self, cents: float, month: pd.Timestamp | None = None) -> float:
        """This part of all MRR at the close of a month (default: the report month); NaN of nothing."""
        total = (self.now if month is None else self.at(month))["mrr_cents"].sum()
        return float(cents / total) if total else math.nan

    @cached_property
    def observed_from(self) -> pd.Timestamp:
        """The first month in which every account was on record, not just those that are still there.

        Some sources hold older subscriptions only of accounts that were still customers when records began:
        in that past nobody ever leaves. It shows as months without use on record in which hardly any of
        the churn is found that the later rate would bring (under a tenth, Poisson below one in a thousand).
        """
        panel = self.panel
        first, used = panel["month"].min(), panel.loc[panel["events"].notna(), "month"].min()
        if pd.isna(used) or used <= first:
            return first
        early = panel["month"] < used
        at_risk, left = panel["mrr_start_cents"] > 0, panel["churned_cents"] > 0
        rate = (left & ~early).sum() / max((at_risk & ~early).sum(), 1)
        found, expected = (left & early).sum(), rate * (at_risk & early).sum()
        missing = found < 0.1 * expected and pdtr(found, expected) < 0.001
        return used if missing else first

    @property
    def is_part(self) -> bool:
        """Whether it is a part of a company; what is decided of its accounts is decided in the whole."""
        return PART in self.snapshot.meta

    @property
    def own_columns(self) -> tuple[str, ...]:
        """Columns of accounts that the source has beside those of the contract: tier, segment ..."""
        return tuple(self.snapshot.meta.get("account_columns", ()))

    @property
    def year_starts(self) -> int:
        """Number of the month with which the company's year begins."""
        return int(self.snapshot.meta.get("fiscal_year_starts", 1))

    @property
    def months_left(self) -> int:
        """Months of the company's year that are still to come."""
        return (self.year_starts - 1 - self.month.month) % 12

    def has(self, table: str) -> bool:
        """Whether the source maps this canonical table."""
        return table in self.snapshot.meta["tables"]

    def series(self, metric: str) -> pd.Series:
        """A portfolio metric by month; empty where it is not available."""
        return self.snapshot.series(metric).astype(float)

    def metric(self, metric: str, month: pd.Timestamp | None = None) -> float:
        """A portfolio metric's value in a month (default: the report month), NaN where there is none."""
        return float(self.series(metric).get(month or self.month, math.nan))
