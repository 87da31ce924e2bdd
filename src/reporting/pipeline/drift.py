"""In what the sources, as they are today, tell a published month otherwise: tables, months, accounts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from reporting.present.formats import count
from reporting.present.words import cut, listing, plural
from reporting.snapshot.frozen import Snapshot, read_frame
from reporting.snapshot.tables import KEYS

SHOWN = 5
"""Accounts and columns that are named of a table."""


@dataclass(frozen=True)
class TableDrift:
    """A table of the snapshot that comes out otherwise.

    Attributes:
        gone: Rows that were there and are no more; `added` the other way round, `changed` those with the
            same key and other values.
        columns: Those in which they have other values.
        months: The first and the last month concerned, `2026-09`; none of a table without months.
        accounts: Id and name of each account concerned.
    """

    table: str
    gone: int
    added: int
    changed: int
    columns: tuple[str, ...] = ()
    months: tuple[str, ...] = ()
    accounts: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        """`ledger: 2 rows changed (in amount_cents); 2026-09 to 2026-10; 2 accounts: Acme (A1), ...`."""
        rows = [(self.changed, "changed"), (self.added, "added"), (self.gone, "gone")]
        told = listing([f"{plural(n, 'row')} {word}" for n, word in rows if n])
        parts = [f"{told} (in {_some(self.columns)})" if self.columns else told]
        if self.months:
            parts.append(" to ".join(dict.fromkeys(self.months)))
        if self.accounts:
            named = _some([f"{cut(name)} ({id})" if name != id else id for id, name in self.accounts])
            parts.append(f"{plural(len(self.accounts), 'account')}: {named}")
        return f"{self.table}: {'; '.join(parts)}"


def other_sources(then: Snapshot, now: Snapshot) -> list[str]:
    """What the month was read from and is not as it was, in words."""
    was, today = ({item["name"]: item["sha256"] for item in one.meta["sources"]} for one in (then, now))
    words = {(True, False): "gone", (False, True): "added", (True, True): "changed"}
    return [
        f"{name}: {words[name in was, name in today]}"
        for name in sorted(was.keys() | today.keys())
        if was.get(name) != today.get(name)
    ]


def drift(then: Snapshot, now: Snapshot) -> list[TableDrift]:
    """Every table of two snapshots of one month that differs, by its rows.

    Args:
        then: The published one.
        now: The one of today.
    """
    parts = {name for name in _hashes(then).items() ^ _hashes(now).items()}
    tables = sorted({name.partition("/")[0] for name, _ in parts}, key=list(KEYS).index)
    names = {
        str(id): str(name)
        for one in (then, now)
        for id, name in zip(one.accounts["account_id"], one.accounts["account_name"], strict=True)
    }
    found = [
        _of_table(table, *_rows(table, {name for name, _ in parts}, then, now), names) for table in tables
    ]
    return [one for one in found if one.gone or one.added or one.changed]


def _hashes(snapshot: Snapshot) -> dict[str, str]:
    return {name: str(file["sha256"]) for name, file in snapshot.meta["files"].items()}


def _rows(table: str, differing: set[str], *snapshots: Snapshot) -> Iterator[pd.DataFrame | None]:
    """The rows of a table's files that differ, in either snapshot; None where it has none of them."""
    for snapshot in snapshots:
        names = [name for name in sorted(differing) if name.partition("/")[0] == table]
        paths = [snapshot.path / f"{name}.parquet" for name in names]
        there = [path for path in paths if path.exists()]
        yield read_frame(*there) if there else None


def _of_table(
    table: str, then: pd.DataFrame | None, now: pd.DataFrame | None, names: dict[str, str]
) -> TableDrift:
    assert then is not None or now is not None
    rows = then if then is not None else now
    assert rows is not None
    keys = KEYS[table]
    was, today = (_keyed(one if one is not None else rows.iloc[:0], keys) for one in (then, now))
    gone, added = was.index.difference(today.index), today.index.difference(was.index)
    both, shared = was.index.intersection(today.index), was.columns.intersection(today.columns)
    other = _differs(was.loc[both, shared], today.loc[both, shared])
    changed = both[other.any(axis="columns").to_numpy()]
    concerned = pd.concat([was.loc[gone], today.loc[added], today.loc[changed]]).reset_index()
    columns = [name for name in shared if other[name].any()]
    columns += [
        f"{name}, which one of the two lacks" for name in was.columns.symmetric_difference(today.columns)
    ]
    return TableDrift(
        table,
        len(gone),
        len(added),
        len(changed),
        tuple(columns),
        _months(concerned),
        _accounts(concerned, names),
    )


def _keyed(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Rows by their key; those that have the same (findings) are numbered."""
    numbered = rows.assign(number=rows.groupby(keys, dropna=False).cumcount())
    return numbered.set_index([*keys, "number"])


def _differs(was: pd.DataFrame, today: pd.DataFrame) -> pd.DataFrame:
    """Where values are not the same; nothing is the same as nothing."""
    first, second = was.astype(object), today.astype(object)
    return (first != second) & ~(first.isna() & second.isna())


def _months(rows: pd.DataFrame) -> tuple[str, ...]:
    """The first and the last month of the rows."""
    for column in ("month", "week"):
        if column in rows and rows[column].notna().any():
            return tuple(f"{day:%Y-%m}" for day in (rows[column].min(), rows[column].max()))
    return ()


def _accounts(rows: pd.DataFrame, names: dict[str, str]) -> tuple[tuple[str, str], ...]:
    if "account_id" not in rows:
        return ()
    ids = sorted({str(id) for id in rows["account_id"].dropna()})
    return tuple((id, names.get(id, id)) for id in ids)


def _some(named: Iterable[Any]) -> str:
    """`a, b and 3 more`."""
    found = [str(one) for one in named]
    more = len(found) - SHOWN
    return ", ".join(found[:SHOWN]) + (f" and {count(more)} more" if more > 0 else "")
