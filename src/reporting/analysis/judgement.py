"""What more than one report says, decided once from a snapshot and frozen beside it.

A judgement is a folder of Parquet files and a `meta.json`, like the snapshot it rests on: a verdict on each
account, the readings of the company's key figures, probabilities of leaving with what raises them, who moved
the portfolio's figures, what came of past lists, the forecast and the chance of reaching the targets.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from reporting.analysis import company
from reporting.analysis.churn import risk as churn_risk
from reporting.analysis.churn.drivers import catalogue
from reporting.analysis.churn.model import fit
from reporting.analysis.churn.out_of_time import validate
from reporting.analysis.churn.risk_set import risk_set
from reporting.analysis.company import Reading
from reporting.analysis.concentration import Concentration, concentration
from reporting.analysis.earlier import earlier
from reporting.analysis.facts import facts
from reporting.analysis.follow_up import BACK, FollowUp, as_table, follow_up, from_table
from reporting.analysis.forecast import Forecast, forecast
from reporting.analysis.key_figures import readings
from reporting.analysis.targets import targets
from reporting.analysis.trust import Trust
from reporting.analysis.untold import Untold
from reporting.analysis.verdict import verdicts
from reporting.analysis.view import View
from reporting.metrics.registry import METRICS
from reporting.snapshot import freeze
from reporting.snapshot.frozen import DECIDED, PART, Snapshot, read_frame

SCHEMA = 4
FOLDER = "judgement"


class Judgement:
    """What is decided of a month: read where it is frozen, else decided when first asked for. Of a part of a
    company only the company's figures are decided; an account is what it is in the whole.

    Args:
        snapshot: What it rests on.
        folder: Where it is frozen; None if it isn't.
    """

    def __init__(self, snapshot: Snapshot, folder: Path | None = None) -> None:
        self._snapshot, self._folder = snapshot, folder

    @property
    def stands(self) -> bool:
        """Whether what is frozen can be read and rests on this snapshot."""
        try:
            return (self._meta["schema"], self._meta["snapshot"]) == (SCHEMA, self._snapshot.identity)
        except (FileNotFoundError, json.JSONDecodeError, KeyError):
            return False

    @cached_property
    def accounts(self) -> pd.DataFrame:
        """The verdict on every paying account, see `verdict.verdicts`; indexed by `account_id`."""
        if decided := self._decided("accounts"):
            rows = read_frame(decided)
            return rows.set_index("account_id", drop=False).rename_axis(None)
        known = self.risk["probability"] if len(self.risk) else None
        names = {"probability_lower": "lower", "probability_upper": "upper"}
        bounds = self.risk.rename(columns=names)
        return verdicts(self._view, facts(self._view, known), bounds)

    @cached_property
    def risk(self) -> pd.DataFrame:
        """Probabilities of leaving, see `churn.risk.risks`, with their reasons, `raising` and `lowering`, see
        `churn.risk.written`. Indexed by `account_id`; empty where no model holds."""
        if decided := self._decided("risk"):
            rows = read_frame(decided)
            return rows.set_index("account_id").rename_axis(None) if len(rows) else pd.DataFrame()
        return self._model[0]

    @cached_property
    def readings(self) -> list[Reading]:
        """The company's key figures, read; in a fixed order."""
        return company.from_table(self.company)

    @property
    def verdict(self) -> str:
        """What the company is this month: `thriving`, `teetering`, `shrinking`, `mixed` or `unknown`."""
        return company.word(self.readings, self.reliable)

    @cached_property
    def reliable(self) -> bool:
        """Whether the sources agree on who left, see `Trust`."""
        return self._said["reliable"] if self._said else self._trust.reliable

    @cached_property
    def concentration(self) -> Concentration | None:
        """How much hangs on the largest accounts; None where nobody pays."""
        if self._folder:
            return _read(self._meta["concentration"])
        return concentration(self._view)

    @cached_property
    def company(self) -> pd.DataFrame:
        """The readings as a table, see `company.as_table`."""
        if self._folder:
            return read_frame(self._folder / "company.parquet")
        return company.as_table(readings(self._view, self._trust))

    @property
    def expected_loss_cents(self) -> float:
        """MRR expected to be lost within three months: the sum of each account's MRR times its probability of
        leaving by then; NaN where no model holds."""
        if not len(self.risk):
            return math.nan
        return float((self.accounts["mrr_cents"] * self.risk["p3"]).sum())

    @cached_property
    def changes(self) -> pd.DataFrame:
        """`metric`, `account_id`, `account_name`, `contribution`: each account's part of the change of every
        portfolio figure on last month, largest first."""
        if self._folder:
            return read_frame(self._folder / "changes.parquet")
        return _changes(self._snapshot)

    @cached_property
    def followed(self) -> dict[int, FollowUp]:
        """What came of past lists to save, by how many months ago they stood; without months before the
        first."""
        if decided := self._decided("followed"):
            return {one.months: one for one in from_table(read_frame(decided))}
        found = {}
        for months in BACK:
            past = earlier(self._snapshot, months)
            if past is not None and len(then := Judgement(past).accounts):
                found[months] = follow_up(self._view, then, self.accounts, months)
        return found

    @cached_property
    def forecast(self) -> Forecast | None:
        """Three months ahead, with the record; None where there is too little past."""
        if not self._folder:
            return forecast(self._view)
        ahead = read_frame(self._folder / "forecast.parquet").set_index("metric")
        if ahead.empty:
            return None
        month = ahead.pop("month").iloc[0]
        return Forecast(month, ahead, read_frame(self._folder / "forecast_record.parquet"))

    @cached_property
    def targets(self) -> pd.DataFrame:
        """The company's targets with the chance of reaching each, see `targets.targets`."""
        if self._folder:
            return read_frame(self._folder / "targets.parquet").set_index("metric")
        return targets(self._view, self.forecast if self.reliable else None)

    @property
    def why_no_risk(self) -> Untold | None:
        """Why `risk` is empty: `contradicted` (the sources disagree on who left), or the reason of
        `churn.model.fit`; None where it is not."""
        if not self._said:
            return self._model[1]
        why = self._said["why_no_risk"]
        return None if why is None else Untold(**why)

    @property
    def correction(self) -> float:
        """What modelled hazards were multiplied with, see `churn.risk.correction`."""
        return self._said["correction"] if self._said else self._model[2]

    def moved(self, metric: str) -> pd.DataFrame:
        """The accounts that moved a portfolio figure since last month, the largest part first."""
        return self.changes[self.changes["metric"] == metric].reset_index(drop=True)

    def tables(self) -> dict[str, pd.DataFrame]:
        """What is frozen, by the name of its file."""
        return {
            "accounts": self.accounts,
            "company": self.company,
            "risk": self.risk.rename_axis("account_id").reset_index(),
            "changes": self.changes,
            "followed": as_table(self.followed.values()),
            **_foretold(self.forecast),
            "targets": self.targets.rename_axis("metric").reset_index(),
        }

    def write(self, folder: Path) -> None:
        """Freeze it in `folder`."""
        folder.mkdir(parents=True)
        files = {}
        for name, rows in self.tables().items():
            table = pa.Table.from_pandas(rows, preserve_index=False)
            files[name] = freeze.write(table, folder / f"{name}.parquet")
        meta = {
            "schema": SCHEMA,
            "snapshot": self._snapshot.identity,
            "reliable": self.reliable,
            "concentration": _written(self.concentration),
            "why_no_risk": None if self.why_no_risk is None else asdict(self.why_no_risk),
            "correction": self.correction,
            "files": files,
            "hash": freeze.snapshot_hash(files),
        }
        text = json.dumps(meta, indent=1, ensure_ascii=False) + "\n"
        (folder / "meta.json").write_text(text, encoding="utf-8")

    @property
    def _said(self) -> Mapping[str, Any]:
        """What a frozen judgement says of all accounts; that of the whole, if this is a part of it."""
        return self._meta if self._folder else self._snapshot.meta.get(PART, {})

    def _decided(self, name: str) -> Path | None:
        """Where what was decided of each account is frozen: of a part, with the whole in view."""
        folder = self._folder or (self._snapshot.path / DECIDED if PART in self._snapshot.meta else None)
        return folder and folder / f"{name}.parquet"

    @cached_property
    def _view(self) -> View:
        return View(self._snapshot)

    @cached_property
    def _meta(self) -> dict[str, Any]:
        assert self._folder, "only a frozen judgement has a file"
        return json.loads((self._folder / "meta.json").read_text(encoding="utf-8"))

    @cached_property
    def _model(self) -> tuple[pd.DataFrame, Untold | None, float]:
        return _risk(self._view, self.reliable)

    @cached_property
    def _trust(self) -> Trust:
        return Trust(self._view)


def judgement_of(snapshot: Snapshot) -> Judgement:
    """The judgement frozen beside a snapshot, or, for one published without, one to be made."""
    frozen = Judgement(snapshot, snapshot.path.parent / FOLDER)
    return frozen if frozen.stands else Judgement(snapshot)


def _foretold(found: Forecast | None) -> dict[str, pd.DataFrame]:
    """The forecast and its record; without rows where there is none."""
    if found is None:
        return {"forecast": pd.DataFrame(columns=["metric", "month"]), "forecast_record": pd.DataFrame()}
    ahead = found.ahead.rename_axis("metric").reset_index().assign(month=found.month)
    return {"forecast": ahead, "forecast_record": found.record}


def _written(found: Concentration | None) -> dict[str, Any] | None:
    """As JSON, which knows no NaN."""
    if found is None:
        return None
    values = asdict(found).items()
    return {key: None if isinstance(x, float) and math.isnan(x) else x for key, x in values}


def _read(frozen: dict[str, Any] | None) -> Concentration | None:
    if frozen is None:
        return None
    values: dict[str, Any] = {key: math.nan if x is None else x for key, x in frozen.items()}
    return Concentration(**values)


def _risk(view: View, reliable: bool) -> tuple[pd.DataFrame, Untold | None, float]:
    """Risk by account, or why there is none; and the correction."""
    if not reliable:
        return pd.DataFrame(), Untold("contradicted"), 1.0
    at_risk = risk_set(view.panel, view.month)
    drivers = catalogue(view.product, at_risk.observed_from, at_risk.committed)
    model = fit(at_risk.rows, drivers, at_risk.committed)
    if isinstance(model, Untold):
        return pd.DataFrame(), model, 1.0
    correction = churn_risk.correction(validate(at_risk, drivers))
    out = churn_risk.risks(at_risk, model, correction)
    raising, lowering = churn_risk.reasons(model, at_risk.now)
    out["raising"] = [churn_risk.written(found) for found in raising]
    out["lowering"] = [churn_risk.written([found] if found else []) for found in lowering]
    return out, None, correction


def _changes(snapshot: Snapshot) -> pd.DataFrame:
    """Parts of the change of every figure that has a value at both closes."""
    figures = snapshot.portfolio_month
    now, before = (pd.Timestamp(month.start) for month in (snapshot.month, snapshot.month.shift(-1)))
    known = figures[figures["month"].isin([now, before]) & figures["value"].notna()]
    told = known.groupby("metric").size()
    # A snapshot of an earlier version may hold figures that have another name today.
    metrics = [str(name) for name in told.index[told == 2] if str(name).partition(":")[0] in METRICS]
    changes = snapshot.changes()
    found = [changes.accounts(metric).assign(metric=metric) for metric in metrics]
    columns = ["metric", "account_id", "account_name", "contribution"]
    if not found:
        return pd.DataFrame(columns=columns).astype({"contribution": float})
    return pd.concat([rows for rows in found if len(rows)] or found[:1], ignore_index=True)[columns]
