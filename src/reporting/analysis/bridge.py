"""The MRR bridge: what was there, what moved, what is there now, to the cent and by account."""

from __future__ import annotations

import math

import pandas as pd

from reporting.errors import RunError

# Bridge column -> panel column; the sign is that of its part in start + movements = end.
PARTS = {
    "new": ("new_cents", 1),
    "reactivation": ("reactivation_cents", 1),
    "expansion": ("expansion_cents", 1),
    "contraction": ("contraction_cents", -1),
    "churn": ("churned_cents", -1),
    "fx": ("fx_cents", 1),
}
METRICS = (
    *("new_mrr", "reactivation_mrr", "expansion_mrr", "contraction_mrr", "churned_mrr", "fx_mrr"),
    *("new_accounts", "reactivated_accounts", "expanded_accounts", "contracted_accounts"),
    *("churned_accounts", "paying_accounts"),
)
"""Ids of the metrics that are lines of the bridge."""


def bridge(panel: pd.DataFrame) -> pd.DataFrame:
    """The bridge by month, in cents, with the accounts behind each part.

    Args:
        panel: Account-month rows with `mrr_start_cents`, `mrr_cents` and the movements.

    Returns:
        One row a month, indexed by `month`: `start`, the six parts (magnitudes; `fx` signed), `end`, and
        `accounts_start`, `accounts_<part>`, `accounts_end`.

    Raises:
        RunError: A month does not add up; start + movements - end must be zero to the cent.
    """
    money = {
        "start": "mrr_start_cents",
        **{part: column for part, (column, _) in PARTS.items()},
        "end": "mrr_cents",
    }
    columns = list(money.values())
    sums = panel.groupby("month")[columns].sum().astype("int64")
    touched = (panel.set_index("month")[columns] != 0).groupby(level="month").sum().astype("int64")
    out = pd.DataFrame({name: sums[column] for name, column in money.items()})
    for name, column in money.items():
        out[f"accounts_{name}"] = touched[column]
    gap = out["start"] + sum(sign * out[part] for part, (_, sign) in PARTS.items()) - out["end"]
    if (gap != 0).any():
        month = gap.index[gap != 0][0]
        raise RunError(
            f"the MRR bridge of {month:%Y-%m} misses its end by {gap[month]} cents.",
            remedy="The snapshot is damaged: build it again.",
        )
    return out


def as_data(table: pd.DataFrame, currency: str) -> pd.DataFrame:
    """The bridge for a CSV file: money in units of the currency, months as `YYYY-MM`."""
    out = table.copy()
    for column in ("start", *PARTS, "end"):
        out[column] = out[column] / 100
    out.insert(0, "month", [f"{month:%Y-%m}" for month in table.index])
    out.insert(1, "currency", currency)
    return out.reset_index(drop=True)


def net_parts(row: pd.Series) -> dict[str, int]:
    """Each part of one month with the sign it has in the bridge."""
    return {part: int(sign * row[part]) for part, (_, sign) in PARTS.items()}


def quick_ratio(row: pd.Series) -> float:
    """(new + expansion) / (contraction + churn) of a bridge, of one month or of several added up; NaN when
    nothing was lost."""
    lost = row["contraction"] + row["churn"]
    return float((row["new"] + row["expansion"]) / lost) if lost else math.nan
