"""What more than one report says, decided once from a snapshot and frozen beside it.

A judgement is a folder of Parquet files and a `meta.json`, like the snapshot it rests on: `accounts` (one verdict
each), `risk` (probabilities of leaving and what raises them), `changes` (who moved the portfolio's figures).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from reporting.analysis.churn import risk as churn_risk
from reporting.analysis.churn.drivers import catalogue
from reporting.analysis.churn.model import Model, fit
from reporting.analysis.churn.out_of_time import validate
from reporting.analysis.churn.risk_set import risk_set
from reporting.analysis.facts import facts
from reporting.analysis.trust import Trust
from reporting.analysis.verdict import verdicts
from reporting.analysis.view import View
from reporting.snapshot import freeze
from reporting.snapshot.frozen import Snapshot

SCHEMA = 1
FOLDER = "judgement"
TABLES = ("accounts", "risk", "changes")
CONTRADICTED = "the sources contradict each other on who left"


@dataclass(frozen=True)
class Judgement:
    """What was decided of a month.

    Attributes:
        accounts: One row a paying account, see `verdict.verdicts`; indexed by `account_id`.
        risk: Probabilities of leaving, see `churn.risk.risks`, and `raising`, `lowering`: JSON lists of driver,
            value, factor, and whether its interval keeps to one side of 1. Indexed by `account_id`; empty where
            no model holds.
        changes: `metric`, `account_id`, `account_name`, `contribution`: each account's part of every portfolio
            figure's change on last month, largest first.
        why_no_risk: Why `risk` is empty; "" where it is not.
        correction: What modelled hazards were multiplied with, see `churn.risk.correction`.
    """

    accounts: pd.DataFrame
    risk: pd.DataFrame
    changes: pd.DataFrame
    why_no_risk: str
    correction: float

    def moved(self, metric: str) -> pd.DataFrame:
        """The accounts that moved a portfolio figure since last month, the largest part first."""
        return self.changes[self.changes["metric"] == metric]

    def write(self, folder: Path, snapshot: Snapshot) -> None:
        """Freeze it in `folder`."""
        folder.mkdir(parents=True)
        files = {}
        for name in TABLES:
            rows = getattr(self, name)
            table = pa.Table.from_pandas(rows.rename_axis(None), preserve_index=name == "risk")
            if name == "risk":
                table = table.rename_columns(
                    ["account_id" if c.startswith("__") else c for c in table.column_names]
                )
            files[name] = freeze.write(table, folder / f"{name}.parquet")
        meta = {
            "schema": SCHEMA,
            "snapshot": snapshot.identity,
            "why_no_risk": self.why_no_risk,
            "correction": self.correction,
            "files": files,
            "hash": freeze.snapshot_hash(files),
        }
        text = json.dumps(meta, indent=1, ensure_ascii=False) + "\n"
        (folder / "meta.json").write_text(text, encoding="utf-8")


def judge(snapshot: Snapshot) -> Judgement:
    """Decide what a month's accounts are, by its snapshot alone."""
    view = View(snapshot)
    risk, why, correction = _risk(view)
    known = risk["probability"] if len(risk) else None
    bounds = risk[["probability_lower", "probability_upper"]] if len(risk) else pd.DataFrame()
    bounds = bounds.rename(columns=lambda name: name.removeprefix("probability_"))
    accounts = verdicts(view, facts(view, known), bounds)
    return Judgement(accounts, risk, _changes(snapshot), why, correction)


def judgement_of(snapshot: Snapshot) -> Judgement:
    """The judgement frozen beside a snapshot, or, for one published without, made now."""
    folder = snapshot.path.parent / FOLDER
    try:
        meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return judge(snapshot)
    if meta.get("schema") != SCHEMA or meta.get("snapshot") != snapshot.identity:
        return judge(snapshot)
    accounts, risk, changes = (pq.read_table(folder / f"{name}.parquet").to_pandas() for name in TABLES)
    accounts = accounts.set_index("account_id", drop=False).rename_axis(None)
    risk = risk.set_index("account_id").rename_axis(None) if len(risk) else pd.DataFrame()
    return Judgement(accounts, risk, changes, meta["why_no_risk"], meta["correction"])


def _risk(view: View) -> tuple[pd.DataFrame, str, float]:
    """Risk by account, or why there is none; and the correction."""
    if not Trust(view).reliable:
        return pd.DataFrame(), CONTRADICTED, 1.0
    at_risk = risk_set(view.panel, view.month)
    drivers = catalogue(view.product, at_risk.observed_from, at_risk.committed)
    model = fit(at_risk.rows, drivers, at_risk.committed)
    if not isinstance(model, Model):
        return pd.DataFrame(), model, 1.0
    correction = churn_risk.correction(validate(at_risk, drivers))
    out = churn_risk.risks(at_risk, model, correction)
    raising, lowering = churn_risk.reasons(model, at_risk.now)
    out["raising"] = [json.dumps([_plain(reason) for reason in row]) for row in raising]
    out["lowering"] = [json.dumps([_plain(row)] if row else []) for row in lowering]
    return out, "", correction


def _plain(reason: churn_risk.Reason) -> list[Any]:
    return [reason.driver.name, round(reason.value, 6), round(reason.factor, 6), reason.clear]


def _changes(snapshot: Snapshot) -> pd.DataFrame:
    """Parts of the change of every figure that has a value at both closes."""
    figures = snapshot.portfolio_month
    now, before = (pd.Timestamp(month.start) for month in (snapshot.month, snapshot.month.shift(-1)))
    known = figures[figures["month"].isin([now, before]) & figures["value"].notna()]
    told = known.groupby("metric").size()
    changes = snapshot.changes()
    found = [changes.accounts(str(metric)).assign(metric=metric) for metric in told.index[told == 2]]
    columns = ["metric", "account_id", "account_name", "contribution"]
    if not found:
        return pd.DataFrame(columns=columns).astype({"contribution": float})
    return pd.concat([rows for rows in found if len(rows)] or found[:1], ignore_index=True)[columns]
