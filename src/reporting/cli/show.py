"""The commands that show something: list, metrics."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from reporting.cli import common
from reporting.errors import ConfigError, did_you_mean


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command("list")(list_runs)
    app.command()(metrics)


def list_runs(context: typer.Context, source: common.Source = None) -> None:
    """List the sources, their months, and the runs of each."""
    from rich.table import Table

    from reporting.pipeline.history import runs
    from reporting.sources.mapping import list_sources

    project = common.project_of(context)
    table = Table("Source", "Month", "State", "Run", "Made", "Warnings", box=None)
    for run in runs(project, source):
        kept = f", kept in {common.shown(run.folder)}" if run.state == "failed" else ""
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


def metrics(
    name: Annotated[str | None, typer.Argument(help="A metric's id, to see all about it.")] = None,
    json: Annotated[bool, typer.Option("--json", help="As JSON, for programs.")] = False,
) -> None:
    """List the metrics with their definitions."""
    from rich.table import Table

    from reporting.metrics.registry import METRICS

    if name is not None and name not in METRICS:
        raise ConfigError(
            f"there is no metric '{name}'.{did_you_mean(name, METRICS)}",
            remedy="`reporting metrics` lists them.",
        )
    chosen = [METRICS[name]] if name else list(METRICS.values())
    console = common.output()
    if json:
        from json import dumps

        console.print(
            dumps([asdict(metric) for metric in chosen], indent=2, default=str), soft_wrap=True, markup=False
        )
    elif name:
        for key, value in asdict(chosen[0]).items():
            console.print(f"{key:12} {value}", markup=False)
    else:
        table = Table("Id", "Metric", "Unit", "Definition", box=None)
        for metric in chosen:
            table.add_row(metric.id, metric.label, str(metric.unit), metric.definition)
        console.print(table)
