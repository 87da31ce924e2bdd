"""Months written by hand: a few rows of the panel, held in memory as a snapshot."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from reporting.analysis.view import View
from reporting.params.product import Product, load_product
from reporting.reports.telling.book import Book
from reporting.snapshot.frozen import Snapshot
from reporting.snapshot.tables import PANEL

NOW, BEFORE = pd.Timestamp("2026-02-01"), pd.Timestamp("2026-01-01")
MOVES = ("mrr_start", "new", "expansion", "contraction", "churned", "reactivation", "fx")
FINDINGS = ["check", "severity", "table", "column", "count", "total", "message", "examples", "remedy"]
"""Columns of a snapshot's findings."""


@cache
def product() -> Product:
    """The shipped product definition."""
    return load_product(Path(__file__).parents[1] / "params" / "product.yml")


def panel(*rows: dict[str, Any]) -> pd.DataFrame:
    """Account-month rows: account `a` paying 100 at the close of February 2026, unless a row says otherwise.

    What no row names is unknown; movements are nil; an account pays when its MRR is above zero.
    """
    nil = {f"{name}_cents": 0 for name in MOVES}
    frame = pd.DataFrame(
        [{"account_id": "a", "month": NOW, "mrr_cents": 10_000, **nil, **row} for row in rows]
    )
    frame["month"] = pd.to_datetime(frame["month"])
    if "paying" not in frame:
        frame["paying"] = frame["mrr_cents"] > 0
    unknown = [name for name in PANEL if name not in {*frame, "signed_up_at"}]
    frame = frame.reindex(columns=[*frame, *unknown])
    for name in [column for column in frame if column.endswith("_at")]:
        frame[name] = pd.to_datetime(frame[name])
    return frame.sort_values(["account_id", "month"], ignore_index=True)


def snapshot(
    rows: pd.DataFrame, accounts: pd.DataFrame | None = None, **tables: pd.DataFrame | None
) -> Snapshot:
    """A snapshot of February 2026 that was never written to disk; tables not given are empty."""
    mapped = ["accounts", "subscriptions", "events", *(name for name in tables if name == "cancellations")]
    meta = {
        "schema": 2,
        **{"source": "hand", "title": "By Hand", "month": f"{NOW:%Y-%m}", "close": "2026-03-01T00:00:00"},
        **{
            "currency": "USD",
            "product": product().model_dump(mode="json"),
            "tables": mapped,
            "unavailable": {},
        },
    }
    found = Snapshot(Path("nowhere"), meta)
    names = rows["account_id"].unique()
    if accounts is None:
        accounts = pd.DataFrame({"account_id": names})
    given = {"account_name": accounts["account_id"].str.upper(), "csm": "Kim"}
    given = {name: values for name, values in given.items() if name not in accounts}
    if "signed_up_at" not in accounts:
        given["signed_up_at"] = rows.groupby("account_id")["month"].min().reindex(names).to_numpy()
    empty = {
        "portfolio_month": ["month", "metric", "value", "numerator", "denominator"],
        "findings": FINDINGS,
        "activation_steps": ["account_id", "step", "position", "reached_at"],
        "subscriptions": [
            "subscription_id",
            "account_id",
            "valid_from",
            "valid_to",
            "plan",
            "is_trial",
            "amount",
        ],
        "account_feature_month": ["account_id", "month", "feature", "events", "users"],
        "feature_month": ["month", "feature", "core", "premium", "accounts", "users", "events"],
    }
    frames = {name: pd.DataFrame(columns=columns) for name, columns in empty.items()}
    frames["activation_steps"] = frames["activation_steps"].astype({"reached_at": "datetime64[us]"})
    found._frames = {**frames, "account_month": rows, "accounts": accounts.assign(**given), **tables}
    return found


def view_of(*rows: dict[str, Any], **tables: pd.DataFrame | None) -> View:
    """`panel(*rows)` as analysis sees it."""
    return View(snapshot(panel(*rows), **tables))


def book(*rows: dict[str, Any], **tables: pd.DataFrame | None) -> Book:
    """`panel(*rows)` as reports see it."""
    return Book(snapshot(panel(*rows), **tables))


def months(account: str, cents: list[int], last: pd.Timestamp = NOW, **columns: Any) -> list[dict[str, Any]]:
    """One row a month up to `last` with this MRR and its movements, by their definition."""
    rows, paid, before = [], False, 0
    for back, now in zip(range(len(cents) - 1, -1, -1), cents, strict=True):
        kind = "contraction"
        if now > before:
            kind = "expansion" if before else "reactivation" if paid else "new"
        elif not now:
            kind = "churned"
        row = {"account_id": account, "month": last - pd.DateOffset(months=back), "mrr_cents": now}
        rows.append(row | columns | {"mrr_start_cents": before, f"{kind}_cents": abs(now - before)})
        paid, before = paid or now > 0, now
    return rows


def series(metric: str, values: dict[str, float]) -> pd.DataFrame:
    """A portfolio metric by month (`2026-02`), as the snapshot holds it."""
    return pd.DataFrame(
        {
            "month": pd.to_datetime([f"{m}-01" for m in values]),
            "metric": metric,
            "value": list(values.values()),
        }
    ).assign(numerator=np.nan, denominator=np.nan)
