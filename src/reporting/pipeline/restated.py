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
            f"{name} ({id}) {money(change, self.currency, digits=2, sign=True)}"
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
            then = folder / "snapshot"
            earlier = _meta(then)["month"] < _meta(snapshot)["month"]
            told = restated(then, snapshot) if earlier else None
        except (OSError, ValueError, KeyError):  # a damaged month; `reporting audit` names what is wrong
            continue
        if told:
            found.append(told)
    return found


def restated(then: Path, now: Path) -> Restated | None:
    """What a snapshot says of its own month, and what another one of that month or a later one says of it;
    None if they agree or have not both figures."""
    was, meta = _meta(then), _meta(now)
    if was.get("currency") != meta.get("currency"):
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


def mrr_of(folder: Path, month: Month) -> tuple[int | None, str | None]:
    """MRR in minor units that a run of `month` tells, and the currency's ISO code; None if unreadable."""
    try:
        figures = _figures(folder / "snapshot", month)
        return round(figures["mrr"]), _meta(folder / "snapshot")["currency"]
    except (OSError, ValueError, KeyError):
        return None, None


def _finished(folder: Path) -> str:
    try:
        return str(Manifest.read(folder).volatile.get("finished", ""))
    except ConfigError:
        return ""


def _meta(snapshot: Path) -> dict[str, Any]:
    return json.loads((snapshot / "meta.json").read_text(encoding="utf-8"))


def _figures(snapshot: Path, month: Month) -> dict[str, float]:
    """The figures at the close of a month, those the snapshot has."""
    rows = _read(snapshot / "portfolio_month.parquet", ["metric", "value"], month)
    return {metric: round(value) for metric, value in rows.items() if metric in FIGURES and value is not None}


def _moved(then: Path, now: Path, month: Month) -> list[tuple[str, str, int]]:
    """Account id, name and change of MRR, the largest first."""
    before, after = _mrr(then, month), _mrr(now, month)
    names = {
        id: name
        for snapshot in (then, now)
        for id, name in _read(snapshot / "accounts.parquet", ["account_id", "account_name"]).items()
    }
    changes = {id: after.get(id, 0) - before.get(id, 0) for id in before.keys() | after.keys()}
    moved = [(id, names.get(id) or id, change) for id, change in changes.items() if change]
    return sorted(moved, key=lambda account: (-abs(account[2]), account[0]))


def _mrr(snapshot: Path, month: Month) -> dict[str, int]:
    """MRR in minor units by account at the close of a month."""
    whole = snapshot / "account_month.parquet"
    place = whole if whole.exists() else snapshot / "account_month"
    return _read(place, ["account_id", "mrr_cents"], month)


def _read(place: Path, columns: list[str], month: Month | None = None) -> dict[str, Any]:
    """Key and value of the rows of a frozen table, of one month if it is given."""
    import pyarrow.parquet as pq  # rendering does without

    chosen = [("month", "=", month.start)] if month else None
    table = pq.read_table(place, columns=columns, filters=chosen)
    return dict(zip(*(table[name].to_pylist() for name in columns), strict=True))
