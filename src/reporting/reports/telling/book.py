"""The month a report is about, with the words for it."""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from reporting.analysis.company import Reading
from reporting.analysis.judgement import Judgement, judgement_of
from reporting.analysis.view import View
from reporting.present.formats import NOT_AVAILABLE, missing, money, number, percent
from reporting.present.formats import month as month_name
from reporting.present.words import plain, plural, sentence


class Book(View):
    """A month as reports speak of it."""

    @cached_property
    def judgement(self) -> Judgement:
        """What was decided of the month, for all reports."""
        return judgement_of(self.snapshot)

    def reading(self, figure: str) -> Reading | None:
        """How a key figure of the company was read; None where it is none."""
        return next((found for found in self.judgement.readings if found.figure == figure), None)

    @property
    def label(self) -> str:
        """`October 2026`."""
        return month_name(self.month)

    @property
    def previous_label(self) -> str:
        """`September 2026`."""
        return month_name(self.previous)

    @property
    def score_name(self) -> str:
        """The band score: `health score`."""
        return plain(self.product.band_score)

    def unjudged(self, known: pd.DataFrame) -> str:
        """` 31 accounts with 6.3% of MRR can't be judged.`; empty where `known` holds all that pay."""
        rows = self.paying.drop(index=known.index, errors="ignore")
        if rows.empty:
            return ""
        accounts, share = plural(len(rows), "account"), self.share_of_mrr(rows["mrr_cents"].sum())
        return f" {sentence(accounts)} with {percent(share)} of MRR can't be judged."

    def score(self, value: float | None) -> str:
        """A score; with decimals where without them it would read as one of another band: `69.6`."""
        edges = (self.product.bands.at_risk, self.product.bands.healthy)
        return next(
            (number(value, digits) for digits in (0, 1) if _same_side(value, digits, edges)), number(value, 2)
        )

    def money(self, cents: float | None) -> str:
        """Money in the reporting currency."""
        return money(cents, self.currency)

    def missing(self, metric: str) -> str:
        """Why a metric has no value, as leadership reads it; the appendix names the tables it would need."""
        return "not available from this source" if self.unavailable.get(metric) else NOT_AVAILABLE


def _same_side(value: float | None, digits: int, edges: tuple[float, float]) -> bool:
    """Whether rounding leaves a score on its side of both edges, neither moved onto an edge nor off it."""
    if missing(value):
        return True
    shown = round(float(value), digits)
    return all((value < edge, value > edge) == (shown < edge, shown > edge) for edge in edges)
