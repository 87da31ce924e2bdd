"""How a portfolio's figure comes about.

A figure is a sum of what accounts add to its numerator over a sum of what they add to its denominator. So one
definition gives the value and says which accounts moved it. What is made of other figures is arithmetic on
them: the same arithmetic gives the value, from their values, and the accounts behind its change, from theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import ibis
import ibis.expr.types as ir

from reporting.params.product import Product


class Figure(NamedTuple):
    """Numerator and denominator; of one account where a figure is a sum over accounts.

    Attributes:
        n: Added to the numerator.
        d: Added to the denominator; None = the figure is a total.
    """

    n: Any
    d: Any = None


class Tables(Protocol):
    """The tables a month's figures are computed from, as expressions by name."""

    def __getitem__(self, name: str) -> ir.Table: ...

    def get(self, name: str) -> ir.Table | None:
        """The table, None if the source doesn't map it."""
        ...

    def latest(self, rows: ir.Table) -> ir.Table:
        """Those rows of a monthly table that are computed now."""
        ...


class Others(Protocol):
    """Other figures by id, to be added, subtracted and multiplied."""

    def __call__(self, metric: str, /) -> Any: ...

    def largest(self, figures: Sequence[Any]) -> Any:
        """The largest of several in each month."""
        ...


@dataclass(frozen=True)
class Accounts:
    """From the panel: what each account adds.

    Attributes:
        of: Panel with what `portfolio.with_year_before` adds, product definition -> figure of columns.
    """

    of: Callable[[ir.Table, Product], Figure]


@dataclass(frozen=True)
class Slices:
    """From the panel, by slice.

    Attributes:
        of: As that of `Accounts`; slice -> figure.
    """

    of: Callable[[ir.Table, Product], dict[str, Figure]]


@dataclass(frozen=True)
class Median:
    """From the panel: the median over the accounts that are not null.

    Attributes:
        of: As that of `Accounts`; the column.
    """

    of: Callable[[ir.Table, Product], ir.NumericColumn]


@dataclass(frozen=True)
class Outcome:
    """From a table of its own, because the panel doesn't tell it.

    Attributes:
        of: Returns `account_id`, `month`, `n`, `d`, and `slice` if it tells slices; None where the source
            lacks the table.
        total: It has no denominator.
        otherwise: Its value in a month without rows; None = unknown.
    """

    of: Callable[[Tables, Product], ir.Table | None]
    total: bool = False
    otherwise: float | None = None


@dataclass(frozen=True)
class Unowned:
    """A total that belongs to no account, such as a cost.

    Attributes:
        of: Returns `month` and `n`; None where the source lacks the table.
    """

    of: Callable[[Tables, Product], ir.Table | None]


@dataclass(frozen=True)
class Composed:
    """Made of other figures.

    Attributes:
        of: Arithmetic on them. It has no value where one of its numerator has none.
    """

    of: Callable[[Others, Product], Figure]


@dataclass(frozen=True)
class Elsewhere:
    """No figure of the snapshot.

    Attributes:
        report: The report that computes it.
    """

    report: str


Value = Accounts | Median | Outcome | Unowned | Composed | Elsewhere


def one(condition: ir.BooleanValue) -> ir.IntegerColumn:
    """1 where the condition holds, else 0."""
    return condition.fill_null(False).ifelse(1, 0)


def part(value: ir.NumericColumn, counts: ir.BooleanColumn, known: ir.BooleanColumn) -> ir.NumericColumn:
    """`value` where it counts, 0 where it doesn't, null where that can't be known."""
    return ibis.cases((counts, value), (known, 0))


def mean(value: ir.FloatingColumn, among: ir.BooleanColumn) -> Figure:
    """Mean over the accounts in `among` that have a value."""
    counted = among & value.notnull()
    return Figure(counted.ifelse(value, 0.0), one(counted))
