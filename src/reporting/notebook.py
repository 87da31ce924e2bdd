"""What a notebook of one's own works with: a month, opened; blocks to show; numbers as words; chart style.

It opens and passes on; what is computed is computed by `analysis`, as it is for the shipped reports.
docs/notebooks.md shows all of it, in examples that are tested.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from reporting.analysis import cohorts
from reporting.analysis.churn.risk_set import risk_set
from reporting.analysis.churn.segments import check_names, overall, segmentations
from reporting.analysis.cohorts import Triangle
from reporting.errors import ParameterError, did_you_mean
from reporting.metrics.registry import METRICS
from reporting.params.playbook import STANCES
from reporting.present import formats, style
from reporting.present.blocks import Blocks, Callout, Figure, KeyFigure, KeyFigures, Table, Text
from reporting.present.exports import Exports
from reporting.present.markdown import escape
from reporting.reports.telling.book import Book
from reporting.reports.telling.verdicts import listed
from reporting.snapshot.frozen import OPTIONAL, TABLES
from reporting.survival.curves import KaplanMeier

__all__ = [
    "Blocks",
    "Callout",
    "Exports",
    "Figure",
    "KeyFigure",
    "KeyFigures",
    "OpenMonth",
    "Table",
    "Text",
    "escape",
    "formats",
    "open_month",
    "style",
]

ALL = "All accounts"
KEPT = ("nrr", "grr", "logos", "use")


def open_month(folder: str | Path) -> OpenMonth:
    """Open a month.

    Args:
        folder: A snapshot, as the parameter `snapshot` names it, or a published month such as
            `../reports/acme/2026-10`.

    Raises:
        SourceError: There is neither, or another version of the package wrote it.
    """
    place = Path(folder)
    published = place / "snapshot"
    return OpenMonth(published if (published / "meta.json").exists() else place)


class OpenMonth(Book):
    """A month, with all that was frozen and decided of it.

    Besides what stands here: `month`, `previous`, `label`, `currency`, `title`, `product` (the product
    definition), `accounts`, `panel` (account x month), `now`, `before`, `paying` (the panel's rows of the
    month, of the one before, of those that pay; by `account_id`), `judgement` and `money(cents)`.

    Money is integer minor units of `currency` (columns ending in `_cents`), months are the first day, and
    null is "not available", never zero.
    """

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the frozen tables that this source has."""
        return tuple(name for name in TABLES if name not in OPTIONAL or self.snapshot.files(name))

    def table(self, name: str) -> pd.DataFrame:
        """A frozen table, whole.

        Raises:
            ParameterError: There is none of that name, or the source doesn't map it.
        """
        if name not in TABLES:
            raise ParameterError(
                f"there is no table '{name}'.{did_you_mean(name, TABLES)}",
                remedy=f"Tables of this month: {', '.join(self.tables)}.",
            )
        if name not in self.tables:
            raise ParameterError(
                f"the source of this month doesn't map `{name}`.",
                remedy=f'Map it, or leave out what needs it: `if "{name}" in month.tables`.',
            )
        return getattr(self.snapshot, name)

    def series(self, metric: str) -> pd.Series:
        """A figure of the company by month; empty where it is not available.

        Raises:
            ParameterError: There is no such metric.
        """
        if metric.partition(":")[0] not in METRICS:
            raise ParameterError(
                f"there is no metric '{metric}'.{did_you_mean(metric, METRICS)}",
                remedy="`reporting metrics` lists their ids.",
            )
        return super().series(metric)

    def verdicts(self, *stances: str) -> pd.DataFrame:
        """The verdict on each paying account, by `account_id`, in the order in which to act.

        Args:
            stances: Only these: rescue, protect, onboard, grow, steady.

        Returns:
            `stance`, `reason` and `action` in words, `due`, `owner`, `band`, `score`, `probability` of
            leaving with `lower` and `upper`, `expected_loss_cents` and more, see docs/data.md.

        Raises:
            ParameterError: There is no such stance.
        """
        for stance in stances:
            if stance not in STANCES:
                raise ParameterError(
                    f"there is no stance '{stance}'.{did_you_mean(stance, STANCES)}",
                    remedy=f"Choose from {', '.join(STANCES)}.",
                )
        return listed(self, *stances)

    def cohorts(self, kept: Literal["nrr", "grr", "logos", "use"] = "nrr") -> Triangle:
        """What is left of the accounts that began together, by age in months.

        Args:
            kept: Share of their first MRR (`nrr`; `grr` without expansion), of the accounts that pay
                (`logos`), or of those signed up that use the product (`use`).

        Returns:
            `grid` (cohorts by age), `sizes`, `average` and `counts`; shares as fractions, NaN where no
            account is that old.

        Raises:
            ParameterError: `kept` is none of these.
        """
        if kept not in KEPT:
            raise ParameterError(
                f"there are no cohorts by '{kept}'.{did_you_mean(kept, KEPT)}",
                remedy=f"Choose from {', '.join(KEPT)}.",
            )
        aligned = cohorts.used(self) if kept == "use" else cohorts.paid(self)
        parts: tuple[np.ndarray, np.ndarray] = (
            cohorts.revenue(aligned, gross=kept == "grr")
            if kept in ("nrr", "grr")
            else cohorts.logos(aligned)
        )
        return cohorts.triangle(aligned, parts, year_starts=self.year_starts)

    def survival(self, by: str | None = None) -> dict[str, KaplanMeier]:
        """How long accounts go on paying: Kaplan-Meier curves over months of paying tenure.

        Args:
            by: What to divide them by, as they were when first observed: plan, region, activated ..., or a
                column of the company's own; None is all accounts.

        Returns:
            Group -> curve, largest group first; its `table` has a row a month with `survival`, `lower`,
            `upper`, `at_risk` and `events`, and `at([12])` asks for one. Without groups where none can be
            told apart.

        Raises:
            ParameterError: Accounts can't be divided by that.
        """
        risk = risk_set(self.panel, self.month)
        if by is None:
            return {ALL: overall(risk)}
        check_names([by], self.own_columns)
        found = segmentations(risk, self.accounts, self.product, [by])
        return found[0].curves if found else {}
