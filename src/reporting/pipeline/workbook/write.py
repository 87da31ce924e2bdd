"""The workbook: contents, the sheets of data, what metrics and columns mean. No cell holds a formula."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import xlsxwriter

from reporting.metrics.registry import CHAPTERS, METRICS
from reporting.params.product import Product
from reporting.pipeline.packed import pack, unpack
from reporting.pipeline.render.context import RunContext
from reporting.pipeline.workbook.sheet import Looks, write_table
from reporting.pipeline.workbook.tables import Table, table_of
from reporting.pipeline.workbook.values import Value
from reporting.present.words import plural, sentence
from reporting.reports.data_files import FILES, NOT_SHOWN, SHEETS, Column, DataFile, Sheet, column

ROWS = 1_048_575
"""A sheet has no more, below its head."""
_SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_TABS = {"Lists": 0, "Accounts": 1, "Figures": 2, "Others": 3}
_CONTENTS, _DEFINITIONS, _COLUMNS = "Contents", "Definitions", "Columns"


def write_workbook(folder: Path, context: RunContext, product: Product) -> Path | None:
    """Write the data files in `folder` as `<source>-<month>.xlsx` beside them; None where there are none.

    Args:
        folder: The month's data files.
        product: Its thresholds stand in the definitions.
    """
    found = dict(_tables(folder, product))
    if not found:
        return None
    path = folder / f"{context.source.replace('/', '-')}-{context.month}.xlsx"
    with tempfile.TemporaryDirectory(prefix=".workbook-", dir=folder) as scratch:
        raw = Path(scratch) / "raw.xlsx"
        options = _SAFE | {"constant_memory": True, "tmpdir": scratch}
        with xlsxwriter.Workbook(str(raw), options) as book:
            _write(book, found, folder, context, product)
        pack(unpack(raw.read_bytes()), path)
    return path


def _tables(folder: Path, product: Product) -> Iterator[tuple[Sheet, Table]]:
    """Every sheet with its table, those of other notebooks' files last."""
    names = {*NOT_SHOWN, *(name for sheet in SHEETS for name in sheet.files)}
    others = [path.stem for path in sorted(folder.glob("*.csv")) if path.stem not in names]
    taken = {"history", *map(str.lower, (_CONTENTS, _DEFINITIONS, _COLUMNS))}  # Excel keeps `History`
    taken |= {sheet.title.lower() for sheet in SHEETS}
    own = []
    for name in others:
        title = _free(sentence(name.replace("_", " ")), taken)
        own.append(Sheet(title, "Others", FILES[name].rows if name in FILES else "a report's own", (name,)))
    for sheet in (*SHEETS, *own):
        if table := table_of(sheet, folder, product):
            yield sheet, table


def _free(title: str, taken: set[str]) -> str:
    """A name that a sheet may have and that none has yet."""
    number, free = 1, title[:31]
    while free.lower() in taken:
        number += 1
        free = f"{title[:27]} {number}"
    taken.add(free.lower())
    return free


def _write(
    book: xlsxwriter.Workbook,
    found: dict[Sheet, Table],
    folder: Path,
    context: RunContext,
    product: Product,
) -> None:
    looks = Looks(book, context.brand)
    title = f"{context.company}: {context.month.label}"
    created = context.timestamp.replace(tzinfo=None)
    book.set_properties({"title": title, "company": context.company, "created": created})
    _contents(book, looks, found, title, context)
    for sheet, table in found.items():
        if len(table.rows) <= ROWS:
            page = book.add_worksheet(sheet.title)
            page.set_tab_color(context.brand.palette[_TABS[sheet.group] % len(context.brand.palette)].light)
            write_table(page, looks, table)
    write_table(book.add_worksheet(_DEFINITIONS), looks, _definitions(product))
    write_table(book.add_worksheet(_COLUMNS), looks, _columns(folder, product))


def _contents(
    book: xlsxwriter.Workbook, looks: Looks, found: dict[Sheet, Table], title: str, context: RunContext
) -> None:
    page = book.add_worksheet(_CONTENTS)
    page.hide_gridlines(2)
    page.set_landscape()
    page.fit_to_pages(1, 1)
    page.set_column(0, 0, 24)
    page.set_column(1, 1, 12)
    page.set_column(2, 2, 80)
    page.set_row(0, 28)
    page.write_string(0, 0, title, looks.title)
    run = f"Run {context.run_id} · snapshot {context.snapshot_hash[:16]} · as of the month's close"
    page.write_string(1, 0, run, looks.muted)
    line, group = 2, ""
    for sheet, table in found.items():
        if sheet.group != group:
            line, group = line + 1, sheet.group
            page.write_string(line, 0, group, looks.group)
            line += 1
        if len(table.rows) <= ROWS:
            page.write_url(line, 0, f"internal:'{sheet.title}'!A1", looks.link, sheet.title)
            holds = sentence(sheet.holds)
        else:
            page.write_string(line, 0, sheet.title)
            holds = f"{sentence(sheet.holds)}: too long for a sheet, see {sheet.files[0]}.csv"
        page.write_string(line, 1, plural(len(table.rows), "row"), looks.muted)
        page.write_string(line, 2, holds)
        line += 1
    page.write_string(line + 1, 0, "Words", looks.group)
    for place, (name, holds) in enumerate(
        ((_DEFINITIONS, "What each figure means, and its thresholds"), (_COLUMNS, "What each column means")),
        line + 2,
    ):
        page.write_url(place, 0, f"internal:'{name}'!A1", looks.link, name)
        page.write_string(place, 2, holds)


def _definitions(product: Product) -> Table:
    columns = [Column(name, "text", "") for name in ("Figure", "Id", "Definition", "Formula", "Unit")]
    columns += [Column(name, "text", "") for name in ("Good direction", "Chapter")]
    told = [metric.filled(product) for metric in METRICS.values()]
    return Table(
        columns,
        [[m.label, m.id, m.definition, m.formula, m.unit, m.direction, CHAPTERS[m.chapter]] for m in told],
    )


def _columns(folder: Path, product: Product) -> Table:
    """Every column of every data file, users' as well."""
    heads = [Column(name, "text", "") for name in ("File", "Column", "Heading here", "Kind", "Meaning")]
    rows: list[list[Value]] = []
    for path in sorted(folder.glob("*.csv")):
        own = FILES.get(path.stem, DataFile("")).own
        with path.open(encoding="utf-8", newline="") as file:
            ids = file.readline().strip().split(",")
        for id in ids:
            told = column(id.strip('"'), own, product)
            kind = "told by its values" if told.kind == "any" else told.kind
            rows.append([path.name, id.strip('"'), told.heading, kind, told.meaning or "told by its report"])
    return Table(heads, rows)
