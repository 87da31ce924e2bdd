"""What the retention report is told from."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

import pandas as pd

from reporting.analysis import cohorts
from reporting.analysis.beginnings import Pair, compared
from reporting.analysis.bridge import bridge
from reporting.analysis.cohorts import Aligned
from reporting.analysis.retention import followed
from reporting.errors import ParameterError
from reporting.reports.telling.book import Book
from reporting.reports.telling.trust import Trust

Reading = Literal["on", "on_or_after"]


class Data:
    """The retention report's figures.

    Args:
        snapshot: Folder of the frozen snapshot.
        reading: `on` counts who pays at exactly that close, `on_or_after` also who comes back later.
        trend_months: Months in the trend charts.
        span_months: Months between base and outcome of the retention figures.
    """

    def __init__(self, snapshot: str, reading: Reading, trend_months: int, span_months: int) -> None:
        if reading not in ("on", "on_or_after"):
            raise ParameterError(
                f"reading is 'on' or 'on_or_after', not '{reading}'.",
                where="retention_cohorts",
                remedy="Set one of the two in the report's parameters.",
            )
        self.book = Book(snapshot)
        self.trust = Trust(self.book)
        self.reading: Reading = reading
        self.trend_months = trend_months
        self.span = span_months

    @cached_property
    def bridge(self) -> pd.DataFrame:
        """The MRR bridge of every month on record."""
        return bridge(self.book.panel).loc[self.book.observed_from :]

    @cached_property
    def paid(self) -> Aligned:
        """MRR by age since the first paid month."""
        return cohorts.paid(self.book)

    @cached_property
    def used(self) -> Aligned:
        """Value events by age since the sign-up month."""
        return cohorts.used(self.book)

    @cached_property
    def beginnings(self) -> list[Pair]:
        """The ways to begin, and who of them stays."""
        return compared(self.book, self.paid)

    @cached_property
    def base_month(self) -> pd.Timestamp:
        """The close from which retention is followed: `span` months ago, or the first there is."""
        earliest: pd.Timestamp = self.bridge.index.min()  # ty: ignore[invalid-assignment]  # any index's least
        return max(self.book.month - pd.DateOffset(months=self.span), earliest)

    @cached_property
    def span_words(self) -> str:
        """`12 months`, or as many as there are."""
        base, now = self.base_month, self.book.month
        return f"{(now.year - base.year) * 12 + now.month - base.month} months"

    @cached_property
    def followed(self) -> pd.DataFrame:
        """The accounts paying at the base month with their segments then and what they pay now."""
        rows = followed(self.book.panel, self.base_month, self.book.month)
        return rows.join(self.book.at(self.base_month).drop(columns="account_id"))


def load(snapshot: str, *, reading: Reading = "on", trend_months: int = 12, span_months: int = 12) -> Data:
    """Open the snapshot for the retention report.

    Args:
        snapshot: Folder of the frozen snapshot.
        reading: `on` counts who pays at exactly that close, `on_or_after` also who comes back later.
        trend_months: Months in the trend charts.
        span_months: Months between base and outcome of the retention figures.
    """
    return Data(snapshot, reading, trend_months, span_months)
