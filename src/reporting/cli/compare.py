"""The commands that set months side by side: diff, explain."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reporting.cli import common

if TYPE_CHECKING:
    import pandas as pd

    from reporting.pipeline.diff import Diff
    from reporting.pipeline.history import Run
    from reporting.reports.telling.book import Book


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    for command in (diff, explain):
        app.command()(command)


def diff(
    context: typer.Context,
    before: Annotated[str, typer.Argument(help="A month (2026-09) or a run (2026-10@1a2b3c).")],
    after: Annotated[str, typer.Argument(help="The month or run to compare it with.")],
    html: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write a page that shows both: figures, bands, stances, lists."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="As JSON, for programs.")] = False,
    source: common.Source = None,
    params: common.Params = None,
) -> None:
    """Compare two months, or two runs of one month: metrics, inputs, files."""
    from reporting.pipeline.diff import diff as compare
    from reporting.pipeline.diff import write_page
    from reporting.pipeline.history import find_run
    from reporting.pipeline.inputs import brand

    project = common.project_of(context, params)
    name = common.source_of(project, source)
    runs = find_run(project, name, before), find_run(project, name, after)
    result = compare(*runs)
    if html:
        write_page(html, *runs, result, brand(project))
    if json:
        common.print_json(_compared(result, *runs))
    else:
        _print_compared(result, *runs)
        if html:
            typer.echo(f"Open {common.shown(html.resolve())}")
    if not result.same:
        raise typer.Exit(1)


def _print_compared(result: Diff, before: Run, after: Run) -> None:
    from rich.table import Table

    from reporting.reports.comparison import Comparison

    console = common.output()
    table = Table("Metric", before.name, after.name, "Change", box=None)
    for column in table.columns[1:]:
        column.justify = "right"
    for figure in Comparison(before.folder / "snapshot", after.folder / "snapshot").figures:
        if figure.differs:
            table.add_row(figure.id, figure.before, figure.after, figure.change)
    if table.row_count:
        console.print(table)
    if result.inputs:
        console.print(f"Inputs that differ: {', '.join(result.inputs)}", soft_wrap=True)
    for file in result.files:
        console.print(str(file), markup=False, soft_wrap=True)
    if result.same:
        console.print("The same.")


def _compared(result: Diff, before: Run, after: Run) -> dict[str, Any]:
    from reporting.reports.telling.book import Book

    return {
        "source": after.source,
        "before": before.name,
        "after": after.name,
        "currency": Book(after.folder / "snapshot").currency,
        "metrics": [
            {"metric": row["metric"], "unit": _unit(row["metric"]), **row} for row in _plain(result.metrics)
        ],
        "inputs": result.inputs,
        "files": [{"file": file.path, "difference": file.kind} for file in result.files],
        "same": result.same,
    }


def explain(
    context: typer.Context,
    metric: Annotated[str, typer.Argument(help="A portfolio metric, or a slice as health_score:healthy.")],
    month: common.Month = None,
    against: Annotated[
        str | None, typer.Option(metavar="YYYY-MM", help="The earlier month; default: the month before.")
    ] = None,
    top: Annotated[int, typer.Option(min=1, help="Accounts to list.")] = 15,
    json: Annotated[bool, typer.Option("--json", help="As JSON with every account, for programs.")] = False,
    source: common.Source = None,
    params: common.Params = None,
) -> None:
    """Name the accounts that moved a portfolio figure of a published month."""
    from reporting.month import Month
    from reporting.pipeline.history import published_run
    from reporting.pipeline.verify import open_snapshot
    from reporting.present.words import plural
    from reporting.reports.comparison import shown, step
    from reporting.reports.telling.book import Book

    project = common.project_of(context, params)
    run = published_run(project, common.source_of(project, source), month)
    book = Book(open_snapshot(run))
    earlier = Month.parse(against) if against else run.month.shift(-1)
    accounts = book.snapshot.changes(run.month, earlier).accounts(metric)
    before, after = (book.snapshot.value(metric, each) for each in (earlier, run.month))
    if json:
        told: dict[str, Any] = {"metric": metric, "unit": _unit(metric), "currency": book.currency}
        told |= {"month": str(run.month), "against": str(earlier)}
        common.print_json(told | {"before": before, "after": after, "accounts": _plain(accounts)})
    elif before is None or after is None:
        typer.echo(f"{metric} has no value in {earlier if before is None else run.month}.")
    else:
        was, now = (shown(book, metric, value) for value in (before, after))
        change = f"{was} in {earlier}, {now} in {run.month}: {step(book, metric, after - before)}"
        typer.echo(f"{metric}: {change}, {plural(len(accounts), 'account')} moved it.")
        _print_accounts(book, metric, accounts, top)


def _print_accounts(book: Book, metric: str, accounts: pd.DataFrame, top: int) -> None:
    from rich.markup import escape
    from rich.table import Table

    from reporting.reports.comparison import step

    table = Table("Account", "Name", "Contribution", box=None)
    table.columns[2].justify = "right"
    for row in _plain(accounts.head(top)):
        name = escape(str(row["account_name"] or "no account"))
        table.add_row(escape(str(row["account_id"] or "")), name, step(book, metric, row["contribution"]))
    if len(accounts) > top:
        rest = accounts["contribution"].iloc[top:].sum()
        table.add_row("", f"{len(accounts) - top:,} others", step(book, metric, rest))
    common.output().print(table)


def _unit(figure: str) -> str:
    """The unit of a figure's value in JSON; money is in minor units, hundredths of the currency."""
    from reporting.metrics.registry import METRICS
    from reporting.reports.comparison import counts

    return "accounts" if counts(figure) else METRICS[figure.partition(":")[0]].portfolio_unit


def _plain(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows for JSON; what is missing, such as the id of what belongs to no account, is null."""
    return rows.astype(object).where(rows.notna(), None).to_dict("records")
