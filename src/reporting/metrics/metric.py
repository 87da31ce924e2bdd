"""What a metric is: one object with its words, its value, and what it is judged by.

Definitions and formulas are templates: `{bands.healthy}` stands for that key of the product definition, and
`{adoption.breadth_risk:%}` for a share told in percent. So no page can name a threshold that isn't in force.
"""

from __future__ import annotations

import string
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from reporting.metrics.reading import Reading
from reporting.metrics.values import Elsewhere, Outcome, Slices, Value
from reporting.params.product import Product

CHAPTERS = {
    "activation": "Activation",
    "adoption": "Adoption",
    "engagement": "Engagement",
    "health": "Health",
    "revenue": "Retention and revenue",
    "churn": "Churn",
    "expansion": "Expansion",
}
REPORTS = ("executive_brief", "monthly_health", "retention_cohorts", "churn_drivers", "expansion_readiness")
"""The shipped reports as a reader takes them."""
Direction = Literal["higher is better", "lower is better", "neither"]
UP, DOWN, NEITHER = "higher is better", "lower is better", "neither"
MONEY, SHARE = "minor units", "share"


@dataclass(frozen=True, kw_only=True)
class Metric:
    """What a metric means, how it comes about and how it is read.

    Attributes:
        id: Stable name.
        chapter: Chapter of the catalogue, a key of `CHAPTERS`.
        label: Name in the reports.
        definition: Meaning in words; a template, see `filled`.
        formula: How it is computed; a template.
        unit: Unit of the value. Shares are fractions, net shares (one share less another) told in
            hundredths without a percent sign; money is in minor units of the reporting currency.
        unit_of_all: Unit of the portfolio's figure, where accounts are counted that have a mark.
        direction: Which way is good.
        reports: Notebooks that show it.
        value: How the portfolio's figure comes about.
        slices: The same figure by slice, each a figure of its own, `<id>:<slice>`.
        account: The account's value: a column of the panel, or two, numerator and denominator.
        user: Whether users have it as well, under its id in `user_month`.
        reading: What a value says against thresholds.
        keys: Keys of the product definition it rests on, beyond those in its words and its reading.
        needs: Optional canonical tables and columns without which it is not available.
        of_churn: Whether it rests on who is taken to have left.
        undefined: What it means that there is no value, where it isn't a missing table.
    """

    id: str
    chapter: str
    label: str
    definition: str
    formula: str
    unit: str
    direction: Direction
    reports: tuple[str, ...]
    unit_of_all: str = ""
    value: Value | None = None
    slices: Slices | Outcome | None = None
    account: str | tuple[str, str] | Elsewhere = ""
    user: bool = False
    reading: Reading | None = None
    keys: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    of_churn: bool = False
    undefined: str = ""

    def filled(self, product: Product) -> Metric:
        """The same with the values of `product` in its definition and formula."""
        words = _Words()
        told = {name: words.vformat(getattr(self, name), (), _Keys(product)) for name in _TEMPLATES}
        return replace(self, **told)

    @property
    def levels(self) -> tuple[str, ...]:
        """Of whom there is a value: portfolio, account, user."""
        portfolio = self.value is not None or self.slices is not None
        known = {"portfolio": portfolio, "account": bool(self.account), "user": self.user}
        return tuple(level for level, there in known.items() if there)

    @property
    def portfolio_unit(self) -> str:
        """Unit of the portfolio's figure."""
        return self.unit_of_all or self.unit

    @property
    def by_slice(self) -> bool:
        """Whether the portfolio has no figure of it but those of its slices."""
        return self.slices is not None and self.value is None

    @property
    def columns(self) -> tuple[str, ...]:
        """The panel's columns of the account's value."""
        if isinstance(self.account, Elsewhere):
            return ()
        return (self.account,) if isinstance(self.account, str) and self.account else tuple(self.account)

    @property
    def place(self) -> str:
        """Where it stands in the snapshot, or the report that computes it."""
        if self.columns:
            return f"account_month.{self.columns[0]}"
        elsewhere = next((x for x in (self.value, self.account) if isinstance(x, Elsewhere)), None)
        return f"computed in {elsewhere.report}" if elsewhere else "portfolio_month"

    @property
    def thresholds(self) -> tuple[str, ...]:
        """Every key of the product definition it rests on."""
        read = self.reading.keys if self.reading else ()
        told = [key for name in _TEMPLATES for key in keys_in(getattr(self, name))]
        keys = dict.fromkeys(key for key in (*told, *read, *self.keys) if _is_set(key))
        return tuple(key for key in keys if not any(key.startswith(f"{whole}.") for whole in keys))


_TEMPLATES = ("definition", "formula")


def keys_in(template: str) -> Iterator[str]:
    """The keys that a template names."""
    return (key for _, key, _, _ in string.Formatter().parse(template) if key)


def _is_set(key: str) -> bool:
    """Whether the product definition has it as a key, rather than as a figure that follows from some."""
    return key.partition(".")[0] in Product.model_fields


class _Keys(dict):
    """The product definition as a mapping, for `str.format`."""

    def __init__(self, product: Product) -> None:
        super().__init__()
        self._product = product

    def __missing__(self, key: str) -> Any:
        return getattr(self._product, key)


class _Words(string.Formatter):
    """Tells numbers as short as they are; `:%` tells a share in percent."""

    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec == "%":
            return f"{100 * value:g}%"
        return f"{value:g}" if isinstance(value, float) else format(value, format_spec)
