"""Which accounts moved a portfolio figure between two months, and by how much.

A figure is a sum N of what accounts add to its numerator over a sum D. Between two closes

    N1/D1 - N0/D0 = sum over accounts of ((n1 - n0) - (N0/D0) (d1 - d0)) / D1

exactly, so every account's part of the change is known and the parts add up to it. Totals have D = 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir
import pandas as pd

from reporting.errors import ConfigError, did_you_mean
from reporting.metrics import outcomes, portfolio
from reporting.metrics.calendar import month_table, months_between
from reporting.month import Month

if TYPE_CHECKING:
    from reporting.snapshot.frozen import Snapshot

SCORE_PARTS = ("feature_adoption_rate", "stickiness", "active_account_growth")
"""Parts of the product engagement score."""
_COSTS = {"cac": "new_accounts", "cac_payback": "new_mrr"}


def explain_change(
    snapshot: Snapshot, metric: str, month: Month | None = None, against: Month | None = None
) -> pd.DataFrame:
    """The accounts behind the change of a portfolio figure, those that moved it most first.

    Args:
        snapshot: The frozen snapshot.
        metric: A metric of `portfolio_month`, slices such as `health_score:healthy` included.
        month: The later month; default the report month.
        against: The earlier month; default the month before.

    Returns:
        `account_id`, `account_name`, `contribution` (in the figure's unit; they add up to its change),
        without accounts that contributed nothing. What belongs to no account, such as acquisition cost, has
        no id. Empty if the figure is not defined in one of the months.

    Raises:
        ConfigError: There is no such figure, or it is a median, which has no parts.
    """
    later = month or snapshot.month
    earlier = against or later.shift(-1)
    parts = _contributions(snapshot, metric, earlier, later)
    parts = parts[parts != 0].rename("contribution").rename_axis("account_id").reset_index()
    names = snapshot.accounts.set_index("account_id")["account_name"]
    parts.insert(1, "account_name", parts["account_id"].map(names))
    size = parts["contribution"].abs()
    order = pd.DataFrame({"size": -size, "account_id": parts["account_id"]}).sort_values(
        ["size", "account_id"]
    )
    return parts.loc[order.index].reset_index(drop=True)


def _contributions(snapshot: Snapshot, metric: str, earlier: Month, later: Month) -> pd.Series:
    """Part of the change by account id, exact: their sum is the change."""
    if metric == "product_engagement_score":
        parts = [_contributions(snapshot, name, earlier, later) for name in SCORE_PARTS]
        return 100 / 3 * pd.concat(parts).groupby(level=0).sum()
    if metric == "ltv":
        return _lifetime_value(snapshot, earlier, later)
    if metric == "onboarding_drop_off":
        metric = _worst_step(snapshot, later)
    if metric in _COSTS or metric == "acquisition_cost":
        return _cost(snapshot, metric, earlier, later)
    before, after = _parts(snapshot, metric, earlier, later)
    n = after["n"].sub(before["n"], fill_value=0)
    if metric.split(":")[0] in outcomes.TOTALS or (before["d"].isna().all() and after["d"].isna().all()):
        return n
    d = after["d"].sub(before["d"], fill_value=0)
    below, above = before["d"].sum(), after["d"].sum()
    if not below or not above:
        return pd.Series(dtype="float64")
    return (n - before["n"].sum() / below * d) / above


def _parts(snapshot: Snapshot, metric: str, *months: Month) -> list[pd.DataFrame]:
    """By month: `n` and `d` of every account; `d` is null throughout for totals of the panel."""
    con = ibis.duckdb.connect()
    try:
        if metric in outcomes.TOTALS or metric in set(snapshot.outcomes["metric"]):
            rows = con.read_parquet(str(snapshot.path / "outcomes.parquet"))
            rows = rows.filter(rows.metric == metric).drop("metric")
        else:
            rows = _of_panel(snapshot, con.read_parquet(str(snapshot.path / "account_month.parquet")), metric)
        wanted = rows.filter(rows.month.isin([month.start for month in months])).order_by("account_id")
        frame = wanted.to_pyarrow().to_pandas()
    finally:
        con.disconnect()
    if frame["d"].notna().any():
        frame["d"] = frame["d"].fillna(0)
    frame["n"] = frame["n"].fillna(0)
    return [frame[frame["month"] == month.start].set_index("account_id")[["n", "d"]] for month in months]


def _of_panel(snapshot: Snapshot, panel: ir.Table, metric: str) -> ir.Table:
    months = month_table(months_between(Month.of(snapshot.account_month["month"].min()), snapshot.month))
    panel = panel.join(months.drop("days"), "month")
    panel = portfolio.with_year_before(panel.mutate(weeks=panel.days / 7.0))
    known = portfolio.figures(panel, snapshot.product)
    if metric not in known:
        raise _no_such(metric, [*known, *snapshot.outcomes["metric"].unique()])
    figure = known[metric]
    d = ibis.null("float64") if figure.d is None else figure.d.cast("float64")
    return panel.select("account_id", "month", n=figure.n.cast("float64"), d=d)


def _no_such(metric: str, known: list[str]) -> ConfigError:
    if metric == "time_to_first_value":
        return ConfigError(
            "a median has no parts by account.", remedy="Explain `first_value_in_time` instead."
        )
    return ConfigError(
        f"'{metric}' is not a figure of portfolio_month.{did_you_mean(metric, known)}",
        remedy="`reporting metrics` lists the metrics.",
    )


def _lifetime_value(snapshot: Snapshot, earlier: Month, later: Month) -> pd.Series:
    """margin x (A1/C1 - A0/C0) = margin x ((A1 - A0) / C1 - A0 (C1 - C0) / (C0 C1)), A = ARPA, C = churn
    rate."""
    arpa, before, after = (
        snapshot.value("arpa", earlier),
        snapshot.value("monthly_churn_rate", earlier),
        snapshot.value("monthly_churn_rate", later),
    )
    if not before or not after or arpa is None:
        return pd.Series(dtype="float64")
    of_arpa = _contributions(snapshot, "arpa", earlier, later)
    of_churn = _contributions(snapshot, "monthly_churn_rate", earlier, later)
    margin = snapshot.product.revenue.gross_margin
    return margin * of_arpa.div(after).sub(of_churn * arpa / (before * after), fill_value=0)


def _worst_step(snapshot: Snapshot, month: Month) -> str:
    """The step whose loss is the figure's value at `month`."""
    steps = [f"onboarding_drop_off:{step}" for step in snapshot.product.onboarding_steps]
    shares = [snapshot.value(step, month) or 0.0 for step in steps]
    losses = [share - before for before, share in zip([0.0, *shares[:-1]], shares, strict=True)]
    return steps[losses.index(max(losses))]


def _cost(snapshot: Snapshot, metric: str, earlier: Month, later: Month) -> pd.Series:
    """Cost has no account; what accounts won does: cost / won, as any ratio."""
    cost = [snapshot.value("acquisition_cost", month) or 0.0 for month in (earlier, later)]
    if metric == "acquisition_cost":
        return pd.Series([cost[1] - cost[0]], index=[None])
    margin = snapshot.product.revenue.gross_margin if metric == "cac_payback" else 1.0
    before, after = (part["n"] * margin for part in _parts(snapshot, _COSTS[metric], earlier, later))
    if not before.sum() or not after.sum():
        return pd.Series(dtype="float64")
    won = -cost[0] / before.sum() * after.sub(before, fill_value=0) / after.sum()
    return pd.concat([pd.Series([(cost[1] - cost[0]) / after.sum()], index=[None]), won])
