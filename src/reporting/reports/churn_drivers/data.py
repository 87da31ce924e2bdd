"""What the churn-driver report is told from: the risk set, the model and all that is asked of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import pandas as pd

from reporting.analysis.churn import aha, before_leaving, flags, kinds, movements, subscriptions
from reporting.analysis.churn.aha import Aha
from reporting.analysis.churn.drivers import Driver, catalogue
from reporting.analysis.churn.flags import Flag
from reporting.analysis.churn.kinds import Kind
from reporting.analysis.churn.model import Model, fit
from reporting.analysis.churn.out_of_time import Validation, validate
from reporting.analysis.churn.risk import Reason
from reporting.analysis.churn.risk_set import RiskSet, risk_set
from reporting.analysis.churn.segments import SEGMENTS as ALL_SEGMENTS
from reporting.analysis.churn.segments import Segmentation, check_names, overall, segmentations
from reporting.analysis.frames import is_true
from reporting.analysis.untold import Untold
from reporting.reports.telling.book import Book
from reporting.reports.telling.trust import Trust
from reporting.snapshot.frozen import Snapshot
from reporting.survival.competing import CumulativeIncidence
from reporting.survival.curves import KaplanMeier
from reporting.survival.gates import FEWEST_EVENTS

from . import at_risk
from .driver_words import DriverWords, driver_words

SEGMENTS = tuple(name for name in ALL_SEGMENTS if name != "industry")


class Data:
    """The figures of the churn-driver report, each computed when first asked for.

    Args:
        snapshot: Folder of the frozen snapshot, or a snapshot.
        segments: Segments to compare, beside columns of the company's own.
        curve_figures: How many of them are drawn, the strongest first.
        recent_months: Months that count as recent for kinds of loss and lists of losses.
        top_accounts: Rows of each account table.
    """

    def __init__(
        self,
        snapshot: str | Path | Snapshot,
        segments: Sequence[str],
        curve_figures: int,
        recent_months: int,
        top_accounts: int,
    ) -> None:
        self.book = Book(snapshot)
        self.trust = Trust(self.book)
        self.segment_names = list(dict.fromkeys([*segments, *self.book.own_columns]))
        check_names(self.segment_names, self.book.own_columns)
        self.curve_figures = curve_figures
        self.recent_months = recent_months
        self.top_accounts = top_accounts

    @property
    def since(self) -> pd.Timestamp:
        """First of the recent months."""
        return self.book.month - pd.DateOffset(months=self.recent_months - 1)

    @cached_property
    def risk(self) -> RiskSet:
        """Who could leave in which month."""
        return risk_set(self.book.panel, self.book.month)

    @property
    def nobody(self) -> bool:
        """Whether no account ever paid at a close after which it could have left."""
        return self.risk.rows.empty

    @property
    def losses(self) -> int:
        """Accounts lost in all the months observed."""
        return int(self.risk.rows["churned"].sum())

    @property
    def enough(self) -> bool:
        """Whether there are losses enough for more than curves."""
        return self.losses >= FEWEST_EVENTS

    @cached_property
    def recent(self) -> pd.DataFrame:
        """The rows at risk of the recent months."""
        return self.risk.rows[self.risk.rows["month"] >= self.since]

    @cached_property
    def drivers(self) -> list[Driver]:
        """The candidates, in the order in which they enter."""
        return catalogue(self.book.product, self.risk.observed_from, self.risk.committed)

    @cached_property
    def words(self) -> dict[str, DriverWords]:
        """Driver -> how it is told."""
        return driver_words(self.book.product, self.risk.committed)

    def state(self, reason: Reason) -> str:
        """What can be said of an account on which a driver weighs."""
        return self.words[reason.driver].state(reason.value)

    @cached_property
    def fitted(self) -> Model | Untold:
        """The model, or why there is none."""
        return fit(self.risk.rows, self.drivers, self.risk.committed)

    @property
    def model(self) -> Model | None:
        """The model, if there is one."""
        return None if isinstance(self.fitted, Untold) else self.fitted

    @cached_property
    def validation(self) -> Validation:
        """The test on months the tested model had not seen."""
        return validate(self.risk, self.drivers)

    @cached_property
    def overall(self) -> KaplanMeier:
        """The retention curve of all accounts."""
        return overall(self.risk)

    @cached_property
    def segments(self) -> list[Segmentation]:
        """The segments compared, strongest evidence first; none with too few losses."""
        if not self.enough:
            return []
        return segmentations(self.risk, self.book.accounts, self.book.product, self.segment_names)

    @cached_property
    def subscriptions(self) -> pd.DataFrame:
        """How long each paid subscription lasted."""
        return subscriptions.spans(self.book.snapshot.subscriptions, self.book.close)

    @cached_property
    def kinds(self) -> list[Kind]:
        """The recent losses by kind."""
        return kinds.kinds(self.risk, self.book.product, self.since)

    @cached_property
    def flags(self) -> list[Flag]:
        """The early warnings, and whether they warn; none with too few losses."""
        return flags.flags(self.risk, self.book.product) if self.enough else []

    @cached_property
    def movements(self) -> CumulativeIncidence | None:
        """What happens first: leaving, shrinking or growing."""
        return movements.first_movement(self.risk, self.book.panel)

    @cached_property
    def pattern(self) -> before_leaving.Pattern | Untold:
        """Use before leaving, or why it can't be told."""
        return before_leaving.pattern(
            self.book.snapshot.account_week, self.book.snapshot.subscriptions, self.risk
        )

    @cached_property
    def aha(self) -> Aha | Untold:
        """The aha moment, or why none can be looked for."""
        return aha.search(aha.at_landmark(self.book.panel, self.risk))

    @cached_property
    def at_risk(self) -> pd.DataFrame:
        """Every paying account with its verdict and, where a model holds, its risk."""
        return at_risk.accounts_at_risk(self.book, self.words)

    @property
    def foretold(self) -> bool:
        """Whether accounts have a probability of leaving."""
        return len(self.book.judgement.risk) > 0

    @property
    def likely(self) -> pd.DataFrame:
        """The accounts likely to leave."""
        return self.at_risk[is_true(self.at_risk["likely_to_leave"])]


def load(
    snapshot: str | Path | Snapshot,
    *,
    segments: Sequence[str] = SEGMENTS,
    curve_figures: int = 2,
    recent_months: int = 12,
    top_accounts: int = 10,
) -> Data:
    """Open the snapshot for the churn-driver report; see `Data` for the parameters.

    Raises:
        ParameterError: A segment the report doesn't know.
    """
    return Data(snapshot, segments, curve_figures, recent_months, top_accounts)
