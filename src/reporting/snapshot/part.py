"""A part of a snapshot: the same tables, of some of its accounts.

Every row of a part is one of the whole; what sums over accounts is summed again. So parts that share out the
accounts add up to the whole, whatever a month's figure is. What belongs to no account (costs of acquisition,
targets) is the whole's alone.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from reporting.metrics import adoption, portfolio
from reporting.metrics.calendar import month_table, months_between
from reporting.metrics.registry import METRICS
from reporting.month import Month
from reporting.snapshot import freeze
from reporting.snapshot.figures import portfolio_figures
from reporting.snapshot.frozen import DECIDED, PART, Snapshot

OF_NO_ACCOUNT = ("acquisition", "targets")
"""Tables that a part doesn't have."""
KEY = "account_id"
_SUMMED = ("portfolio_month", "feature_month")


def restrict(
    whole: Snapshot,
    accounts: Collection[str],
    out: Path,
    about: Mapping[str, Any],
    decided: Mapping[str, pa.Table],
) -> Snapshot:
    """Freeze the part of `whole` that is these accounts in the new folder `out`.

    Args:
        accounts: Their ids.
        about: What `meta.json` says of the part, under `part`; its `title` becomes the snapshot's.
        decided: Name -> rows of the whole's judgement by account; the part holds its own of them.
    """
    out.mkdir(parents=True)
    ids = pa.array(sorted(accounts), pa.string())
    files: dict[str, dict[str, Any]] = {}
    for name in whole.meta["files"]:
        table = name.partition("/")[0]
        if table not in (*OF_NO_ACCOUNT, *_SUMMED):
            rows = _of(pq.read_table(whole.path / f"{name}.parquet"), ids)
            files[name] = freeze.write(rows, out / f"{name}.parquet")
    for name, rows in decided.items():
        files[f"{DECIDED}/{name}"] = freeze.write(_of(rows, ids), out / DECIDED / f"{name}.parquet")
    missing = _missing(whole)
    held = _Held(out, whole)
    files["feature_month"] = freeze.write(held.features(), out / "feature_month.parquet")
    figures = portfolio_figures(held, whole.product, missing)
    order = [("metric", "ascending"), ("month", "ascending")]
    files["portfolio_month"] = freeze.write(figures.sort_by(order), out / "portfolio_month.parquet")
    files = {name: files[name] for name in sorted(files)}
    changed = {
        "title": about["title"],
        "tables": [name for name in whole.meta["tables"] if name not in OF_NO_ACCOUNT],
        "unavailable": missing,
        "files": files,
        "hash": freeze.snapshot_hash(files),
        PART: dict(about),
    }
    text = json.dumps(whole.meta | changed, indent=1, ensure_ascii=False) + "\n"
    (out / "meta.json").write_text(text, encoding="utf-8")
    return Snapshot.load(out)


def _of(rows: pa.Table, ids: pa.Array) -> pa.Table:
    """The rows of these accounts; a table that knows no accounts says the same of each part."""
    if KEY not in rows.column_names or not rows.num_rows:
        return rows
    return rows.filter(pc.is_in(rows[KEY], ids))


def _missing(whole: Snapshot) -> dict[str, list[str]]:
    """What a part can't tell: what the whole can't, and what belongs to no account."""
    lacking = {
        id: [table for table in OF_NO_ACCOUNT if any(need.split(".")[0] == table for need in metric.needs)]
        for id, metric in METRICS.items()
    }
    return whole.unavailable | {id: tables for id, tables in lacking.items() if tables}


class _Held:
    """A part's tables as the figures are computed from: what a `Workspace` is for a whole."""

    def __init__(self, folder: Path, whole: Snapshot) -> None:
        self._con = ibis.duckdb.connect()
        self._features = whole.files("feature_month")
        part = Snapshot(folder, whole.meta)
        self.fresh = months_between(Month.of(whole.account_month["month"].min()), whole.month)
        panel = self._read(*part.files("account_month"))
        panel = panel.join(month_table(self.fresh).drop("days"), "month")
        panel = portfolio.with_year_before(panel.mutate(weeks=panel.days / 7.0))
        self._tables = {"panel": panel, "outcomes": self._read(*part.files("outcomes"))}
        self._by_account = self._read(*part.files("account_feature_month"))

    def __getitem__(self, name: str) -> ir.Table:
        return self._tables[name]

    def get(self, name: str) -> ir.Table | None:
        """What belongs to no account is not there."""
        return self._tables.get(name)

    def latest(self, rows: ir.Table) -> ir.Table:
        """All months of a part are computed at once."""
        return rows

    def features(self) -> pa.Table:
        """`feature_month` of the part."""
        kinds = self._read(*self._features).select("feature", "core", "premium").distinct()
        rows = adoption.feature_month(self._by_account.join(kinds, "feature"))
        return rows.order_by("month", "feature").to_pyarrow()

    def _read(self, *paths: Path) -> ir.Table:
        return self._con.read_parquet([str(path) for path in paths])
