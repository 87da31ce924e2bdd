"""The commands that show something: list, metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from reporting.cli import common
from reporting.errors import AuditDifference, ConfigError, did_you_mean

if TYPE_CHECKING:
    from rich.console import Console

    from reporting.pipeline.history import Run
    from reporting.pipeline.project import Project


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command("list")(list_runs)
    app.command()(metrics)


def list_runs(
    context: typer.Context,
    source: common.Source = None,
    verify: Annotated[
        bool,
        typer.Option("--verify", help="Verify every file of every run, and the chain from month to month."),
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="As JSON, for programs.")] = False,
) -> None:
    """List the sources, their months, and the runs of each, with the MRR they tell."""
    from reporting.pipeline.history import runs
    from reporting.sources.mapping import list_sources

    if json and verify:
        raise ConfigError(
            "what is verified is told in words.", where="--json --verify", remedy="Leave out one of the two."
        )
    project = common.project_of(context)
    listed = [_Listed(run) for run in runs(project, source)]
    sources = list_sources(project.params_dir)
    if json:
        common.print_json({"runs": [each.plain for each in listed], "sources": sources})
        return
    console = common.output()
    if listed:
        _print_runs(console, listed)
    else:
        console.print("Nothing has been published yet: `make monthly-report`.")
    console.print(f"Sources: {', '.join(sources) or 'none'}")
    if verify:
        _verify(project, source, console)


class _Listed:
    """A run with what its manifest and its snapshot say; neither is verified here."""

    def __init__(self, run: Run) -> None:
        from reporting.pipeline.restated import mrr_of

        self.run = run
        self.made = str(run.manifest.volatile.get("finished", "")) if run.manifest else ""
        self.warnings = run.manifest.findings.get("warning", 0) if run.manifest else None
        self.mrr, self.currency = mrr_of(run.folder, run.month)

    @property
    def plain(self) -> dict[str, Any]:
        """For programs; MRR in minor units, the folder as it can be written from here."""
        run = self.run
        return {
            "source": run.source,
            "month": str(run.month),
            "state": run.state,
            "run_id": run.manifest.run_id if run.manifest else None,
            "made": self.made or None,
            "warnings": self.warnings,
            "mrr": self.mrr,
            "currency": self.currency,
            "folder": common.shown(run.folder),
            "fault": str(run.fault) if run.fault else None,
        }

    @property
    def state(self) -> str:
        """With where a failed run is kept, and what can't be read."""
        kept = f", kept in {common.shown(self.run.folder)}" if self.run.state == "failed" else ""
        return self.run.state + kept + (", its manifest can't be read" if self.run.fault else "")


def _print_runs(console: Console, listed: list[_Listed]) -> None:
    from rich.table import Table

    from reporting.present.formats import money

    table = Table("Source", "Month", "State", "Run", "Made", "Warnings", "MRR", box=None)
    for column in table.columns:
        column.no_wrap = True
    for column in table.columns[-2:]:
        column.justify = "right"
    for each in listed:
        row = [each.run.source, str(each.run.month), each.state]
        if each.run.manifest:
            row += [each.run.manifest.run_id, each.made[:16].replace("T", " "), str(each.warnings)]
            row += [money(each.mrr, each.currency or "")]
        table.add_row(*row)
    console.print(table)


def _verify(project: Project, source: str | None, console: Console) -> None:
    """Tell the first break in each source's chain, or where the chain ends."""
    from itertools import groupby

    from reporting.pipeline.chain import breaks
    from reporting.pipeline.history import runs
    from reporting.pipeline.manifest import NAME, SIGNATURE, sha256
    from reporting.present.words import plural

    broken = unsigned = 0
    kept = [run for run in runs(project, source) if run.state != "failed"]
    for name, group in groupby(sorted(kept, key=lambda run: run.source), key=lambda run: run.source):
        members = list(group)
        if first := next(breaks(members), None):
            broken += 1
            text = f"Broken: {name} {first.run.name} ({first.run.folder.name}): {first.text}"
        else:
            last = max((run for run in members if run.state == "published"), key=lambda run: run.month)
            signed = (last.folder / SIGNATURE).exists()
            runs_told = f"{plural(len(members), 'run')} to {last.month}, {'signed' if signed else 'unsigned'}"
            text = f"Whole: {name}, {runs_told}, manifest {sha256(last.folder / NAME)}"
            unsigned += not signed
        console.print(text, markup=False, soft_wrap=True)
    if unsigned:
        console.print(
            "Nothing follows an unsigned last month: who rewrites all of it is found only if its manifest's "
            "hash is noted elsewhere.",
            soft_wrap=True,
        )
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
        common.print_json(chosen)
    elif name:
        for key, value in chosen[0].items():
            console.print(f"{key:14} {value}", markup=False)
    else:
        table = Table("Id", "Metric", "Unit", "Definition", box=None)
        for metric in chosen:
            table.add_row(*(str(metric[key]) for key in ("id", "label", "unit", "definition")))
        console.print(table)
