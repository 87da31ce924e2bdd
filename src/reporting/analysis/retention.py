"""Retention of the accounts that paid at one close, seen at a later one: logos, GRR, NRR, intervals."""

from __future__ import annotations

import pandas as pd

from reporting.analysis.intervals import ratio, share
from reporting.survival.estimate import Estimate


def followed(panel: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
    """The accounts paying at the close of `start`, with what they pay at the close of `end`.

    An account that left and came back in between stays in the base, and what it pays since it came back
    is shown apart: reactivation is not retention.

    Returns:
        One row an account, indexed by `account_id`: `start_cents`, `end_cents` (0 when gone or back after a
        gap), `kept_cents` (the smaller of the two), `back_cents`, `stayed`.
    """
    base = panel[(panel["month"] == start) & panel["paying"].astype(bool)].set_index("account_id")
    last = panel[panel["month"] == end].set_index("account_id")["mrr_cents"]
    between = panel[(panel["month"] > start) & (panel["month"] <= end)]
    returned = between.loc[between["reactivation_cents"] > 0, "account_id"].unique()
    out = pd.DataFrame({"start_cents": base["mrr_cents"]})
    pays = last.reindex(out.index).fillna(0).astype("int64")
    back = out.index.isin(returned)
    out["end_cents"] = pays.where(~back, 0)
    out["back_cents"] = pays.where(back, 0)
    out["kept_cents"] = out[["start_cents", "end_cents"]].min(axis=1)
    out["stayed"] = out["end_cents"] > 0
    return out


def logos(rows: pd.DataFrame) -> Estimate:
    """Share of the accounts that still pay, with a Wilson interval."""
    return share(int(rows["stayed"].sum()), len(rows))


def grr(rows: pd.DataFrame) -> Estimate:
    """Gross revenue retention; accounts are resampled for the interval."""
    return ratio(rows["kept_cents"], rows["start_cents"])


def nrr(rows: pd.DataFrame) -> Estimate:
    """Net revenue retention; accounts are resampled for the interval."""
    return ratio(rows["end_cents"], rows["start_cents"])


def trailing(panel: pd.DataFrame, months: list[pd.Timestamp], span: int) -> pd.DataFrame:
    """Logo retention, GRR and NRR over `span` months, ending at each of `months`.

    Returns:
        One row a month that has accounts paying `span` months earlier, indexed by `month`, columns
        `logo`, `grr`, `nrr`, each an `Estimate`.
    """
    found = {}
    for month in months:
        rows = followed(panel, month - pd.DateOffset(months=span), month)
        if len(rows):
            found[month] = {"logo": logos(rows), "grr": grr(rows), "nrr": nrr(rows)}
    return pd.DataFrame.from_dict(found, orient="index", columns=["logo", "grr", "nrr"]).rename_axis("month")
