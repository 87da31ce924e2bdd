"""How long single subscriptions last: what can be shown where too few accounts have left."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from reporting.analysis.churn.segments import reliable_until
from reporting.analysis.churn.subscriptions import curves as curves_by_plan
from reporting.present.blocks import Blocks, Figure, Table, Text
from reporting.present.formats import count, number, percent
from reporting.survival.curves import KaplanMeier

from .. import charts
from ..curve_words import at_month, median_text, share_text
from ..data import Data

YEAR = 12


def subscription_curves(data: Data) -> Blocks:
    """How long single subscriptions last, by plan; that is not how long customers stay."""
    rows = data.subscriptions
    if rows.empty or not rows["ended"].any():
        return Blocks([Text("No paid subscription has ended either, so there is no curve to draw.")])
    curves = curves_by_plan(rows)
    until = {name: max(reliable_until(curve), 1.0) for name, curve in curves.items()}
    month = min(YEAR, min(until.values()))
    at = {name: at_month(curve, month) for name, curve in curves.items()}
    finding = _finding(at, month)
    fig = charts.retention(
        curves,
        until,
        finding,
        "months since the subscription began",
        "subscriptions still running",
        "subscriptions",
    )
    caption = (
        "Subscriptions still running by plan, Kaplan-Meier with 95% log-log intervals; **subscriptions, not "
        "customers**: an account with another subscription goes on paying. Under the plot the subscriptions "
        "at risk."
    )
    alt = "Curves of subscriptions still running: " + "; ".join(
        f"{name} {percent(share, 0)} after {number(month)} months" for name, share in at.items()
    )
    figure = Figure(fig, "fig-subscriptions", caption, f"{alt}.")
    return Blocks([Text(_lead(rows)), figure, _table(rows, curves, month)])


def _finding(at: Mapping[str, float], month: float) -> str:
    best, worst = max(at, key=at.__getitem__), min(at, key=at.__getitem__)
    if len(at) == 1:
        return f"{percent(at[best], 0)} of subscriptions still run after {number(month)} months"
    if at[best] - at[worst] < 0.005:
        return f"On every plan {percent(at[best], 0)} of subscriptions still run after {number(month)} months"
    return (
        f"Subscriptions, not customers: {percent(at[best], 0)} on {best} still run after {number(month)} "
        f"months, {percent(at[worst], 0)} on {worst}"
    )


def _lead(rows: pd.DataFrame) -> str:
    multiple = rows.groupby("account_id").size()
    # The mean of a series is a number; pandas allows for one of each level.
    each: float = multiple.mean()  # ty: ignore[invalid-assignment]
    return (
        f"{count(rows['ended'].sum())} of {count(len(rows))} paid subscriptions have ended, of "
        f"{count(multiple.size)} accounts with {number(each, 1)} subscriptions each on average "
        "(@fig-subscriptions, @tbl-subscriptions). An account leaves only when its last one ends."
    )


def _table(rows: pd.DataFrame, curves: Mapping[str, KaplanMeier], month: float) -> Table:
    sizes = rows["plan"].value_counts()
    shown = pd.DataFrame(
        [
            {
                "plan": name,
                "rows": sizes[name],
                "ended": curve.events,
                "share": share_text(curve, month),
                "median": median_text(curve),
            }
            for name, curve in curves.items()
        ]
    )
    columns = {
        "plan": "Plan",
        "rows": ("Subscriptions", count),
        "ended": ("Ended", count),
        "share": f"Still running at {number(month)} months",
        "median": "Median (months)",
    }
    return Table.of(
        shown,
        columns,
        label="tbl-subscriptions",
        caption="How long subscriptions last, by plan; not accounts",
    )
