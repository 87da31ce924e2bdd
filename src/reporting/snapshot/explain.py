"""Which accounts moved a portfolio figure between two months, and by how much.

A figure is a sum N of what accounts add to its numerator over a sum D. Between two closes

    N1/D1 - N0/D0 = sum over accounts of ((n1 - n0) - (N0/D0) (d1 - d0)) / D1

exactly, so every account's part of the change is known and the parts add up to it. Totals have D = 1. Figures
made of other figures take their parts from those, by the same rule.
"""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir
import pandas as pd

from reporting.errors import ConfigError, did_you_mean
from reporting.metrics import outcomes, portfolio
from reporting.metrics.calendar import month_table, months_between
from reporting.metrics.registry import METRICS
from reporting.month import Month

if TYPE_CHECKING:
    from reporting.snapshot.frozen import Snapshot

SCORE_PARTS = ("feature_adoption_rate", "stickiness", "active_account_growth")
"""Parts of the product engagement score."""
NOBODY = pd.Series(dtype="float64")
_COSTS = {"cac": "new_accounts", "cac_payback": "new_mrr"}
_WAIT = "time_to_first_value"


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
        parts = self._parts(metric)
        parts = parts[parts != 0].rename("contribution").rename_axis("account_id").reset_index()
        names = self._snapshot.accounts.set_index("account_id")["account_name"]
        parts.insert(1, "account_name", parts["account_id"].map(names))
        parts["size"] = -parts["contribution"].abs()
        return parts.sort_values(["size", "account_id"], ignore_index=True).drop(columns="size")

    def _parts(self, metric: str) -> pd.Series:
        """Part of the change by account id, exact: their sum is the change."""
        if metric == "product_engagement_score":
            return 100 / 3 * pd.concat([self._parts(part) for part in SCORE_PARTS]).groupby(level=0).sum()
        if metric == "ltv":
            return self._lifetime_value()
        if metric == "onboarding_drop_off":
            return _of_ratio(*(self._loss(month) for month in self._months))
        if metric == "acquisition_cost":
            return pd.Series([self._cost[1] - self._cost[0]], index=[None])
        if metric in _COSTS:
            return self._cost_per(metric)
        if metric == _WAIT:
            return self._median()
        before, after = (self._of(metric, month) for month in self._months)
        if before["d"].isna().all() and after["d"].isna().all():
            return after["n"].sub(before["n"], fill_value=0)
        return _of_ratio(before, after)

    def _of(self, metric: str, month: Month) -> pd.DataFrame:
        """`n` and `d` of every account in a month; `d` is null throughout for totals."""
        if metric in self._outcome_names:
            rows = self._outcomes
            rows = rows[(rows["metric"] == metric) & (rows["month"] == month.start)]
            rows = rows.set_index("account_id")[["n", "d"]]
            return rows.assign(d=float("nan")) if metric in outcomes.TOTALS else rows
        if f"{metric}/n" not in self._panel:
            raise _no_such(metric, [*self._panel_names, *self._outcome_names])
        rows = self._panel[self._panel["month"] == month.start].set_index("account_id")
        d = rows.get(f"{metric}/d", pd.Series(float("nan"), index=rows.index))
        return pd.DataFrame({"n": rows[f"{metric}/n"].fillna(0), "d": d})

    @cached_property
    def _panel(self) -> pd.DataFrame:
        """`<id>/n` and `<id>/d` of every figure of the panel, by account, in the two months."""
        rows = self._snapshot.parts
        rows = rows.filter(rows.month.isin([month.start for month in self._months]))
        return rows.order_by("account_id").to_pyarrow().to_pandas()

    @property
    def _panel_names(self) -> list[str]:
        return [column.removesuffix("/n") for column in self._panel if column.endswith("/n")]

    @cached_property
    def _outcomes(self) -> pd.DataFrame:
        rows = self._snapshot.outcomes
        return rows[rows["month"].isin([month.start for month in self._months])]

    @cached_property
    def _outcome_names(self) -> set[str]:
        return {*self._snapshot.outcomes["metric"], *outcomes.TOTALS}

    def _lifetime_value(self) -> pd.Series:
        """margin x (A1/C1 - A0/C0) = margin x ((A1 - A0) / C1 - A0 (C1 - C0) / (C0 C1)), A = ARPA, C = churn
        rate."""
        earlier, later = self._months
        arpa = self._snapshot.value("arpa", earlier)
        before, after = (self._snapshot.value("monthly_churn_rate", month) for month in (earlier, later))
        if not before or not after or arpa is None:
            return NOBODY
        margin = self._snapshot.product.revenue.gross_margin
        of_churn = self._parts("monthly_churn_rate") * arpa / (before * after)
        return margin * self._parts("arpa").div(after).sub(of_churn, fill_value=0)

    def _loss(self, month: Month) -> pd.DataFrame:
        """The step that lost most in `month`: n = 1 for an account that stopped there, -1 for one that took
        the step without the one before."""
        steps = [f"onboarding_drop_off:{step}" for step in self._snapshot.product.onboarding_steps]
        missed = [self._of(step, month) for step in steps]
        base = missed[0]
        losses = [missed[0]["n"]]
        losses += [b["n"].sub(a["n"], fill_value=0) for a, b in pairwise(missed)]
        worst = max(losses, key=lambda loss: loss.sum())
        return pd.DataFrame({"n": worst, "d": base["d"]})

    @cached_property
    def _cost(self) -> list[float]:
        return [self._snapshot.value("acquisition_cost", month) or 0.0 for month in self._months]

    def _cost_per(self, metric: str) -> pd.Series:
        """Cost has no account; what accounts won does: cost / won, as any ratio."""
        margin = self._snapshot.product.revenue.gross_margin if metric == "cac_payback" else 1.0
        before, after = (self._of(_COSTS[metric], month)["n"] * margin for month in self._months)
        if not before.sum() or not after.sum():
            return NOBODY
        won = -self._cost[0] / before.sum() * after.sub(before, fill_value=0) / after.sum()
        return pd.concat([pd.Series([(self._cost[1] - self._cost[0]) / after.sum()], index=[None]), won])

    def _median(self) -> pd.Series:
        """A median has no sums, so its step is shared out by what made it: the share of accounts above the
        point halfway between the two medians. Its change is a ratio's, by account, and the median moved that
        way because it did."""
        found = [self._panel.loc[self._panel["month"] == month.start] for month in self._months]
        waits = [rows.set_index("account_id")[_WAIT].dropna() for rows in found]
        if any(wait.empty for wait in waits):
            return NOBODY
        before, after = (float(wait.median()) for wait in waits)
        halfway = (before + after) / 2
        shares = [pd.DataFrame({"n": (wait > halfway) + (wait == halfway) / 2, "d": 1.0}) for wait in waits]
        parts = _of_ratio(*shares)
        if not parts.sum():  # as many on either side of the point: the accounts in the middle moved it
            parts = _in_the_middle(waits[1]).sub(_in_the_middle(waits[0]), fill_value=0)
        return parts * ((after - before) / parts.sum()) if after != before else NOBODY


def parts_of_figures(snapshot: Snapshot) -> ir.Table:
    """`<id>/n` and `<id>/d` of every figure of the panel, by account and month: a view, compiled once, of an
    engine that lives as long as the view."""
    con = ibis.duckdb.connect()
    panel = con.read_parquet([str(path) for path in snapshot.files("account_month")])
    since = Month.of(snapshot.account_month["month"].min())
    months = month_table(months_between(since, snapshot.month))
    panel = panel.join(months.drop("days"), "month")
    panel = portfolio.with_year_before(panel.mutate(weeks=panel.days / 7.0))
    columns = {}
    for name, figure in portfolio.figures(panel, snapshot.product).items():
        columns[f"{name}/n"] = figure.n.cast("float64")
        if figure.d is not None:
            columns[f"{name}/d"] = figure.d.cast("float64")
    waited = portfolio.ripe(panel, snapshot.product)
    columns[_WAIT] = waited.ifelse(panel.time_to_first_value, ibis.null("float64"))
    return con.create_view("parts", panel.select("account_id", "month", **columns))


def _of_ratio(before: pd.DataFrame, after: pd.DataFrame) -> pd.Series:
    """Part of every account in the change of a ratio; none if it is not defined in one of the months."""
    below, above = before["d"].sum(), after["d"].sum()
    if not below or not above:
        return NOBODY
    n = after["n"].sub(before["n"], fill_value=0)
    d = after["d"].fillna(0).sub(before["d"].fillna(0), fill_value=0)
    return (n - before["n"].sum() / below * d) / above


def _in_the_middle(wait: pd.Series) -> pd.Series:
    """The one or two accounts whose mean the median is, each with its part of it."""
    ordered = wait.sort_values(kind="stable")
    middle = ordered.iloc[(len(ordered) - 1) // 2 : len(ordered) // 2 + 1]
    return middle / len(middle)


def _no_such(metric: str, known: list[str]) -> ConfigError:
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
