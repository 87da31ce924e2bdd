"""What the health report is told from."""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from reporting.analysis import bands, scores
from reporting.analysis.users import users
from reporting.analysis.validity import discrimination, followed_scores, rates
from reporting.reports.telling.book import Book
from reporting.reports.telling.score_parts import cause
from reporting.reports.telling.trust import Trust
from reporting.survival.estimate import Estimate


class Data:
    """The health report's figures.

    Args:
        snapshot: Folder of the frozen snapshot.
        top_accounts: Rows of each account table.
        trend_months: Months in the trend charts.
        horizon_months: How far ahead past scores are judged by churn.
    """

    def __init__(self, snapshot: str, top_accounts: int, trend_months: int, horizon_months: int) -> None:
        self.book = Book(snapshot)
        self.trust = Trust(self.book)
        self.top_accounts = top_accounts
        self.trend_months = trend_months
        self.horizon_months = horizon_months

    @cached_property
    def scored(self) -> pd.DataFrame:
        """The report month's paying accounts that have a band."""
        return bands.scored(self.book, self.book.now)

    @cached_property
    def by_band(self) -> pd.DataFrame:
        """Accounts and MRR by band, now and a month earlier; see `bands.by_band`."""
        return bands.by_band(self.book)

    @cached_property
    def health_changes(self) -> pd.DataFrame:
        """Health scores that moved since last month, and `cause`: the parts that moved them, in words."""
        moved = bands.health_changes(self.book)
        told = ["account_id", "account_name", "mrr_cents", "before", "now", "change"]
        return moved.assign(cause=[cause(points) for _, points in moved.drop(columns=told).iterrows()])

    @cached_property
    def users(self) -> pd.DataFrame:
        """The users of the paying accounts, as of the close; see `users.users`."""
        return users(self.book)

    @cached_property
    def past_scores(self) -> pd.DataFrame:
        """Past scores and bands, and whether the account left within the horizon."""
        columns = [self.book.product.band_column, *scores.SCORES]
        return followed_scores(self.book, columns, "churned_cents", self.horizon_months)

    @cached_property
    def churn_by_band(self) -> dict[str, Estimate]:
        """Share that left within the horizon, by band at the time."""
        return rates(self.past_scores, self.book.product.band_column, bands.BANDS)

    @cached_property
    def aucs(self) -> dict[str, Estimate]:
        """How well a low past score told who would leave, by score."""
        rows = self.past_scores
        return {score: discrimination(rows, score, low_foretells=True) for score in scores.SCORES}

    @property
    def score_auc(self) -> Estimate:
        """That of the band score."""
        return self.aucs[self.book.product.band_score]


def load(snapshot: str, *, top_accounts: int = 10, trend_months: int = 18, horizon_months: int = 3) -> Data:
    """Open the snapshot for the monthly health report.

    Args:
        snapshot: Folder of the frozen snapshot.
        top_accounts: Rows of each account table.
        trend_months: Months in the trend charts.
        horizon_months: How far ahead past scores are judged by churn.
    """
    return Data(snapshot, top_accounts, trend_months, horizon_months)
