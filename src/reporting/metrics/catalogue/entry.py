"""One entry of the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

CHAPTERS = {
    "activation": "Activation",
    "adoption": "Adoption",
    "engagement": "Engagement",
    "health": "Health",
    "revenue": "Retention and revenue",
    "churn": "Churn",
    "expansion": "Expansion",
}
LEVELS = {"P": "portfolio", "A": "account", "U": "user"}
REPORTS = {
    "B": "executive_brief",
    "H": "monthly_health",
    "R": "retention_cohorts",
    "C": "churn_drivers",
    "E": "expansion_readiness",
}
"""The shipped reports as a reader takes them, by the letter that stands for each in the catalogue."""
Direction = Literal["higher is better", "lower is better", "neither"]
UP, DOWN, NEITHER = "higher is better", "lower is better", "neither"


@dataclass(frozen=True)
class Metric:
    """What a metric means.

    Args:
        id: Stable name.
        label: Name in the reports.
        definition: Meaning in words.
        formula: How it is computed.
        unit: Unit of the value. Shares are fractions, net shares (one share less another) told in
            hundredths without a percent sign; money is in minor units of the reporting currency.
        portfolio_unit: Unit of the portfolio's figure; the same unless accounts are counted that have a mark.
        levels: portfolio, account, user.
        direction: Which way is good.
        thresholds: Keys of the product definition it is judged by.
        needs: Optional canonical tables and columns without which it is not available.
        reports: Notebooks that show it.
        place: Where it stands in the snapshot (`account_month.mrr_cents`), or the report that computes it.
        chapter: Chapter of the catalogue.
        supporting: A figure behind other metrics rather than a metric of the catalogue.
    """

    id: str
    label: str
    definition: str
    formula: str
    unit: str
    levels: tuple[str, ...]
    direction: Direction
    thresholds: tuple[str, ...]
    needs: tuple[str, ...]
    reports: tuple[str, ...]
    place: str
    chapter: str
    supporting: bool
    portfolio_unit: str


class Chapter:
    """Builds the entries of one chapter; letters stand for levels and reports."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(
        self,
        id: str,
        label: str,
        levels: str,
        reports: str,
        unit: str,
        direction: Direction,
        definition: str,
        formula: str,
        *,
        place: str,
        thresholds: tuple[str, ...] = (),
        needs: tuple[str, ...] = (),
        supporting: bool = False,
        portfolio_unit: str = "",
    ) -> Metric:
        """An entry; `levels` and `reports` are letters such as "P A" and "H R"."""
        return Metric(
            id=id,
            label=label,
            definition=definition,
            formula=formula,
            unit=unit,
            levels=tuple(LEVELS[letter] for letter in levels.split()),
            direction=direction,
            thresholds=thresholds,
            needs=needs,
            reports=tuple(REPORTS[letter] for letter in reports.split()),
            place=place,
            chapter=self._name,
            supporting=supporting,
            portfolio_unit=portfolio_unit or unit,
        )
