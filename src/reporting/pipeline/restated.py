"""History corrected: months published before that the tables no longer agree with.

A snapshot holds the whole history as the tables have it when it is made, so a later one tells what an earlier
month's figures would be today.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from reporting.errors import ConfigError
from reporting.month import Month
from reporting.pipeline.manifest import Manifest
from reporting.present.formats import count, money
from reporting.present.words import plural

FIGURES = ("mrr", "paying_accounts")
SHOWN = 3
"""Accounts named for each month."""


@dataclass(frozen=True)
class Restated:
    """What a published month said, and what a later snapshot says of it.

    Attributes:
        month: The month.
        published: Figure -> value, as published.
        now: The same by the later snapshot.
        accounts: Account id, name and change of MRR in minor units, the largest first.
        currency: ISO code.
    """

    month: Month
    published: dict[str, float]
    now: dict[str, float]
    accounts: list[tuple[str, str, int]]
    currency: str

    def __str__(self) -> str:
        """By how much, and through which accounts."""
        said = f"{self.month} was published with {self._told(self.published)}; the tables now say "
        return f"{said}{self._told(self.now)}: {self._through()}."

    def _told(self, figures: dict[str, float]) -> str:
        paying = plural(int(figures["paying_accounts"]), "paying account")
        return f"MRR of {money(figures['mrr'], self.currency, digits=2)} and {paying}"

    def _through(self) -> str:
        named = [
            f"{name or id} ({id}) {money(change, self.currency, digits=2, sign=True)}"
            for id, name, change in self.accounts[:SHOWN]
        ]
        others = len(self.accounts) - len(named)
        named += [f"{count(others)} more"] if others else []
        return ", ".join(named)


def restated_by(snapshot: Path, months: Iterable[Path]) -> list[Restated]:
    """The published months that a snapshot no longer agrees with, in order.

    Args:
        snapshot: Folder of the snapshot.
        months: Folders of published months of the source; those of its own month and later are left out.
    """
    found = []
    for folder in sorted(months):
        try:
            restated = _compared(folder / "snapshot", snapshot)
        except (OSError, ValueError, KeyError):  # a damaged month; `reporting audit` names what is wrong
            continue
        if restated:
            found.append(restated)
    return found


def _compared(then: Path, now: Path) -> Restated | None:
    was, meta = _meta(then), _meta(now)
    if was.get("currency") != meta.get("currency") or was["month"] >= meta["month"]:
        return None
    month = Month.parse(was["month"])
    published, today = _figures(then, month), _figures(now, month)
    if not len(published) == len(today) == len(FIGURES) or published == today:
        return None
    return Restated(month, published, today, _moved(then, now, month), meta.get("currency", ""))


def restated_since(months: Iterable[Path]) -> list[Restated]:
    """The published months of one source that a later month, made after them, no longer agrees with."""
    made = {folder: at for folder in months if (at := _finished(folder))}
    found = []
    for folder, at in sorted(made.items()):
        later = [other for other, then in made.items() if other.name > folder.name and then > at]
        if later:
            found += restated_by(max(later, key=made.__getitem__) / "snapshot", [folder])
    return found


def _finished(folder: Path) -> str:
    try:
        return str(Manifest.read(folder).volatile.get("finished", ""))
    except ConfigError:
        return ""


def _meta(snapshot: Path) -> dict[str, Any]:
    return json.loads((snapshot / "meta.json").read_text(encoding="utf-8"))


def _figures(snapshot: Path, month: Month) -> dict[str, float]:
    """The figures at the close of a month, those the snapshot has."""
    chosen = [("month", "=", month.start), ("metric", "in", FIGURES)]
    table = pq.read_table(snapshot / "portfolio_month.parquet", filters=chosen, columns=["metric", "value"])
    return {row["metric"]: round(row["value"]) for row in table.to_pylist() if row["value"] is not None}


def _moved(then: Path, now: Path, month: Month) -> list[tuple[str, str, int]]:
    change = _mrr(now, month).sub(_mrr(then, month), fill_value=0).astype("int64")
    change = change[change != 0]
    names: dict[str, str] = {}
    for snapshot in (then, now):
        rows = pq.read_table(snapshot / "accounts.parquet", columns=["account_id", "account_name"])
        names |= dict(zip(*(rows[name].to_pylist() for name in rows.column_names), strict=True))
    order = sorted(change.items(), key=lambda item: (-abs(item[1]), str(item[0])))
    return [(str(id), names.get(str(id), ""), int(cents)) for id, cents in order]


def _mrr(snapshot: Path, month: Month) -> pd.Series:
    """MRR in minor units by account at the close of a month."""
    whole = snapshot / "account_month.parquet"
    place = whole if whole.exists() else snapshot / "account_month"
    rows = pq.read_table(
        place, columns=["account_id", "mrr_cents"], filters=[("month", "=", month.start)]
    ).to_pandas()
    return rows.set_index("account_id")["mrr_cents"]
