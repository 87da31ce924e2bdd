"""Which accounts moved a portfolio figure between two months, and by how much.

A figure is a sum N of what accounts add to its numerator over a sum D. Between two closes

    N1/D1 - N0/D0 = sum over accounts of ((n1 - n0) - (N0/D0) (d1 - d0)) / D1

exactly, so every account's part of the change is known and the parts add up to it. Totals have D = 1. Figures
made of other figures take their parts from those, see `moved`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir
import pandas as pd

from reporting.errors import ConfigError, did_you_mean
from reporting.metrics import portfolio
from reporting.metrics.calendar import month_table, months_between
from reporting.metrics.registry import METRICS
from reporting.metrics.values import Composed, Median, Outcome, Unowned
from reporting.month import Month
from reporting.snapshot.moved import NOBODY, Moved, largest, over

if TYPE_CHECKING:
    from reporting.snapshot.frozen import Snapshot

NO_ACCOUNT = ""
"""Stands for whom a part belongs to that belongs to no account."""


class Changes:
    """What every account added to every portfolio figure in two months; read once, asked often.

    Args:
        snapshot: The frozen snapshot.
        earlier: The month against which is explained.
        later: The month that is explained.
    """

    def __init__(self, snapshot: Snapshot, earlier: Month, later: Month) -> None:
        self._snapshot = snapshot
        self._months = (earlier, later)

    def accounts(self, metric: str) -> pd.DataFrame:
        """The accounts that moved a figure, the largest part first.

        Returns:
            `account_id`, `account_name`, `contribution` (in the figure's unit; they add up to its change),
            without accounts that contributed nothing. What belongs to no account, such as acquisition cost,
            has no id. Empty if the figure is not defined in one of the months.

        Raises:
            ConfigError: There is no such figure.
        """
        moved = self(metric)
        parts = moved.parts if moved.defined else NOBODY
        parts = parts[parts != 0].rename("contribution").rename_axis("account_id").reset_index()
        parts["account_id"] = parts["account_id"].astype(object).replace(NO_ACCOUNT, None)
        names = self._snapshot.accounts.set_index("account_id")["account_name"]
        parts.insert(1, "account_name", parts["account_id"].map(names))
        parts["size"] = -parts["contribution"].abs()
        return parts.sort_values(["size", "account_id"], ignore_index=True).drop(columns="size")

    def __call__(self, metric: str) -> Moved:
        """The figure in both months, with the parts of its change; an operand of what is made of it."""
        value = METRICS[metric].value if metric in METRICS else None
        if isinstance(value, Composed):
            return over(*value.of(self, self._snapshot.product))
        if isinstance(value, Unowned):
            return self._unowned(metric)
        if isinstance(value, Median):
            return self._median(metric)
        before, after = (self._of(metric, month) for month in self._months)
        if before["d"].isna().all() and after["d"].isna().all():
            return _total(before["n"], after["n"])
        return _ratio(before, after)

    def largest(self, figures: Sequence[Moved]) -> Moved:
        """The largest of several in each month."""
        return largest(figures)

    def _of(self, metric: str, month: Month) -> pd.DataFrame:
        """`n` and `d` of every account in a month; `d` is null throughout for totals."""
        outcome = _outcome(metric)
        if outcome is not None:
            rows = self._outcomes
            rows = rows[(rows["metric"] == metric) & (rows["month"] == month.start)]
            rows = rows.set_index("account_id")[["n", "d"]]
            return rows.assign(d=float("nan")) if outcome.total else rows
        if f"{metric}/n" not in self._panel:
            raise self._no_such(metric)
        rows = self._panel[self._panel["month"] == month.start].set_index("account_id")
        d = rows.get(f"{metric}/d", pd.Series(float("nan"), index=rows.index))
        return pd.DataFrame({"n": rows[f"{metric}/n"].fillna(0), "d": d})

    @cached_property
    def _panel(self) -> pd.DataFrame:
        """`<id>/n` and `<id>/d` of every figure of the panel, by account, in the two months."""
        rows = self._snapshot.parts
        rows = rows.filter(rows.month.isin([month.start for month in self._months]))
        return rows.order_by("account_id").to_pyarrow().to_pandas()

    @cached_property
    def _outcomes(self) -> pd.DataFrame:
        rows = self._snapshot.outcomes
        return rows[rows["month"].isin([month.start for month in self._months])]

    def _unowned(self, metric: str) -> Moved:
        found = (self._snapshot.value(metric, month) for month in self._months)
        before, after = (math.nan if value is None else value for value in found)
        return Moved(before, after, *(pd.Series({NO_ACCOUNT: x}) for x in (after - before, after)))

    def _median(self, metric: str) -> Moved:
        """A median has no sums, so its step is shared out by what made it: the share of accounts above the
        point halfway between the two medians. Its change is a ratio's, by account, and the median moved that
        way because it did."""
        found = [self._panel.loc[self._panel["month"] == month.start] for month in self._months]
        values = [rows.set_index("account_id")[metric].dropna() for rows in found]
        before, after = (float(value.median()) for value in values)
        if any(value.empty for value in values):
            return Moved(before, after, NOBODY, NOBODY)
        halfway = (before + after) / 2
        shares = [pd.DataFrame({"n": (x > halfway) + (x == halfway) / 2, "d": 1.0}) for x in values]
        parts = _ratio(*shares).parts
        if not parts.sum():  # as many on either side of the point: the accounts in the middle moved it
            parts = _in_the_middle(values[1]).sub(_in_the_middle(values[0]), fill_value=0)
        parts = parts * ((after - before) / parts.sum()) if after != before else NOBODY
        return Moved(before, after, parts, _in_the_middle(values[1]))

    def _no_such(self, metric: str) -> ConfigError:
        known = [column.removesuffix("/n") for column in self._panel if column.endswith("/n")]
        known += [*self._snapshot.outcomes["metric"].unique(), *METRICS]
        slices = [name for name in known if name.startswith(f"{metric}:")]
        if slices:
            return ConfigError(
                f"'{metric}' is counted by slice.", remedy=f"Explain one of them: {', '.join(slices)}."
            )
        if metric in METRICS:
            return ConfigError(
                f"'{metric}' is no sum over accounts, so its change has no parts by account.",
                remedy=f"It is found in: {METRICS[metric].place}.",
            )
        return ConfigError(
            f"'{metric}' is not a figure of portfolio_month.{did_you_mean(metric, known)}",
            remedy="`reporting metrics` lists the metrics.",
        )


def parts_of_figures(snapshot: Snapshot) -> ir.Table:
    """`<id>/n` and `<id>/d` of every figure of the panel that the snapshot holds, and `<id>` of medians, by
    account and month: a view, compiled once, of an engine that lives as long as the view."""
    con = ibis.duckdb.connect()
    panel = con.read_parquet([str(path) for path in snapshot.files("account_month")])
    since = Month.of(snapshot.account_month["month"].min())
    months = month_table(months_between(since, snapshot.month))
    panel = panel.join(months.drop("days"), "month")
    panel = portfolio.with_year_before(panel.mutate(weeks=panel.days / 7.0))
    held = {name.partition(":")[0] for name in snapshot.portfolio_month["metric"].unique()}
    metrics = [metric for id, metric in METRICS.items() if id in held]
    columns = {}
    for name, figure in portfolio.figures(panel, snapshot.product, metrics).items():
        columns[f"{name}/n"] = figure.n.cast("float64")
        if figure.d is not None:
            columns[f"{name}/d"] = figure.d.cast("float64")
    columns |= portfolio.medians(panel, snapshot.product, metrics)
    return con.create_view("parts", panel.select("account_id", "month", **columns))


def _outcome(name: str) -> Outcome | None:
    """The outcome that a figure or a slice is."""
    id, _, slice = name.partition(":")
    metric = METRICS.get(id)
    found = metric and (metric.slices if slice else metric.value)
    return found if isinstance(found, Outcome) else None


def _total(before: pd.Series, after: pd.Series) -> Moved:
    return Moved(float(before.sum()), float(after.sum()), after.sub(before, fill_value=0), after)


def _ratio(before: pd.DataFrame, after: pd.DataFrame) -> Moved:
    """A ratio with every account's part in its change; not defined over nothing."""
    return over(_total(before["n"], after["n"]), _total(before["d"].fillna(0), after["d"].fillna(0)))


def _in_the_middle(wait: pd.Series) -> pd.Series:
    """The one or two accounts whose mean the median is, each with its part of it."""
    ordered = wait.sort_values(kind="stable")
    middle = ordered.iloc[(len(ordered) - 1) // 2 : len(ordered) // 2 + 1]
    return middle / len(middle)
