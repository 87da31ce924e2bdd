"""The commands that show something: list, metrics, explain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from reporting.cli import common
from reporting.errors import AuditDifference, ConfigError, did_you_mean

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from reporting.pipeline.project import Project


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command("list")(list_runs)
    app.command()(metrics)
    app.command()(explain)


def list_runs(
    context: typer.Context,
    source: common.Source = None,
    verify: Annotated[
        bool,
        typer.Option("--verify", help="Verify every file of every run, and the chain from month to month."),
    ] = False,
) -> None:
    """List the sources, their months, and the runs of each."""
    from rich.table import Table

    from reporting.pipeline.history import runs
    from reporting.sources.mapping import list_sources

    project = common.project_of(context)
    table = Table("Source", "Month", "State", "Run", "Made", "Warnings", box=None)
    for run in runs(project, source):
        kept = f", kept in {common.shown(run.folder)}" if run.state == "failed" else ""
        kept += ", its manifest can't be read" if run.fault else ""
        row = [run.source, str(run.month), run.state + kept]
        if run.manifest:
            made = str(run.manifest.volatile.get("finished", ""))[:16].replace("T", " ")
            row += [run.manifest.run_id, made, str(run.manifest.findings.get("warning", 0))]
        table.add_row(*row)
    for column in table.columns:
        column.no_wrap = True
    console = common.output()
    if table.row_count:
        console.print(table)
    else:
        console.print("Nothing has been published yet: `make monthly-report`.")
    console.print(f"Sources: {', '.join(list_sources(project.params_dir)) or 'none'}")
    if verify:
        _verify(project, source, console)


def _verify(project: Project, source: str | None, console: Console) -> None:
    """Tell the first break in each source's chain, or where the chain ends."""
    from itertools import groupby

    from reporting.pipeline.chain import breaks
    from reporting.pipeline.history import runs
    from reporting.pipeline.manifest import NAME, sha256

    broken = 0
    kept = [run for run in runs(project, source) if run.state != "failed"]
    for name, group in groupby(sorted(kept, key=lambda run: run.source), key=lambda run: run.source):
        members = list(group)
        if first := next(breaks(members), None):
            broken += 1
            text = f"Broken: {name} {first.run.name} ({first.run.folder.name}): {first.text}"
        else:
            last = max((run for run in members if run.state == "published"), key=lambda run: run.month)
            text = (
                f"Whole: {name}, {len(members)} runs to {last.month}, manifest {sha256(last.folder / NAME)}"
            )
        console.print(text, markup=False, soft_wrap=True)
    if broken:
        raise AuditDifference(
            f"{broken} of the chains {'is' if broken == 1 else 'are'} broken.",
            remedy="Restore the run that is named from a backup, or ask who changed it.",
        )


def metrics(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="A metric's id, to see all about it.")] = None,
    json: Annotated[bool, typer.Option("--json", help="As JSON, for programs.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="As a page, all about every metric.")] = False,
    source: common.Source = None,
    params: common.Params = None,
) -> None:
    """List the metrics with their definitions, thresholds as the product definition sets them."""
    from rich.table import Table

    from reporting.metrics.docs import described, metrics_page
    from reporting.metrics.registry import METRICS

    if name is not None and name not in METRICS:
        raise ConfigError(
            f"there is no metric '{name}'.{did_you_mean(name, METRICS)}",
            remedy="`reporting metrics` lists them.",
        )
    product = common.product_of(common.project_of(context, params), source)
    console = common.output()
    chosen = [described(metric, product) for id, metric in METRICS.items() if name in (None, id)]
    if markdown:
        console.out(metrics_page(product), end="", highlight=False)
    elif json:
        from json import dumps

        console.print(dumps(chosen, indent=2), soft_wrap=True, markup=False)
    elif name:
        for key, value in chosen[0].items():
            console.print(f"{key:14} {value}", markup=False)
    else:
        table = Table("Id", "Metric", "Unit", "Definition", box=None)
        for metric in chosen:
            table.add_row(*(str(metric[key]) for key in ("id", "label", "unit", "definition")))
        console.print(table)


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
    from json import dumps

    from reporting.month import Month
    from reporting.pipeline.history import published_run
    from reporting.pipeline.verify import open_snapshot

    project = common.project_of(context, params)
    run = published_run(project, common.source_of(project, source), month)
    snapshot = open_snapshot(run)
    earlier = Month.parse(against) if against else run.month.shift(-1)
    accounts = snapshot.changes(run.month, earlier).accounts(metric)
    before, after = snapshot.value(metric, earlier), snapshot.value(metric, run.month)
    console = common.output()
    if json:
        told: dict[str, object] = {"metric": metric, "month": str(run.month), "against": str(earlier)}
        told |= {"before": before, "after": after, "accounts": _plain(accounts)}
        console.print(dumps(told, indent=2), soft_wrap=True, markup=False)
    elif before is None or after is None:
        console.print(f"{metric} has no value in {earlier if before is None else run.month}.")
    else:
        change = f"{before:,.6g} in {earlier}, {after:,.6g} in {run.month}: {after - before:+,.6g}"
        console.print(f"{metric}: {change}, {len(accounts):,} accounts moved it.", soft_wrap=True)
        _print_accounts(console, accounts, top)


def _plain(accounts: pd.DataFrame) -> list[dict[str, object]]:
    """Rows for JSON; what belongs to no account has null for its id."""
    return accounts.astype(object).where(accounts.notna(), None).to_dict("records")


def _print_accounts(console: Console, accounts: pd.DataFrame, top: int) -> None:
    from rich.markup import escape
    from rich.table import Table

    table = Table("Account", "Name", "Contribution", box=None)
    table.columns[2].justify = "right"
    for row in _plain(accounts.head(top)):
        name = escape(str(row["account_name"] or "no account"))
        table.add_row(escape(str(row["account_id"] or "")), name, f"{row['contribution']:+,.6g}")
    if len(accounts) > top:
        rest = accounts["contribution"].iloc[top:].sum()
        table.add_row("", f"{len(accounts) - top:,} others", f"{rest:+,.6g}")
    console.print(table)
