"""Tables as sheets show them, from the month's data files."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from reporting.params.product import Product
from reporting.pipeline.workbook.values import Value, told_by, typed
from reporting.reports.data_files import FILES, Column, DataFile, Kind, Sheet, column, kind_of

KEY = "account_id"
MONTHS = 13
"""Shown of a figure: a year and the same month of the year before."""
TREND = Column("Trend", "any", "")


@dataclass(frozen=True)
class Table:
    """What stands on a sheet.

    Attributes:
        rows: Values in the order of `columns`.
        kinds: How each row's values are written, where rows and not columns differ.
        heads: Columns that name a row.
        pale: (row, column) of values that are not final.
        heat: Whether the values past the heads are coloured by size, among rows that begin alike.
    """

    columns: list[Column]
    rows: list[list[Value]]
    kinds: list[Kind] = field(default_factory=list)
    heads: int = 1
    pale: frozenset[tuple[int, int]] = frozenset()
    heat: bool = False


@dataclass(frozen=True)
class _File:
    ids: list[str]
    texts: list[list[str]]
    told: DataFile

    def records(self) -> Iterator[dict[str, str]]:
        return (dict(zip(self.ids, texts, strict=True)) for texts in self.texts)


def table_of(sheet: Sheet, folder: Path, product: Product) -> Table | None:
    """The table of a sheet; None if none of its files is there.

    Args:
        folder: The month's data files.
        product: Its thresholds stand in the meanings of columns.
    """
    files = [_read(folder / f"{name}.csv") for name in sheet.files if (folder / f"{name}.csv").is_file()]
    if not files:
        return None
    if sheet.shape == "figures":
        return _figures(files[0])
    if sheet.shape == "cohorts":
        return _cohorts(files[0], product)
    return _beside([_plain(file, product) for file in files], files)


def _read(path: Path) -> _File:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    return _File(rows[0] if rows else [], rows[1:], FILES.get(path.stem, DataFile("")))


def _plain(file: _File, product: Product) -> Table:
    columns = [column(id, file.told.own, product) for id in file.ids]
    for place, told in enumerate(columns):
        if told.kind == "any":
            columns[place] = replace(told, kind=told_by(texts[place] for texts in file.texts))
    kinds = [told.kind for told in columns]
    rows = [[typed(text, kind) for text, kind in zip(texts, kinds, strict=True)] for texts in file.texts]
    return Table(columns, rows, heads=2 if file.ids[:2] == [KEY, "account_name"] else 1)


def _beside(tables: Sequence[Table], files: Sequence[_File]) -> Table:
    """The tables of one row an account side by side, each column once."""
    first = tables[0]
    columns, rows = list(first.columns), [list(row) for row in first.rows]
    seen = {told.heading for told in columns}
    for table, file in zip(tables[1:], files[1:], strict=True):
        fresh = [place for place, told in enumerate(table.columns) if told.heading not in seen]
        seen |= {told.heading for told in table.columns}
        key = file.ids.index(KEY)
        by_account = {row[key]: row for row in table.rows}
        columns += [table.columns[place] for place in fresh]
        for row in rows:
            found = by_account.get(row[files[0].ids.index(KEY)])
            row += [found[place] if found else None for place in fresh]
    return replace(first, columns=columns, rows=rows)


def _figures(file: _File) -> Table:
    """A row a figure, a column a month, and room for a line between them."""
    values: dict[tuple[str, str, str], dict[str, str]] = {}
    for row in file.records():
        name = f"{row['label']}: {row['slice']}" if row["slice"] else row["label"]
        values.setdefault((row["metric"], name, row["unit"]), {})[row["month"]] = row["value"]
    months = sorted({row["month"] for row in file.records()})[-MONTHS:]
    columns = [Column("Figure", "text", ""), Column("Unit", "text", ""), TREND]
    columns += [Column(month, "number", "") for month in months]
    shown = {key: given for key, given in values.items() if given.keys() & set(months)}
    rows: list[list[Value]] = [
        [name, unit, None, *(typed(given.get(month, ""), "number") for month in months)]
        for (_, name, unit), given in shown.items()
    ]
    return Table(columns, rows, [_kind(unit) for _, _, unit in shown], heads=3)


def _kind(unit: str) -> Kind:
    return "money" if len(unit) == 3 and unit.isupper() else kind_of(unit)


def _cohorts(file: _File, product: Product) -> Table:
    """A row a cohort and measure, a column an age."""
    head = ["measure", "cohort", "accounts"]
    ages = sorted({int(row["age_months"]) for row in file.records() if row["share"]})
    columns = [column(id, file.told.own, product) for id in head]
    columns += [Column(f"{age} months", "share", "") for age in ages]
    rows: dict[tuple[str, ...], list[Value]] = {}
    pale = set()
    for given in file.records():
        if not given["share"]:
            continue
        key = tuple(given[id] for id in head)
        begun: list[Value] = [given["measure"], given["cohort"], typed(given["accounts"], "count")]
        row = rows.setdefault(key, [*begun, *[None] * len(ages)])
        place = len(head) + ages.index(int(given["age_months"]))
        row[place] = typed(given["share"], "share")
        if given["open"] == "True":
            pale.add((list(rows).index(key), place))
    return Table(columns, list(rows.values()), heads=len(head), pale=frozenset(pale), heat=True)
